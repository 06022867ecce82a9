"""`/admin/hub`: the school's hub: ask to be accredited, see how that stands, ask anew, leave."""

from aiohttp import web

from node.actions import membership, trust
from node.actions import refresh as refreshing
from node.actions.context import CONTEXT
from node.storage import hubs
from node.storage import membership as rows
from node.storage.membership import Membership
from node.web import agency, hub_form
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

PAGE = "/admin/hub"


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def join(request: web.Request) -> web.Response:
    form = await read_form(request)
    if await hub_form.join(request, form):
        return see_other(PAGE, "hub-asked")
    return await _page(request, form, 422)


async def ask(request: web.Request) -> web.Response:
    """Look now instead of in some hours."""
    await refreshing.refresh_now(request.app[CONTEXT], me(request))
    return see_other(PAGE)


async def confirm_leave(request: web.Request) -> web.Response:
    async with request.app[CONTEXT].database.read() as reader:
        own = await hubs.find_own(reader)
    if own is None:
        raise Refused(Reason.NOT_FOUND, "This school has no hub.")
    return render(
        request,
        "confirm.html",
        form=Form(),
        back=PAGE,
        question=later("Leave %(name)s?"),
        consequence=later(
            "Schools that you know by the word of this hub are closed: nothing is exchanged with "
            "them any more. Schools that you approved yourself stay."
        ),
        quoted="",
        yes=later("Leave the hub"),
        values={"name": own.name},
    )


async def leave(request: web.Request) -> web.Response:
    await membership.leave(request.app[CONTEXT], me(request))
    return see_other(PAGE, "hub-left")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    if trust.is_hub(context):
        raise Refused(Reason.NOT_FOUND, "A hub has no hub.")
    async with context.database.read() as reader:
        own = await rows.find(reader)
        listed = await trust.list_hubs(reader)
    credential = None if own is None else own.credential
    ends_ms = None if credential is None else agency.ends_ms(credential)
    warn_ms = context.settings.hub.warn_days * agency.DAY_MS
    return render(
        request,
        "hub.html",
        status=status,
        form=form,
        own=own,
        hub=next((one for one in listed if one.own), None),
        endorsed=[one for one in listed if not one.own],
        ends_ms=ends_ms,
        ends_soon=ends_ms is not None and ends_ms - context.now_ms() < warn_ms,
        may_ask=_may_ask(own),
    )


def _may_ask(own: Membership | None) -> bool:
    return own is None or own.state in {"refused", "revoked"}
