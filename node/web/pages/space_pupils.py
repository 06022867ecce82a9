"""`/w/{space}/pupils`: which of a teacher's pupils take part, and how they are called there."""

from aiohttp import web

from node.classroom import live, taking_part
from node.web import class_views, own, rooms
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason

_SENTENCES = {
    Reason.CONFLICT: later("Somebody of your school has this alias there."),
    Reason.BAD_INPUT: later("An alias has 1 to 40 characters."),
    Reason.NOT_ALLOWED: later(
        "This tells who somebody at your school is: it is a name or an alias of a class. Choose "
        "another one."
    ),
    Reason.NOT_FOUND: later("This pupil does not take part in the space."),
}

_LIVE = {
    Reason.CONFLICT: later(
        "In this project a teacher releases what your pupils write. The school that keeps the keys "
        "of the space can change that."
    ),
}


async def show(request: web.Request) -> web.Response:
    return await _show(request, Form(), 200)


async def choose(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    chosen = [number_of(one) for one in form.values("pupils")]
    with form.mending("", {}):
        await taking_part.choose(room_of(request), me(request), space, chosen)
        return see_other(f"/w/{space}/pupils", "pupils-chosen")
    return await _show(request, form, 422)


async def rename(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    pupil = number_of(request.match_info["pupil"])
    alias = form.line("alias", longest=120)
    if form.ok:
        with form.mending("alias", _SENTENCES):
            await taking_part.rename(room_of(request), me(request), space, pupil, alias)
            return see_other(f"/w/{space}/pupils", "saved")
    return await _show(request, form, 422)


async def write_live(request: web.Request) -> web.Response:
    """The teacher says that he is with his pupils, or is no more."""
    space = request.match_info["space"]
    form = await read_form(request)
    if form.value("how") == "end":
        live.end(room_of(request), me(request), space)
        return see_other(f"/w/{space}/pupils", "live-ended")
    with form.mending("", _LIVE):
        await live.begin(room_of(request), me(request), space)
        return see_other(f"/w/{space}/pupils", "live-begun")
    return await _show(request, form, 422)


async def _show(request: web.Request, form: Form, status: int) -> web.Response:
    space = request.match_info["space"]
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    writing = await live.find(room_of(request), me(request), space)
    found = await taking_part.list_candidates(room_of(request), me(request), space)
    return render(
        request,
        "space_pupils.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        live=writing,
        groups=[
            class_views.PlaceGroup(
                str(one.class_.id),
                one.class_.name,
                [
                    class_views.PlaceLine(
                        str(each.known.pupil.id),
                        each.known.names.display or each.known.pupil.alias,
                        "" if each.place is None else each.place.alias,
                        each.takes_part,
                    )
                    for each in one.candidates
                ],
            )
            for one in found
        ],
    )
