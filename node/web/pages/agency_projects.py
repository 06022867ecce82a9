"""`/agency/projects`: projects about which schools ask; one of them, approved or not."""

from collections.abc import Sequence

from aiohttp import web

from node.actions import approvals as acting
from node.actions.context import CONTEXT
from node.storage import approvals, partners
from node.storage.approvals import Request, RequestState
from node.storage.database import Reader
from node.web import agency, paging
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol import names
from protocol.errors import Reason, Refused

LIST = "/agency/projects"
_STATES: dict[str, RequestState] = {
    "waiting": "waiting",
    "approved": "approved",
    "refused": "refused",
    "withdrawn": "withdrawn",
}
_DECIDING = {Reason.CONFLICT: later("This was decided or taken back in the meantime.")}


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    state = paging.read_state(request, agency.ASKED_PROJECTS)
    async with context.database.read() as reader:
        found, last = await approvals.list_page(reader, _STATES[state], paging.read_place(request))
        called = await _names(reader, found)
    return render(
        request,
        "agency_projects.html",
        state=state,
        tabs=paging.tabs(LIST, agency.ASKED_PROJECTS, state),
        further=paging.next_path(LIST, state, last),
        listed=[agency.project(one, called) for one in found],
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
        called = await _names(reader, [found])
    shown = agency.project(found, called)
    return render(request, "agency_project.html", status=status, form=form, project=shown)


async def _names(reader: Reader, found: Sequence[Request]) -> dict[str, str]:
    """The schools of these projects by their origins, as far as they are known here."""
    actors = {actor for one in found for actor in (one.actor, one.founder, one.co_founder)}
    known = await partners.list_named(reader, map(names.origin, actors))
    return {origin: name for origin, (name, _) in known.items()}


async def _request(request: web.Request) -> Request:
    """The request whose Offer ends with this name."""
    name = names.read_name(request.match_info["name"])
    async with request.app[CONTEXT].database.read() as reader:
        found = await approvals.find_request_named(reader, name)
    if found is None:
        raise Refused(Reason.NOT_FOUND, "Nobody asked about this project.")
    return found
