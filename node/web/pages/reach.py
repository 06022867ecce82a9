"""`/admin/reach`: do others reach this server? A partner is asked to call back."""

from aiohttp import web

from node.actions import callbacks
from node.actions.callbacks import Verdict
from node.actions.context import CONTEXT
from node.web import verdicts
from node.web.door import me
from node.web.forms import read_form
from node.web.render import render


async def show(request: web.Request) -> web.Response:
    return _page(request, None, asked=False)


async def ask(request: web.Request) -> web.Response:
    await read_form(request)
    verdict = await callbacks.ask(request.app[CONTEXT], me(request))
    return _page(request, verdict, asked=True)


def _page(request: web.Request, verdict: Verdict | None, *, asked: bool) -> web.Response:
    context = request.app[CONTEXT]
    closed = context.settings.node.reachability == "outbound-only"
    sentence = ""
    if verdict is not None:
        sentence = verdicts.sentence_of(verdict)
    elif asked:
        sentence = verdicts.NOBODY
    return render(
        request,
        "reach.html",
        address=context.base,
        closed=verdicts.CLOSED if closed else "",
        sentence=sentence,
        good=verdict is not None and verdict.is_reached,
        values={} if verdict is None else verdicts.values_of(verdict),
        clock=verdicts.CLOCK_OFF if verdict is not None and verdict.is_clock_off else "",
    )
