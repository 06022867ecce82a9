"""Pupils' own works as an archive: for each of them a page that people read, a file that programs
read, and the files themselves. Its names are numbers, aliases and clean names.

It is packed into a file without a name in the vault's folder, which is gone with this process
whatever happens.
"""

import asyncio
import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import own_works
from node.classroom.own_works import Piece, Portfolio
from node.classroom.room import Classroom
from node.classroom.works_archive import FORMAT
from node.web.door import room_of
from node.web.i18n import from_ms
from node.web.render import FACE, FRAME, HEADERS
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused

PIECE_BYTES = 65_536
_UNFIT = re.compile(r"[^\w-]+")


@dataclass(frozen=True)
class Packed:
    """The bytes of a piece's file as they lie in the archive."""

    size: int
    sha256: str


async def answer(request: web.Request, found: Sequence[Portfolio], name: str) -> web.StreamResponse:
    """The archive, to be kept. Refuses with STORAGE_FULL where there is no room to pack it."""
    context, room = request.app[CONTEXT], room_of(request)
    files = [one.media for each in found for one in each.pieces if one.media is not None]
    context.shelf.check_room(sum(one.octets for one in files))
    with tempfile.TemporaryFile(dir=context.folder.vault) as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, one in enumerate(found, 1):
                folder = f"{number:02d}-{_UNFIT.sub('-', one.alias).strip('-')[:40]}"
                data = {"one": one, "names": [name_of(*each) for each in enumerate(one.pieces, 1)]}
                page = request.app[FACE].html("site/own_works.html", request[FRAME], data)
                archive.writestr(f"{folder}/works.html", page)
                packed_files = [
                    await _pack(room, archive, folder, *each) for each in enumerate(one.pieces, 1)
                ]
                archive.writestr(f"{folder}/works.json", as_json(one, packed_files))
        size = packed.tell()
        packed.seek(0)
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/zip",
                "Content-Length": str(size),
                "Content-Disposition": f'attachment; filename="{name}.zip"',
                "Cache-Control": "no-store",
                "Vary": HEADERS["Vary"],
                "X-Content-Type-Options": "nosniff",
            }
        )
        await response.prepare(request)
        while piece := await asyncio.to_thread(packed.read, PIECE_BYTES):
            await response.write(piece)
        await response.write_eof()
        return response


async def _pack(
    room: Classroom, archive: zipfile.ZipFile, folder: str, number: int, piece: Piece
) -> Packed:
    if piece.media is None:
        return Packed(0, "")
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(f"{folder}/{name_of(number, piece)}")
    try:
        with archive.open(info, "w", force_zip64=True) as target:
            async for octets in own_works.pieces_of(room, piece.media):
                size += len(octets)
                digest.update(octets)
                await asyncio.to_thread(target.write, octets)
    except Refused as refused:
        # Taken down while this was packed: an empty file says so.
        if refused.reason is not Reason.NOT_FOUND:
            raise
    return Packed(size, digest.hexdigest())


def name_of(number: int, piece: Piece) -> str:
    """What the file of a piece is called in the archive; "" where there is none."""
    return "" if piece.media is None else f"files/{number:03d}-{piece.media.name}"


def as_json(one: Portfolio, packed: Sequence[Packed]) -> str:
    """What programs read: every piece with its times in UTC, and what of its file was packed."""
    pieces: list[JSON] = [
        {
            "project": piece.project,
            "thread": piece.thread,
            "state": piece.state,
            "language": piece.language,
            "text": piece.text,
            "note": piece.note,
            "file": name_of(number, piece),
            "size": packed[number - 1].size,
            "sha256": packed[number - 1].sha256,
            "created": from_ms(piece.created_ms).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "changed": from_ms(piece.changed_ms).strftime("%Y-%m-%dT%H:%M:%SZ"),
            # What a reader of before knows nothing of stands only where it says something.
            **({"alt": piece.alt} if piece.alt else {}),
        }
        for number, piece in enumerate(one.pieces, 1)
    ]
    whole: JSONObject = {
        "format": FORMAT,
        "alias": one.alias,
        "class": one.class_name,
        "works": pieces,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
