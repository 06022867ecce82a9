"""`/admin/partners`: schools by address, compared by fingerprint, approved by hand, blocked."""

from aiohttp import web

from node.actions import partners as acting
from node.actions import rekey as acting_on_keys
from node.actions import trust
from node.actions.context import CONTEXT
from node.storage import partners
from node.storage.partners import Partner
from node.web import office_views, paging, questions, rekeying
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, fingerprint

LIST = "/admin/partners"
MAX_CARD_CHARACTERS = 20_000


async def show(request: web.Request) -> web.Response:
    return await _list(request, Form(), 200)


async def add(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    card = form.text("card", longest=MAX_CARD_CHARACTERS, required=False)
    address = form.line("address", longest=300, required=not card)
    if form.ok and card:
        with form.mending("card", {Reason.CONFLICT: later("This school is on the list.")}):
            found = await acting.add_card(context, me(request), card)
            return see_other(path_of(found.origin), "partner-added")
    elif form.ok:
        with form.mending("address", {Reason.CONFLICT: later("This school is on the list.")}):
            found = await acting.add(context, me(request), address)
            return see_other(path_of(found.origin), "partner-added")
    return await _list(request, form, 422)


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, Form(), 200)


async def approve(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    if not form.ticked("compared"):
        form.say("compared", later("Compare the fingerprint first, then tick the box."))
    partner = await _partner(request)
    if form.ok:
        with form.mending():
            origin, shown = partner.origin, form.value("fingerprint")
            await acting.approve(context, me(request), origin, shown)
            return see_other(path_of(origin), "partner-approved")
    return await _detail(request, form, 422)


async def rekey(request: web.Request) -> web.Response:
    form = await read_form(request)
    partner = await _partner(request)
    asked = rekeying.read(form)
    if asked is not None:
        with form.mending("compared", rekeying.SENTENCES):
            await acting_on_keys.take(
                request.app[CONTEXT],
                me(request),
                partner.origin,
                compared=asked.compared,
                since_ms=asked.since_ms,
                card=asked.card,
            )
            return see_other(path_of(partner.origin), "partner-rekeyed")
    return await _detail(request, form, 422)


async def confirm_block(request: web.Request) -> web.Response:
    partner = await _partner(request)
    return questions.ask(
        request,
        back=path_of(partner.origin),
        question=later("Block %(name)s?"),
        consequence=later(
            "From now on nothing is exchanged with this school: no messages, no shared work. "
            "What was written before stays. You can take it back."
        ),
        yes=later("Block this school"),
        values={"name": partner.name},
    )


async def block(request: web.Request) -> web.Response:
    partner = await _partner(request)
    await acting.block(request.app[CONTEXT], me(request), partner.origin)
    return see_other(path_of(partner.origin), "partner-blocked")


async def unblock(request: web.Request) -> web.Response:
    partner = await _partner(request)
    await acting.unblock(request.app[CONTEXT], me(request), partner.origin)
    return see_other(path_of(partner.origin), "partner-unblocked")


async def remove(request: web.Request) -> web.Response:
    partner = await _partner(request)
    form = Form()
    with form.mending():
        await acting.remove(request.app[CONTEXT], me(request), partner.origin)
        return see_other(LIST, "partner-removed")
    return await _detail(request, form, 422)


def path_of(origin: str) -> str:
    """The page of a partner: its host stands for it, a node speaks to one scheme only."""
    return f"{LIST}/{origin.partition('://')[2]}"


async def _list(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        known, last = await partners.list_page(reader, paging.read_place(request))
    shown = [_view(one) for one in known]
    closed = context.settings.node.reachability == "outbound-only"
    own_card = await acting.get_card(context, me(request)) if closed else ""
    return render(
        request,
        "partners.html",
        status=status,
        form=form,
        partners=shown,
        own_card=own_card,
        further=paging.next_path("/admin/partners", "", last),
    )


async def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    partner = await _partner(request)
    hub = await _hub_of(request, partner)
    async with request.app[CONTEXT].database.read() as reader:
        is_hub = bool(await trust.find_hub_origins(reader, [partner]))
    return render(
        request,
        "partner.html",
        status=status,
        form=form,
        partner=_view(partner, hub),
        is_hub=is_hub,
    )


async def _hub_of(request: web.Request, partner: Partner) -> str:
    """The name of the hub by whose word this is a partner."""
    if partner.admitted_by != "hub":
        return ""
    async with request.app[CONTEXT].database.read() as reader:
        found = await trust.find_accredited(reader, partner.origin)
    return "" if found is None else found.hub_name


async def _partner(request: web.Request) -> Partner:
    host = request.match_info["host"]
    async with request.app[CONTEXT].database.read() as reader:
        for scheme in ("https", "http"):
            partner = await partners.find(reader, f"{scheme}://{host}")
            if partner is not None:
                return partner
    raise Refused(Reason.NOT_FOUND, "No school of this address is on the list.")


def _view(partner: Partner, hub: str = "") -> office_views.Partner:
    return office_views.Partner(
        path=path_of(partner.origin),
        origin=partner.origin,
        name=partner.name,
        country=partner.country,
        fingerprint=fingerprint(PublicKey.read(partner.public)),
        state="suspended" if partner.suspended else partner.state,
        since_ms=partner.changed_ms,
        by_hub=hub,
    )
