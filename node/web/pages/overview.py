"""`/school/overview`: the school at a glance, for its head."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import overview
from node.classroom.room import CLASSROOM
from node.web import guard_views
from node.web.door import me
from node.web.render import render


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    found = await overview.collect(context, request.app.get(CLASSROOM), me(request))
    approved = [one for one in found.partners if one.state == "approved"]
    return render(
        request,
        "overview.html",
        found=found,
        partners=[(one, one.origin.partition("://")[2]) for one in approved],
        hubs=[
            (one, one.origin.partition("://")[2]) for one in found.hubs if one.state == "approved"
        ],
        lacks=[guard_views.LACKS[one] for one in found.lacks],
        waiting=sum(
            one.state == "pending" and not one.suspended for one in (*found.partners, *found.hubs)
        ),
        running=[one for one in found.projects if one.is_running],
        over=[one for one in found.projects if not one.is_running],
        has_classes=CLASSROOM in request.app,
        pupils=sum(one.pupils for one in found.classes),
        taking_part=sum(one.taking_part for one in found.classes),
        names={one.class_.id: one.class_.name for one in found.classes},
        days=overview.READS_DAYS,
    )
