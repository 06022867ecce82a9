"""`/agency`: a hub's desk: what waits, how many there are, links by which schools may ask.

`/join/{token}`: what whoever opens such a link in a browser is told.
"""

from aiohttp import web

from node.actions import admissions, trust
from node.actions.context import CONTEXT
from node.storage import admissions as rows
from node.storage import approvals, escalations, hubs, partners, teachers
from node.web import agency
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import render, see_other

PAGE = "/agency"
MAX_DIGITS = 15
MOST_LINKS = 100


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form.filled(uses="1", days=str(admissions.LINK_DAYS)), 200)


async def make_link(request: web.Request) -> web.Response:
    """Shows the link at once: it is nowhere kept and shown only now."""
    form = await read_form(request)
    label = form.line("label", longest=100)
    uses = form.number("uses", lowest=1, highest=admissions.MAX_USES)
    days = form.number("days", lowest=1, highest=365)
    if form.ok and uses is not None and days is not None:
        context = request.app[CONTEXT]
        url = await admissions.make_link(context, me(request), label=label, uses=uses, days=days)
        fresh = Form.filled(uses="1", days=str(admissions.LINK_DAYS))
        return await _page(request, fresh, 200, url, label)
    return await _page(request, form, 422)


async def withdraw_link(request: web.Request) -> web.Response:
    number = request.match_info["number"]
    if number.isdecimal() and len(number) <= MAX_DIGITS:
        await admissions.withdraw_link(request.app[CONTEXT], me(request), int(number))
    return see_other(PAGE, "link-withdrawn")


async def join(request: web.Request) -> web.Response:
    """A join link is for a school's server, not for a browser: say what to do with it."""
    context = request.app[CONTEXT]
    trust.require_hub(context)
    async with context.database.read() as reader:
        await admissions.find_link(context, reader, request.match_info["token"])
    return render(request, "join.html", link=f"{context.base}{request.path_qs}")


async def _page(
    request: web.Request, form: Form, status: int, link: str = "", label: str = ""
) -> web.Response:
    context = request.app[CONTEXT]
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        waiting = await rows.count_in(reader, "waiting")
        accredited = await rows.count_in(reader, "accredited")
        projects = await approvals.count_requests(reader, "waiting")
        approved = await approvals.count_requests(reader, "approved")
        teachers_waiting = await teachers.count_in(reader, "waiting")
        verified = await teachers.count_in(reader, "verified")
        reports = await escalations.count_waiting(reader)
        known = await partners.count(reader, now_ms - agency.SILENT_MS)
        endorsed = await hubs.list_all(reader)
        links = await rows.list_open_links(reader, now_ms, MOST_LINKS)
    return render(
        request,
        "agency.html",
        status=status,
        form=form,
        link=link,
        link_label=label,
        links=links,
        schools_waiting=waiting,
        schools=accredited,
        teachers_waiting=teachers_waiting,
        teachers=verified,
        reports_waiting=reports,
        projects_waiting=projects,
        projects=approved,
        automatic=context.settings.hub.approve_projects,
        nodes=known.all,
        nodes_in_trouble=known.trouble,
        nodes_silent=known.silent,
        hubs=len(endorsed),
        may_link=me(request).is_admin,
    )
