"""What the row modules promise to those who rely on them without looking."""

import re
from pathlib import Path

import pytest

from node.storage import (
    actor_keys,
    contacts,
    deliveries,
    feed,
    follows,
    inbox,
    keys,
    messages,
    meta,
    nonces,
    objects,
    outbox,
    partners,
    sessions,
)
from node.storage.actor_keys import ActorKey
from node.storage.contacts import Contact
from node.storage.database import Database
from node.storage.feed import FeedItem
from node.storage.follows import FollowRow
from node.storage.messages import Message
from node.storage.objects import StoredDocument
from node.storage.partners import Partner, PartnerState
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused

MASTER = bytes(range(32))
ANA, BOB, EVE = (
    "https://a.example/people/ana",
    "https://b.example/people/bob",
    "https://c.example/e",
)


def partner(origin: str, state: PartnerState = "approved") -> Partner:
    actor = f"{origin}/actor"
    return Partner(origin, "0" * 32, actor, "School", "PT", "z6Mk", state, 1, 1, None, "")


def said(number: int, actor: str = ANA) -> JSONObject:
    return {"id": f"{actor}/activities/{number}", "actor": actor, "type": "Create"}


def note(
    id_: str, *, version: int = 1, listed: bool = True, buried: bool = False
) -> StoredDocument:
    document: JSONObject = {"id": id_, "version": version}
    origin = "https://a.example"
    return StoredDocument(id_, "Note", ANA, origin, version, document, True, listed, buried, 1)


async def test_a_nonce_is_taken_once_per_key_until_it_expires(database: Database) -> None:
    async def remember(key: str, now_ms: int) -> bool:
        async with database.write() as transaction:
            return await nonces.remember(
                transaction, key, "nonce", expires_ms=now_ms + 600_000, now_ms=now_ms
            )

    assert await remember("key", 0)
    assert not await remember("key", 600_000)
    assert await remember("other key", 0)
    assert await remember("key", 600_001)


async def test_a_fact_is_replaced_and_a_missing_one_raises(database: Database) -> None:
    async with database.write() as transaction:
        await meta.put(transaction, "node", "one")
        await meta.put(transaction, "node", "two")
        assert await meta.get(transaction, "node") == "two"
        assert await meta.find(transaction, "school") is None
        with pytest.raises(LookupError):
            await meta.get(transaction, "school")


def test_a_seed_opens_under_its_own_master_secret_only() -> None:
    sealed = keys.seal(b"s" * 32, MASTER, b"n" * keys.NONCE_OCTETS)
    assert b"ssss" not in sealed
    assert keys.unseal(sealed, MASTER) == b"s" * 32
    for spoiled in (sealed[:-1] + b"x", b"", b"short"):
        with pytest.raises(Refused) as refused:
            keys.unseal(spoiled, MASTER)
        assert refused.value.reason is Reason.BAD_DATA_FOLDER
    with pytest.raises(Refused):
        keys.unseal(sealed, bytes(reversed(MASTER)))


async def test_a_key_id_never_changes_what_it_names_and_unlisted_keys_are_revoked(
    database: Database,
) -> None:
    def key(number: int, public: str) -> ActorKey:
        return ActorKey(f"{BOB}#{number}", BOB, "https://b.example", public, 50, None, None)

    async with database.write() as transaction:
        await actor_keys.replace(transaction, BOB, [key(1, "first")])
        await actor_keys.replace(transaction, BOB, [key(1, "exchanged"), key(2, "second")])
        found = await actor_keys.find(transaction, f"{BOB}#1")
        assert found is not None
        assert (found.public, found.revoked_ms) == ("first", None)
        await actor_keys.replace(transaction, BOB, [key(2, "second")])
        gone = await actor_keys.find(transaction, f"{BOB}#1")
        assert gone is not None
        assert gone.revoked_ms == 50


async def test_an_activity_is_stored_once_and_applied_in_the_order_of_arrival(
    database: Database,
) -> None:
    async with database.write() as transaction:
        await partners.put(transaction, partner("https://a.example"))
        fresh = [
            await inbox.put(
                transaction, said(number), origin="https://a.example", key_id="k", now_ms=5
            )
            for number in (2, 1, 2)
        ]
        assert fresh == [True, True, False]
        first = await inbox.find_next(transaction, 5)
        assert first is not None
        assert first.id == said(2)["id"]
        await inbox.put_waiting(transaction, first.seq, 100, "gap")
        second = await inbox.find_next(transaction, 5)
        assert second is not None
        assert second.id == said(1)["id"]
        await inbox.put_done(transaction, second.seq)
        assert await inbox.find_next(transaction, 99) is None
        assert await inbox.find_next_ms(transaction) == 100
        await inbox.put_refused(transaction, first.seq, "bad_shape")
        refused = await inbox.list_refused(transaction)
        assert [(one[0], one[2]) for one in refused] == [(said(2)["id"], "bad_shape")]


async def test_of_each_approved_partner_the_oldest_letter_is_due(database: Database) -> None:
    async with database.write() as transaction:
        await partners.put(transaction, partner("https://b.example"))
        await partners.put(transaction, partner("https://c.example"))
        await partners.put(transaction, partner("https://d.example", "blocked"))
        for origin in ("https://b.example", "https://c.example", "https://d.example"):
            for number in (1, 2):
                await deliveries.put(
                    transaction,
                    origin=origin,
                    actor=ANA,
                    activity=said(number),
                    kind="Create",
                    now_ms=10,
                )
        due = await deliveries.list_due(transaction, 10)
        assert [(one.origin, one.activity_id) for one in due] == [
            ("https://b.example", said(1)["id"]),
            ("https://c.example", said(1)["id"]),
        ]
        await deliveries.hold(transaction, "https://b.example", 500)
        held = [one.origin for one in await deliveries.list_due(transaction, 499)]
        assert held == ["https://c.example"]
        assert await deliveries.hasten(transaction, "https://b.example", 20) == 2
        assert len(await deliveries.list_due(transaction, 20)) == 2


async def test_a_letter_that_was_taken_is_not_kept_and_one_given_up_is(database: Database) -> None:
    async with database.write() as transaction:
        await partners.put(transaction, partner("https://b.example"))
        for number in (1, 2):
            await deliveries.put(
                transaction,
                origin="https://b.example",
                actor=ANA,
                activity=said(number),
                kind="Create",
                now_ms=10,
            )
        taken, kept = await deliveries.list_open(transaction)
        await deliveries.put_state(transaction, taken.id, "done", "", 11)
        await deliveries.put_state(transaction, kept.id, "given_up", "gone", 11)
        assert [one.activity for one in await deliveries.list_open(transaction)] == [said(2)]
        done = await deliveries.find(transaction, taken.id)
        assert done is not None
        assert (done.activity, done.activity_id) == ({}, said(1)["id"])
        await deliveries.retry(transaction, kept.id, 12)
        await deliveries.retry(transaction, taken.id, 12)
        assert [one.id for one in await deliveries.list_due(transaction, 12)] == [kept.id]


async def test_an_outbox_is_read_page_by_page_from_the_newest(database: Database) -> None:
    async with database.write() as transaction:
        for number in range(5):
            await outbox.put(transaction, said(number), public=number != 3, now_ms=1)
        await outbox.put(transaction, said(9, BOB), public=True, now_ms=1)
        page = await outbox.list_public(transaction, ANA, before=None, limit=2)
        assert [one.activity["id"] for one in page] == [said(4)["id"], said(2)["id"]]
        rest = await outbox.list_public(transaction, ANA, before=page[-1].seq, limit=9)
        assert [one.activity["id"] for one in rest] == [said(1)["id"], said(0)["id"]]
        assert await outbox.count_public(transaction, ANA) == 4
        assert await outbox.count_public(transaction, None) == 5
        assert len(await outbox.list_public(transaction, None, before=None, limit=9)) == 5
        assert await outbox.find(transaction, str(said(3)["id"])) is None


async def test_changes_are_told_once_each_in_order_with_tombstones_and_without_the_unlisted(
    database: Database,
) -> None:
    async with database.write() as transaction:
        for id_ in ("one", "two", "three"):
            await objects.put(transaction, note(id_), updated_ms=1)
        await objects.put(transaction, note("secret", listed=False), updated_ms=1)
        await objects.put(transaction, note("one", version=2), updated_ms=2)
        await objects.put(transaction, note("two", version=2, buried=True), updated_ms=2)
        changes = await objects.list_changes(transaction, 0, 9)
        assert [(one.id, one.version, one.buried) for _, one in changes] == [
            ("three", 1, False),
            ("one", 2, False),
            ("two", 2, True),
        ]
        after = changes[0][0]
        assert [one.id for _, one in await objects.list_changes(transaction, after, 1)] == ["one"]
        assert set(await objects.list_many(transaction, ["one", "two", "nothing"])) == {"one"}
        assert [one.id for one in await objects.list_of_owner(transaction, ANA, "Note")] == [
            "one",
            "secret",
            "three",
        ]


async def test_a_feed_holds_what_the_followed_said_but_nobody_who_is_blocked(
    database: Database,
) -> None:
    async with database.write() as transaction:
        for number, author in enumerate((BOB, EVE, ANA, "https://d.example/nobody")):
            await feed.put(transaction, FeedItem(f"note {number}", author, number))
        await follows.put(transaction, FollowRow("f1", ANA, BOB, "following", 1))
        await follows.put(transaction, FollowRow("f2", ANA, EVE, "following", 1))
        await follows.put_block(transaction, ANA, EVE, 1)
        assert [one.author for one in await feed.list_for(transaction, ANA)] == [ANA, BOB]
        await follows.put(transaction, FollowRow("f3", ANA, BOB, "asked", 1))
        assert [one.author for one in await feed.list_for(transaction, ANA)] == [ANA]


async def test_what_was_said_within_one_second_stands_in_the_feed_as_it_came_in(
    database: Database,
) -> None:
    async with database.write() as transaction:
        for name in ("z", "a", "m"):
            await feed.put(transaction, FeedItem(name, ANA, 1000))
        assert [one.id for one in await feed.list_for(transaction, ANA)] == ["m", "a", "z"]


async def test_only_prefixes_of_whole_names_count_as_somebody_here(database: Database) -> None:
    async with database.write() as transaction:
        await follows.put(transaction, FollowRow("f", "https://a.example.evil/p", BOB, "asked", 1))
        assert not await follows.is_followed(transaction, BOB, "https://a.example/")
        await follows.put(transaction, FollowRow("g", ANA, BOB, "asked", 1))
        assert await follows.is_followed(transaction, BOB, "https://a.example/")


async def test_a_standing_contact_counts_before_a_later_offer(database: Database) -> None:
    async with database.write() as transaction:
        await contacts.put(
            transaction, Contact("o1", ANA, BOB, "contacts", "", "", "", 1, 2, "yes1", None)
        )
        await contacts.put(
            transaction, Contact("o2", BOB, ANA, "offered", "", "", "", 9, 9, None, None)
        )
        pair = await contacts.find_pair(transaction, BOB, ANA)
        accepted = await contacts.find(transaction, "yes1")
        assert pair is not None
        assert pair == accepted
        assert pair.offer == "o1"
        assert await contacts.count_open_offers(transaction, BOB) == 1
        await contacts.end_of_actor(transaction, BOB, 10)
        states = {one.offer: one.state for one in await contacts.list_of_actor(transaction, ANA)}
        assert states == {"o1": "ended", "o2": "lapsed"}


async def test_reading_a_conversation_leaves_the_others_unread(database: Database) -> None:
    async with database.write() as transaction:
        for number, other in enumerate((BOB, BOB, EVE)):
            message = Message(f"m{number}", ANA, other, False, f"text {number}", "en", number, None)
            await messages.put(transaction, message)
        assert await messages.put_read(transaction, ANA, BOB, 50) == 2
        found = await messages.list_conversations(transaction, ANA)
        assert [(one.other, one.unread, one.text) for one in found] == [
            (EVE, 1, "text 2"),
            (BOB, 0, "text 1"),
        ]
        assert await messages.count_unread(transaction, ANA) == 1


async def test_failed_sign_ins_are_counted_by_key_and_within_the_window(database: Database) -> None:
    async with database.write() as transaction:
        for at_ms in (10, 20, 30):
            await sessions.put_failure(transaction, "account:ana", at_ms)
        assert await sessions.count_failures(transaction, "account:ana", 10) == 2
        assert await sessions.count_failures(transaction, "account:bob", 0) == 0
        await sessions.drop_old_failures(transaction, 20)
        assert await sessions.count_failures(transaction, "account:ana", 0) == 1


def test_no_sql_of_this_room_holds_a_double_quote() -> None:
    folder = Path(objects.__file__).parent
    for file in folder.glob("migrations/*.sql"):
        assert '"' not in file.read_text(encoding="utf-8"), file.name
    for file in folder.glob("*.py"):
        assert not re.search(r'SELECT[^\n]*\\"', file.read_text(encoding="utf-8")), file.name
