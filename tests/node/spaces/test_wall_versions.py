"""What two write at once on a card, or call a wall: both stand, one out of both is suggested."""

import re
from html import unescape

import pytest

from node.actions import blocks, cards, walls
from node.storage import contents
from protocol.errors import Reason, Refused
from protocol.space.fold.wall import Wall
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_walls import SAID, card_at, pin, put_up
from tests.node.web.browser import Shown, browsing
from tests.nodes import Node, settle

CARD = {"colour": "green", "language": "en"}
WALL = {"language": "en", "audience": "members"}
RIVER = "The river is long and the bridge is old."


def area_of(page: Shown, name: str) -> str:
    """What stands in an area of a form."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>([^<]*)</textarea>', page.html)
    assert found is not None
    return unescape(found[1]).strip()


async def wall_at(node: Node, space: str, wall: str) -> Wall:
    home, _, name = wall.partition("/")
    async with node.context.database.read() as reader:
        found = await contents.find(reader, space, home, name, Wall)
    assert found is not None
    return found


async def test_one_card_is_suggested_out_of_what_two_schools_wrote(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    (card,) = await pin(shared, await put_up(shared), RIVER)
    bases = (await card_at(alpha, shared.space, card)).bases["face"]
    for node, account, text in (
        (alpha, shared.ana, RIVER.replace("long", "very long")),
        (beta, shared.bob, RIVER.replace("old", "new")),
    ):
        node.clock.advance(seconds=1)
        await cards.write(node.context, account, shared.space, card, text=text, bases=bases, **SAID)
    await settle(alpha, beta)
    home, _, name = card.partition("/")
    async with browsing(beta, "bob") as bob:
        form = await bob.get(f"/w/{shared.space}/cards/{home}-{name}/edit")
        assert "The river is very long and the bridge is new." in form.text
        assert "both changed the same" not in form.text
        await bob.submit(form, "/edit", text=area_of(form, "text"), **CARD)
    await settle(alpha, beta)
    for node in (alpha, beta):
        found = await card_at(node, shared.space, card)
        assert (found.text, found.others) == (
            "The river is very long and the bridge is new.",
            (),
        )


async def test_who_started_from_an_older_card_replaces_nothing_unseen(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    (card,) = await pin(shared, await put_up(shared), RIVER)
    home, _, name = card.partition("/")
    path = f"/w/{shared.space}/cards/{home}-{name}/edit"
    async with browsing(alpha, "ana") as ana, browsing(beta, "bob") as bob:
        opened = await ana.get(path)
        await bob.submit(await bob.get(path), "/edit", text=RIVER.replace("long", "short"), **CARD)
        await settle(alpha, beta)
        # Only another colour: what she did not touch stays what it has become.
        coloured = await ana.submit(
            opened, "/edit", text=area_of(opened, "text"), colour="green", language="en"
        )
        assert "Saved." in coloured.text
        found = await card_at(alpha, shared.space, card)
        assert (found.text, found.colour, found.others) == (
            RIVER.replace("long", "short"),
            "green",
            (),
        )
        both = await ana.submit(opened, "/edit", text=RIVER.replace("long", "wide"), **CARD)
        assert "here are both" in both.text
        assert "both changed the same" in both.text
        done = await ana.submit(both, "/edit", text="The river is wide.", **CARD)
        assert "Saved." in done.text
    found = await card_at(alpha, shared.space, card)
    assert (found.text, found.others) == ("The river is wide.", ())
    elsewhere = (await pin(shared, await put_up(shared), "b"))[0]
    for bases in (
        [],
        ["A" * 43],
        list((await card_at(alpha, shared.space, elsewhere)).bases["face"]),
    ):
        with pytest.raises(Refused) as refused:
            await cards.write(
                alpha.context, shared.ana, shared.space, card, text="x", bases=bases, **SAID
            )
        assert refused.value.reason is Reason.BAD_INPUT


async def test_what_two_schools_call_a_wall_stands_side_by_side(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    wall = await put_up(shared)
    bases = (await wall_at(alpha, shared.space, wall)).bases["title"]
    for node, account, title, columns in (
        (alpha, shared.ana, "Questions about rivers", ["One", "Two", "Three"]),
        (beta, shared.bob, "Questions", ["One", "Two", "Three", "Four"]),
    ):
        node.clock.advance(seconds=1)
        await walls.rename(
            node.context,
            account,
            shared.space,
            wall,
            title=title,
            columns=columns,
            language="en",
            audience="members",
            bases=bases,
        )
    await settle(alpha, beta)
    assert await wall_at(alpha, shared.space, wall) == await wall_at(beta, shared.space, wall)
    assert len((await wall_at(alpha, shared.space, wall)).others) == 1
    home, _, name = wall.partition("/")
    path = f"/w/{shared.space}/walls/{home}-{name}"
    async with browsing(alpha, "ana") as ana, browsing(beta, "bob") as bob:
        assert "1 more title" in (await ana.get(path)).text
        form = await ana.get(f"{path}/edit")
        assert "Others changed this wall at the same time." in form.text
        old = await bob.get(f"{path}/edit")
        await ana.submit(
            form,
            "/edit",
            title="Questions about rivers",
            columns=area_of(form, "columns"),
            **WALL,
        )
        await settle(alpha, beta)
        found = await wall_at(beta, shared.space, wall)
        assert (found.title, found.columns, found.others) == (
            "Questions about rivers",
            ("One", "Two", "Three", "Four"),
            (),
        )
        late = await bob.submit(old, "/edit", title="Answers", columns="One", **WALL)
        assert "here are both" in late.text
        assert "Answers" in late.text
        assert "Questions about rivers" in late.text


async def test_a_block_that_was_changed_meanwhile_is_not_taken_off_unseen(shared: Shared) -> None:
    paper = await begin(shared)
    block = await paper.add("ana", "One")
    await paper.settle()
    async with browsing(shared.beta, "bob") as bob:
        home, _, name = paper.page.partition("/")
        old = await bob.get(f"/w/{shared.space}/pages/{home}-{name}/edit")
        await paper.change("ana", block, "Two")
        await paper.settle()
        shared.beta.clock.advance(seconds=1)
        both = await bob.submit(old, "/remove")
        assert "here are both" in both.text
        assert "Removes the block" in both.text
        assert "Two" in both.text
    assert await paper.texts("bob") != []
    settled = (await paper.block("bob", block)).bases["body"]
    assert not await blocks.remove(
        shared.beta.context, shared.bob, shared.space, block, bases=settled
    )
    assert await paper.texts("bob") == []
