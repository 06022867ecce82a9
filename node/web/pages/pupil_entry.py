"""`/c`: how pupils come in, by card or by word, and out."""

from contextlib import suppress

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import entry, second_step
from node.classroom.entry import Admission
from node.web import coming_in, sessions
from node.web.door import room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

_CARD = {Reason.BAD_CREDENTIALS: later("This card is an old one. Ask your teacher for a new one.")}
_WORD = {
    Reason.BAD_CREDENTIALS: later("That is not what stands on the card. Look again."),
    Reason.TOO_MANY_REQUESTS: later(
        "That was too often. Ask your teacher for a new card, or wait a quarter of an hour."
    ),
}


async def ask(request: web.Request) -> web.Response:
    """Never leads elsewhere, whoever is in: a browser would take the secret of a card that was
    scanned, behind the hash sign, along to that address, and nobody would have read it."""
    return await _page(request, Form(), 200)


async def enter_by_word(request: web.Request) -> web.Response:
    form = await read_form(request)
    code = form.line("class_code", longest=60)
    alias = form.line("alias", longest=60)
    word = form.line("secret_word", longest=60)
    if form.ok:
        with form.mending("secret_word", _WORD):
            admission = await entry.sign_in_by_word(room_of(request), code, alias, word)
            return await _let_in(request, admission)
    return await _page(request, form, 422)


async def enter_by_card(request: web.Request) -> web.Response:
    """The code of a card, which a script took from behind the hash sign of the address."""
    form = await read_form(request)
    with form.mending("", _CARD):
        admission = await entry.sign_in_by_card(room_of(request), form.value("card")[:200])
        return await _let_in(request, admission)
    return await _page(request, form, 422)


async def leave(request: web.Request) -> web.Response:
    """The tablet forgets who was in, even where the disk takes nothing more."""
    with suppress(Refused):
        await _sign_out(request)
    answer = see_other("/c", "signed-out")
    for whose in (sessions.PUPIL, sessions.HALFWAY):
        sessions.drop_token(answer, request.app[CONTEXT].base, whose)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


async def _let_in(request: web.Request, admission: Admission) -> web.Response:
    """The child before is out: a tablet goes from hand to hand."""
    await _sign_out(request)
    base = request.app[CONTEXT].base
    if admission.is_whole:
        return coming_in.let_in(request, admission.token)
    answer = see_other("/c/step")
    sessions.drop_token(answer, base, sessions.PUPIL)
    sessions.put_token(answer, base, admission.token, coming_in.DAYS, sessions.HALFWAY)
    return answer


async def _sign_out(request: web.Request) -> None:
    room, base = room_of(request), request.app[CONTEXT].base
    token = sessions.read_token(request, base, sessions.PUPIL)
    if token is not None:
        await entry.sign_out(room, token)
    halfway = sessions.read_token(request, base, sessions.HALFWAY)
    if halfway is not None:
        await second_step.go_back(room, halfway)


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    """A tablet goes from hand to hand: it keeps no page that says who was there, and gives no word
    back that was typed."""
    room = room_of(request)
    token = sessions.read_token(request, request.app[CONTEXT].base, sessions.PUPIL)
    found = None if token is None else await entry.recognise(room, token)
    inside = "" if found is None else found.pupil.alias
    form.put("secret_word", "")
    answer = render(request, "pupil_entry.html", status=status, form=form, inside=inside)
    answer.headers["Cache-Control"] = "no-store"
    return answer
