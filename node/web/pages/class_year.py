"""`/classes/{class}/year`: a class begins its new school year; whoever leaves is forgotten."""

from datetime import date

from aiohttp import web

from node.classroom import roster, year
from node.classroom.roster import OpenClass
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FACE, render, see_other
from protocol.errors import Reason, Refused

_SECOND_MS = 1000
_LEAP = 29
_CHANGED = later("Somebody came into the class meanwhile. Look once more who stays.")
_LAST_DAY = later("The new year ends after the old one, and within two years.")
_OFFERED = later(
    "Fetch the work of the class and offer it to those who leave, then say so with a tick."
)


async def ask(request: web.Request) -> web.Response:
    return await _page(request, None, 200)


async def begin(request: web.Request) -> web.Response:
    number = number_of(request.match_info["class"])
    form = await read_form(request)
    name = form.line("name", longest=roster.MAX_CLASS_CHARACTERS)
    last_day = form.day("last_day")
    staying = [number_of(one) for one in form.values("staying")]
    listed = [number_of(one) for one in form.values("listed")]
    if form.ok and last_day is not None:
        try:
            await year.promote(
                room_of(request),
                me(request),
                number,
                name=name,
                last_day=last_day,
                listed=listed,
                staying=staying,
                offered=form.ticked("offered"),
            )
        except Refused as refused:
            if refused.reason is Reason.CONFLICT:
                form.say("staying", _CHANGED)
                return await _page(request, form, 422)
            if refused.reason is not Reason.BAD_INPUT:
                raise
            is_offer = refused.facts.get("field") == "offered"
            form.say("offered" if is_offer else "last_day", _OFFERED if is_offer else _LAST_DAY)
        else:
            return see_other(f"/classes/{number}/cards", "year-begun")
    return await _page(request, form, 422)


async def _page(request: web.Request, form: Form | None, status: int) -> web.Response:
    number = number_of(request.match_info["class"])
    opened = await roster.open_class(room_of(request), me(request), number)
    return render(
        request,
        "class_year.html",
        status=status,
        form=form or _first(request, opened),
        path=f"/classes/{number}",
        name=opened.class_.name,
        pupils=[
            (str(one.pupil.id), one.names.display or one.pupil.alias, one.pupil.alias)
            for one in opened.known
        ],
    )


def _first(request: web.Request, opened: OpenClass) -> Form:
    """The same day of the year after, and everybody stays."""
    ends = request.app[FACE].day_of(opened.class_.ends_ms - _SECOND_MS)
    day = 28 if (ends.month, ends.day) == (2, _LEAP) else ends.day
    return Form.filled(
        name=opened.class_.name,
        last_day=date(ends.year + 1, ends.month, day).isoformat(),
        staying=[str(one.pupil.id) for one in opened.known],
    )
