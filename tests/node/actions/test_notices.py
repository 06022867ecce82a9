"""Notices between two nodes: heard, renewed, narrowed, taken back; fetched when they are opened."""

from dataclasses import replace

import pytest

from node.actions import follow, notices, succession
from node.actions.find import find_actor
from node.actions.notices import MAX_OPEN, NoticeFields
from node.actions.permission import OPERATOR
from node.storage import feed, listings, objects
from node.storage.accounts import Account
from node.storage.objects import StoredDocument
from protocol.errors import Reason, Refused
from protocol.objects import stamp
from tests.node.federation.test_doors import ask
from tests.nodes import Node, settle

FIELDS = NoticeFields(
    title="Who counts birds with us?",
    purpose="looking_for_partners",
    text="We look for a class at another river.",
    language="en",
    languages=["en", "pt"],
    reach="accredited",
    days=30,
    subjects=["biology"],
    age_from=11,
    age_to=14,
    countries=["PL"],
)


async def kept(node: Node, id_: str) -> StoredDocument | None:
    async with node.context.database.read() as reader:
        return await objects.find(reader, id_)


async def shown(node: Node, account: Account) -> list[str]:
    """What stands in the feed of `account`."""
    async with node.context.database.read() as reader:
        return [one.id for one in await feed.list_for(reader, account.actor)]


async def listed(
    node: Node, *, purpose: str = "", country: str = "", language: str = ""
) -> list[str]:
    """The notices that the list shows."""
    async with node.context.database.read() as reader:
        found = await objects.list_open_notices(
            reader,
            node.admin.actor,
            stamp(node.context.now()),
            purpose=purpose,
            country=country,
            language=language,
        )
    return [one.id for one in found]


async def followed(alpha: Node, beta: Node) -> tuple[Account, Account]:
    """Ana at alpha, whom Ben at beta follows."""
    ana, ben = await alpha.account("ana"), await beta.account("ben")
    host = alpha.url.partition("://")[2]
    await follow.follow(beta.context, ben, await find_actor(beta.context, ben, f"ana@{host}"))
    await settle(alpha, beta)
    return ana, ben


async def test_a_notice_reaches_who_follows_and_is_taken_back_everywhere(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana, ben = await followed(alpha, beta)
    id_ = await notices.write(alpha.context, ana, FIELDS)
    await settle(alpha, beta)
    assert await shown(beta, ben) == await shown(alpha, ana) == await listed(beta) == [id_]
    there = await kept(beta, id_)
    assert there is not None
    assert there.document["country"] == "PT"

    await notices.change(alpha.context, ana, id_, replace(FIELDS, title="Who counts storks?"))
    await settle(alpha, beta)
    there = await kept(beta, id_)
    assert there is not None
    assert (there.document["name"], there.version) == ("Who counts storks?", 2)

    await notices.take_back(alpha.context, ana, id_)
    await settle(alpha, beta)
    there = await kept(beta, id_)
    assert there is not None
    assert there.buried
    assert (await ask(beta, alpha, id_.removeprefix(alpha.url))).status == 410
    assert await shown(beta, ben) == await shown(alpha, ana) == await listed(alpha) == []
    for node in pair:
        rows = repr(await node.dump(but=frozenset({"inbox", "deliveries"})))
        assert "storks" not in rows
        assert "another river" not in rows


async def test_a_notice_leaves_the_lists_when_it_is_over_and_can_be_renewed(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana, _ = await followed(alpha, beta)
    id_ = await notices.write(alpha.context, ana, replace(FIELDS, days=14))
    await settle(alpha, beta)
    alpha.clock.advance(days=14)
    assert await listed(alpha) == await listed(beta) == []
    with pytest.raises(Refused) as caught:
        await notices.change(alpha.context, ana, id_, replace(FIELDS, days=None))
    assert caught.value.reason is Reason.BAD_INPUT
    await notices.change(alpha.context, ana, id_, FIELDS)
    await settle(alpha, beta)
    assert await listed(alpha) == await listed(beta) == [id_]


async def test_a_changed_notice_ends_when_it_did(alpha: Node) -> None:
    ana = await alpha.account("ana")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    before = await kept(alpha, id_)
    alpha.clock.advance(days=1)
    await notices.change(alpha.context, ana, id_, replace(FIELDS, days=None, text="Otherwise."))
    after = await kept(alpha, id_)
    assert before is not None
    assert after is not None
    assert before.document["expires"] == after.document["expires"]


async def test_a_notice_that_is_narrowed_is_narrowed_where_it_was_heard(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana, _ = await followed(alpha, beta)
    id_ = await notices.write(alpha.context, ana, replace(FIELDS, reach="public"))
    outbox = await ask(beta, alpha, "/outbox?before=9999")
    assert FIELDS.title.encode() in outbox.body
    await notices.change(alpha.context, ana, id_, FIELDS)
    await settle(alpha, beta)
    there = await kept(beta, id_)
    assert there is not None
    assert there.document["reach"] == "accredited"
    outbox = await ask(beta, alpha, "/outbox?before=9999")
    assert outbox.status == 200
    assert FIELDS.title.encode() not in outbox.body


async def test_the_list_can_be_narrowed(alpha: Node) -> None:
    ana = await alpha.account("ana")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    assert await listed(alpha, purpose="looking_for_partners") == [id_]
    assert await listed(alpha, country="PT", language="pt") == [id_]
    assert await listed(alpha, purpose="question") == []
    assert await listed(alpha, country="PL") == []
    assert await listed(alpha, language="pl") == []


async def test_a_notice_of_somebody_unknown_is_fetched_with_its_writer(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    assert await kept(beta, id_) is None
    found = await notices.find(beta.context, id_)
    assert found.document["name"] == FIELDS.title
    assert await kept(beta, ana.actor) is not None

    await notices.change(alpha.context, ana, id_, replace(FIELDS, title="Newer"))
    assert (await notices.find(beta.context, id_)).document["name"] == "Newer"
    await alpha.close_doors()
    assert (await notices.find(beta.context, id_)).document["name"] == "Newer"
    await alpha.open_doors()
    await notices.take_back(alpha.context, ana, id_)
    with pytest.raises(Refused) as caught:
        await notices.find(beta.context, id_)
    assert caught.value.reason is Reason.GONE
    assert await kept(beta, id_) is None


async def test_a_notice_of_a_stranger_is_not_asked_for(alpha: Node, beta: Node) -> None:
    ana = await alpha.account("ana")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    with pytest.raises(Refused) as caught:
        await notices.find(beta.context, id_)
    assert caught.value.reason is Reason.NOT_PARTNER
    for missing in (f"{alpha.url}/notices/AAAAAAAAAAAAAAAAAAAAAA", ana.actor):
        with pytest.raises(Refused) as caught:
            await notices.find(alpha.context, missing)
        assert caught.value.reason is Reason.NOT_FOUND


async def test_only_its_writer_changes_or_takes_back_a_notice(alpha: Node) -> None:
    ana, ben = await alpha.account("ana"), await alpha.account("ben")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    for attempt in (
        notices.change(alpha.context, ben, id_, FIELDS),
        notices.take_back(alpha.context, ben, id_),
    ):
        with pytest.raises(Refused) as caught:
            await attempt
        assert caught.value.reason is Reason.NOT_OWNER
    assert await listed(alpha) == [id_]


async def test_only_teachers_put_notices_up(alpha: Node) -> None:
    secretary = await alpha.account("sec", roles="admin")
    with pytest.raises(Refused) as caught:
        await notices.write(alpha.context, secretary, FIELDS)
    assert caught.value.reason is Reason.NOT_ALLOWED


async def test_ten_open_notices_are_enough(alpha: Node) -> None:
    ana = await alpha.account("ana")
    first = await notices.write(alpha.context, ana, replace(FIELDS, days=14))
    alpha.clock.advance(days=14)
    for _ in range(MAX_OPEN):
        await notices.write(alpha.context, ana, FIELDS)
    for attempt in (
        notices.write(alpha.context, ana, FIELDS),
        notices.change(alpha.context, ana, first, FIELDS),
    ):
        with pytest.raises(Refused) as caught:
            await attempt
        assert caught.value.reason is Reason.TOO_MANY_ITEMS


@pytest.mark.parametrize("days", [None, 0, -1, 91, 10_000])
async def test_a_notice_runs_as_long_as_one_may_choose(alpha: Node, days: int | None) -> None:
    ana = await alpha.account("ana")
    with pytest.raises(Refused) as caught:
        await notices.write(alpha.context, ana, replace(FIELDS, days=days))
    assert caught.value.reason is Reason.BAD_INPUT
    assert await listed(alpha) == []


async def test_notices_go_with_the_account(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana, ben = await followed(alpha, beta)
    await notices.write(alpha.context, ana, FIELDS)
    await settle(alpha, beta)
    assert len(await shown(beta, ben)) == 1
    await succession.end_account(alpha.context, OPERATOR, "ana")
    await settle(alpha, beta)
    assert await listed(alpha) == await listed(beta) == await shown(beta, ben) == []


async def test_of_a_node_that_is_no_partner_the_directory_is_shown_and_nothing_is_asked(
    alpha: Node, beta: Node
) -> None:
    ana = await alpha.account("ana")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    await settle(alpha)
    async with alpha.context.database.read() as reader:
        row = await listings.find(reader, id_)
    assert row is not None
    async with beta.context.database.write() as transaction:
        await listings.put(transaction, replace(row, source="https://hub.example"), None)
    await alpha.close_doors()
    found = await notices.find(beta.context, id_)
    assert (found.document["name"], found.local) == (FIELDS.title, False)
    assert await kept(beta, id_) is None
