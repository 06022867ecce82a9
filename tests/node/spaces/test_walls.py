"""Walls: any teacher adds, moves, writes and removes; what both did at once is seen at both."""

import pytest

from node.actions import cards, moderation, trash, walls
from node.storage import contents
from protocol.errors import Reason, Refused
from protocol.space.fold import wall as fold
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import Card
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle

SAID = {"file": "", "colour": "plain", "language": "en"}


async def put_up(shared: Shared, columns: tuple[str, ...] = ("One", "Two", "Three")) -> str:
    made = await walls.make(
        shared.alpha.context,
        shared.ana,
        shared.space,
        title="Questions",
        columns=columns,
        language="en",
        audience="members",
    )
    await settle(shared.alpha, shared.beta)
    return made


async def pin(shared: Shared, wall: str, *texts: str, column: int = 0) -> list[str]:
    made = [
        await cards.add(
            shared.alpha.context, shared.ana, shared.space, wall, text=text, column=column, **SAID
        )
        for text in texts
    ]
    await settle(shared.alpha, shared.beta)
    return made


async def seen(node: Node, space: str, wall: str) -> list[list[str]]:
    """The texts on a wall, column by column."""
    async with node.context.database.read() as reader:
        pinned = await walls.list_cards(reader, space, wall)
    return [[one.text for one in column] for column in fold.view(pinned, 3)]


async def card_at(node: Node, space: str, card: str) -> Card:
    home, _, name = card.partition("/")
    async with node.context.database.read() as reader:
        found = await contents.find(reader, space, home, name, Card)
    assert found is not None
    return found


async def test_another_school_moves_writes_and_colours_a_card(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    wall = await put_up(shared)
    a, b, _ = await pin(shared, wall, "a", "b", "c")
    assert await seen(beta, shared.space, wall) == [["a", "b", "c"], [], []]
    for to in ("down", "down", "down"):
        await cards.step(beta.context, shared.bob, shared.space, a, to)
    await cards.step(beta.context, shared.bob, shared.space, b, "right")
    await cards.step(beta.context, shared.bob, shared.space, b, "up")
    await cards.step(beta.context, shared.bob, shared.space, a, "left")
    found = await card_at(beta, shared.space, a)
    await cards.write(
        beta.context,
        shared.bob,
        shared.space,
        a,
        text="a, said otherwise",
        file="",
        colour="green",
        language="en",
        bases=found.bases["face"],
    )
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await seen(node, shared.space, wall) == [["c", "a, said otherwise"], ["b"], []]
        assert (await card_at(node, shared.space, a)).colour == "green"
    for before, expected in ((b, ["a, said otherwise", "b"]), ("", ["b", "a, said otherwise"])):
        await cards.move(alpha.context, shared.ana, shared.space, a, column=1, before=before)
        assert (await seen(alpha, shared.space, wall))[1] == expected
    with pytest.raises(Refused) as refused:
        await cards.move(alpha.context, shared.ana, shared.space, a, column=3, before="")
    assert refused.value.reason is Reason.BAD_INPUT


async def test_what_both_wrote_while_apart_stands_side_by_side_at_both(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    wall = await put_up(shared)
    (a,) = await pin(shared, wall, "a")
    bases = (await card_at(alpha, shared.space, a)).bases["face"]
    for node, account, text in ((alpha, shared.ana, "Ana's"), (beta, shared.bob, "Bob's")):
        await cards.write(node.context, account, shared.space, a, text=text, bases=bases, **SAID)
    await cards.step(beta.context, shared.bob, shared.space, a, "right")
    await settle(alpha, beta)
    here, there = await card_at(alpha, shared.space, a), await card_at(beta, shared.space, a)
    assert here == there
    assert {here.text, *(one.text for one in here.others)} == {"Ana's", "Bob's"}
    assert here.column == 1
    assert await cards.write(
        alpha.context, shared.ana, shared.space, a, text="Late", bases=bases, **SAID
    )
    here = await card_at(alpha, shared.space, a)
    assert {here.text, *(one.text for one in here.others)} == {"Ana's", "Bob's", "Late"}
    assert not await cards.write(
        alpha.context,
        shared.ana,
        shared.space,
        a,
        text="Both",
        bases=here.bases["face"],
        **SAID,
    )
    await settle(alpha, beta)
    for node in (alpha, beta):
        found = await card_at(node, shared.space, a)
        assert (found.text, found.others) == ("Both", ())


async def test_a_removed_card_and_a_removed_wall_come_back_by_anybody(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    wall = await put_up(shared)
    a, _ = await pin(shared, wall, "a", "b")
    await cards.remove(beta.context, shared.bob, shared.space, a)
    await settle(alpha, beta)
    assert await seen(alpha, shared.space, wall) == [["b"], [], []]
    assert await trash.list_thrown(alpha.context, shared.ana, shared.space) == []
    with pytest.raises(Refused) as refused:
        await cards.remove(alpha.context, shared.ana, shared.space, a)
    assert refused.value.reason is Reason.CONFLICT
    await cards.put_back(alpha.context, shared.ana, shared.space, a)
    await settle(alpha, beta)
    assert await seen(beta, shared.space, wall) == [["a", "b"], [], []]
    await walls.remove(beta.context, shared.bob, shared.space, wall)
    await settle(alpha, beta)
    async with alpha.context.database.read() as reader:
        assert await walls.list_walls(reader, shared.space) == []
    with pytest.raises(Refused) as refused:
        await pin(shared, wall, "c")
    assert refused.value.reason is Reason.GONE
    alpha.clock.advance(days=29)
    await settle(alpha, beta)
    await walls.put_back(alpha.context, shared.ana, shared.space, wall)
    assert await seen(alpha, shared.space, wall) == [["a", "b"], [], []]


async def test_a_card_shows_a_file_of_the_space_and_of_nowhere_else(shared: Shared) -> None:
    wall = await put_up(shared)
    file = await publish(shared, pictures.plain("PNG", (60, 50)))
    made = await cards.add(
        shared.alpha.context,
        shared.ana,
        shared.space,
        wall,
        text="",
        file=file,
        colour="plain",
        column=0,
        language="en",
    )
    assert (await card_at(shared.alpha, shared.space, made)).file == file
    for strange in (wall, made, "0" * 32 + "/" + "A" * 22, "https://evil.example/x.png"):
        with pytest.raises(Refused) as refused:
            await cards.add(
                shared.alpha.context,
                shared.ana,
                shared.space,
                wall,
                text="x",
                file=strange,
                colour="plain",
                column=0,
                language="en",
            )
        assert refused.value.reason is Reason.NOT_FOUND


async def test_strangers_touch_no_wall_and_a_moderator_hides_a_card(shared: Shared) -> None:
    wall = await put_up(shared)
    (a,) = await pin(shared, wall, "a")
    carla = await shared.alpha.account("carla", "Carla")
    for attempt in (
        cards.add(shared.alpha.context, carla, shared.space, wall, text="x", column=0, **SAID),
        cards.step(shared.alpha.context, carla, shared.space, a, "right"),
        cards.remove(shared.alpha.context, carla, shared.space, a),
        walls.remove(shared.alpha.context, carla, shared.space, wall),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.reason is Reason.NOT_FOUND
    await moderation.hide(
        shared.beta.context,
        shared.bob,
        shared.space,
        a,
        reason="hate",
        text="",
        language="en",
    )
    await settle(shared.alpha, shared.beta)
    assert (await card_at(shared.alpha, shared.space, a)).standing is Standing.HIDDEN
    for act in (cards.remove, cards.put_back):
        with pytest.raises(Refused) as refused:
            await act(shared.alpha.context, shared.ana, shared.space, a)
        assert refused.value.reason is Reason.GONE


async def titles(node: Node, space: str) -> list[str]:
    async with node.context.database.read() as reader:
        return [one.title for one in await walls.list_walls(reader, space)]


async def make(shared: Shared, who: str, title: str) -> str:
    node, account = (shared.alpha, shared.ana) if who == "ana" else (shared.beta, shared.bob)
    return await walls.make(
        node.context,
        account,
        shared.space,
        title=title,
        columns=("One", "Two", "Three"),
        language="en",
        audience="members",
    )


async def test_what_was_removed_takes_nobody_s_room(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, space = shared.alpha, shared.space
    monkeypatch.setattr(walls, "MAX_WALLS", 2)
    monkeypatch.setattr(walls, "MAX_ALL_CARDS", 2)
    monkeypatch.setattr(fold, "MAX_CARDS", 2)
    for number in range(2):
        wall = await make(shared, "ana", f"Gone {number}")
        await walls.remove(alpha.context, shared.ana, space, wall)
    wall = await make(shared, "ana", "Here")
    assert await titles(alpha, space) == ["Here"]
    for text in ("a", "b"):
        for card in await pin(shared, wall, text):
            await cards.remove(alpha.context, shared.ana, space, card)
    await pin(shared, wall, "c", "d")
    assert await seen(shared.beta, space, wall) == [["c", "d"], [], []]
    with pytest.raises(Refused) as refused:
        await pin(shared, wall, "e")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS


async def test_a_school_that_floods_pushes_only_its_own_out_of_sight(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    for number in range(6):
        await make(shared, "bob", f"Flood {number}")
    wall = await make(shared, "bob", "Ours")
    beta.clock.advance(seconds=1)
    for number in range(6):
        await cards.add(beta.context, shared.bob, space, wall, text=f"{number}", column=0, **SAID)
    await settle(alpha, beta)
    for limits, limit in ((walls, "MAX_WALLS"), (walls, "MAX_ALL_CARDS"), (fold, "MAX_CARDS")):
        monkeypatch.setattr(limits, limit, 4)
    for title in ("Ana's", "Ana's too"):
        await make(shared, "ana", title)
    await pin(shared, wall, "a", "b")
    for node in (alpha, beta):
        assert await titles(node, space) == ["Flood 0", "Flood 1", "Ana's", "Ana's too"]
        assert await seen(node, space, wall) == [["0", "1", "a", "b"], [], []]
    for attempt in (make(shared, "bob", "More"), pin(shared, wall, "c")):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.reason is Reason.TOO_MANY_ITEMS


async def test_a_card_beyond_those_that_are_shown_takes_no_step(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = await put_up(shared)
    *_, last = await pin(shared, wall, "a", "b", "c")
    monkeypatch.setattr(fold, "MAX_CARDS", 2)
    for to in cards.STEPS:
        with pytest.raises(Refused) as refused:
            await cards.step(shared.alpha.context, shared.ana, shared.space, last, to)
        assert refused.value.reason is Reason.GONE
