"""`/withdrawn`: what older pupils took back in a teacher's projects."""

from aiohttp import web

from node.classroom import withdrawing
from node.web import class_views
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import read_form
from node.web.render import render, see_other
from node.web.withdrawals import KINDS


async def show(request: web.Request) -> web.Response:
    found = await withdrawing.list_told(room_of(request), me(request))
    return render(
        request,
        "withdrawn.html",
        lines=[
            class_views.WithdrawnLine(
                str(one.withdrawal.work),
                KINDS[one.withdrawal.kind],
                one.alias,
                one.title,
                f"/w/{one.withdrawal.space}",
                one.withdrawal.asked_ms,
            )
            for one in found
        ],
    )


async def mark_seen(request: web.Request) -> web.Response:
    form = await read_form(request)
    shown = [number_of(one) for one in form.values("work")]
    await withdrawing.mark_seen(room_of(request), me(request), shown)
    return see_other("/withdrawn", "withdrawn-seen")
