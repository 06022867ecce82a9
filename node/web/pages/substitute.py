"""`/school/staff/{account}/substitute`: somebody stands in for a colleague who is away."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from node.actions.context import CONTEXT
from node.actions.substitutes import Appointment
from node.classroom import standing_in
from node.storage import substitutions
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

_HAS_ALL = later("This colleague has all of it already. Choose somebody else, or something else.")
_CLOSED = later("One of the projects is closed. Look again at what there is.")
_OVER = later("This day is over. Leave the field empty to end it by hand.")
_NOTHING = later("Choose at least one project or one class.")
_GONE = later("This has changed meanwhile. Look again at what there is.")


async def ask(request: web.Request) -> web.Response:
    number = number_of(request.match_info["account"])
    duties = await standing_in.list_duties(room_of(request), me(request), number)
    form = Form.filled(
        spaces=[one.space for one in duties.rooms],
        their_classes=[str(one.id) for one in duties.classes],
    )
    return await _page(request, form, 200)


async def appoint(request: web.Request) -> web.Response:
    number = number_of(request.match_info["account"])
    room, by = room_of(request), me(request)
    duties = await standing_in.list_duties(room, by, number)
    form = await read_form(request)
    handle = form.choice("substitute", [one.handle for one in duties.colleagues])
    spaces = form.choices("spaces", [one.space for one in duties.rooms])
    classes = form.choices("their_classes", [str(one.id) for one in duties.classes])
    last_day = form.day("last_day", required=False)
    if form.ok and not spaces and not classes:
        form.say("spaces" if duties.rooms else "their_classes", _NOTHING)
    if form.ok:
        ends_ms = None
        if last_day is not None:
            midnight = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC)
            ends_ms = int((midnight + timedelta(days=1)).timestamp() * 1000)
        wished = Appointment(number, handle, spaces, ends_ms)
        said = {Reason.CONFLICT: _HAS_ALL, Reason.READ_ONLY: _CLOSED, Reason.BAD_INPUT: _GONE}
        if ends_ms is not None and ends_ms <= room.now_ms():
            form.say("last_day", _OVER)
            return await _page(request, form, 422)
        with form.mending("substitute", said):
            await standing_in.appoint(room, by, wished, [int(one) for one in classes])
            return see_other(f"/school/staff/{number}", "substitute-appointed")
    return await _page(request, form, 422)


async def end(request: web.Request) -> web.Response:
    number, which = await _find(request)
    await standing_in.end(room_of(request), me(request), which)
    return see_other(f"/school/staff/{number}", "substitute-ended")


async def hand_over(request: web.Request) -> web.Response:
    """The substitute keeps what he looked after."""
    number, which = await _find(request)
    await standing_in.hand_over(room_of(request), me(request), which)
    return see_other(f"/school/staff/{number}", "substitute-stays")


async def _find(request: web.Request) -> tuple[int, int]:
    """The account, and the number of a substitution of it."""
    number = number_of(request.match_info["account"])
    which = number_of(request.match_info["substitution"])
    async with request.app[CONTEXT].database.read() as reader:
        found = await substitutions.find(reader, which)
    if found is None or number not in {found.absent, found.substitute}:
        raise Refused(Reason.NOT_FOUND, "There is no such substitution.")
    return number, which


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    number = number_of(request.match_info["account"])
    duties = await standing_in.list_duties(room_of(request), me(request), number)
    return render(
        request,
        "substitute.html",
        status=status,
        form=form,
        path=f"/school/staff/{number}",
        name=duties.absent.name,
        colleagues=[(one.handle, f"{one.name} ({one.handle})") for one in duties.colleagues],
        spaces=[(one.space, one.title) for one in duties.rooms],
        classes=[(str(one.id), one.name) for one in duties.classes],
    )
