"""`/admin/hub`: the school's hub: ask to be accredited, see how that stands, ask anew, leave."""

from aiohttp import BodyPartReader, web

from node.actions import enclosures as enclosing
from node.actions import membership, trust
from node.actions import refresh as refreshing
from node.actions.context import CONTEXT
from node.storage import enclosures, hubs
from node.storage import membership as rows
from node.storage.membership import Membership
from node.web import agency, hub_form, questions
from node.web.door import me
from node.web.forms import UNREADABLE, Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

PAGE = "/admin/hub"
MOST_AT_ONCE = 5
_ENCLOSING = {
    Reason.UNSUPPORTED_MEDIA_TYPE: later("%(file)s is not taken: enclose a PDF, a JPEG or a PNG."),
    Reason.TOO_LARGE: later("%(file)s is too large."),
    Reason.BAD_INPUT: later("%(file)s is empty."),
    Reason.TOO_MANY_ITEMS: later("The hub takes no more documents with this application."),
    Reason.CONFLICT: later("The hub has decided already; it takes no more documents."),
    Reason.BUSY: later("The hub has no room just now. Try again tomorrow."),
    Reason.UNREACHABLE: later("The hub does not answer just now. Try again later."),
}


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


async def enclose(request: web.Request) -> web.Response:
    """Documents for the application that waits; each goes to the hub before the next is read."""
    context, form = request.app[CONTEXT], Form()
    if request.content_type != "multipart/form-data":
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "send files as multipart/form-data")
    most, taken = context.settings.hub.document_mib << 20, 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
                continue
            if taken >= MOST_AT_ONCE:
                raise Refused(Reason.TOO_MANY_ITEMS, f"enclose {MOST_AT_ONCE} documents at once")
            taken += 1
            octets = await _read(part, most)
            try:
                await enclosing.send(context, me(request), part.filename, octets)
            except Refused as refused:
                if refused.reason not in _ENCLOSING:
                    raise
                form.say("file", _ENCLOSING[refused.reason], file=part.filename[:120])
    except UNREADABLE:
        raise Refused(Reason.BAD_INPUT, "the form is no multipart/form-data") from None
    if not taken:
        form.say("file", later("Choose at least one file."))
    return see_other(PAGE, "enclosed") if form.ok else await _page(request, form, 422)


async def _read(part: BodyPartReader, most: int) -> bytes:
    """The bytes of a file; of a larger one the beginning, by which it is refused."""
    octets = bytearray()
    while piece := await part.read_chunk(65_536):
        if len(octets) <= most:
            octets += piece
    return bytes(octets)


async def confirm_leave(request: web.Request) -> web.Response:
    async with request.app[CONTEXT].database.read() as reader:
        own = await hubs.find_own(reader)
    if own is None:
        raise Refused(Reason.NOT_FOUND, "This school has no hub.")
    return questions.ask(
        request,
        back=PAGE,
        question=later("Leave %(name)s?"),
        consequence=later(
            "Schools that you know by the word of this hub are closed: nothing is exchanged with "
            "them any more. Schools that you approved yourself stay."
        ),
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
        sent = [] if own is None else await enclosures.list_sent(reader, own.admission)
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
        sent=sent,
        document_mb=context.settings.hub.document_mib,
    )


def _may_ask(own: Membership | None) -> bool:
    return own is None or own.state in {"refused", "revoked"}
