"""Carrying a space away as one file: logs, statements, the bytes of files, and a site for readers.

What was erased is nowhere in it: its payload is not here any more. What lies in the trash or is
hidden is in its log, as at every school.
"""

import asyncio
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import IO

import msgspec

from node.actions import kept, refold
from node.actions.context import Carried, Context
from node.actions.permission import By, require_admin
from node.clock import moment
from node.storage import blobs, carried, objects, space_file
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


async def export_now(context: Context, by: By, space: str, target: Path, language: str) -> int:
    """Write a space to `target`, which must not exist; how many bytes.

    Refuses with NOT_FOUND, BAD_INPUT a target that is taken, STORAGE_FULL.
    """
    require_admin(by)
    return await write(context, await kept.get(context, space), target, language)


async def write(context: Context, space: Space, target: Path, language: str) -> int:
    """The file of a space, whole or not at all; how many bytes. Refuses as `export_now`."""
    unfinished = target.with_name(f"{target.name}.part")
    if await asyncio.to_thread(target.exists):
        raise Refused(Reason.BAD_INPUT, f"{target} is there already; name another file")
    await refold.catch_up(context, space.id)
    at = moment(context.now_ms())
    when = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    try:
        with space_file.writing(unfinished, when) as file:
            async with context.database.read() as reader:
                await _Export(context, reader, space, file, language).write()
        return await asyncio.to_thread(_finish, unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


class _Export:
    def __init__(
        self, context: Context, reader: Reader, space: Space, file: SpaceWriter, language: str
    ) -> None:
        self._context = context
        self._reader = reader
        self._space = space
        self._file = file
        self._language = language

    async def write(self) -> None:
        project = await objects.find(self._reader, self._space.project)
        title = "" if project is None else optional_text_of(project.document, "name")
        about = About(
            format=space_file.FORMAT,
            version=version("schoolgate"),
            space=self._space.id,
            project=self._space.project,
            title=title,
            origin=self._context.base,
            language=self._language,
            made_ms=self._context.now_ms(),
        )
        with self._file.entry(space_file.ABOUT) as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(about)))
        for kind in KINDS:
            await self._write_lines(f"replica/{kind}.ndjson", self._statements(kind))
        await self._write_lines("replica/acknowledgements.ndjson", self._evidence())
        for log in await carried.list_logs(self._reader, self._space.id):
            await self._write_lines(space_file.name_of_log(log), self._operations(log))
        held = await self._write_bytes()
        told = Carried(self._context.base, title, about.made_ms, self._language, held)
        await self._context.site(self._reader, self._space, told, self._put)

    async def _write_lines(self, name: str, pages: AsyncIterator[bytes]) -> None:
        with self._file.entry(name) as stream:
            async for page in pages:
                # Packing takes time, and everybody else goes on meanwhile.
                await asyncio.to_thread(stream.write, page)

    async def _operations(self, log: str) -> AsyncIterator[bytes]:
        async for page in carried.walk(self._reader, self._space.id, log):
            yield b"".join(
                operation.to_line(operation.stored(one.header, one.signature, one.payload)) + b"\n"
                for one in page
            )

    async def _statements(self, kind: str) -> AsyncIterator[bytes]:
        async for page in carried.walk_statements(self._reader, self._space.id, kind):
            yield b"".join(statement.to_line(one.open()) + b"\n" for one in page)

    async def _evidence(self) -> AsyncIterator[bytes]:
        for _, header, signature in await carried.list_evidence(self._reader, self._space.id):
            yield operation.to_line(operation.stored(header, signature, None)) + b"\n"

    async def _write_bytes(self) -> dict[str, str]:
        """All bytes that are here; their entries by hash."""
        named = await carried.list_references(self._reader, self._space.id)
        kept_blobs = await blobs.list_many(
            self._reader, self._space.id, {sha256 for _, sha256 in named}
        )
        held: dict[str, str] = {}
        for sha256, one in sorted(kept_blobs.items()):
            place = self._context.shelf.place_of(sha256)
            if not one.here or not place.is_file():
                continue
            name = f"files/{hexadecimal(sha256)}.{ENDINGS.get(one.media_type, 'bin')}"
            with self._file.entry(name, packed=False) as stream:
                await asyncio.to_thread(_copy, place, stream)
            held[sha256] = name
        return held

    async def _put(self, name: str, octets: bytes) -> None:
        with self._file.entry(name) as stream:
            await asyncio.to_thread(stream.write, octets)


def _finish(unfinished: Path, target: Path) -> int:
    unfinished.replace(target)
    return target.stat().st_size


def _copy(place: Path, target: IO[bytes]) -> None:
    with place.open("rb") as stream:
        while piece := stream.read(space_file.PIECE_BYTES):
            target.write(piece)
