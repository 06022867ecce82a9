"""`/setup/mail`, `/setup/hub`: what follows the first administrator; both may be passed over."""

from aiohttp import web

from node.actions import mail_server, trust
from node.actions.context import CONTEXT
from node.storage import hubs
from node.web import hub_form, mail_form
from node.web.forms import Form, read_form
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

MAIL, HUB, DONE = "/setup/mail", "/setup/hub", "/admin"


async def show_mail(request: web.Request) -> web.Response:
    return await _mail(request, None, 200)


async def save_mail(request: web.Request) -> web.Response:
    form = await read_form(request)
    if await mail_form.save(request, form):
        return see_other(MAIL, "mail-queued")
    return await _mail(request, form, 422)


async def show_hub(request: web.Request) -> web.Response:
    return await _hub(request, Form(), 200)


async def join_hub(request: web.Request) -> web.Response:
    _require_school(request)
    form = await read_form(request)
    if await hub_form.join(request, form):
        return see_other(HUB, "hub-asked")
    return await _hub(request, form, 422)


async def _mail(request: web.Request, form: Form | None, status: int) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        server = await mail_server.find_host(context, reader)
        chosen = await mail_server.find_chosen(reader)
    hub = trust.is_hub(context)
    return render(
        request,
        "set_up_mail.html",
        status=status,
        form=form or (mail_form.empty() if chosen is None else mail_form.of(chosen)),
        server="" if form is not None else server,
        by_settings=context.settings.mail.host is not None,
        mails=await mail_form.list_open(request),
        steps=2 if hub else 3,
        further=f"{DONE}?told=set-up" if hub else HUB,
    )


async def _hub(request: web.Request, form: Form, status: int) -> web.Response:
    _require_school(request)
    async with request.app[CONTEXT].database.read() as reader:
        own = await hubs.find_own(reader)
    return render(
        request,
        "set_up_hub.html",
        status=status,
        form=form,
        asked="" if own is None else own.name,
        further=f"{DONE}?told=set-up",
    )


def _require_school(request: web.Request) -> None:
    if trust.is_hub(request.app[CONTEXT]):
        raise Refused(Reason.NOT_FOUND, "A hub has no hub.")
