"""The bytes of files for members' browsers: safe to show, or as files to keep, and never a page.

Whoever may not see a file, signed in or not, gets the answer that a file gets which does not exist.
These addresses look at no `Accept`: they answer bytes of a type that was told from the bytes, never
a document that another node could take for one of ours.

What stays at another school comes from there while it is read, and is kept nowhere on its way: no
disk of this school, no cache, and not the reader's browser either.
"""

import re
from contextlib import suppress

from aiohttp import hdrs, web

from node.actions import give, uploads, views
from node.actions.context import CONTEXT
from node.actions.give import Elsewhere, Given
from node.actions.views import Range, View
from node.pictures.sniff import INLINE
from node.web import away, rooms
from node.web.attachments import HEADERS, disposition
from node.web.door import me, signed_in
from protocol.errors import Reason, Refused

BYTES = "application/octet-stream"
_NEVER_KEPT = {"Cache-Control": "no-store"}
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,15})-(?P<last>[0-9]{0,15})", re.ASCII)


async def get(request: web.Request) -> web.StreamResponse:
    """A file's bytes, with Range; `?keep=1` gives what could be shown as a file to keep."""
    given = await _find(request, thumbnail=False)
    if isinstance(given, Elsewhere):
        return await _pass_on(request, given, thumbnail=False)
    return _response(given, inline=given.media_type in INLINE and "keep" not in request.query)


async def get_thumbnail(request: web.Request) -> web.StreamResponse:
    given = await _find(request, thumbnail=True)
    if isinstance(given, Elsewhere):
        return await _pass_on(request, given, thumbnail=True)
    return _response(given, inline=given.media_type in INLINE)


async def get_brought(request: web.Request) -> web.StreamResponse:
    """The small picture of what somebody has brought and not yet published, for himself."""
    _require_somebody(request)
    context = request.app[CONTEXT]
    upload = await uploads.find(
        context, me(request), request.match_info["space"], request.match_info["upload"]
    )
    path = uploads.part_of(context, upload, "thumbnail")
    if not upload.is_picture or not path.is_file():
        raise _absent()
    return _response(Given(path, "image/webp", upload.name, upload.thumbnail), inline=True)


async def _find(request: web.Request, *, thumbnail: bool) -> Given | Elsewhere:
    _require_somebody(request)
    return await give.locate(
        request.app[CONTEXT],
        me(request),
        request.match_info["space"],
        rooms.reference_of(request.match_info["file"]),
        thumbnail=thumbnail,
    )


def _require_somebody(request: web.Request) -> None:
    if signed_in(request) is None:
        raise _absent()


def _absent() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is no such file.")


async def _pass_on(
    request: web.Request, where: Elsewhere, *, thumbnail: bool
) -> web.StreamResponse:
    """What another school shows, piece by piece, with Range (RFC 9110 §14.2)."""
    wanted = _read_range(request)
    try:
        async with views.opened(
            request.app[CONTEXT], where, wanted or Range(), thumbnail=thumbnail
        ) as view:
            return await _stream(request, where, view, in_part=wanted is not None)
    except Refused as refused:
        size = refused.facts.get("size")
        if refused.reason is Reason.BAD_INPUT and isinstance(size, int):
            return web.Response(
                status=416,
                headers={**HEADERS, **_NEVER_KEPT, "Content-Range": f"bytes */{size}"},
            )
        return away.answer(request, where, refused)


async def _stream(
    request: web.Request, where: Elsewhere, view: View, *, in_part: bool
) -> web.StreamResponse:
    inline = bool(view.media_type) and "keep" not in request.query
    response = web.StreamResponse(
        status=206 if in_part else 200,
        headers={
            **HEADERS,
            **_NEVER_KEPT,
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


def _response(given: Given, *, inline: bool) -> web.FileResponse:
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
