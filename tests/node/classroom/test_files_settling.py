"""What becomes of a file whose release fails half way, or is killed: it waits, or it is out."""

from pathlib import Path

import pytest

from node.actions import contributions, fetch_blobs
from node.actions import pupils as acting
from node.classroom import keeping, release, retention
from node.vault import classes, store, works
from node.vault.vault import Unit
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.classroom.classes import Twinned
from tests.node.classroom.pictured import Send, card, reply
from tests.node.classroom.pupil_files import bring, find, sealed
from tests.node.classroom.test_settling import fail, state_of
from tests.node.classroom.works import let_out
from tests.node.spaces.bringing import files_at, on_disk
from tests.node.spaces.viewing import traces
from tests.nodes import settle


class Stopped(BaseException):
    """The process ends here, and nothing that would run afterwards does."""


each = pytest.mark.parametrize("send", [bring, reply, card])


@each
async def test_what_was_not_written_waits_and_its_bytes_are_in_the_vault_alone(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch, send: Send
) -> None:
    work = await send(twinned)
    with monkeypatch.context() as patch:
        # After the bytes got their place on the shelf, in the same transaction.
        patch.setattr(contributions, "require_shown", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await let_out(twinned, work)
    assert await state_of(twinned, work) == "held"
    assert on_disk(twinned.alpha.node) == {}
    assert len(sealed(twinned)) == 2
    assert await files_at(twinned.alpha.node, twinned.space) == []
    await let_out(twinned, work)
    assert sealed(twinned) == []


@each
async def test_what_was_written_is_released_though_the_vault_failed_then(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch, send: Send
) -> None:
    work = await send(twinned)
    real = works.put_released
    calls: list[int] = []

    async def once(unit: Unit, number: int, now_ms: int) -> None:
        calls.append(number)
        if len(calls) == 1:
            raise RuntimeError("the disk went away")
        await real(unit, number, now_ms)

    monkeypatch.setattr(works, "put_released", once)
    with pytest.raises(RuntimeError):
        await let_out(twinned, work)
    assert await state_of(twinned, work) == "released"
    assert len(await files_at(twinned.alpha.node, twinned.space)) == 1
    assert (await find(twinned, work)).file is None


@each
@pytest.mark.parametrize("written", [True, False])
async def test_a_stop_in_the_middle_is_settled_at_the_next_start(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch, written: bool, send: Send
) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    work = await send(twinned)
    kind = (await find(twinned, work)).kind
    octets = [(store.folder_of(room.vault) / one).stat().st_size for one in sealed(twinned)]
    assert min(octets) > 0

    async def stop(*_: object, **__: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(release, "_settle", fail)
        patch.setattr(works if written else acting, "put_released" if written else kind, stop)
        patch.setattr("node.actions.uploads.forget_parts", lambda *_: None)
        with pytest.raises((Stopped, RuntimeError)):
            await let_out(twinned, work)
    assert await state_of(twinned, work) == "leaving"
    assert [one for one in on_disk(node) if one.endswith(".part")], "laid out, and left there"
    await fetch_blobs.begin(node.context)
    await release.finish(room)
    await keeping.tidy_files(room)
    assert [one for one in on_disk(node) if one.endswith(".part")] == []
    assert await state_of(twinned, work) == ("released" if written else "held")
    assert len(on_disk(node)) == (2 if written else 0)
    assert len(sealed(twinned)) == (0 if written else 2)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert len(await files_at(twinned.shared.beta, twinned.space)) == int(written)


async def test_bytes_that_an_unwritten_release_laid_out_go_once_it_is_settled(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = twinned.alpha.node
    work = await bring(twinned)
    with monkeypatch.context() as patch:
        # Neither the write nor what settles it at once comes through.
        patch.setattr(contributions, "require_shown", lambda _: 1 / 0)
        patch.setattr(release, "_settle", fail)
        with pytest.raises(ZeroDivisionError):
            await let_out(twinned, work)
    assert await state_of(twinned, work) == "leaving"
    assert len(on_disk(node)) > 0
    await release.finish(node.room)
    assert await state_of(twinned, work) == "held"
    assert on_disk(node) == {}
    assert len(sealed(twinned)) == 2
    await let_out(twinned, work)


async def test_what_a_stop_left_half_cleaned_or_without_a_row_is_removed_at_the_next_start(
    twinned: Twinned,
) -> None:
    room = twinned.alpha.node.room
    work = await bring(twinned)
    kept = sealed(twinned)
    (store.folder_of(room.vault) / "nobodys").write_bytes(b"sealed for nobody")
    coming = store.coming_of(room.vault, "photo.came")
    coming.write_bytes(pictures.tagged("JPEG"))
    await keeping.tidy_files(room)
    assert sealed(twinned) == kept
    assert traces(twinned.alpha.node, pictures.tagged("JPEG")) == []
    await let_out(twinned, work)


async def test_bytes_that_were_changed_on_the_disk_are_not_released(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    work = await bring(twinned)
    spoil(store.folder_of(room.vault) / sealed(twinned)[0])
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.reason is Reason.BAD_DATA_FOLDER
    assert await state_of(twinned, work) == "held"
    assert on_disk(twinned.alpha.node) == {}


def spoil(file: Path) -> None:
    octets = bytearray(file.read_bytes())
    octets[-20] ^= 1
    file.write_bytes(bytes(octets))


async def test_bytes_of_another_file_do_not_open_under_this_ones_name(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    first, second = await bring(twinned), await bring(twinned, "Frogs.jpg")
    names = [(await find(twinned, one)).file for one in (first, second)]
    assert names[0] is not None
    assert names[1] is not None
    folder = store.folder_of(room.vault)
    (folder / names[0].kept).replace(folder / names[1].kept)
    with pytest.raises(Refused) as refused:
        await let_out(twinned, second)
    assert refused.value.reason is Reason.BAD_DATA_FOLDER


async def test_a_class_whose_year_is_long_over_takes_its_files_along(twinned: Twinned) -> None:
    room, clock = twinned.alpha.node.room, twinned.alpha.node.clock
    await bring(twinned)
    async with room.vault.read() as view:
        (one,) = await classes.list_all(view)
    clock.advance(seconds=(one.ends_ms - room.now_ms()) // 1000 + 91 * 86_400)
    await retention.step(room, room.context)
    assert sealed(twinned) == []
