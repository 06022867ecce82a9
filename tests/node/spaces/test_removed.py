"""What is common and was removed: in the trash of the space for everybody, back from there by
anybody, and erased after thirty days by whoever wrote it."""

import pytest

from node.actions import (
    blocks,
    cards,
    forum,
    moderation,
    pages,
    removed,
    replica,
    walls,
)
from node.actions.spaces import require_member
from node.actions.trash import KEPT_MS
from node.storage import shown
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.fold.history import Standing
from protocol.space.fold.page import Block, Page
from protocol.space.writing import By
from tests.node.spaces.paper import Paper, begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import files_of
from tests.nodes import Node, settle

WHY = {"reason": "private_data_shown", "text": "A telephone number.", "language": "en"}


@pytest.fixture
async def paper(shared: Shared) -> Paper:
    return await begin(shared, "About our rivers")


async def write_at_beta(
    paper: Paper, about: str, kind: str, field: str, *base: str, inside: str = "", **values: str
) -> None:
    """A bare operation of Bob's, as no page here would write it."""
    beta = paper.shared.beta
    async with beta.context.database.write() as transaction:
        space, alias = await require_member(transaction, paper.shared.bob, paper.space)
        await replica.append(
            beta.context,
            transaction,
            space,
            lambda place: writing.set_register(
                place, By(alias), about, kind, field, base=base, inside=inside, **values
            ),
            None,
        )
    await replica.tell(beta.context, paper.space)


async def words_left(node: Node, *words: str) -> set[str]:
    files = files_of(node)
    return {one for one in words if one.encode() in files}


async def titles(paper: Paper, who: str) -> list[str]:
    node, account = paper.at(who)
    found = await removed.list_removed(node.context, account, paper.space)
    return [
        one.made.title if isinstance(one.made, Page) else str(getattr(one.made.body, "text", ""))
        for one in found
        if isinstance(one.made, Page | Block)
    ]


async def test_pages_and_blocks_are_hidden_with_a_reason_and_shown_again(paper: Paper) -> None:
    alpha, beta, space = paper.shared.alpha, paper.shared.beta, paper.space
    block = await paper.add("bob", "Call me under 4711.")
    await settle(alpha, beta)
    for item in (block, paper.page):
        await moderation.hide(alpha.context, paper.shared.ana, space, item, **WHY)
        await settle(alpha, beta)
        for who in ("ana", "bob"):
            node, account = paper.at(who)
            made = await paper.block(who, item) if item == block else await paper.shown(who)
            assert made.standing is Standing.HIDDEN
            assert made.put_away is not None
            assert (made.put_away.reason, made.put_away.text) == (WHY["reason"], WHY["text"])
            assert made.body is None if isinstance(made, Block) else made.title == ""
            hidden, behind = await moderation.list_hidden(node.context, account, space)
            assert [one.reference for one in hidden] == [item]
            assert list(behind) == [item]
        with pytest.raises(Refused) as refused:
            await moderation.show_again(beta.context, paper.shared.bob, space, item)
        assert refused.value.reason is Reason.NOT_OWNER
        await moderation.show_again(alpha.context, paper.shared.ana, space, item)
        await settle(alpha, beta)
    assert (await paper.shown("bob")).title == "About our rivers"
    assert (await paper.block("bob", block)).standing is Standing.SHOWN


async def test_removed_pages_and_blocks_lie_in_the_trash_of_everybody(paper: Paper) -> None:
    alpha, beta, space = paper.shared.alpha, paper.shared.beta, paper.space
    block = await paper.add("ana", "The old bridge")
    await settle(alpha, beta)
    await paper.remove("bob", block)
    await settle(alpha, beta)
    for who in ("ana", "bob"):
        assert await titles(paper, who) == ["The old bridge"]
    (thrown,) = await removed.list_removed(alpha.context, paper.shared.ana, space)
    assert abs(thrown.ends_ms - alpha.clock.now_ms() - KEPT_MS) < 60_000
    # Nobody puts a block back on a page that is not there.
    await pages.remove(beta.context, paper.shared.bob, space, paper.page)
    await settle(alpha, beta)
    assert await titles(paper, "ana") == ["About our rivers"]
    await removed.put_back(alpha.context, paper.shared.ana, space, paper.page)
    await removed.put_back(alpha.context, paper.shared.ana, space, block)
    await settle(alpha, beta)
    for who in ("ana", "bob"):
        assert await titles(paper, who) == []
        assert (await paper.block(who, block)).standing is Standing.SHOWN
    thread = await forum.start_thread(
        alpha.context, paper.shared.ana, space, title="A", text="b", language="en"
    )
    with pytest.raises(Refused) as refused:
        await removed.put_back(alpha.context, paper.shared.ana, space, thread)
    assert refused.value.reason is Reason.CONFLICT


async def test_after_thirty_days_each_school_erases_what_it_wrote_in_it(paper: Paper) -> None:
    alpha, beta, space = paper.shared.alpha, paper.shared.beta, paper.space
    ours = await paper.add("ana", "Words of Aveiro")
    await paper.add("bob", "Words of Lyon")
    await settle(alpha, beta)
    await paper.change("bob", ours, "Words of both")
    wall = await walls.make(
        alpha.context,
        paper.shared.ana,
        space,
        title="A wall to go",
        columns=["One"],
        language="en",
        audience="members",
    )
    await settle(alpha, beta)
    await cards.add(
        beta.context,
        paper.shared.bob,
        space,
        wall,
        text="A card to go",
        file="",
        colour="plain",
        column=0,
        language="en",
    )
    await settle(alpha, beta)
    await pages.remove(beta.context, paper.shared.bob, space, paper.page)
    await walls.remove(alpha.context, paper.shared.ana, space, wall)
    await settle(alpha, beta)
    said = (
        "Words of Aveiro",
        "Words of Lyon",
        "Words of both",
        "About our rivers",
        "A wall to go",
        "A card to go",
    )
    alpha.clock.advance(days=29.9)
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await words_left(node, *said) == set(said)
    alpha.clock.advance(days=0.2)
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await words_left(node, *said) == set()
    assert await titles(paper, "ana") == []


async def test_what_was_put_back_is_not_erased(paper: Paper) -> None:
    alpha, beta = paper.shared.alpha, paper.shared.beta
    block = await paper.add("ana", "It stays")
    await settle(alpha, beta)
    await paper.remove("bob", block)
    await pages.remove(beta.context, paper.shared.bob, paper.space, paper.page)
    alpha.clock.advance(days=20)
    await settle(alpha, beta)
    await pages.put_back(alpha.context, paper.shared.ana, paper.space, paper.page)
    await blocks.put_back(alpha.context, paper.shared.ana, paper.space, block)
    alpha.clock.advance(days=20)
    await settle(alpha, beta)
    await pages.remove(beta.context, paper.shared.bob, paper.space, paper.page)
    # The second time in the trash has thirty days of its own.
    alpha.clock.advance(days=20)
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await words_left(node, "It stays", "About our rivers") != set()
    assert await titles(paper, "bob") == ["About our rivers"]


async def test_a_block_moved_onto_an_old_removed_page_has_thirty_days(paper: Paper) -> None:
    alpha, beta, space = paper.shared.alpha, paper.shared.beta, paper.space
    block = await paper.add("ana", "Moved away")
    other = await pages.make(
        beta.context, paper.shared.bob, space, title="A grave", language="en", audience="members"
    )
    await pages.remove(beta.context, paper.shared.bob, space, other)
    await settle(alpha, beta)
    alpha.clock.advance(days=29)
    await settle(alpha, beta)
    bases = (await paper.block("bob", block)).bases["place"]
    await write_at_beta(paper, block, "block", "place", *bases, inside=other, order="h0")
    alpha.clock.advance(days=2)
    await settle(alpha, beta)
    assert (await paper.block("ana", block)).page == other
    for node in (alpha, beta):
        assert await words_left(node, "Moved away", "A grave") == {"Moved away"}
    alpha.clock.advance(days=30)
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await words_left(node, "Moved away") == set()


async def test_whoever_erases_his_putting_back_erases_nobody_else(paper: Paper) -> None:
    alpha, beta, space = paper.shared.alpha, paper.shared.beta, paper.space
    block = await paper.add("ana", "Words of Ana")
    await settle(alpha, beta)
    await paper.remove("ana", block)
    await settle(alpha, beta)
    await blocks.put_back(beta.context, paper.shared.bob, space, block)
    alpha.clock.advance(days=40)
    await settle(alpha, beta)
    await blocks.erase_own(beta.context, paper.shared.bob, space, block)
    await settle(alpha, beta)
    assert (await paper.block("ana", block)).standing is Standing.DELETED
    alpha.clock.advance(days=1)
    await settle(alpha, beta)
    assert await words_left(alpha, "Words of Ana") == {"Words of Ana"}
    await paper.remove("ana", block)
    alpha.clock.advance(days=31)
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await words_left(node, "Words of Ana") == set()


async def test_a_post_that_somebody_calls_a_removed_page_is_not_erased(paper: Paper) -> None:
    alpha, beta, space = paper.shared.alpha, paper.shared.beta, paper.space
    thread = await forum.start_thread(
        alpha.context, paper.shared.ana, space, title="Storks", text="They stay", language="en"
    )
    await settle(alpha, beta)
    await write_at_beta(paper, thread, "page", "presence", value="removed")
    await settle(alpha, beta)
    alpha.clock.advance(days=31)
    await settle(alpha, beta)
    home, _, name = thread.partition("/")
    async with alpha.context.database.read() as reader:
        found = await shown.list_put_away(reader, Standing.DELETED, space=space)
        made = await shown.find(reader, space, home, name)
    assert [one.reference for _, one in found] == [thread]
    assert made is not None
    assert made.standing is Standing.SHOWN
    for node in (alpha, beta):
        assert await words_left(node, "They stay") == {"They stay"}
