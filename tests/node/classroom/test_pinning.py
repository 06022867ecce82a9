"""A pupil's card: held in the vault, looked through, released onto a wall, taken away again."""

import pytest

from node.actions import cards, sight, walls
from node.classroom import everything, live, own_works, pinning, release, roster, working
from node.storage import shown, views
from node.storage.spaces import Space
from node.vault import works
from protocol.errors import Reason, Refused
from protocol.space.fold import wall as fold
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import Card, Wall
from protocol.space.vocabulary import Role
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.walls import COLUMNS, card, hang, pin
from tests.node.classroom.works import hand_back, let_live, let_out
from tests.nodes import Node, settle


async def seen(node: Node, space: str, wall: str) -> list[list[Card]]:
    """The cards of a wall, column by column."""
    async with node.context.database.read() as reader:
        pinned = await walls.list_cards(reader, space, wall)
    return fold.view(pinned, len(COLUMNS))


async def test_a_card_waits_for_a_teacher_and_then_hangs_at_the_partner_under_an_alias(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    wall = await hang(twinned)
    await cards.add(
        shared.beta.context, shared.bob, shared.space, wall,
        text="First", file="", colour="plain", column=1, language="en",
    )  # fmt: skip
    work = await pin(twinned, wall, "How deep is it?")
    await settle(shared.alpha, shared.beta)
    assert await seen(shared.beta, shared.space, wall) != [[], []]
    for node in (shared.alpha, shared.beta):
        told = [[one.text for one in column] for column in await seen(node, shared.space, wall)]
        assert told == [[], ["First"]], "nothing leaves by itself"
    (queue,) = await release.list_queue(room, shared.ana)
    (held,) = queue.held
    assert (held.work.kind, held.work.inside, pinning.card_of(held.work)) == (
        "card",
        wall,
        card("How deep is it?"),
    )
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    _, (first, mine) = await seen(shared.beta, shared.space, wall)
    assert (first.text, mine.text, mine.colour) == ("First", "How deep is it?", "yellow")
    async with shared.beta.context.database.read() as reader:
        people = await views.list_people(reader, shared.space)
    (author,) = [one for one in people if one.pseudonym == mine.actor]
    assert (author.role, author.name) == (Role.PUPIL, held.alias)
    async with room.vault.read() as view:
        kept = await works.find(view, work)
    assert kept is not None
    assert (kept.state, kept.text, kept.parts) == ("released", "", {})


async def test_a158_a_card_that_names_somebody_cannot_be_released(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    wall = await hang(twinned)
    work = await pin(twinned, wall, "Ask Mia Nowak.")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.facts["told"] == "full_name"
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    await pinning.write_anew(room, pupil, work, card("Ask the fishermen.", column=0), hand_in=True)
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    (mine,), _ = await seen(shared.beta, shared.space, wall)
    assert mine.text == "Ask the fishermen."


@pytest.mark.parametrize("columns", [0, 1])
async def test_a_teacher_releases_the_column_and_the_colour_that_he_read(
    twinned: Twinned, columns: int
) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    work = await pin(twinned, await hang(twinned), "How deep is it?")
    _, held = await release.find_held(room, shared.ana, work)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    other = card("How deep is it?", column=columns, colour="yellow" if columns == 0 else "green")
    await pinning.write_anew(room, pupil, work, other, hand_in=True)
    with pytest.raises(Refused) as refused:
        await release.release(room, shared.ana, work, version=held.work.version)
    assert "changed" in refused.value.facts


async def test_a_wall_that_is_not_open_takes_no_cards_and_one_for_teachers_is_not_there(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    for wall, reason in (
        (await hang(twinned, opened=False), Reason.GONE),
        (await hang(twinned, audience="teachers"), Reason.NOT_FOUND),
        (f"{'0' * 32}/{'m' * 21}A", Reason.NOT_FOUND),
    ):
        with pytest.raises(Refused) as refused:
            await pin(twinned, wall, "How deep is it?")
        assert refused.value.reason is reason
    wall = await hang(twinned)
    await pin(twinned, wall, "While it is open.")
    kept = await sight.find_place(shared.alpha.context, await _space(twinned), wall, Wall)
    assert kept.opened
    for audience, opened in (("teachers", True), ("members", False)):
        await walls.rename(
            shared.alpha.context, shared.ana, shared.space, wall, title=kept.title,
            columns=kept.columns, language="en", audience=audience, opened=opened,
            bases=kept.bases["title"],
        )  # fmt: skip
        with pytest.raises(Refused):
            await pin(twinned, wall, "Too late.")


async def _space(twinned: Twinned) -> Space:
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    return (await working.find_desk(twinned.alpha.node.room, pupil, twinned.space)).seen.space


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (card("  "), "text"),
        (card("x" * 1_001), "text"),
        (card("x", colour="mauve"), "colour"),
        (card("x", column=8), "column"),
    ],
)
async def test_what_cannot_stand_on_a_card_is_not_kept(
    twinned: Twinned, wrong: pinning.Card, field: str
) -> None:
    room, wall = twinned.alpha.node.room, await hang(twinned)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    with pytest.raises(Refused) as refused:
        await pinning.pin(room, pupil, twinned.space, wall, wrong, hand_in=True)
    assert refused.value.facts["field"] == field


async def test_a_card_is_given_back_mended_thrown_away_and_nobody_elses(twinned: Twinned) -> None:
    room, wall = twinned.alpha.node.room, await hang(twinned)
    work = await pin(twinned, wall, "Deep?")
    await hand_back(twinned, work, "Write a whole sentence.")
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    mine = await working.find_work(room, pupil, work)
    assert (mine.state, mine.note, mine.inside) == ("returned", "Write a whole sentence.", wall)
    stranger = await sign_in(twinned.alpha, "Koala Orion")
    with pytest.raises(Refused):
        await pinning.write_anew(room, stranger, work, card("Mine"), hand_in=True)
    with pytest.raises(Refused):
        await working.rewrite(room, pupil, work, text="A reply", language="en", hand_in=True)
    await working.take_back(room, pupil, work)
    assert await working.list_works(room, pupil) == []


async def test_a_card_appears_at_once_while_a_teacher_is_there(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    wall = await hang(twinned)
    await let_live(twinned)
    await live.begin(room, shared.ana, shared.space)
    assert await live.pass_on(room, await pin(twinned, wall, "How deep is it?"))
    assert not await live.pass_on(room, await pin(twinned, wall, "Ask Mia."))
    await settle(shared.alpha, shared.beta)
    _, (mine,) = await seen(shared.beta, shared.space, wall)
    assert mine.text == "How deep is it?"


async def test_a_card_is_in_what_a_pupil_takes_along_and_in_everything_about_one(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    wall = await hang(twinned)
    await let_out(twinned, await pin(twinned, wall, "How deep is it?"))
    await pin(twinned, wall, "Who fishes there?", hand_in=False)
    found = await own_works.collect_class(room, shared.ana, twinned.alpha.class_)
    pieces = {(one.text, one.state, one.thread) for each in found for one in each.pieces}
    expected = {
        ("How deep is it?", "released", "Our river"),
        ("Who fishes there?", "draft", "Our river"),
    }
    assert pieces == expected
    pupil = twinned.alpha.pupils["Panda Nova"]
    told = await everything.collect(room, shared.ana, twinned.alpha.class_, pupil.id)
    assert told is not None
    assert {(one.piece.text, one.piece.state, one.piece.thread) for one in told.works} == expected


async def test_a_card_goes_with_its_pupil_at_every_school(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    wall = await hang(twinned)
    await let_out(twinned, await pin(twinned, wall, "How deep is it?"))
    await settle(shared.alpha, shared.beta)
    pupil = twinned.alpha.pupils["Panda Nova"]
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil.id, erase=True)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await seen(node, shared.space, wall) == [[], []]
        for path in node.context.folder.database_file.parent.glob("*.sqlite*"):
            assert b"How deep is it?" not in path.read_bytes()


async def test_a_teacher_erases_a_pupils_card_at_once(twinned: Twinned) -> None:
    shared = twinned.shared
    wall = await hang(twinned)
    named = await let_out(twinned, await pin(twinned, wall, "How deep is it?"))
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await cards.erase_own(shared.beta.context, shared.bob, shared.space, named)
    assert refused.value.reason is Reason.GONE, "nothing of it is his school's"
    await cards.erase_own(shared.alpha.context, shared.ana, shared.space, named)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        async with node.context.database.read() as reader:
            gone = await shown.find(reader, shared.space, *named.split("/"))
        assert gone is not None
        assert gone.standing is Standing.ERASED


async def test_a_card_for_a_wall_that_was_closed_meanwhile_waits_although_a_teacher_is_there(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    await let_live(twinned)
    await live.begin(room, shared.ana, shared.space)
    wall, other = await hang(twinned), await hang(twinned)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    for hung, is_open in ((other, True), (wall, False)):
        work = await pin(twinned, hung, "A draft.", hand_in=False)
        kept = await sight.find_place(shared.alpha.context, await _space(twinned), hung, Wall)
        await walls.rename(
            shared.alpha.context, shared.ana, shared.space, hung, title=kept.title,
            columns=kept.columns, language="en", opened=is_open, bases=kept.bases["title"],
        )  # fmt: skip
        await pinning.write_anew(room, pupil, work, card("Handed in."), hand_in=True)
        assert await live.pass_on(room, work) is is_open
