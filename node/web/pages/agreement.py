"""`/admin/partners/{host}/agreement`: a written agreement with a connected school, to be printed
and signed by both; filled in with what both servers know."""

from aiohttp import web

from node.actions import agreement
from node.actions.context import CONTEXT
from node.classroom import processing
from node.web import words
from node.web.door import me
from node.web.render import render


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    host = request.match_info["host"]
    found = await agreement.prepare(context, me(request), host)
    # What the list of partners says, and what the school says of itself, may differ.
    told = (found.partner.country, found.theirs.country)
    return render(
        request,
        "agreement.html",
        partner=found.partner,
        path=f"/admin/partners/{host}",
        schools=[(found.ours, context.base), (found.theirs, found.partner.origin)],
        projects=found.projects,
        contact=context.settings.privacy.contact,
        abroad=next((one for one in told if one and one not in processing.EEA), ""),
        stays=processing.stays(),
        school_types=words.SCHOOL_TYPES,
        made_ms=context.now_ms(),
    )
