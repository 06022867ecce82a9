"""`/login` and `/logout`: the staff's way in and out."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.actions.sign_in import sign_in, sign_out
from node.classroom import live
from node.classroom.room import CLASSROOM
from node.web import sessions
from node.web.asking import device_of, peer_of
from node.web.door import signed_in
from node.web.forms import Form, local_path, read_form
from node.web.render import render, see_other


async def ask(request: web.Request) -> web.Response:
    wanted = local_path(request.query.get("next", ""), otherwise="")
    if signed_in(request) is not None:
        return see_other(wanted or "/home")
    return render(request, "login.html", form=Form(), next=wanted)


async def enter(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    handle = form.line("handle", longest=64)
    password = form.secret("password")
    wanted = local_path(form.value("next"), otherwise="")
    if form.ok:
        with form.mending():
            token = await sign_in(
                context,
                handle,
                password,
                address=peer_of(request),
                user_agent=device_of(request),
            )
            answer = see_other(wanted) if wanted else see_other("/home", "signed-in")
            days = context.settings.sign_in.session_days
            sessions.put_token(answer, context.base, token, days)
            return answer
    return render(request, "login.html", status=422, form=form, next=wanted)


async def confirm(request: web.Request) -> web.Response:
    return render(request, "logout.html")


async def leave(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    token = sessions.read_token(request, context.base)
    if token is not None:
        if CLASSROOM in request.app and sessions.SIGNED_IN in request:
            live.end(request.app[CLASSROOM], request[sessions.SIGNED_IN].account)
        await sign_out(context, token)
    answer = see_other("/", "signed-out")
    sessions.drop_token(answer, context.base)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
