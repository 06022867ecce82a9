"""The bytes of files for members' browsers: safe to show, or as files to keep, and never a page.

Whoever may not see a file, signed in or not, gets the answer that a file gets which does not exist.
These addresses look at no `Accept`: they answer bytes of a type that was told from the bytes, never
a document that another node could take for one of ours.
"""

from aiohttp import web

from node.actions import give, uploads
from node.actions.context import CONTEXT
from node.actions.give import Elsewhere, Given
from node.pictures.sniff import INLINE
from node.web import giving, rooms
from node.web.door import me, signed_in
from protocol.errors import Reason, Refused


async def get(request: web.Request) -> web.StreamResponse:
    """A file's bytes, with Range; `?keep=1` gives what could be shown as a file to keep."""
    given = await _find(request, thumbnail=False)
    if isinstance(given, Elsewhere):
        return await giving.pass_on(request, given, thumbnail=False)
    return giving.response(given, inline=given.media_type in INLINE and "keep" not in request.query)


async def get_thumbnail(request: web.Request) -> web.StreamResponse:
    given = await _find(request, thumbnail=True)
    if isinstance(given, Elsewhere):
        return await giving.pass_on(request, given, thumbnail=True)
    return giving.response(given, inline=given.media_type in INLINE)


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
    return giving.response(Given(path, "image/webp", upload.name, upload.thumbnail), inline=True)


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
