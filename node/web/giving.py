"""The bytes of a file in an answer: safe to show, or as a file to keep, and never a page.

What stays at another school comes from there while it is read, and is kept nowhere on its way: no
disk of this school, no cache, and not the reader's browser either.
"""

import re
from contextlib import suppress

from aiohttp import hdrs, web

from node.actions import views
from node.actions.context import CONTEXT
from node.actions.give import Elsewhere, Given
from node.actions.views import Range, View
from node.web import away
from node.web.attachments import HEADERS, disposition
from protocol.errors import Reason, Refused

BYTES = "application/octet-stream"
NEVER_KEPT = {"Cache-Control": "no-store"}
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,15})-(?P<last>[0-9]{0,15})", re.ASCII)


async def pass_on(
    request: web.Request, where: Elsewhere, *, thumbnail: bool, back: str = "", only: str = ""
) -> web.StreamResponse:
    """What another school shows, piece by piece, with Range (RFC 9110 §14.2). `back` is where the
    reader came from, if that is not the file's own page; what is of a type that does not begin with
    `only` is not passed on."""
    wanted = _read_range(request)
    try:
        async with views.opened(
            request.app[CONTEXT], where, wanted or Range(), thumbnail=thumbnail
        ) as view:
            if not view.media_type.startswith(only):
                raise Refused(Reason.BAD_ANSWER, "it is not what the school says that it is")
            return await _stream(request, where, view, in_part=wanted is not None)
    except Refused as refused:
        size = refused.facts.get("size")
        if refused.reason is Reason.BAD_INPUT and isinstance(size, int):
            return web.Response(
                status=416,
                headers={**HEADERS, **NEVER_KEPT, "Content-Range": f"bytes */{size}"},
            )
        return away.answer(request, where, refused, back)


async def _stream(
    request: web.Request, where: Elsewhere, view: View, *, in_part: bool
) -> web.StreamResponse:
    inline = bool(view.media_type) and "keep" not in request.query
    response = web.StreamResponse(
        status=206 if in_part else 200,
        headers={
            **HEADERS,
            **NEVER_KEPT,
            "Content-Type": view.media_type if inline else BYTES,
            "Content-Disposition": "inline" if inline else disposition(where.file.name),
            "Accept-Ranges": "bytes",
        },
    )
    if in_part:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {view.start}-{view.end - 1}/{view.size}"
    response.content_length = view.end - view.start
    await response.prepare(request)
    with suppress(Refused, OSError):
        async for piece in view.pieces:
            await response.write(piece)
        await response.write_eof()
        return response
    # The rest does not come: a broken connection says so, and no other answer could.
    if request.transport is not None:
        request.transport.abort()
    return response


def _read_range(request: web.Request) -> Range | None:
    """The one range that is asked for. Whatever else the field says is passed over, as any server
    may (RFC 9110 §14.2): all of the bytes are given then."""
    told = _RANGE.fullmatch(request.headers.get(hdrs.RANGE, "").strip())
    if told is None:
        return None
    first, last = told["first"], told["last"]
    if not first:
        return Range(suffix=int(last)) if last and int(last) else None
    if last and int(last) < int(first):
        return None
    return Range(int(first), int(last) if last else None)


def response(given: Given, *, inline: bool) -> web.FileResponse:
    """What lies here."""
    return web.FileResponse(
        given.path,
        headers={
            **HEADERS,
            hdrs.CONTENT_TYPE: given.media_type if inline else _to_keep(given.media_type),
            hdrs.CONTENT_DISPOSITION: "inline" if inline else disposition(given.name),
        },
    )


def _to_keep(media_type: str) -> str:
    """The type of a file that is not shown: nothing that any browser would show."""
    return BYTES if media_type.startswith("text/") else media_type
