"""`/agency/projects`: projects about which schools ask; one of them, approved or not."""

from aiohttp import web

from node.actions import approvals as acting
from node.actions.context import CONTEXT
from node.storage import approvals, partners
from node.storage.approvals import Request
from node.storage.database import Reader
from node.web import agency
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol import names
from protocol.errors import Reason, Refused

LIST = "/agency/projects"
AT_ONCE = 100
_DECIDING = {Reason.CONFLICT: later("This was decided or taken back in the meantime.")}


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        called = await _names(reader)
        waiting = await approvals.list_requests(reader, "waiting", AT_ONCE)
        approved = await approvals.list_requests(reader, "approved", AT_ONCE)
        refused = await approvals.list_requests(reader, "refused", AT_ONCE)
    decided = sorted([*approved, *refused], key=lambda one: -one.since_ms)[:AT_ONCE]
    return render(
        request,
        "agency_projects.html",
        waiting=[agency.project(one, called) for one in waiting],
        decided=[agency.project(one, called) for one in decided],
        automatic=context.settings.hub.approve_projects,
    )


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, Form(), 200)


async def approve(request: web.Request) -> web.Response:
    form = Form()
    found = await _request(request)
    with form.mending("", _DECIDING):
        await acting.decide(request.app[CONTEXT], me(request), found.asked, approved=True)
        return see_other(LIST, "project-approved")
    return await _detail(request, form, 422)


async def refuse(request: web.Request) -> web.Response:
    form = await read_form(request)
    reason = form.text("reason", longest=acting.MAX_REASON_CHARACTERS)
    found = await _request(request)
    if form.ok:
        with form.mending("", _DECIDING):
            await acting.decide(
                request.app[CONTEXT],
                me(request),
                found.asked,
                approved=False,
                reason=reason,
                language=request[FRAME].language.tag,
            )
            return see_other(LIST, "project-refused")
    return await _detail(request, form, 422)


async def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    found = await _request(request)
    async with request.app[CONTEXT].database.read() as reader:
        called = await _names(reader)
    shown = agency.project(found, called)
    return render(request, "agency_project.html", status=status, form=form, project=shown)


async def _names(reader: Reader) -> dict[str, str]:
    return {one.origin: one.name for one in await partners.list_all(reader)}


async def _request(request: web.Request) -> Request:
    """The request whose Offer ends with this name."""
    name = names.read_name(request.match_info["name"])
    async with request.app[CONTEXT].database.read() as reader:
        found = await approvals.find_request_named(reader, name)
    if found is None:
        raise Refused(Reason.NOT_FOUND, "Nobody asked about this project.")
    return found
