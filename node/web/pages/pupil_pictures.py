"""`/c/pictures`: how it stands with pictures of a pupil in each project, and the word of whoever
decides alone. `/classes/{class}/deciders`: who of a class does."""

from aiohttp import web

from node.classroom import own_consents
from node.web import words
from node.web.asking import number_of
from node.web.door import learner, me, room_of
from node.web.forms import Form, read_form
from node.web.render import render, see_other


async def show(request: web.Request) -> web.Response:
    return await _show(request, Form(), 200)


async def say(request: web.Request) -> web.Response:
    form = await read_form(request)
    said = next((one for one in own_consents.ANSWERS if one == form.value("said")), None)
    if said is None:
        form.choice("said", words.OWN_CONSENTS)
        return await _show(request, form, 422)
    space = request.match_info["space"]
    with form.mending("said"):
        await own_consents.say(room_of(request), learner(request).pupil, space, said)
        return see_other("/c/pictures", "consents-down" if said == "refused" else "consents-kept")
    return await _show(request, form, 422)


async def mark(request: web.Request) -> web.Response:
    class_ = number_of(request.match_info["class"])
    form = await read_form(request)
    chosen = [number_of(one) for one in form.values("pupil")]
    await own_consents.mark(room_of(request), me(request), class_, chosen)
    return see_other(f"/classes/{class_}", "saved")


async def _show(request: web.Request, form: Form, status: int) -> web.Response:
    found = await own_consents.open_own(room_of(request), learner(request).pupil)
    return render(
        request,
        "pupil_pictures.html",
        status=status,
        form=form,
        lines=[(one, str(one.state)) for one in found.lines],
        decides=found.decides,
        ends_ms=found.ends_ms,
    )
