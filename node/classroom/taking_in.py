"""Work that a pupil brings along from another school, or from a class that is gone: an archive as
`own_works` makes it, opened with distrust, its files made clean anew, all of it kept or nothing.

It belongs to no space and is sent to nobody; it goes along again when its pupil does.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from node.actions import publish
from node.actions.context import MIB
from node.classroom import bringing, files, works_archive
from node.classroom.files import Shown
from node.classroom.room import Classroom, clear_away, get_class
from node.classroom.roster import get_pupil
from node.classroom.working import not_there
from node.classroom.works_archive import MAX_WORKS, Opened, Work
from node.pictures import sniff
from node.pictures.names import clean_name
from node.storage.accounts import Account
from node.storage.shelf import refusals
from node.vault import brought, store
from node.vault.brought import Brought, Bytes, Told
from node.vault.pupils import Pupil
from node.vault.vault import View
from protocol.errors import Reason, Refused

Along: TypeAlias = Brought
"""A piece of work that was brought along."""
ROOM_FOR_WORDS = 16 * MIB
"""What an archive may have beside its files: pages and lists."""


@dataclass(frozen=True)
class TakenIn:
    """What came of it: new pieces, those that were here already, and those that nothing is left
    of where they came from."""

    new: int
    known: int
    empty: int


@dataclass(frozen=True)
class _Ready:
    """A piece whose bytes lie clean and sealed beside the vault's own, under their future names."""

    work: Work
    file: Bytes | None
    placed: Sequence[tuple[Path, str]]


async def take_in(
    room: Classroom,
    account: Account,
    class_: int,
    pupil: int,
    *,
    alias: str,
    pieces: AsyncIterator[bytes],
) -> TakenIn:
    """Keep the works of an archive for a pupil; `alias` says whose, where it holds several pupils'.

    Refuses with NOT_FOUND, and as `works_archive.opened` and `bringing.bring`, naming the file in
    it (`name`): then nothing of it is kept.
    """
    async with room.vault.read() as view:
        await get_class(view, account, class_)
        found = await get_pupil(view, class_, pupil)
        left = await _room_left(room, view, found)
    limits = room.context.settings.files
    async with AsyncExitStack() as held:
        held.enter_context(bringing.alone(room, found))
        scratch = held.enter_context(bringing.scratch_of(room, publish.new_name(room.context)))
        came = scratch("archive")
        # It may be a whole class's, of which one pupil's are taken.
        await _receive(room, came, pieces, limits.all_brought_mib * MIB + ROOM_FOR_WORDS)
        opening = works_archive.opened(
            came,
            alias=alias,
            most_bytes=limits.brought_mib * MIB,
            now_ms=room.now_ms(),
        )
        opened = await asyncio.to_thread(held.enter_context, opening)
        async with room.vault.read() as view:
            there = await _list_known(view, found)
        works = [one for one in opened.works.works if not one.is_empty]
        fresh = [one for one in works if _key(one) not in there]
        ready = []
        for one in fresh:
            made = await _make_ready(room, held, opened, one, left)
            left = files.Left(left.bytes - _octets(made.file), is_first=False)
            ready.append(made)
        await _keep(room, account, found, ready)
    return TakenIn(len(ready), len(works) - len(ready), len(opened.works.works) - len(works))


async def list_brought(room: Classroom, pupil: Pupil) -> Sequence[Brought]:
    """What a pupil brought along, what changed last first."""
    async with room.vault.read() as view:
        return await brought.list_of_pupil(view, pupil.id)


async def count(room: Classroom, account: Account, class_: int, pupil: int) -> tuple[Pupil, int]:
    """The pupil, and how many pieces are here; a teacher does not read them. Refuses with
    NOT_FOUND."""
    async with room.vault.read() as view:
        await get_class(view, account, class_)
        found = await get_pupil(view, class_, pupil)
        return found, await brought.count_of_pupil(view, pupil)


async def show(room: Classroom, pupil: Pupil, number: int, *, small: bool = False) -> Shown:
    """What is given of an own file that was brought along. Refuses with NOT_FOUND."""
    async with room.vault.read() as view:
        found = await _get_own(view, pupil, number)
    given = shown(found, small=small)
    if given is None:
        raise not_there()
    return given


def shown(one: Brought, *, small: bool) -> Shown | None:
    """A file that was brought along, or its small picture; None where there is none."""
    if one.file is None or (small and not one.file.small_octets):
        return None
    if small:
        kept = one.file.kept + store.SMALL
        return Shown(one.file.name, files.WEBP, one.file.small_octets, kept)
    return Shown(one.file.name, one.file.media_type, one.file.octets, one.file.kept)


async def throw_away(room: Classroom, pupil: Pupil, number: int) -> None:
    """A pupil throws away what he brought along. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        await _get_own(unit, pupil, number)
        await brought.drop(unit, number)
    await clear_away(room)


async def _get_own(view: View, pupil: Pupil, number: int) -> Brought:
    found = await brought.find(view, number)
    if found is None or found.pupil != pupil.id:
        raise not_there()
    return found


async def _room_left(room: Classroom, view: View, pupil: Pupil) -> files.Left:
    """Refuses with STORAGE_FULL (`why`: full) where all pupils of the school brought too much."""
    limits = room.context.settings.files
    everybody = limits.all_brought_mib * MIB - await brought.sum_octets(view)
    own = await brought.sum_octets(view, pupil.id)
    if everybody <= 0:
        raise Refused(
            Reason.STORAGE_FULL,
            "what pupils brought along takes all of files.all_brought_mib",
            field="file",
            why="full",
        )
    return files.Left(min(everybody, limits.brought_mib * MIB - own), own == 0)


async def _receive(
    room: Classroom, came: Path, pieces: AsyncIterator[bytes], most_bytes: int
) -> None:
    size = 0
    with refusals(), store.create(came) as stream:
        async for piece in pieces:
            size += len(piece)
            if size > most_bytes:
                raise Refused(
                    Reason.TOO_LARGE,
                    f"this has more than {most_bytes} bytes",
                    most_mib=max(1, most_bytes // MIB),
                )
            room.context.shelf.check_room(3 * len(piece))
            await asyncio.to_thread(stream.write, piece)
    if not size:
        raise Refused(Reason.BAD_INPUT, "this file is empty; choose another", field="file")


async def _make_ready(
    room: Classroom, held: AsyncExitStack, opened: Opened, work: Work, left: files.Left
) -> _Ready:
    """A piece with its file cleaned and sealed; the bytes are gone when `held` is left."""
    if not work.size:
        return _Ready(work, None, ())
    kept = publish.new_name(room.context)
    scratch = held.enter_context(bringing.scratch_of(room, kept))
    try:
        coming = works_archive.pieces(opened, work)
        made = await bringing.make_clean(room, scratch, _in_turn(coming), left)
        octets, placed = await bringing.seal(room, scratch, made, kept)
    except Refused as refused:
        raise Refused(
            refused.reason, refused.detail, **{"name": work.name, **refused.facts}
        ) from None
    name = clean_name(work.name, sniff.ending_for(made.media_type, work.name))
    small = octets[1] if made.small is not None else 0
    return _Ready(work, Bytes(kept, made.media_type, octets[0], small, name), placed)


async def _in_turn(coming: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Unpacked beside the event loop."""
    while piece := await asyncio.to_thread(next, coming, b""):
        yield piece


async def _keep(room: Classroom, account: Account, pupil: Pupil, ready: Sequence[_Ready]) -> None:
    async with room.vault.write() as unit:
        await get_pupil(unit, pupil.class_, pupil.id)
        if await brought.count_of_pupil(unit, pupil.id) + len(ready) > MAX_WORKS:
            raise Refused(Reason.TOO_MANY_ITEMS, f"A pupil brings at most {MAX_WORKS} works.")
        if sum(_octets(one.file) for one in ready) > (await _room_left(room, unit, pupil)).bytes:
            raise files.too_much()
        # The first is the one that changed last; of those of one moment it stays so.
        for one in reversed(ready):
            begun, changed = works_archive.times(one.work)
            await brought.put(
                unit,
                pupil.id,
                _told(one.work),
                one.file,
                language=one.work.language,
                account=account.id,
                created_ms=begun,
                changed_ms=changed,
                now_ms=room.now_ms(),
            )
            for sealed, there in one.placed:
                store.place(unit, room.vault, sealed, there)


async def _list_known(view: View, pupil: Pupil) -> frozenset[tuple[object, ...]]:
    """What is here already, so that the same archive twice is the same as once."""
    there = await brought.list_of_pupil(view, pupil.id)
    return frozenset((one.created_ms, _lasting(one.told), one.file is not None) for one in there)


def _key(work: Work) -> tuple[object, ...]:
    return works_archive.times(work)[0], _lasting(_told(work)), work.size > 0


def _lasting(told: Told) -> Told:
    """Without how far it had come: a piece that was held and later released is the same."""
    return replace(told, state="")


def _told(work: Work) -> Told:
    return Told(work.project, work.thread, work.state, work.text, work.note, work.alt)


def _octets(file: Bytes | None) -> int:
    return 0 if file is None else file.octets + file.small_octets
