"""`/me/security`: the password, and where one is signed in."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.actions.sign_in import change_password, revoke_session
from node.storage import sessions as rows
from node.web import views
from node.web.asking import peer_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from node.web.sessions import SIGNED_IN
from protocol.errors import Reason, Refused

SHORTEST_PASSWORD = 12
MAX_DIGITS = 15


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def change(request: web.Request) -> web.Response:
    form = await read_form(request)
    old = form.secret("old")
    new = form.secret("new", shortest=SHORTEST_PASSWORD)
    if form.ok:
        wrong = {
            Reason.BAD_CREDENTIALS: later("This is not your password until now."),
            Reason.BAD_INPUT: later("Choose another password: this one is too easy to guess."),
        }
        with form.mending("old", wrong):
            await change_password(
                request.app[CONTEXT], request[SIGNED_IN], old, new, address=peer_of(request)
            )
            return see_other("/me/security", "password-changed")
    return await _page(request, form, 422)


async def end(request: web.Request) -> web.Response:
    number = request.match_info["session"]
    if not number.isdecimal() or len(number) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is no such session.")
    await revoke_session(request.app[CONTEXT], me(request), int(number))
    return see_other("/me/security", "device-signed-out")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    signed_in = request[SIGNED_IN]
    async with context.database.read() as reader:
        found = await rows.list_of_account(reader, signed_in.account.id, context.now_ms())
    shown = [
        views.Session(
            id=str(one.id),
            device=one.device,
            since_ms=one.created_ms,
            seen_ms=one.seen_ms,
            current=one.id == signed_in.session_id,
        )
        for one in found
    ]
    return render(request, "security.html", status=status, form=form, sessions=shown)
