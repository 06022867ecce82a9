"""`/w/{space}/consents/{class}`: what was signed about the pictures of a class's pupils: recorded
as the slips come back, and printed for signing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import consents, handing_out, slips
from node.classroom.consents import ConsentList, Line, Signed
from node.web import class_views, own, rooms, words
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FACE, FRAME, render, see_other
from protocol.errors import Reason, Refused

_OF_FIELDS = {
    "pupils": later("Choose at least one."),
    "signed_on": later("Write a day that is not in the future."),
    "until": later("A consent ends after today, and within two years."),
    "signed_by": later("In this class somebody else signs; its page says who."),
}
_EARLIER = later(
    "Somebody whom you chose said no after that day. It counts until something is signed on a "
    "later day."
)
_SECOND_MS = 1000


async def show(request: web.Request) -> web.Response:
    return await _show(request, None, 200)


async def record(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    class_ = number_of(request.match_info["class"])
    form = await read_form(request)
    said = next(
        (one for one in consents.ANSWERS if one == form.choice("said", words.CONSENTS)), None
    )
    by = next(
        (one for one in consents.SIGNERS["some"] if one == form.choice("signed_by", words.SIGNERS)),
        None,
    )
    signed_on, until = form.day("signed_on"), form.day("until")
    chosen = [
        Signed(
            number_of(one),
            form.line(
                f"signer-{number_of(one)}",
                longest=consents.MAX_SIGNER_CHARACTERS,
                required=False,
            ),
        )
        for one in dict.fromkeys(form.values("pupils"))
    ]
    if form.ok and said and by and signed_on and until:
        try:
            down = await consents.record(
                room_of(request),
                me(request),
                space,
                class_,
                chosen,
                said=said,
                signed_by=by,
                signed_on=signed_on,
                until=until,
            )
        except Refused as refused:
            _note(form, refused)
        else:
            told = "consents-down" if down else "consents-kept"
            return see_other(f"/w/{space}/consents/{class_}", told)
    return await _show(request, form, 422)


def _note(form: Form, refused: Refused) -> None:
    field = str(refused.facts.get("field", ""))
    if refused.reason is Reason.CONFLICT:
        form.say("signed_on", _EARLIER)
    elif field in _OF_FIELDS:
        form.say(field, _OF_FIELDS[field])
    else:
        raise refused


async def print_forms(request: web.Request) -> web.Response:
    """Shows the forms at once, in the language of the class: their codes are nowhere kept."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    class_ = number_of(request.match_info["class"])
    form = await read_form(request)
    pupil = number_of(form.value("pupil")) if form.value("pupil") else None
    made = await slips.make_forms(room_of(request), me(request), space, class_, pupil)
    seen = await own.find_space(request)
    view = rooms.view(seen.space, await own.look_up(request, seen))
    language = request.app[FACE].languages.choose(made.class_.language, "")
    request[FRAME] = replace(request[FRAME], language=language)
    answer = render(
        request,
        "consent_forms.html",
        path=f"/w/{space}/consents/{class_}",
        space=view,
        class_name=made.class_.name,
        decides=made.class_.decides,
        ends_ms=made.class_.ends_ms,
        consent_age=context.settings.pupils.consent_age,
        forms=[
            class_views.FormView(
                one.name or one.alias,
                one.code,
                one.address.partition("://")[2],
                len(one.squares) + 2 * handing_out.BORDER,
                handing_out.as_path(one.squares),
            )
            for one in made.forms
        ],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _show(request: web.Request, form: Form | None, status: int) -> web.Response:
    space = request.match_info["space"]
    class_ = number_of(request.match_info["class"])
    found = await consents.open_list(room_of(request), me(request), space, class_)
    seen = await own.find_space(request)
    return render(
        request,
        "consents.html",
        status=status,
        form=form or _first(request, found),
        space=rooms.view(seen.space, await own.look_up(request, seen)),
        path=f"/w/{space}/consents/{class_}",
        class_name=found.class_.name,
        class_path=f"/classes/{class_}",
        signers=[(one, words.SIGNERS[one]) for one in found.signers],
        lines=[_line(one) for one in found.lines],
        counts=_counts(found.lines),
    )


def _first(request: web.Request, found: ConsentList) -> Form:
    face, now_ms = request.app[FACE], room_of(request).now_ms()
    last_day: date = face.day_of(found.class_.ends_ms - _SECOND_MS)
    return Form.filled(
        said="space",
        signed_by=found.signers[0],
        signed_on=face.day_of(now_ms).isoformat(),
        until=last_day.isoformat(),
    )


def _counts(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """How often each state occurs, in the order of the words."""
    found = [(state, sum(one.state == state for one in lines)) for state in words.CONSENT_STATES]
    return [(state, many) for state, many in found if many]


def _line(one: Line) -> class_views.ConsentLine:
    said, known = one.consent, one.known
    return class_views.ConsentLine(
        id=str(known.pupil.id),
        name=known.names.display or known.pupil.alias,
        alias=one.alias,
        state=str(one.state),
        said="" if said is None else said.said,
        signed_by="" if said is None else said.signed_by or "",
        signer="" if said is None else said.signer,
        signed_ms=0 if said is None else said.signed_ms,
        until_ms=0 if said is None else said.until_ms,
        pictures=one.pictures,
    )
