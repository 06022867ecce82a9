"""Carrying a space away as one file: logs, statements, the bytes of files, and a site for readers.

What was erased is nowhere in it: its payload is not here any more. Of what lies in the trash, is
hidden, or is to be removed by a founder's word, the headers are in it, so that the logs can be
verified, and neither words nor bytes.

No view of the database stays open while it is written: it is read in pages, each a look of its own.
When anything was erased, hidden by a purge, or put under lock since the first look, all of it is
written anew.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

import msgspec

from node.actions import kept, refold
from node.actions.context import Carried, Context
from node.actions.permission import By, require_admin
from node.clock import moment
from node.storage import blobs, carried, objects, space_file, unfolded
from node.storage.carried import Lying
from node.storage.database import Reader
from node.storage.space_file import About, SpaceWriter
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of
from protocol.space import operation, statement
from protocol.space.blobs import hexadecimal

ENDINGS = {
    "application/pdf": "pdf",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
"""What the bytes were found to be, as readers' machines know it; all others are `bin`."""
KINDS = ("erasures", "votes", "receipts", "descriptors")


TRIES = 5
"""How often a file is begun anew because something was erased, or much arrived, meanwhile."""


@dataclass(frozen=True)
class Written:
    """A file that was made: how many bytes, and by which marks (`carried.find_marks`)."""

    octets: int
    marks: tuple[int, ...]


class _Overtaken(Exception):
    """Something was taken away while the file was written that may be in it."""


async def export_now(context: Context, by: By, space: str, target: Path, language: str) -> int:
    """Write a space to `target`, which must not exist; how many bytes.

    Refuses with NOT_FOUND, BAD_INPUT a target that is taken, STORAGE_FULL, BUSY where something is
    erased, or much arrives, again and again meanwhile.
    """
    require_admin(by)
    return (await write(context, await kept.get(context, space), target, language)).octets


async def write(context: Context, space: Space, target: Path, language: str) -> Written:
    """The file of a space, whole or not at all. Refuses as `export_now`."""
    unfinished = target.with_name(f"{target.name}.part")
    if await asyncio.to_thread(target.exists):
        raise Refused(Reason.BAD_INPUT, f"{target} is there already; name another file")
    try:
        for _ in range(TRIES):
            await refold.catch_up(context, space.id)
            try:
                marks = await _write(context, space, unfinished, language)
            except _Overtaken:
                continue
            return Written(await asyncio.to_thread(_finish, unfinished, target), marks)
    finally:
        unfinished.unlink(missing_ok=True)
    raise Refused(Reason.BUSY, "something changes there again and again; try again later")


async def _write(
    context: Context, space: Space, unfinished: Path, language: str
) -> tuple[int, ...]:
    at = moment(context.now_ms())
    when = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    async with context.database.read() as reader:
        await _require_folded(reader, space)
        marks = await carried.find_marks(reader, space.id)
        put_away = await carried.list_put_away(reader, space.id)
        withheld = await carried.list_withheld(reader, space.id)
        last = await carried.find_last(reader, space.id)
    with space_file.writing(unfinished, when) as file:
        export = _Export(context, space, file, language, marks, put_away, withheld, last)
        await export.write()
    async with export.look() as reader:
        await _require_folded(reader, space)
        if not await carried.list_put_away(reader, space.id) <= put_away:
            raise _Overtaken
        if not await carried.list_withheld(reader, space.id) <= withheld:
            raise _Overtaken
    return marks


async def _require_folded(reader: Reader, space: Space) -> None:
    """What came and is not shown yet may hide something that is in the file."""
    if await unfolded.find_next(reader, space.id) is not None:
        raise _Overtaken


@dataclass
class _Export:
    """One try. `put_away` is what nobody sees, `withheld` the operations whose words a purge hides,
    `last` the newest operation that is in it."""

    context: Context
    space: Space
    file: SpaceWriter
    language: str
    marks: tuple[int, ...]
    put_away: frozenset[tuple[str, str]]
    withheld: frozenset[str]
    last: int

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Reader]:
        """One bounded look at the database, while everything is there that was in the first."""
        async with self.context.database.read() as reader:
            if await carried.find_marks(reader, self.space.id) != self.marks:
                raise _Overtaken
            yield reader

    async def write(self) -> None:
        async with self.look() as reader:
            project = await objects.find(reader, self.space.project)
            logs = await carried.list_logs(reader, self.space.id)
        title = "" if project is None else optional_text_of(project.document, "name")
        about = About(
            format=space_file.FORMAT,
            version=version("schoolgate"),
            space=self.space.id,
            project=self.space.project,
            title=title,
            origin=self.context.base,
            language=self.language,
            made_ms=self.context.now_ms(),
        )
        with self.file.entry(space_file.ABOUT) as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(about)))
        for kind in KINDS:
            await self._write_lines(f"replica/{kind}.ndjson", self._statements(kind))
        await self._write_lines("replica/acknowledgements.ndjson", self._evidence())
        for log in logs:
            await self._write_lines(space_file.name_of_log(log), self._operations(log))
        held = await self._write_bytes()
        told = Carried(self.context.base, title, about.made_ms, self.language, held)
        await self.context.site(self.look, self.space, told, self._put)

    async def _write_lines(self, name: str, pages: AsyncIterator[bytes]) -> None:
        with self.file.entry(name) as stream:
            async for page in pages:
                # Packing takes time, and everybody else goes on meanwhile.
                await asyncio.to_thread(stream.write, page)

    async def _operations(self, log: str) -> AsyncIterator[bytes]:
        after = carried.BEGINNING
        while True:
            async with self.look() as reader:
                page = await carried.list_page(reader, self.space.id, log, after, self.last)
            if not page:
                return
            yield b"".join(self._line_of(one) for one in page)
            after = page[-1].seq, page[-1].id

    def _line_of(self, one: Lying) -> bytes:
        unseen = (one.home, one.object) in self.put_away or one.id in self.withheld
        payload = None if unseen else one.payload
        return operation.to_line(operation.stored(one.header, one.signature, payload)) + b"\n"

    async def _statements(self, kind: str) -> AsyncIterator[bytes]:
        after = carried.BEHIND_NOTHING
        while True:
            async with self.look() as reader:
                page, after = await carried.list_statements(reader, self.space.id, kind, after)
            if not page:
                return
            yield b"".join(statement.to_line(one.open()) + b"\n" for one in page)

    async def _evidence(self) -> AsyncIterator[bytes]:
        async with self.look() as reader:
            found = await carried.list_evidence(reader, self.space.id)
        for _, header, signature in found:
            yield operation.to_line(operation.stored(header, signature, None)) + b"\n"

    async def _write_bytes(self) -> dict[str, str]:
        """All bytes that are here and that something names which is not put away; their entries by
        hash."""
        async with self.look() as reader:
            named = await carried.list_named_bytes(reader, self.space.id)
            seen = {sha256 for home, name, sha256 in named if (home, name) not in self.put_away}
            kept_blobs = await blobs.list_many(reader, self.space.id, seen)
        held: dict[str, str] = {}
        for sha256, one in sorted(kept_blobs.items()):
            place = self.context.shelf.place_of(sha256)
            if not one.here or not place.is_file():
                continue
            name = f"files/{hexadecimal(sha256)}.{ENDINGS.get(one.media_type, 'bin')}"
            with self.file.entry(name, packed=False) as stream:
                await asyncio.to_thread(_copy, place, stream)
            held[sha256] = name
        return held

    async def _put(self, name: str, octets: bytes) -> None:
        with self.file.entry(name) as stream:
            await asyncio.to_thread(stream.write, octets)


def _finish(unfinished: Path, target: Path) -> int:
    unfinished.replace(target)
    return target.stat().st_size


def _copy(place: Path, target: IO[bytes]) -> None:
    with place.open("rb") as stream:
        while piece := stream.read(space_file.PIECE_BYTES):
            target.write(piece)
