"""`/w/{space}/export`: a copy of the space as one file, for whoever asks and for nobody else."""

from aiohttp import hdrs, web

from node.actions import exports
from node.actions.context import CONTEXT
from node.pictures.names import clean_name
from node.storage.exports import Export
from node.web import own, rooms, space_views
from node.web.attachments import HEADERS, disposition
from node.web.door import me
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason

_WHY: dict[str, str] = {
    Reason.STORAGE_FULL: later("Your school's server has no room for it just now."),
    Reason.BUSY: later("Something was erased again and again while it was made. Try again later."),
}
_WHY_ELSE = later(
    "Your school's server could not make it. Try again later; if that fails too, tell your "
    "administrator."
)


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    found = await exports.list_own(context, me(request), seen.space.id)
    return render(
        request,
        "export.html",
        space=rooms.view(seen.space, known),
        copies=[_line(one, exports.ends_after_ms(context)) for one in found],
        busy=any(one.state == "wanted" for one in found),
        full=len(found) >= exports.MAX_OF_ACCOUNT,
        days=context.settings.files.export_days,
    )


async def ask(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    language = request[FRAME].language.tag
    await exports.ask(request.app[CONTEXT], me(request), space, language)
    return see_other(f"/w/{space}/export", "export-asked")


async def give(request: web.Request) -> web.StreamResponse:
    """The file, with Range; whoever it is not for gets the answer of an address that is none."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    path = await exports.find(context, me(request), space, request.match_info["export"])
    seen = await own.find_space(request)
    name = clean_name(f"{seen.title or space[:8]}.zip", ".zip")
    return web.FileResponse(
        path,
        headers={
            **HEADERS,
            hdrs.CACHE_CONTROL: "no-store",
            hdrs.CONTENT_TYPE: "application/zip",
            hdrs.CONTENT_DISPOSITION: disposition(name),
        },
    )


async def discard(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    context = request.app[CONTEXT]
    await exports.discard(context, me(request), space, request.match_info["export"])
    return see_other(f"/w/{space}/export", "export-gone")


def _line(one: Export, after_ms: int) -> space_views.Copy:
    return space_views.Copy(
        id=one.id,
        state=one.state,
        asked_ms=one.asked_ms,
        ends_ms=one.asked_ms + after_ms,
        octets=one.bytes,
        trouble=_WHY.get(one.trouble, _WHY_ELSE) if one.trouble else "",
    )
