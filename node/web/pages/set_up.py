"""`/setup`: a bare node becomes a school's; once, by whoever holds the token; then it is gone."""

from aiohttp import web

from node.actions import set_up as acting
from node.actions import trust
from node.actions.context import CONTEXT
from node.actions.set_up import FirstAdmin, NewSchool
from node.actions.sign_in import sign_in
from node.web import sessions, words
from node.web.asking import device_of, peer_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason, Refused

SHORTEST_PASSWORD = 12
_OLD = later(
    "This token is not the present one. The command schoolgate setup-address makes a new one."
)


async def show(request: web.Request) -> web.Response:
    await _require_bare(request)
    return _page(request, Form(), 200)


async def save(request: web.Request) -> web.Response:
    await _require_bare(request)
    context = request.app[CONTEXT]
    form = await read_form(request)
    token = form.line("token", longest=100)
    school = NewSchool(
        form.line("school"),
        form.choice("country", words.COUNTRIES),
        form.line("city", required=False),
    )
    name = form.line("name", longest=100)
    handle = form.handle("handle")
    admin = FirstAdmin(handle, name, form.secret("password", shortest=SHORTEST_PASSWORD))
    if form.ok:
        with form.mending("token", {Reason.LAPSED: _OLD}):
            await acting.claim(context, token, school, admin, request[FRAME].language.tag)
            session = await sign_in(
                context,
                handle,
                admin.password,
                address=peer_of(request),
                user_agent=device_of(request),
            )
            answer = see_other("/setup/mail")
            days = context.settings.sign_in.session_days
            sessions.put_token(answer, context.base, session, days)
            return answer
    return _page(request, form, 422)


async def _require_bare(request: web.Request) -> None:
    async with request.app[CONTEXT].database.read() as reader:
        if await acting.is_set_up(reader):
            raise Refused(Reason.NOT_FOUND, "This node is set up.")


def _page(request: web.Request, form: Form, status: int) -> web.Response:
    hub = trust.is_hub(request.app[CONTEXT])
    return render(request, "set_up.html", status=status, form=form, hub=hub)
