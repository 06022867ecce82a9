"""`/admin/mail`: whether mail is sent, what waits, and a mail to try it out."""

from aiohttp import web

from node.actions import mail as acting
from node.actions.context import CONTEXT
from node.web import mailing, office_views
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import FRAME, render, see_other


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def try_out(request: web.Request) -> web.Response:
    context, frame = request.app[CONTEXT], request[FRAME]
    form = await read_form(request)
    address = form.line("mail", longest=254)
    if form.ok:
        subject, text = mailing.trial(frame.language, frame.school, context.base)
        with form.mending("mail"):
            await acting.try_out(context, me(request), address, subject, text)
            return see_other("/admin/mail", "mail-queued")
    return await _page(request, form, 422)


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    rows = await acting.list_open(context, me(request))
    return render(
        request,
        "mail.html",
        status=status,
        form=form,
        server=context.settings.mail.host or "",
        mails=[
            office_views.Mail(one.address, one.state, one.created_ms, one.attempts, one.why)
            for one in rows
        ],
    )
