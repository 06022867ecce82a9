"""`/school/reads`: who read what is kept about pupils, when and what for."""

from aiohttp import web

from node.actions import people
from node.actions.context import CONTEXT
from node.classroom import roster
from node.web import class_views, words
from node.web.door import me, room_of
from node.web.render import render

AT_ONCE = 300


async def show(request: web.Request) -> web.Response:
    room, by = room_of(request), me(request)
    found = await roster.list_readings(room, by, limit=AT_ONCE)
    staff = await people.list_accounts(request.app[CONTEXT], by)
    names = {one.id: one.name for one in staff}
    classes = {one.class_.id: one.class_.name for one in await roster.list_classes(room, by)}
    return render(
        request,
        "class_reads.html",
        reads=[
            class_views.ReadLine(
                names.get(one.account, ""),
                classes.get(one.class_, ""),
                words.READ_FOR[one.why],
                one.at_ms,
                sealed=one.evidence is not None,
            )
            for one in found
        ],
    )
