"""`/privacy` and `/privacy/pupils`: what is done with people's data here, for adults and for
children; made of the registers, the settings and the partners, so that it is never out of date.
"""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import processing
from node.classroom.room import CLASSROOM
from node.web import privacy_papers
from node.web.door import signed_in
from node.web.render import render


async def show(request: web.Request) -> web.Response:
    return await _show(request, "privacy.html")


async def show_for_pupils(request: web.Request) -> web.Response:
    return await _show(request, "privacy_pupils.html")


async def _show(request: web.Request, template: str) -> web.Response:
    context = request.app[CONTEXT]
    facts = await processing.read_facts(context, has_pupils=CLASSROOM in request.app)
    is_inside = signed_in(request) is not None
    data = privacy_papers.of_notice(context, facts, is_inside=is_inside)
    return render(request, template, status=200, **data)
