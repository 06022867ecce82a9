"""Files that no teacher has released yet, given to those few who may see them.

They come from the vault piece by piece, are kept by no browser, and are never a page.
"""

from contextlib import suppress

from aiohttp import hdrs, web

from node.classroom import files
from node.classroom.files import Shown
from node.pictures.sniff import INLINE
from node.web import class_views, exhibits
from node.web.attachments import HEADERS, disposition
from node.web.door import room_of
from node.web.i18n import later
from protocol.errors import Refused

BYTES = "application/octet-stream"
UNREAD = {
    "pictures": later("No machine reads what pictures show: look at them yourself."),
    "sound": later("No machine hears what is said in it: listen to it yourself."),
    "film": later("No machine sees what a film shows: watch it yourself."),
    "page": later("A page of it could not be read: look at it yourself."),
    "inside": later("Something inside it could not be read: look at it yourself."),
    "rest": later("It is longer than what was looked through: read the rest yourself."),
    "all": later("The words in this file could not be read: look at it yourself."),
}
"""What the roster check cannot know of a file, for the teacher."""


async def answer(request: web.Request, given: Shown) -> web.StreamResponse:
    """The bytes. Refuses with NOT_FOUND where they are gone."""
    inline = given.media_type in INLINE and "keep" not in request.query
    response = web.StreamResponse(
        headers={
            **HEADERS,
            hdrs.CACHE_CONTROL: "no-store",
            hdrs.CONTENT_TYPE: given.media_type if inline else BYTES,
            hdrs.CONTENT_DISPOSITION: "inline" if inline else disposition(given.name),
        }
    )
    response.content_length = given.octets
    coming = files.pieces(room_of(request), given)
    # Before anything is said: what is gone is a refusal, not a broken answer.
    first = await anext(coming, b"")
    await response.prepare(request)
    with suppress(Refused, OSError):
        await response.write(first)
        async for piece in coming:
            await response.write(piece)
        await response.write_eof()
        return response
    if request.transport is not None:
        request.transport.abort()
    return response


def view(shown: files.Facts, path: str) -> class_views.FileView:
    """A file as its author and a teacher see it; `path` leads to its bytes."""
    return class_views.FileView(
        name=shown.name,
        shown=exhibits.shown_as(shown.media_type),
        path=f"{path}/bytes",
        small=f"{path}/small" if shown.is_picture else "",
        width=shown.width,
        height=shown.height,
        octets=shown.octets,
        unread=[UNREAD[one] for one in shown.unread if one in UNREAD],
    )
