"""`/c/step`: what a pupil shows after the card: three pictures, or a password."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import second_step
from node.classroom.second_step import CHOSEN, PICTURES, Halfway
from node.web import coming_in, sessions
from node.web.coming_in import Picking
from node.web.door import room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FACE, FRAME, render, see_other
from protocol.errors import Reason, Refused

_OFTEN_MS = second_step.WINDOW_MS
_TODAY = later("That was too often for today. Ask your teacher.")
_OFTEN = later("That was too often. Ask your teacher, or wait a quarter of an hour.")
_CHOSEN = later("Something was chosen already. Show it.")
_PICTURES = {
    Reason.BAD_CREDENTIALS: later("Those are not your pictures. Try it once more."),
    Reason.CONFLICT: _CHOSEN,
}
_PASSWORD = {
    Reason.BAD_INPUT: later("Choose a longer one, which nobody guesses from your card."),
    Reason.BAD_CREDENTIALS: later("That is not your password. Try it once more."),
    Reason.CONFLICT: _CHOSEN,
}


async def ask(request: web.Request) -> web.Response:
    half = await _find(request)
    if half is None:
        return see_other("/c")
    return _page(request, half, Form(), Picking(), 200)


async def pick(request: web.Request) -> web.Response:
    """One picture more; with the third they are looked at, or are to be tapped once more."""
    half = await _get(request)
    form = await read_form(request)
    picking = coming_in.picking(form)
    if not picking.is_whole:
        return _page(request, half, form, picking, 200)
    if half.way is None and not picking.first:
        return _page(request, half, form, Picking(first=picking.picked), 200)
    if half.way is None and picking.first != picking.picked:
        form.say("", later("Those were others than before. Choose three pictures anew."))
        return _page(request, half, form, Picking(), 422)
    room, token = room_of(request), _token(request)
    try:
        if half.way is None:
            opened = await second_step.choose_pictures(room, token, picking.picked)
        else:
            opened = await second_step.show(room, token, " ".join(picking.picked))
    except Refused as refused:
        return await _again(request, form, refused, "", _PICTURES)
    return coming_in.let_in(request, opened)


async def ask_password(request: web.Request) -> web.Response:
    half = await _find(request)
    if half is None or half.way is not None or not half.may_type:
        return see_other("/c/step")
    return _password(request, half, Form(), 200)


async def enter_by_password(request: web.Request) -> web.Response:
    half = await _get(request)
    form = await read_form(request)
    is_new = half.way is None
    typed = form.secret("password")
    if is_new and form.value("again") != typed:
        form.say("password", later("Write the same twice."))
    room, token = room_of(request), _token(request)
    if not form.ok:
        return _password(request, half, form, 422)
    try:
        if is_new:
            opened = await second_step.choose_password(room, token, typed)
        else:
            opened = await second_step.show(room, token, typed)
    except Refused as refused:
        return await _again(request, form, refused, "password", _PASSWORD)
    return coming_in.let_in(request, opened)


async def _again(
    request: web.Request,
    form: Form,
    refused: Refused,
    field: str,
    sentences: Mapping[Reason, str],
) -> web.Response:
    """The page as it is now, with what was wrong: something else may have been chosen meanwhile,
    and then it is shown, in whichever way."""
    wait_s = refused.facts.get("retry_after_s")
    is_over = isinstance(wait_s, int) and wait_s * 1000 > _OFTEN_MS
    told = {**sentences, Reason.TOO_MANY_REQUESTS: _TODAY if is_over else _OFTEN}
    half = await _get(request)
    is_there = bool(field) and half.way != "pictures"
    with form.mending(field if is_there else "", told):
        raise refused
    status = 429 if refused.reason is Reason.TOO_MANY_REQUESTS else 422
    if is_there and half.way is None:
        answer = _password(request, half, form, status)
    else:
        answer = _page(request, half, form, Picking(), status)
    if isinstance(wait_s, int):
        answer.headers["Retry-After"] = str(wait_s)
    return answer


def _page(
    request: web.Request, half: Halfway, form: Form, picking: Picking, status: int
) -> web.Response:
    if half.way == "password":
        return _password(request, half, form, status)
    return _bare(
        render(
            request,
            "pupil_step.html",
            status=status,
            form=form,
            alias=half.pupil.alias,
            is_new=half.way is None,
            may_type=half.way is None and half.may_type,
            picking=picking,
            most=CHOSEN,
            pictures=[(one, at % 12 + 1) for at, one in enumerate(PICTURES)],
            names=coming_in.NAMES,
        )
    )


def _password(request: web.Request, half: Halfway, form: Form, status: int) -> web.Response:
    return _bare(
        render(
            request,
            "pupil_password.html",
            status=status,
            form=form,
            alias=half.pupil.alias,
            is_new=half.way is None,
        )
    )


def _bare(answer: web.Response) -> web.Response:
    """A tablet goes from hand to hand: it keeps no page of who was halfway in."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _get(request: web.Request) -> Halfway:
    found = await _find(request)
    if found is None:
        raise Refused(Reason.NOT_SIGNED_IN, "Show the card first.")
    return found


async def _find(request: web.Request) -> Halfway | None:
    """Who is halfway in; the page speaks the language of the class."""
    token = _token(request)
    found = await second_step.find(room_of(request), token) if token else None
    if found is not None:
        languages = request.app[FACE].languages
        accepted = request.headers.get("Accept-Language", "")
        language = languages.choose(found.class_.language, accepted)
        request[FRAME] = replace(request[FRAME], language=language)
    return found


def _token(request: web.Request) -> str:
    return sessions.read_token(request, request.app[CONTEXT].base, sessions.HALFWAY) or ""
