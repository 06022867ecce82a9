"""Older pupils take released work back: here, at the partner, with receipts; a teacher hears."""

import asyncio
from unittest.mock import AsyncMock

import pytest

from node.actions import forum, reactions, unsaying
from node.classroom import (
    everything,
    reacting,
    safeguarding,
    second_step,
    withdrawing,
    working,
)
from node.storage import contents, spaces, views
from node.vault import withdrawals
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests.node.classroom import pictured, pupil_files
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.pictured import Send
from tests.node.classroom.reported import tell
from tests.node.classroom.test_copying import added, change, keep, seen
from tests.node.classroom.test_copying import begin as begin_page
from tests.node.classroom.test_pinning import seen as seen_on_wall
from tests.node.classroom.walls import hang, pin
from tests.node.classroom.works import begin, hand_in, let_out
from tests.nodes import Node, settle

TEXT = "Two kingfishers, at the mill."


async def address_plainly(twinned: Twinned, style: str = "plain") -> None:
    await second_step.choose_entry(
        twinned.alpha.node.room,
        twinned.alpha.teacher,
        twinned.alpha.class_,
        style=style,
        second_step="none",
    )


async def take_back(twinned: Twinned, work: int, alias: str = "Panda Nova") -> None:
    pupil = await sign_in(twinned.alpha, alias)
    await withdrawing.withdraw(twinned.alpha.node.room, pupil, work)
    await settle(twinned.shared.alpha, twinned.shared.beta)


async def refusal(twinned: Twinned, work: int, alias: str = "Panda Nova") -> Reason:
    with pytest.raises(Refused) as refused:
        await take_back(twinned, work, alias)
    return refused.value.reason


async def texts(node: Node, space: str, thread: str) -> list[str]:
    async with node.context.database.read() as reader:
        return [one.text for one in await views.list_of_thread(reader, space, thread)]


async def released(twinned: Twinned) -> tuple[str, int, str]:
    """A thread, a reply in it that is released and has arrived, and its reference."""
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, TEXT)
    named = await let_out(twinned, work)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert TEXT in await texts(twinned.shared.beta, twinned.space, thread)
    return thread, work, named


async def test_a_reply_is_gone_here_and_at_the_partner_who_confirms_it(twinned: Twinned) -> None:
    await address_plainly(twinned)
    thread, work, _ = await released(twinned)
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    before = await withdrawing.look(room, pupil, work)
    assert (before.piece.text, before.done_ms, len(before.schools)) == (TEXT, None, 1)
    await take_back(twinned, work)
    for node in (twinned.shared.alpha, twinned.shared.beta):
        assert TEXT not in await texts(node, twinned.space, thread)
    after = await withdrawing.look(room, pupil, work)
    assert after.piece.text == ""
    assert after.done_ms is not None
    (confirmed,) = after.confirmations
    assert confirmed.received_ms is not None
    own = await working.find_work(room, pupil, work)
    assert own.withdrawn_ms == after.done_ms
    told = await everything.collect(room, twinned.alpha.teacher, twinned.alpha.class_, pupil.id)
    assert told is not None
    (made,) = told.works
    assert made.withdrawn_ms == after.done_ms
    assert made.confirmations == after.confirmations


async def test_whoever_may_is_in_a_class_that_is_addressed_plainly(twinned: Twinned) -> None:
    thread, work, _ = await released(twinned)
    assert await refusal(twinned, work) is Reason.NOT_ALLOWED
    await address_plainly(twinned)
    assert await refusal(twinned, work, "Koala Orion") is Reason.NOT_FOUND, "somebody else's"
    waiting = await hand_in(twinned, thread, "I am not sure.")
    assert await refusal(twinned, waiting) is Reason.CONFLICT
    assert TEXT in await texts(twinned.shared.beta, twinned.space, thread)
    await take_back(twinned, work)
    assert await refusal(twinned, work) is Reason.GONE


async def test_a_teacher_of_the_space_is_told_until_one_has_seen_it(twinned: Twinned) -> None:
    await address_plainly(twinned)
    _, work, _ = await released(twinned)
    room, shared = twinned.alpha.node.room, twinned.shared
    assert await withdrawing.list_told(room, shared.ana) == []
    await take_back(twinned, work)
    (told,) = await withdrawing.list_told(room, shared.ana)
    assert (told.withdrawal.work, told.withdrawal.kind) == (work, "reply")
    assert told.alias not in ("", "Panda Nova"), "the alias there"
    carla = await shared.alpha.account("carla", "Carla Cruz")
    assert await withdrawing.list_told(room, carla) == [], "she is not in the space"
    await withdrawing.mark_seen(room, carla, [work])
    assert len(await withdrawing.list_told(room, shared.ana)) == 1
    await withdrawing.mark_seen(room, shared.ana, [work])
    assert await withdrawing.list_told(room, shared.ana) == []


async def test_a_card_and_a_file_go_with_their_bytes(twinned: Twinned) -> None:
    await address_plainly(twinned)
    shared = twinned.shared
    wall = await hang(twinned)
    card = await pin(twinned, wall, "How deep is it?")
    file = await pupil_files.bring(twinned)
    for one in (card, file):
        await let_out(twinned, one)
    await settle(shared.alpha, shared.beta)
    assert sum(map(len, await seen_on_wall(shared.beta, shared.space, wall))) == 1
    shelf = [one for one in shared.alpha.folder.blobs.rglob("*") if one.is_file()]
    assert shelf
    name = (await pupil_files.find(twinned, file)).object
    for one in (card, file):
        await take_back(twinned, one)
    for node in (shared.alpha, shared.beta):
        assert sum(map(len, await seen_on_wall(node, shared.space, wall))) == 0
        async with node.context.database.read() as reader:
            there = await contents.find_any(
                reader, shared.space, await home_of(shared.alpha, shared.space), name
            )
        assert there is not None
        assert there.standing is Standing.ERASED
    assert not [one for one in shelf if one.exists()]


async def require_confirmed(twinned: Twinned, work: int, alias: str = "Panda Nova") -> None:
    """The one partner's receipt is shown to the pupil, and printed for the parents."""
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, alias)
    (confirmed,) = (await withdrawing.look(room, pupil, work)).confirmations
    assert confirmed.received_ms is not None
    told = await everything.collect(room, twinned.alpha.teacher, twinned.alpha.class_, pupil.id)
    assert told is not None
    assert all(one.confirmations == [confirmed] for one in told.works)


async def home_of(node: Node, space: str) -> str:
    async with node.context.database.read() as reader:
        return (await spaces.get(reader, space)).node


async def test_of_a_page_all_goes_that_the_pupil_wrote_and_nothing_else(twinned: Twinned) -> None:
    await address_plainly(twinned)
    shared = twinned.shared
    page = await begin_page(twinned)
    before = await seen(shared.beta, shared.space, page)
    first = await keep(
        twinned,
        page,
        [await change(twinned, page, 0, "The river is 812 km long."), added(twinned, "And wide.")],
    )
    await let_out(twinned, first)
    second = await keep(twinned, page, [added(twinned, "It is cold.")])
    await let_out(twinned, second)
    await settle(shared.alpha, shared.beta)
    assert len(await seen(shared.beta, shared.space, page)) == len(before) + 2
    await take_back(twinned, second)
    for node in (shared.alpha, shared.beta):
        # A part that was begun here leaves a gap, as with what a teacher deletes.
        assert list(filter(None, await seen(node, shared.space, page))) == before
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    for one in (first, second):
        own = await working.find_work(twinned.alpha.node.room, pupil, one)
        assert own.withdrawn_ms is not None
        await require_confirmed(twinned, one)


async def test_a_reaction_goes_and_that_of_others_stays(twinned: Twinned) -> None:
    await address_plainly(twinned)
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    reacted = []
    for alias in ("Panda Nova", "Koala Orion"):
        pupil = await sign_in(twinned.alpha, alias)
        work = await reacting.react(room, pupil, shared.space, thread, "smile", language="en")
        assert work is not None
        await let_out(twinned, work)
        reacted.append(work)
    await settle(shared.alpha, shared.beta)
    await take_back(twinned, reacted[1], "Koala Orion")
    for node in (shared.alpha, shared.beta):
        async with node.context.database.read() as reader:
            listed = await reactions.list_of(reader, shared.space, [thread])
        assert len(listed[thread]) == 1
    await require_confirmed(twinned, reacted[1], "Koala Orion")


@pytest.mark.parametrize("send", [pictured.reply, pictured.card])
async def test_the_picture_goes_with_the_words(twinned: Twinned, send: Send) -> None:
    await address_plainly(twinned)
    work = await send(twinned)
    named = await let_out(twinned, work)
    shared = twinned.shared
    await settle(shared.alpha, shared.beta)
    picture = (await pictured.seen(shared.beta, twinned.space, named)).file
    assert picture
    await take_back(twinned, work)
    for node in (shared.alpha, shared.beta):
        home, _, name = picture.partition("/")
        async with node.context.database.read() as reader:
            there = await contents.find_any(reader, twinned.space, home, name)
        assert there is not None
        assert there.standing is Standing.ERASED


async def test_the_picture_goes_also_where_its_own_school_shows_it_too(twinned: Twinned) -> None:
    await address_plainly(twinned)
    shared, work = twinned.shared, await pictured.reply(twinned)
    named = await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    picture = (await pictured.seen(shared.beta, twinned.space, named)).file
    await forum.reply(
        shared.alpha.context, shared.ana, shared.space, await begin(twinned),
        text="Look.", language="en", file=picture,
    )  # fmt: skip
    await take_back(twinned, work)
    for node in (shared.alpha, shared.beta):
        home, _, name = picture.partition("/")
        async with node.context.database.read() as reader:
            there = await contents.find_any(reader, twinned.space, home, name)
        assert there is not None
        assert there.standing is Standing.ERASED


async def test_a_reports_sealed_copy_stays(twinned: Twinned) -> None:
    await address_plainly(twinned)
    _, work, named = await released(twinned)
    await tell(twinned, named, alias="Koala Orion")
    shared = twinned.shared
    greta = await shared.alpha.account("greta", "Greta Guard", roles="safeguarding")
    await take_back(twinned, work)
    (kept,) = await safeguarding.list_evidence(twinned.alpha.node.room, greta)
    opened = await safeguarding.open_evidence(twinned.alpha.node.room, greta, kept.evidence.id)
    assert TEXT in str(opened)


async def test_what_was_interrupted_is_done_at_the_next_start(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await address_plainly(twinned)
    thread, work, _ = await released(twinned)
    room = twinned.alpha.node.room
    with monkeypatch.context() as patched:
        patched.setattr(unsaying, "take_back", AsyncMock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            await take_back(twinned, work)
    assert await withdrawing.list_told(room, twinned.shared.ana) == [], "not done yet"
    assert TEXT in await texts(twinned.shared.beta, twinned.space, thread)
    await withdrawing.finish(room)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert TEXT not in await texts(twinned.shared.beta, twinned.space, thread)
    assert len(await withdrawing.list_told(room, twinned.shared.ana)) == 1


async def test_what_cannot_be_erased_now_is_said_and_not_noted(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await address_plainly(twinned)
    thread, work, _ = await released(twinned)
    full = Refused(Reason.STORAGE_FULL, "The disk is full.")
    with monkeypatch.context() as patched:
        patched.setattr(unsaying, "take_back", AsyncMock(side_effect=full))
        assert await refusal(twinned, work) is Reason.STORAGE_FULL
    await withdrawing.finish(twinned.alpha.node.room)
    assert TEXT in await texts(twinned.shared.beta, twinned.space, thread)
    await take_back(twinned, work)
    assert TEXT not in await texts(twinned.shared.beta, twinned.space, thread)


async def test_who_presses_twice_takes_it_back_once_and_a_teacher_is_told(
    twinned: Twinned,
) -> None:
    await address_plainly(twinned)
    thread, work, _ = await released(twinned)
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    await asyncio.gather(
        *(withdrawing.withdraw(room, pupil, work) for _ in range(3)), return_exceptions=True
    )
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert TEXT not in await texts(twinned.shared.beta, twinned.space, thread)
    assert len(await withdrawing.list_told(room, twinned.shared.ana)) == 1
    assert (await withdrawing.look(room, pupil, work)).done_ms is not None


async def test_what_was_erased_and_not_noted_is_noted_when_it_is_asked_for_again(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await address_plainly(twinned)
    _, work, _ = await released(twinned)
    room = twinned.alpha.node.room
    with monkeypatch.context() as patched:
        full = Refused(Reason.STORAGE_FULL, "The disk is full.")
        patched.setattr(withdrawals, "put_done", AsyncMock(side_effect=full))
        assert await refusal(twinned, work) is Reason.STORAGE_FULL
    await take_back(twinned, work)
    assert len(await withdrawing.list_told(room, twinned.shared.ana)) == 1
