"""A mark outlives what could lose it: its pupil, a restored backup, a consent that ended, and
whatever happens while a picture is let out."""

from collections.abc import Sequence

import pytest

from node import events
from node.actions import materials, tips
from node.actions.context import Context
from node.actions.materials import Residency, Said
from node.classroom import portraits, retention, roster
from node.storage import meta, spaces
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests.node.classroom.classes import Twinned
from tests.node.classroom.consenting import agree
from tests.node.classroom.pupil_files import bring, find
from tests.node.classroom.test_portraits import bring_picture, mark, publish, publish_of, shown
from tests.node.classroom.works import let_out
from tests.node.spaces.bringing import files_at, on_disk
from tests.node.spaces.test_withdrawn_from_sight import files_at_all
from tests.nodes import settle


async def forget(twinned: Twinned, alias: str) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    number = twinned.alpha.pupils[alias].id
    await roster.remove_pupil(room, ana, twinned.alpha.class_, number, erase=False)


async def move(twinned: Twinned, file: str, wished: Residency) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    await portraits.move(room, shared.ana, shared.space, file, wished)
    await settle(shared.alpha, shared.beta)


async def require_blocked(twinned: Twinned, picture: str) -> None:
    with pytest.raises(Refused) as refused:
        await publish(twinned, picture)
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert refused.value.facts == {"forgotten": True, "upload": picture}


async def test_a_picture_of_somebody_who_was_forgotten_waits_until_it_is_marked_anew(
    twinned: Twinned,
) -> None:
    picture = await bring_picture(twinned)
    await mark(twinned, picture, "Koala Orion")
    await forget(twinned, "Koala Orion")
    await require_blocked(twinned, picture)
    await mark(twinned, picture, "Koala Orion")
    await require_blocked(twinned, picture)
    assert await files_at(twinned.shared.beta, twinned.space) == []
    await mark(twinned, picture)
    await publish(twinned, picture)
    assert len(await files_at(twinned.shared.beta, twinned.space)) == 1


async def test_a_picture_of_a_class_whose_time_is_over_waits_too(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    before = await bring_picture(twinned)
    await mark(twinned, before, "Tiger Vega")
    twinned.alpha.node.clock.advance(days=350)
    await retention.step(room, twinned.alpha.node.context)
    async with room.vault.read() as view:
        assert await view.rows.count("SELECT count(*) FROM pupils") == 0
    await require_blocked(twinned, before)


async def test_held_work_that_shows_somebody_who_was_forgotten_is_not_released(
    twinned: Twinned,
) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    work = await bring(twinned)
    name = (await find(twinned, work)).object
    await mark(twinned, name, "Koala Orion")
    await forget(twinned, "Koala Orion")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert (refused.value.reason, refused.value.facts["forgotten"]) == (Reason.NOT_ALLOWED, True)
    await portraits.mark(room, shared.ana, shared.space, name, [])
    assert await let_out(twinned, work)


async def test_what_went_out_while_somebody_was_forgotten_is_taken_down(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = twinned.shared
    await agree(twinned, "Koala Orion")
    picture = await bring_picture(twinned)
    await mark(twinned, picture, "Koala Orion")
    real = materials.publish

    async def late(
        context: Context, account: Account, space: str, said: Sequence[tuple[str, Said]]
    ) -> list[str]:
        await forget(twinned, "Koala Orion")
        return await real(context, account, space, said)

    monkeypatch.setattr(materials, "publish", late)
    file = await publish(twinned, picture)
    assert await files_at_all(shared.beta, shared.space, file) == [Standing.ERASED]


async def test_a_consent_that_ended_lets_a_picture_go_no_further(twinned: Twinned) -> None:
    shared = twinned.shared
    file = await publish_of(twinned, "Panda Nova")
    await move(twinned, file, "shared")
    assert on_disk(shared.beta) != {}
    await move(twinned, file, "home")
    assert on_disk(shared.beta) == {}
    twinned.alpha.node.clock.advance(days=260)
    with pytest.raises(Refused) as refused:
        await move(twinned, file, "shared")
    assert (refused.value.reason, refused.value.facts) == (Reason.NOT_ALLOWED, {"missing": 1})
    assert on_disk(shared.beta) == {}


async def test_marks_of_pictures_that_a_restored_node_has_not_got_back_stay(
    twinned: Twinned,
) -> None:
    node, space = twinned.alpha.node, twinned.space
    # Nothing of this name is in the database, as after a backup from before it was brought.
    lost = "0" * 32
    await mark(twinned, lost, "Panda Nova")
    node.clock.advance(seconds=1_000)
    async with node.context.database.write() as transaction:
        await spaces.put_closed_to_writing(transaction, space, tips.RESTORED)
        await meta.put(transaction, tips.RESTORED_MS, str(node.context.now_ms()))
    await portraits.step(node.room, node.context)
    assert len(await shown(twinned, lost)) == 1, "closed to writing"
    async with node.context.database.write() as transaction:
        await spaces.put_closed_to_writing(transaction, space, "")
    await portraits.step(node.room, node.context)
    assert len(await shown(twinned, lost)) == 1, "a partner may still have it"
    node.clock.advance(days=100)
    await portraits.step(node.room, node.context)
    assert await shown(twinned, lost) == []


async def test_who_is_marked_while_a_picture_is_published_is_not_overlooked(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the consents were asked for, before the picture is there."""
    shared = twinned.shared
    picture = await bring_picture(twinned)
    real = materials.publish

    async def late(
        context: Context, account: Account, space: str, said: Sequence[tuple[str, Said]]
    ) -> list[str]:
        await mark(twinned, picture, "Koala Orion")
        return await real(context, account, space, said)

    monkeypatch.setattr(materials, "publish", late)
    file = await publish(twinned, picture)
    assert await files_at_all(shared.beta, shared.space, file) == [Standing.ERASED]


async def test_a_picture_that_is_published_while_it_is_marked_is_taken_down(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the mark saw that it was not there, before the mark is written."""
    shared = twinned.shared
    picture = await bring_picture(twinned)
    real = materials.is_there
    published: list[str] = []

    async def early(context: Context, space: str, name: str) -> bool:
        there = await real(context, space, name)
        if not published:
            published.append(await publish(twinned, picture))
        return there

    monkeypatch.setattr(materials, "is_there", early)
    assert await mark(twinned, picture, "Koala Orion")
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, shared.space, published[0]) == [Standing.ERASED]


async def test_a_picture_that_cannot_be_taken_down_keeps_no_other(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, node = twinned.shared, twinned.alpha.node
    files = sorted(
        [await publish_of(twinned, "Panda Nova"), await publish_of(twinned, "Panda Nova")]
    )
    stuck = files[0].rpartition("/")[2]
    real, told = materials.take_down, list[str]()

    async def broken(context: Context, space: str, name: str) -> bool:
        if name == stuck:
            raise RuntimeError("a defect")
        return await real(context, space, name)

    monkeypatch.setattr(events, "picture_failed", lambda _, error, __: told.append(error))
    with monkeypatch.context() as defect:
        defect.setattr(materials, "take_down", broken)
        assert await agree(twinned, "Panda Nova", said="withdrawn") == 1
    assert told == ["RuntimeError"]
    standings = [await files_at_all(shared.alpha, shared.space, one) for one in files]
    assert standings == [[Standing.SHOWN], [Standing.ERASED]]
    await portraits.step(node.room, node.context)
    assert await files_at_all(shared.alpha, shared.space, files[0]) == [Standing.ERASED]
