"""Reactions of teachers and pupils: a sign under a post, which of pupils waits for a teacher."""

from collections.abc import Sequence

import pytest

from node.actions import forum, reactions
from node.classroom import live, own_works, reacting, release, roster, working
from node.storage import spaces
from node.vault import works
from protocol.errors import Reason, Refused
from protocol.space.fold.reactions import NONE
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.works import begin, hand_back, let_live, let_out
from tests.nodes import Node, settle


async def react(twinned: Twinned, named: str, sign: str, alias: str = "Panda Nova") -> int | None:
    pupil = await sign_in(twinned.alpha, alias)
    room = twinned.alpha.node.room
    return await reacting.react(room, pupil, twinned.space, named, sign, language="en")


async def signs(node: Node, space: str, named: str) -> Sequence[str]:
    async with node.context.database.read() as reader:
        found = await reactions.list_of(reader, space, [named])
    return [one.sign for one in found.get(named, ())]


async def test_a_teacher_reacts_changes_and_takes_back(twinned: Twinned) -> None:
    shared = twinned.shared
    thread = await begin(twinned)
    for sign, standing in (("heart", ["heart"]), ("idea", ["idea"]), ("idea", [])):
        await reactions.react(shared.alpha.context, shared.ana, shared.space, thread, sign)
        await settle(shared.alpha, shared.beta)
        for node in (shared.alpha, shared.beta):
            assert await signs(node, shared.space, thread) == standing
    for named, sign, reason in (
        (thread, "Well done, Mia", Reason.BAD_INPUT),
        (thread, NONE, Reason.BAD_INPUT),
        (f"{'0' * 32}/{'m' * 21}A", "heart", Reason.NOT_FOUND),
    ):
        with pytest.raises(Refused) as refused:
            await reactions.react(shared.alpha.context, shared.ana, shared.space, named, sign)
        assert refused.value.reason is reason
    await forum.erase(shared.beta.context, shared.bob, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await reactions.react(shared.alpha.context, shared.ana, shared.space, thread, "heart")
    assert refused.value.reason is Reason.GONE


async def test_a_pupils_reaction_waits_and_then_stands_at_the_partner_under_the_alias(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    work = await react(twinned, thread, "smile")
    assert work is not None
    await settle(shared.alpha, shared.beta)
    assert await signs(shared.beta, shared.space, thread) == []
    _, held = await release.find_held(room, shared.ana, work)
    assert (reacting.sign_of(held.work), list(held.hits)) == ("smile", [])
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    async with shared.beta.context.database.read() as reader:
        (one,) = (await reactions.list_of(reader, shared.space, [thread]))[thread]
        kept = await spaces.find(reader, shared.space)
    assert kept is not None
    assert (one.sign, one.actor) == ("smile", held.pseudonym)
    assert one.node != kept.node
    found = await own_works.collect_class(room, shared.ana, twinned.alpha.class_)
    (piece,) = [piece for each in found for piece in each.pieces]
    assert (piece.kind, piece.text, piece.thread, piece.state) == (
        "reaction", "smile", "Birds", "released",
    )  # fmt: skip


async def test_the_same_sign_once_more_takes_back_what_waits_and_what_stands(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    pupil, thread = await sign_in(twinned.alpha, "Panda Nova"), await begin(twinned)
    assert await react(twinned, thread, "smile") == await react(twinned, thread, "heart")
    assert await react(twinned, thread, "heart") is None
    assert await working.list_works(room, pupil) == []
    work = await react(twinned, thread, "heart")
    assert work is not None
    await let_out(twinned, work)
    again = await react(twinned, thread, "heart")
    assert again is not None
    assert await react(twinned, thread, "heart") is None, "taking back was taken back"
    again = await react(twinned, thread, "heart")
    assert again is not None
    _, held = await release.find_held(room, shared.ana, again)
    assert reacting.sign_of(held.work) == NONE
    await let_out(twinned, again)
    await settle(shared.alpha, shared.beta)
    assert await signs(shared.beta, shared.space, thread) == []


async def test_a_reaction_that_was_given_back_may_be_another_one(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    pupil, thread = await sign_in(twinned.alpha, "Panda Nova"), await begin(twinned)
    work = await react(twinned, thread, "smile")
    assert work is not None
    await hand_back(twinned, work, "It is a sad story.")
    assert await react(twinned, thread, "heart") == work
    (mine,) = await working.list_works(room, pupil)
    assert (mine.state, mine.note, reacting.sign_of(mine)) == ("held", "", "heart")


async def test_a_reaction_whose_release_was_interrupted_is_settled_by_its_bytes(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    first, second = await react(twinned, thread, "smile"), None
    assert first is not None
    await let_out(twinned, first)
    second = await react(twinned, thread, "idea")
    assert second is not None
    async with room.vault.write() as unit:
        # The first one stopped after it was written, the second one before.
        await unit.change.run("UPDATE works SET state = 'leaving'")
        kept = await works.find(unit, first)
        assert kept is not None
        await works.change(
            unit, first, state="leaving", language="en", text="", now_ms=1, parts={"sign": "smile"}
        )
    await release.finish(room)
    async with room.vault.read() as view:
        states = [await works.find(view, one) for one in (first, second)]
    assert [one.state for one in states if one is not None] == ["released", "held"]
    assert await signs(shared.alpha, shared.space, thread) == ["smile"]


async def test_a_reaction_appears_at_once_while_a_teacher_is_there(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    await let_live(twinned)
    await live.begin(room, shared.ana, shared.space)
    work = await react(twinned, thread, "bravo")
    assert work is not None
    assert await live.pass_on(room, work)
    assert await signs(shared.alpha, shared.space, thread) == ["bravo"]


async def test_a_reaction_goes_with_its_pupil_at_every_school(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    work = await react(twinned, thread, "heart")
    assert work is not None
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    pupil = twinned.alpha.pupils["Panda Nova"]
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil.id, erase=True)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await signs(node, shared.space, thread) == []
        async with node.context.database.read() as reader:
            rows = await reader.all("SELECT op FROM payloads WHERE payload ->> 'sign' <> ''")
        assert rows == []
