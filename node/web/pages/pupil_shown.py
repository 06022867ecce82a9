"""`/c/w/{space}/pictures/{item}`: the picture that comes with a reply or a card which pupils see.

Whoever sees the words sees it, and nobody else. No browser keeps it: a tablet goes from hand to
hand.
"""

from aiohttp import hdrs, web

from node.actions import give
from node.actions.context import CONTEXT
from node.actions.give import Elsewhere
from node.pictures.sniff import INLINE
from node.web import desks, giving, rooms


async def get(request: web.Request) -> web.StreamResponse:
    return await _give(request, thumbnail=False)


async def get_small(request: web.Request) -> web.StreamResponse:
    return await _give(request, thumbnail=True)


async def _give(request: web.Request, *, thumbnail: bool) -> web.StreamResponse:
    desk = await desks.find(request)
    given = await give.locate_for_pupil(
        request.app[CONTEXT],
        desk.seen.space,
        rooms.reference_of(request.match_info["item"]),
        thumbnail=thumbnail,
    )
    if isinstance(given, Elsewhere):
        back = f"/c/w/{desk.seen.space.id}"
        return await giving.pass_on(
            request, given, thumbnail=thumbnail, back=back, only=give.PICTURES
        )
    response = giving.response(given, inline=given.media_type in INLINE)
    response.headers[hdrs.CACHE_CONTROL] = giving.NEVER_KEPT[hdrs.CACHE_CONTROL]
    return response
