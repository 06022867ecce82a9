"""`/invite/{token}`: from an invitation to an account. `/ask`: asking for one."""

from aiohttp import web

from node.actions import people
from node.actions.context import CONTEXT
from node.actions.sign_in import sign_in
from node.web import sessions, words
from node.web.asking import device_of, peer_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason

SHORTEST_PASSWORD = 12


async def show(request: web.Request) -> web.Response:
    invitation = await people.find_invitation(request.app[CONTEXT], request.match_info["token"])
    status = 200 if invitation else 404
    return render(request, "invite.html", status=status, form=Form(), invitation=invitation)


async def accept(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    token = request.match_info["token"]
    form = await read_form(request)
    password = form.secret("password", shortest=SHORTEST_PASSWORD)
    if form.ok:
        with form.mending():
            account = await people.accept_invitation(context, token, password=password)
            session = await sign_in(
                context,
                account.handle,
                password,
                address=peer_of(request),
                user_agent=device_of(request),
            )
            answer = see_other("/home", "welcome")
            days = context.settings.sign_in.session_days
            sessions.put_token(answer, context.base, session, days)
            return answer
    invitation = await people.find_invitation(context, token)
    return render(request, "invite.html", status=422, form=form, invitation=invitation)


_ASKING = {
    Reason.CONFLICT: words.HANDLE_TAKEN,
    Reason.NOT_ALLOWED: later(
        "At present nobody looks at such requests. Ask your school's administrator in person."
    ),
}


async def ask(request: web.Request) -> web.Response:
    return render(request, "ask.html", form=Form())


async def send(request: web.Request) -> web.Response:
    form = await read_form(request)
    name = form.line("name")
    handle = form.handle("handle")
    password = form.secret("password", shortest=SHORTEST_PASSWORD)
    note = form.text("note", longest=500, required=False)
    if form.ok:
        with form.mending("handle", _ASKING):
            await people.ask_for_account(
                request.app[CONTEXT],
                name=name,
                handle=handle,
                password=password,
                note=note,
                language=request[FRAME].language.tag,
            )
            return see_other("/login", "asked")
    return render(request, "ask.html", status=422, form=form)
