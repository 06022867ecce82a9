"""`/school/reads`: who read what is kept about pupils, when and what for."""

from aiohttp import web

from node.actions import people
from node.actions.context import CONTEXT
from node.classroom import roster
from node.web import class_views
from node.web.door import me, room_of
from node.web.i18n import later
from node.web.render import render

AT_ONCE = 300
WHY = {
    "class_list": later("the list of the class"),
    "cards": later("making cards"),
    "one_pupil": later("one pupil's record"),
    "taking_part": later("choosing who takes part"),
    "consents": later("consents to pictures"),
    "pictures": later("saying who is in a picture"),
}


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
                names.get(one.account, ""), classes.get(one.class_, ""), WHY[one.why], one.at_ms
            )
            for one in found
        ],
    )
