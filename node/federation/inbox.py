"""`POST /inbox`: where partners' activities come in."""

import asyncio

from aiohttp import web

from node.actions import receive
from node.actions.context import CONTEXT
from node.federation.asking import asked
from protocol.errors import Reason, Refused

ACCEPT_DEADLINE_S = 10.0


async def post(request: web.Request) -> web.Response:
    """202 once the activity is on the disk; 503 with Retry-After when that takes too long."""
    if request.content_type not in receive.MEDIA_TYPES:
        raise Refused(
            Reason.UNSUPPORTED_MEDIA_TYPE, "Send activities as application/activity+json."
        )
    sent = await asked(request, with_body=True)
    try:
        async with asyncio.timeout(ACCEPT_DEADLINE_S):
            await receive.admit(request.app[CONTEXT], sent)
    except TimeoutError:
        raise Refused(Reason.BUSY, "This node is busy; send it again.", retry_after_s=30) from None
    return web.Response(status=202)
