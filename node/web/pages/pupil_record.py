"""`/classes/{class}/pupils/{pupil}/record`: everything about one pupil, to be printed for whoever
has the right to ask."""

from aiohttp import web

from node.classroom import everything
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.render import render
from protocol.errors import Reason, Refused


async def show(request: web.Request) -> web.Response:
    class_ = number_of(request.match_info["class"])
    pupil = number_of(request.match_info["pupil"])
    found = await everything.collect(room_of(request), me(request), class_, pupil)
    if found is None:
        raise Refused(Reason.NOT_FOUND, "There is no such pupil in this class.")
    return render(
        request,
        "pupil_record.html",
        path=f"/classes/{class_}/pupils/{pupil}",
        all=found,
        names=found.known.names,
        alias=found.known.pupil.alias,
        class_name=found.class_.name,
        made_ms=room_of(request).now_ms(),
        consents=[(one, str(one.said)) for one in found.consents],
    )
