"""`POST /callbacks`: a partner asks whether it can be reached, and is called at its own base."""

from aiohttp import web

from node.actions import callbacks
from node.actions.context import CONTEXT
from node.federation.answers import answer
from node.federation.asking import asked
from protocol import canonical, outbound
from protocol.errors import Reason, Refused


async def post(request: web.Request) -> web.Response:
    """200 with what was found, as codes."""
    context = request.app[CONTEXT]
    if request.content_type != "application/json":
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "Send it as application/json.")
    sent = await asked(request, with_body=True)
    context.book.check("callback-request", canonical.read_object(sent.body or b""))
    told = await callbacks.call_back(context, sent)
    return answer(outbound.release(context.book, told, "callback"))
