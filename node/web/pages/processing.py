"""`/school/processing` and `/school/assessment`: the record of processing (GDPR art. 30) and the
draft of a data protection impact assessment (art. 35), for administrators, to be printed.
"""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import processing
from node.classroom.room import CLASSROOM
from node.web import privacy_papers
from node.web.door import me
from node.web.render import render


async def show_record(request: web.Request) -> web.Response:
    return await _show(request, "processing.html")


async def show_assessment(request: web.Request) -> web.Response:
    return await _show(request, "assessment.html")


async def _show(request: web.Request, template: str) -> web.Response:
    context = request.app[CONTEXT]
    record = await processing.collect(context, request.app.get(CLASSROOM), me(request))
    return render(request, template, status=200, **privacy_papers.of_record(context, record))
