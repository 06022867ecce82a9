"""`/admin/mail`: the mail server, a mail to try it out, and what waits."""

from aiohttp import web

from node.actions import mail_server
from node.actions.context import CONTEXT
from node.web import mail_form
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import render, see_other

PAGE = "/admin/mail"


async def show(request: web.Request) -> web.Response:
    return await _page(request, None, 200)


async def try_out(request: web.Request) -> web.Response:
    form = await read_form(request)
    address = form.line("mail", longest=254)
    if form.ok:
        with form.mending("mail"):
            await mail_form.send_trial(request, address)
            return see_other(PAGE, "mail-queued")
    return await _page(request, form, 422)


async def choose(request: web.Request) -> web.Response:
    form = await read_form(request)
    if await mail_form.save(request, form):
        return see_other(PAGE, "mail-queued")
    return await _page(request, form, 422, choosing=True)


async def change(request: web.Request) -> web.Response:
    return await _page(request, None, 200, choosing=True)


async def forget(request: web.Request) -> web.Response:
    await mail_server.forget(request.app[CONTEXT], me(request))
    return see_other(PAGE, "mail-off")


async def _page(
    request: web.Request, form: Form | None, status: int, *, choosing: bool = False
) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        server = await mail_server.find_host(context, reader)
        chosen = await mail_server.find_chosen(reader)
    known = mail_form.empty() if chosen is None else mail_form.of(chosen)
    return render(
        request,
        "mail.html",
        status=status,
        form=form or Form(),
        server=server,
        by_settings=context.settings.mail.host is not None,
        server_form=form if form is not None and choosing else known,
        choosing=choosing,
        mails=await mail_form.list_open(request),
    )
