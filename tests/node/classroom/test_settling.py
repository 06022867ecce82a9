"""What becomes of a release that fails half way, and of what is erased beside one."""

import asyncio
from collections.abc import Collection

import pytest

from node.actions import forum, tips
from node.actions import pupils as acting
from node.actions.context import Context
from node.actions.permission import By
from node.classroom import release, roster, taking_part, working
from node.classroom.room import Classroom
from node.vault import works
from node.vault.vault import Unit
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.schools import texts
from tests.nodes import settle


async def state_of(twinned: Twinned, work: int) -> str:
    async with twinned.alpha.node.room.vault.read() as view:
        found = await works.find(view, work)
    assert found is not None
    return found.state


async def fail(*_: object, **__: object) -> None:
    raise RuntimeError("the disk went away")


async def test_what_was_written_is_released_though_the_step_after_it_failed(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    real = works.put_released
    failed: list[int] = []

    async def once(unit: Unit, number: int, now_ms: int) -> None:
        if not failed:
            failed.append(number)
            raise RuntimeError("the disk went away")
        await real(unit, number, now_ms)

    monkeypatch.setattr(works, "put_released", once)
    with pytest.raises(RuntimeError):
        await let_out(twinned, work)
    assert await state_of(twinned, work) == "released"
    mia = await sign_in(twinned.alpha, "Panda Nova")
    with pytest.raises(Refused):
        await working.rewrite(
            twinned.alpha.node.room, mia, work, text="Else", language="en", hand_in=True
        )
    assert await texts(twinned.alpha.node, twinned.space) == [["Which?", "We saw storks."]]


async def test_what_was_not_written_waits_again_and_nobody_is_said_to_have_released_it(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    with monkeypatch.context() as patch:
        patch.setattr(acting, "reply", fail)
        with pytest.raises(RuntimeError):
            await let_out(twinned, work)
    assert await state_of(twinned, work) == "held"
    async with twinned.alpha.node.room.vault.read() as view:
        assert await view.rows.all("SELECT * FROM decisions") == []


async def test_a_release_whose_teacher_went_away_is_settled(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    written, real = asyncio.Event(), tips.record

    async def linger(context: Context, space: str) -> None:
        await real(context, space)
        written.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(tips, "record", linger)
    releasing = asyncio.create_task(let_out(twinned, work))
    await written.wait()
    releasing.cancel()
    await asyncio.sleep(0)
    releasing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await releasing
    assert await state_of(twinned, work) == "released"


async def test_what_could_not_be_settled_is_settled_after_ten_minutes_and_not_before(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    with monkeypatch.context() as patch:
        patch.setattr(acting, "reply", fail)
        patch.setattr(acting, "is_there", fail)
        with pytest.raises(RuntimeError):
            await let_out(twinned, work)
    assert await state_of(twinned, work) == "leaving"
    node.clock.advance(seconds=599)
    await release.step(room, node.context)
    assert await state_of(twinned, work) == "leaving"
    node.clock.advance(seconds=1)
    await release.step(room, node.context)
    assert await state_of(twinned, work) == "held"


async def test_another_text_is_not_taken_for_the_one_that_lies_there(twinned: Twinned) -> None:
    shared = twinned.shared
    work = await hand_in(twinned, await begin(twinned), "We saw storks. \r\n")
    async with twinned.alpha.node.room.vault.read() as view:
        found = await works.find(view, work)
    _, held = await release.find_held(twinned.alpha.node.room, shared.ana, work)
    assert found is not None
    await let_out(twinned, work)

    async def again(text: str) -> str:
        return await acting.reply(
            shared.alpha.context,
            shared.ana,
            shared.space,
            found.inside,
            pseudonym=held.pseudonym,
            name=found.object,
            text=text,
            language="en",
        )

    assert (await again("We saw storks. \r\n")).endswith(found.object)
    with pytest.raises(Refused) as refused:
        await again("We saw frogs.")
    assert refused.value.reason is Reason.CONFLICT


async def test_what_a_colleague_releases_while_a_pupil_is_erased_goes_too(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    real = taking_part.leave_together

    async def late(room: Classroom, by: By, leaving: Collection[int]) -> dict[int, Refused]:
        await let_out(twinned, work)
        return await real(room, by, leaving)

    monkeypatch.setattr(taking_part, "leave_together", late)
    pupil = twinned.alpha.pupils["Panda Nova"].id
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil, erase=True)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", ""]]


async def test_what_a_restored_vault_does_not_know_is_erased_too_and_nobody_elses(
    twinned: Twinned,
) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    thread = await begin(twinned)
    for text, alias in (("We saw storks.", "Panda Nova"), ("We saw frogs.", "Koala Orion")):
        work = await hand_in(twinned, thread, text, alias)
        twinned.alpha.node.clock.advance(seconds=1)
        await let_out(twinned, work)
    await forum.reply(
        shared.alpha.context, shared.ana, shared.space, thread, text="Fine", language="en"
    )
    async with room.vault.write() as unit:
        await unit.change.run("DELETE FROM works")
    pupil = twinned.alpha.pupils["Panda Nova"].id
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil, erase=True)
    await settle(shared.alpha, shared.beta)
    (left,) = await texts(shared.beta, shared.space)
    assert sorted(left) == ["", "Fine", "We saw frogs.", "Which?"]


async def test_at_most_fifty_wait_however_many_were_released_since(twinned: Twinned) -> None:
    thread, room = await begin(twinned), twinned.alpha.node.room
    mia = await sign_in(twinned.alpha, "Panda Nova")
    for number in range(working.MAX_UNRELEASED):
        await hand_in(twinned, thread, f"Stork {number}")
    async with room.vault.write() as unit:
        for number in range(working.MAX_LISTED):
            gone = await works.put(
                unit,
                pupil=mia.id,
                space=twinned.space,
                inside=thread,
                name=f"gone{number}",
                state="released",
                language="en",
                text="",
                now_ms=room.now_ms() + 1,
            )
            assert gone
    with pytest.raises(Refused) as refused:
        await hand_in(twinned, thread, "One more")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS
