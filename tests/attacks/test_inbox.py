"""The inbox against a partner that lies: whose documents it changes, in whose name it speaks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest

from protocol import activities, intake, names, objects
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason
from protocol.objects import ActorKey
from tests.attacks.hostile import QUEUE, Rogue, befriend, document, rogue
from tests.attacks.speaking import Request, expect_refusal, send, snapshot
from tests.nodes import Node, VirtualClock, running, settle


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue) -> str:
    """Somebody at mallory's whom somebody at alpha follows, so that her notes are kept."""
    return await followed(alpha, mallory, "eve")


@pytest.fixture
async def bob(alpha: Node, mallory: Rogue) -> str:
    """Another one."""
    return await followed(alpha, mallory, "bob")


async def followed(alpha: Node, mallory: Rogue, handle: str) -> str:
    actor = mallory.person(handle)
    async with alpha.context.database.write() as transaction:
        await transaction.run(
            "INSERT INTO follows (id, follower, followed, state, since_ms) "
            "VALUES ($1, $2, $3, 'following', 0)",
            f"{alpha.url}/activities/{handle}",
            alpha.admin.actor,
            actor,
        )
    await mallory.is_done(alpha, mallory.follow(actor, alpha.admin.actor))
    return actor


async def test_a003_nobody_else_writes_under_our_own_origin(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    ours = names.note_id(alpha.url, mallory.name())
    for attack in (
        mallory.create(eve, mallory.note(eve, {"id": ours})),
        mallory.update(eve, mallory.note(eve, {"id": ours})),
        mallory.create(eve, mallory.note(eve, {"id": alpha.admin.actor})),
        mallory.delete(eve, mallory.tombstone(mallory.note(eve, {"id": ours}))),
    ):
        await mallory.is_refused(alpha, attack, Reason.OWN_ORIGIN)
    foreign = mallory.create(eve, mallory.note(eve))
    foreign["id"] = names.activity_id(alpha.url, mallory.name())
    await mallory.is_refused(alpha, foreign, Reason.FOREIGN_ORIGIN)
    note = mallory.note(eve)
    await mallory.is_done(alpha, mallory.create(eve, note))
    assert await document(alpha, str(note["id"])) == note


async def test_a004_signer_and_actor_are_compared_before_anything_is_judged(
    alpha: Node, mallory: Rogue, eve: str, bob: str
) -> None:
    key = mallory.key(eve)
    with patch.object(intake, "judge", wraps=intake.judge) as judge:
        for other in (bob, mallory.service.id.partition("#")[0], alpha.admin.actor):
            for proof_by in (key, mallory.key(other)):
                attack = mallory.follow(other, alpha.admin.actor)
                await mallory.is_refused(
                    alpha, attack, Reason.WRONG_ACTOR, by=key, proof_by=proof_by
                )
        judge.assert_not_called()
        await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
        assert judge.called


async def test_a005_update_cannot_take_over_an_owner(
    alpha: Node, mallory: Rogue, eve: str, bob: str
) -> None:
    note = mallory.note(bob)
    await mallory.is_done(alpha, mallory.create(bob, note))
    taken = mallory.note(eve, {"id": note["id"], "version": 2})
    await mallory.is_refused(alpha, mallory.update(eve, taken), Reason.NOT_OWNER)
    relayed = mallory.sign({**note, "version": 2, "content": "Eve's words."}, mallory.key(bob))
    await mallory.is_refused(alpha, mallory.update(eve, relayed), Reason.NOT_OWNER)
    forged = mallory.sign({**note, "version": 2}, mallory.key(eve))
    await mallory.is_refused(alpha, mallory.update(eve, forged), Reason.BAD_PROOF)
    assert await document(alpha, str(note["id"])) == note
    newer = mallory.note(bob, {"id": note["id"], "version": 2})
    await mallory.is_done(alpha, mallory.update(bob, newer))
    assert await document(alpha, str(note["id"])) == newer


def as_person(mallory: Rogue, note: JSONObject) -> JSONObject:
    """A person with the id of a note, signed by a key of that name."""
    url = str(note["id"])
    key = mallory.key(url)
    return mallory.sign(
        objects.person(
            url,
            mallory.written(2),
            handle="eve",
            name="Eve",
            school=f"{mallory.base}/schools/main",
            keys=[ActorKey(key.id, key.signer.public.multikey)],
        ),
        key,
    )


async def test_a006_update_cannot_change_what_never_changes(
    alpha: Node, mallory: Rogue, eve: str, bob: str
) -> None:
    first = mallory.note(eve)
    note = mallory.note(eve, {"inReplyTo": first["id"]})
    await mallory.is_done(alpha, mallory.create(eve, note))
    changed: list[JSONObject] = [
        {"inReplyTo": mallory.note(eve)["id"]},
        {"published": "2020-01-01T00:00:00Z"},
        {"to": [*note["to"], bob] if isinstance(note["to"], list) else []},
    ]
    for members in changed:
        attack = mallory.note(eve, {**note, "version": 2, **members})
        await mallory.is_refused(alpha, mallory.update(eve, attack), Reason.IMMUTABLE_FIELD)
    parentless = {name: value for name, value in note.items() if name != "inReplyTo"}
    orphan = mallory.sign({**parentless, "version": 2}, mallory.key(eve))
    await mallory.is_refused(alpha, mallory.update(eve, orphan), Reason.IMMUTABLE_FIELD)
    given = mallory.sign({**note, "version": 2, "attributedTo": bob}, mallory.key(bob))
    await mallory.is_refused(alpha, mallory.update(eve, given), Reason.IMMUTABLE_FIELD)
    other = mallory.update(eve, as_person(mallory, note))
    await mallory.is_refused(alpha, other, Reason.IMMUTABLE_FIELD)
    assert await document(alpha, str(note["id"])) == note
    better = mallory.note(eve, {**note, "version": 2, "content": "Corrected."})
    await mallory.is_done(alpha, mallory.update(eve, better))
    assert await document(alpha, str(note["id"])) == better


async def test_a006_a_person_keeps_name_school_and_boxes(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    elsewhere = "https://elsewhere.example"
    for members, reason in (
        ({"preferredUsername": "admin"}, Reason.IMMUTABLE_FIELD),
        ({"published": "2020-01-01T00:00:00Z"}, Reason.IMMUTABLE_FIELD),
        ({"school": f"{alpha.url}/schools/main"}, Reason.FOREIGN_ORIGIN),
        ({"inbox": f"{elsewhere}/inbox"}, Reason.FOREIGN_ORIGIN),
        ({"outbox": f"{alpha.url}/outbox"}, Reason.FOREIGN_ORIGIN),
        ({"followers": f"{elsewhere}/followers"}, Reason.FOREIGN_ORIGIN),
    ):
        attack = mallory.profile("eve", {"version": 2, **members})
        await mallory.is_refused(alpha, mallory.update(eve, attack), reason)
    better = mallory.profile("eve", {"version": 2, "name": "Eve Younger"})
    await mallory.is_done(alpha, mallory.update(eve, better))
    assert await document(alpha, eve) == better


async def test_a007_an_older_version_changes_nothing_and_an_equal_one_is_a_conflict(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    note = mallory.note(eve, {"version": 3})
    await mallory.is_done(alpha, mallory.create(eve, note))
    before = await snapshot(alpha, but=QUEUE)
    for content, version in (("Older.", 2), ("First.", 1), (str(note["content"]), 3)):
        late = mallory.note(eve, {**note, "version": version, "content": content})
        await mallory.is_done(alpha, mallory.update(eve, late))
    assert await snapshot(alpha, but=QUEUE) == before
    fork = mallory.note(eve, {**note, "content": "Otherwise."})
    await mallory.is_done(alpha, mallory.update(eve, fork))
    assert await snapshot(alpha, but=QUEUE | {"conflicts"}) == {
        name: rows for name, rows in before.items() if name != "conflicts"
    }
    assert await alpha.count("conflicts") == 1
    newer = mallory.note(eve, {**note, "version": 4, "content": "Newer."})
    await mallory.is_done(alpha, mallory.update(eve, newer))
    assert await document(alpha, str(note["id"])) == newer


async def test_a009_only_the_owner_deletes(alpha: Node, mallory: Rogue, eve: str, bob: str) -> None:
    note = mallory.note(bob)
    await mallory.is_done(alpha, mallory.create(bob, note))
    own = mallory.tombstone(note, {"attributedTo": eve})
    await mallory.is_refused(alpha, mallory.delete(eve, own), Reason.NOT_OWNER)
    relayed = mallory.tombstone(note)
    await mallory.is_refused(alpha, mallory.delete(eve, relayed), Reason.NOT_OWNER)
    forged = mallory.sign(relayed, mallory.key(eve))
    await mallory.is_refused(alpha, mallory.delete(eve, forged), Reason.BAD_PROOF)
    disguised = mallory.tombstone(note, {"formerType": "Person"})
    await mallory.is_refused(alpha, mallory.delete(bob, disguised), Reason.IMMUTABLE_FIELD)
    assert await document(alpha, str(note["id"])) == note
    await mallory.is_done(alpha, mallory.delete(bob, mallory.tombstone(note)))
    assert (await document(alpha, str(note["id"])))["type"] == "Tombstone"
    await mallory.is_done(alpha, mallory.update(bob, mallory.note(bob, {**note, "version": 99})))
    assert (await document(alpha, str(note["id"])))["type"] == "Tombstone"


async def test_a009_only_the_follower_takes_a_follow_back(
    alpha: Node, mallory: Rogue, eve: str, bob: str
) -> None:
    follow = mallory.follow(bob, alpha.admin.actor)
    await mallory.is_done(alpha, follow)
    attack = activities.undo(mallory.said(eve), str(follow["id"]), to=alpha.admin.actor)
    await mallory.is_refused(alpha, attack, Reason.NOT_OWNER)
    undo = activities.undo(mallory.said(bob), str(follow["id"]), to=alpha.admin.actor)
    follows = await alpha.count("follows")
    await mallory.is_done(alpha, undo)
    assert await alpha.count("follows") == follows - 1


async def test_a081_thousands_of_members_are_refused_before_any_job(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    many: list[JSON] = [str(number) for number in range(50_000)]
    urls: list[JSON] = [f"https://a.b/{number}" for number in range(30_000)]
    note = mallory.note(eve)
    keys: list[JSON] = [{"id": f"{eve}#ed25519-key", "type": "Multikey"}] * 10_000
    for attack in (
        {**mallory.create(eve, note), "to": urls},
        {**mallory.create(eve, note), "cc": many},
        mallory.create(eve, {**note, "to": many}),
        mallory.create(eve, {**note, "tag": many}),
        mallory.create(eve, {**note, "attachment": many}),
        mallory.update(eve, mallory.profile("eve", {"version": 2, "subjects": many})),
        mallory.update(eve, mallory.profile("eve", {"version": 2, "assertionMethod": keys})),
        {**mallory.create(eve, note), **{f"member{number}": number for number in range(30_000)}},
    ):
        await mallory.is_refused(alpha, attack, Reason.BAD_SHAPE)
    await mallory.is_done(alpha, mallory.create(eve, note))


@pytest.fixture
async def narrow(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node that lets each partner ask 30 times in five minutes, ten of them at once."""
    environment = {
        "SCHOOLGATE_LIMITS__PARTNER_REQUESTS_PER_5_MIN": "30",
        "SCHOOLGATE_LIMITS__PARTNER_BURST": "10",
    }
    async with running("narrow", tmp_path / "narrow", clock, environment) as node:
        yield node


async def test_a089_one_partner_cannot_take_the_time_of_the_others(
    narrow: Node, clock: VirtualClock
) -> None:
    async with rogue(clock) as mallory, rogue(clock, "c" * 32) as other:
        await befriend(narrow, mallory)
        await befriend(narrow, other)
        attack = [
            mallory.letter(narrow, mallory.follow(mallory.person("eve"), narrow.admin.actor))
            for _ in range(20)
        ]
        told = await asyncio.gather(*(send(narrow, one) for one in attack))
        assert Counter(one.status for one in told) == {202: 10, 429: 10}
        refused = next(one for one in told if one.status == 429)
        assert refused.reason == "too_many_requests"
        assert 0 < int(refused.fields["retry-after"]) <= 300
        bystander = other.follow(other.person("ann"), narrow.admin.actor)
        await other.is_done(narrow, bystander)
        page = await send(narrow, Request("GET", "/", ()))
        assert page.status == 200
        statuses = Counter[int]()
        for _ in range(40):
            clock.advance(seconds=7)
            again = mallory.follow(f"{mallory.base}/people/eve", narrow.admin.actor)
            statuses[(await send(narrow, mallory.letter(narrow, again))).status] += 1
        assert statuses[202] <= 30
        assert statuses[429] >= 10


async def test_a089_a_forged_request_is_not_counted_against_the_partner(
    narrow: Node, clock: VirtualClock
) -> None:
    async with rogue(clock) as mallory:
        await befriend(narrow, mallory)
        eve = mallory.person("eve")
        await mallory.is_done(narrow, mallory.follow(eve, narrow.admin.actor))
        letter = mallory.letter(narrow, mallory.follow(eve, narrow.admin.actor))
        forged = letter.having(signature=f"sig1=:{'A' * 86}==:")
        for _ in range(12):
            await expect_refusal(narrow, forged, Reason.BAD_SIGNATURE)
        assert (await send(narrow, letter)).status == 202


async def test_a090_deletes_of_what_nobody_knows_cost_nothing(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    mallory.asked.clear()
    before = await snapshot(alpha, but=QUEUE)
    for _ in range(30):
        unknown = mallory.delete(eve, mallory.tombstone(mallory.note(eve)))
        assert (await send(alpha, mallory.letter(alpha, unknown))).status == 202
    await settle(alpha)
    ghost = names.person_id(mallory.base, "ghost")
    gone = mallory.delete(ghost, mallory.tombstone(mallory.profile("ghost")))
    assert (await send(alpha, mallory.letter(alpha, gone))).status == 202
    await settle(alpha)
    assert await snapshot(alpha, but=QUEUE) == before
    assert mallory.asked == []
    note = mallory.note(eve)
    await mallory.is_done(alpha, mallory.create(eve, note))
    await mallory.is_done(alpha, mallory.delete(eve, mallory.tombstone(note)))
    assert (await document(alpha, str(note["id"])))["type"] == "Tombstone"
