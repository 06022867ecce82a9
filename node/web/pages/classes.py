"""`/classes`: the classes that a teacher looks after, and one of them: who is in it, who is in."""

from datetime import date

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import consents, entry, own_consents, own_works, roster
from node.web import class_views, portfolios, words
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FACE, render, see_other
from protocol.errors import Reason

LONGEST_NAME = roster.MAX_CLASS_CHARACTERS
_SUMMER = 7
_LAST_OF_JULY = 31


async def show(request: web.Request) -> web.Response:
    return await _list(request, _new(request), 200)


async def make(request: web.Request) -> web.Response:
    form = await read_form(request)
    name = form.line("name", longest=LONGEST_NAME)
    language = form.choice("language", request.app[FACE].languages.tags())
    last_day = form.day("last_day")
    if form.ok and last_day is not None:
        said = {
            Reason.BAD_INPUT: later("The school year ends after today, and within two years."),
            Reason.TOO_MANY_ITEMS: later("Your school has too many classes. Remove one first."),
        }
        with form.mending("last_day", said):
            made = await roster.make_class(
                room_of(request), me(request), name=name, language=language, last_day=last_day
            )
            return see_other(f"/classes/{made}/add", "class-made")
    return await _list(request, form, 422)


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, None, 200)


async def decide(request: web.Request) -> web.Response:
    """Who signs about pictures in this class."""
    number = number_of(request.match_info["class"])
    form = await read_form(request)
    chosen = form.choice("decides", words.DECIDES)
    decides = next((one for one in consents.SIGNERS if one == chosen), None)
    if decides is None:
        return await _detail(request, form, 422)
    await consents.choose_decides(room_of(request), me(request), number, decides)
    return see_other(f"/classes/{number}", "saved")


async def _detail(request: web.Request, form: Form | None, status: int) -> web.Response:
    number = number_of(request.match_info["class"])
    opened = await roster.open_class(room_of(request), me(request), number)
    marked = await own_consents.list_marked(room_of(request), me(request), number)
    now_ms = room_of(request).now_ms()
    path = f"/classes/{number}"
    return render(
        request,
        "class.html",
        status=status,
        form=form or Form.filled(decides=opened.class_.decides),
        decides_some=opened.class_.decides == "some",
        deciders={str(one) for one in marked},
        consent_age=request.app[CONTEXT].settings.pupils.consent_age,
        path=path,
        name=opened.class_.name,
        code=opened.class_.code,
        ends_ms=opened.class_.ends_ms,
        pupils=[
            class_views.PupilLine(
                id=str(one.pupil.id),
                path=f"{path}/pupils/{one.pupil.id}",
                name=one.names.display,
                alias=one.pupil.alias,
                card=one.pupil.id in opened.cards
                and opened.cards[one.pupil.id].expires_ms > now_ms,
                seen_ms=opened.present.get(one.pupil.id),
            )
            for one in opened.known
        ],
        present=len(opened.present),
    )


async def export(request: web.Request) -> web.StreamResponse:
    """Everybody's own work, in one archive."""
    number = number_of(request.match_info["class"])
    found = await own_works.collect_class(room_of(request), me(request), number)
    return await portfolios.answer(request, found, f"class-{number}")


async def sign_out(request: web.Request) -> web.Response:
    number = number_of(request.match_info["class"])
    form = await read_form(request)
    pupil = number_of(form.value("pupil")) if form.value("pupil") else None
    await entry.sign_out_class(room_of(request), me(request), number, pupil)
    return see_other(f"/classes/{number}", "pupils-out")


def _new(request: web.Request) -> Form:
    """The end of July that comes next, for most school years end then."""
    today = request.app[FACE].day_of(room_of(request).now_ms())
    year = today.year + (today.month >= _SUMMER)
    return Form.filled(
        language=me(request).language, last_day=date(year, _SUMMER, _LAST_OF_JULY).isoformat()
    )


async def _list(request: web.Request, form: Form, status: int) -> web.Response:
    found = await roster.list_classes(room_of(request), me(request))
    return render(
        request,
        "classes.html",
        status=status,
        form=form,
        classes=[
            class_views.ClassLine(
                f"/classes/{one.class_.id}",
                one.class_.name,
                one.class_.code,
                one.pupils,
                one.class_.ends_ms,
            )
            for one in found
        ],
    )
