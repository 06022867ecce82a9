"""`/c`: how pupils come in, by card or by word, and out."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import entry
from node.web import sessions
from node.web.door import room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason

DAYS = 1
_CARD = {Reason.BAD_CREDENTIALS: later("This card is an old one. Ask your teacher for a new one.")}
_WORD = {
    Reason.BAD_CREDENTIALS: later("That is not what stands on the card. Look again."),
    Reason.TOO_MANY_REQUESTS: later(
        "That was too often. Ask your teacher for a new card, or wait a quarter of an hour."
    ),
}


async def ask(request: web.Request) -> web.Response:
    room = room_of(request)
    token = sessions.read_token(request, request.app[CONTEXT].base, sessions.PUPIL)
    if token is not None and await entry.recognise(room, token) is not None:
        return see_other("/c/home")
    return _page(request, Form.filled(class_code=request.query.get("class", "")[:40]), 200)


async def enter_by_word(request: web.Request) -> web.Response:
    form = await read_form(request)
    code = form.line("class_code", longest=60)
    alias = form.line("alias", longest=60)
    word = form.line("secret_word", longest=60)
    if form.ok:
        with form.mending("secret_word", _WORD):
            token = await entry.sign_in_by_word(room_of(request), code, alias, word)
            return _let_in(request, token)
    return _page(request, form, 422)


async def enter_by_card(request: web.Request) -> web.Response:
    """The code of a card, which a script took from behind the hash sign of the address."""
    form = await read_form(request)
    with form.mending("", _CARD):
        token = await entry.sign_in_by_card(room_of(request), form.value("card")[:200])
        return _let_in(request, token)
    return _page(request, form, 422)


async def leave(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    token = sessions.read_token(request, context.base, sessions.PUPIL)
    if token is not None:
        await entry.sign_out(room_of(request), token)
    answer = see_other("/c", "signed-out")
    sessions.drop_token(answer, context.base, sessions.PUPIL)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _let_in(request: web.Request, token: str) -> web.Response:
    answer = see_other("/c/home")
    sessions.put_token(answer, request.app[CONTEXT].base, token, DAYS, sessions.PUPIL)
    return answer


def _page(request: web.Request, form: Form, status: int) -> web.Response:
    return render(request, "pupil_entry.html", status=status, form=form)
