"""`/agency/schools`: schools that ask, and those that are accredited; decisions about one."""

from aiohttp import hdrs, web

from node.actions import accredit as acting
from node.actions import enclosures
from node.actions import rekey as acting_on_keys
from node.actions.context import CONTEXT, Context
from node.storage import admissions
from node.storage import enclosures as enclosed
from node.storage.admissions import Admission
from node.storage.membership import AdmissionState
from node.web import agency, attachments, paging, rekeying
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason, Refused

LIST = "/agency/schools"
MAX_DIGITS = 15
_STATES: dict[str, AdmissionState] = {
    "waiting": "waiting",
    "accredited": "accredited",
    "refused": "refused",
    "revoked": "revoked",
}
_DECIDING = {
    Reason.CONFLICT: later("This request was changed or decided in the meantime. Look again."),
    Reason.BAD_KEY: later("Another server answers at that address, or the fingerprint differs."),
    Reason.UNREACHABLE: later(
        "The school's server does not answer. Compare the fingerprint by telephone and enter it."
    ),
    Reason.BLOCKED: later("This server is blocked here. Lift the block first."),
}


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    state = paging.read_state(request, agency.SCHOOLS)
    form = Form({name: [value] for name, value in request.query.items()})
    address = form.line("address", longest=300, required=False)
    if address:
        found = await _find(context, _host(address))
        if found is not None:
            return see_other(agency.path_of(found.origin))
        form.say("address", later("No school of this address has asked."))
    async with context.database.read() as reader:
        listed, last = await admissions.list_page(
            reader, _STATES[state], paging.read_place(request)
        )
    now_ms, warn = context.now_ms(), context.settings.hub.warn_days
    return render(
        request,
        "agency_schools.html",
        status=200 if form.ok else 422,
        form=form,
        state=state,
        tabs=paging.tabs(LIST, agency.SCHOOLS, state),
        further=paging.next_path(LIST, state, last),
        listed=[agency.school(one, now_ms, warn) for one in listed],
    )


async def document(request: web.Request) -> web.Response:
    """A document of an application, as a file to keep and never shown here."""
    number = request.match_info["number"]
    if not number.isdecimal() or len(number) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is no such document.")
    admission = await _admission(request)
    found, octets = await enclosures.get(
        request.app[CONTEXT], me(request), admission.id, int(number)
    )
    headers = {
        **attachments.HEADERS,
        hdrs.CONTENT_TYPE: found.media_type,
        hdrs.CONTENT_DISPOSITION: attachments.disposition(found.name),
    }
    return web.Response(body=octets, headers=headers)


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, Form(), 200)


async def accredit(request: web.Request) -> web.Response:
    form = await read_form(request)
    compared = form.line("compared", longest=80, required=False)
    admission = await _admission(request)
    with form.mending("compared", _DECIDING):
        await acting.accredit(request.app[CONTEXT], me(request), admission.id, compared=compared)
        return see_other(agency.path_of(admission.origin), "school-accredited")
    return await _detail(request, form, 422)


async def renew(request: web.Request) -> web.Response:
    admission = await _admission(request)
    form = Form()
    with form.mending("", _DECIDING):
        await acting.renew(request.app[CONTEXT], me(request), admission.id)
        return see_other(agency.path_of(admission.origin), "school-renewed")
    return await _detail(request, form, 422)


async def rekey(request: web.Request) -> web.Response:
    form = await read_form(request)
    admission = await _admission(request)
    asked = rekeying.read(form)
    if asked is not None:
        with form.mending("compared", rekeying.SENTENCES):
            await acting_on_keys.restate(
                request.app[CONTEXT],
                me(request),
                admission.id,
                compared=asked.compared,
                since_ms=asked.since_ms,
                card=asked.card,
            )
            return see_other(agency.path_of(admission.origin), "school-rekeyed")
    return await _detail(request, form, 422)


async def refuse(request: web.Request) -> web.Response:
    return await _close(request, "school-refused")


async def revoke(request: web.Request) -> web.Response:
    return await _close(request, "school-revoked")


def _host(address: str) -> str:
    """What stands for a school in addresses here, of what somebody typed or pasted."""
    return address.rpartition("://")[2].partition("/")[0].lower()


async def _close(request: web.Request, told: str) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    reason = form.text("reason", longest=acting.MAX_REASON_CHARACTERS)
    admission = await _admission(request)
    if form.ok:
        close = acting.refuse if told == "school-refused" else acting.revoke
        language = request[FRAME].language.tag
        with form.mending("", _DECIDING):
            await close(context, me(request), admission.id, reason, language)
            return see_other(agency.path_of(admission.origin), told)
    return await _detail(request, form, 422)


async def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    admission = await _admission(request)
    async with context.database.read() as reader:
        documents = await enclosed.list_of(reader, admission.id)
    shown = agency.school(admission, context.now_ms(), context.settings.hub.warn_days)
    return render(
        request,
        "agency_school.html",
        status=status,
        form=form,
        school=shown,
        documents=documents,
    )


async def _admission(request: web.Request) -> Admission:
    found = await _find(request.app[CONTEXT], request.match_info["host"])
    if found is None:
        raise Refused(Reason.NOT_FOUND, "No school of this address has asked.")
    return found


async def _find(context: Context, host: str) -> Admission | None:
    async with context.database.read() as reader:
        for scheme in ("https", "http"):
            found = await admissions.find_of_origin(reader, f"{scheme}://{host}")
            if found is not None:
                return found
    return None
