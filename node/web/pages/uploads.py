"""Bringing a file in pieces, for the script of the page: JSON instead of pages.

    POST /w/{space}/uploads            name, size (form)   → 201 {path, offset, piece}
    GET  /w/{space}/uploads/{upload}                       → 200 {path, offset, piece, ready}
    POST /w/{space}/uploads/{upload}   Upload-Offset, bytes → 200 {…}; 409 {offset} to go on there
    POST /w/{space}/uploads/{upload}/finish                → 200 {…, ready: true}

What was refused is `{reason, sentence}` in the reader's language. After a broken connection the
script asks how much is safe and goes on there.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import orjson
from aiohttp import web

from node.actions import uploads
from node.actions.context import CONTEXT
from node.storage.uploads import Upload
from node.web import told
from node.web.door import me
from node.web.forms import read_form
from node.web.render import FRAME, HEADERS
from protocol.errors import Reason, Refused
from protocol.statuses import status_of

BYTES = "application/offset+octet-stream"
PIECE_BYTES = 4 << 20
READ_BYTES = 65_536
_Answer: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


def _in_json(handler: _Answer) -> _Answer:
    """Refusals as the script reads them."""

    async def answering(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except Refused as refused:
            language = request[FRAME].language
            name = request.query.get("name", "")[:120] or "…"
            said: dict[str, object] = {
                "reason": str(refused.reason),
                "sentence": language.gettext(told.of_file(refused)) % {"file": name},
            }
            offset = refused.facts.get("offset")
            if isinstance(offset, int):
                said["offset"] = offset
            return _json(said, status_of(refused.reason))

    return answering


@_in_json
async def begin(request: web.Request) -> web.Response:
    form = await read_form(request)
    size = form.value("size")
    if not (size.isascii() and size.isdigit() and len(size) < 16):
        raise Refused(Reason.BAD_INPUT, "size is how many bytes the file has")
    begun = await uploads.begin(
        request.app[CONTEXT],
        me(request),
        request.match_info["space"],
        name=form.value("name"),
        size=int(size),
    )
    return _answer(begun, 201)


@_in_json
async def show(request: web.Request) -> web.Response:
    return _answer(await _find(request), 200)


@_in_json
async def take(request: web.Request) -> web.Response:
    if request.content_type != BYTES:
        raise Refused(Reason.BAD_INPUT, f"send the bytes as {BYTES}")
    text = request.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused(Reason.BAD_INPUT, "Upload-Offset says where these bytes begin")
    await uploads.take(
        request.app[CONTEXT],
        me(request),
        request.match_info["space"],
        request.match_info["upload"],
        int(text),
        _pieces(request),
    )
    return _answer(await _find(request), 200)


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    async for piece in request.content.iter_chunked(READ_BYTES):
        yield piece


@_in_json
async def finish(request: web.Request) -> web.Response:
    ready = await uploads.finish(
        request.app[CONTEXT],
        me(request),
        request.match_info["space"],
        request.match_info["upload"],
    )
    return _answer(ready, 200)


async def _find(request: web.Request) -> Upload:
    return await uploads.find(
        request.app[CONTEXT],
        me(request),
        request.match_info["space"],
        request.match_info["upload"],
    )


def _answer(upload: Upload, status: int) -> web.Response:
    said = {
        "path": f"/w/{upload.space}/uploads/{upload.id}",
        "offset": upload.received,
        "piece": PIECE_BYTES,
        "ready": upload.state == "ready",
    }
    return _json(said, status)


def _json(said: dict[str, object], status: int) -> web.Response:
    return web.Response(
        status=status,
        body=orjson.dumps(said),
        content_type="application/json",
        headers={**HEADERS, "Cache-Control": "no-store"},
    )
