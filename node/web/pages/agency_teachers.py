"""`/agency/teachers`: teachers whom schools ask to verify; decisions about one."""

from aiohttp import web

from node.actions import teachers as acting
from node.actions.context import CONTEXT
from node.storage import issued, partners, teachers
from node.storage.teachers import Teacher
from node.web import agency, paging
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol.effects_verifications import VerificationState
from protocol.errors import Reason, Refused

LIST = "/agency/teachers"
MAX_DIGITS = 15
_DECIDING = {
    Reason.CONFLICT: later("This was decided or taken back, or the school is not accredited now.")
}
_STATES: dict[str, VerificationState] = {
    "waiting": "waiting",
    "verified": "verified",
    "refused": "refused",
    "revoked": "revoked",
    "withdrawn": "withdrawn",
}


async def show(request: web.Request) -> web.Response:
    state = paging.read_state(request, agency.TEACHERS)
    async with request.app[CONTEXT].database.read() as reader:
        found, last = await teachers.list_in(reader, _STATES[state], paging.read_place(request))
        called = await partners.list_named(reader, [one.origin for one in found])
    return render(
        request,
        "agency_teachers.html",
        state=state,
        tabs=paging.tabs(LIST, agency.TEACHERS, state),
        further=paging.next_path(LIST, state, last),
        listed=[agency.teacher(one, called.get(one.origin, ("", ""))[0], None) for one in found],
    )


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, Form(), 200)


async def verify(request: web.Request) -> web.Response:
    form = Form()
    found = await _teacher(request)
    with form.mending("", _DECIDING):
        await acting.verify(request.app[CONTEXT], me(request), found.number)
        return see_other(LIST, "teacher-verified")
    return await _detail(request, form, 422)


async def refuse(request: web.Request) -> web.Response:
    return await _close(request, "teacher-refused")


async def revoke(request: web.Request) -> web.Response:
    return await _close(request, "teacher-revoked")


async def _close(request: web.Request, told: str) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    reason = form.text("reason", longest=acting.MAX_REASON_CHARACTERS)
    found = await _teacher(request)
    if form.ok:
        close = acting.refuse if told == "teacher-refused" else acting.revoke
        language = request[FRAME].language.tag
        with form.mending("", _DECIDING):
            await close(context, me(request), found.number, reason, language)
            return see_other(LIST, told)
    return await _detail(request, form, 422)


async def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    found = await _teacher(request)
    async with request.app[CONTEXT].database.read() as reader:
        called = await partners.list_named(reader, [found.origin])
        row = None if found.issued is None else await issued.find(reader, found.issued)
    shown = agency.teacher(found, called.get(found.origin, ("", ""))[0], row)
    return render(request, "agency_teacher.html", status=status, form=form, teacher=shown)


async def _teacher(request: web.Request) -> Teacher:
    number = request.match_info["number"]
    found = None
    if number.isdecimal() and len(number) <= MAX_DIGITS:
        async with request.app[CONTEXT].database.read() as reader:
            found = await teachers.find(reader, int(number))
    if found is None:
        raise Refused(Reason.NOT_FOUND, "Nobody asked about this teacher.")
    return found
