"""`/classes/{class}/entry`: how the pupils of a class come in, and who has chosen pictures."""

from aiohttp import web

from node.classroom import roster, second_step
from node.web import class_views, coming_in
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import read_form
from node.web.render import render, see_other

EVERYBODY = "everybody"


async def show(request: web.Request) -> web.Response:
    number = number_of(request.match_info["class"])
    opened = await roster.open_for_cards(room_of(request), me(request), number)
    chosen = await second_step.list_chosen(room_of(request), me(request), number)
    return render(
        request,
        "class_entry.html",
        path=f"/classes/{number}",
        class_=opened.class_,
        styles=coming_in.STYLES,
        second_steps=coming_in.SECOND_STEPS,
        everybody=EVERYBODY if chosen.steps else "",
        lines=[
            class_views.StepLine(
                id=str(one.pupil.id),
                name=one.names.display,
                alias=one.pupil.alias,
                way=chosen.steps[one.pupil.id].way if one.pupil.id in chosen.steps else "",
                set_ms=chosen.steps[one.pupil.id].set_ms if one.pupil.id in chosen.steps else 0,
                missteps=chosen.missteps.get(one.pupil.id, 0),
            )
            for one in opened.known
        ],
    )


async def save(request: web.Request) -> web.Response:
    number = number_of(request.match_info["class"])
    form = await read_form(request)
    await second_step.choose_entry(
        room_of(request),
        me(request),
        number,
        style=form.value("style"),
        second_step=form.value("second_step"),
    )
    return see_other(f"/classes/{number}/entry", "saved")


async def reset(request: web.Request) -> web.Response:
    number = number_of(request.match_info["class"])
    form = await read_form(request)
    # Everybody's pictures go only where that is said in a word.
    chosen = form.value("pupil")
    pupil = None if chosen == EVERYBODY else number_of(chosen)
    await second_step.reset(room_of(request), me(request), number, pupil)
    return see_other(f"/classes/{number}/entry", "step-reset")
