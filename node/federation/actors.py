"""Own documents by their address: the service actor for anybody, all others for partners.

What is hidden and what does not exist are answered alike; what was buried is 410 with nothing else.
"""

from aiohttp import web

from node.actions.context import CONTEXT
from node.federation.answers import answer
from node.federation.asking import require_partner
from node.storage import objects
from protocol import names, outbound
from protocol.errors import Reason, Refused


async def service_actor(request: web.Request) -> web.Response:
    """`/actor`: public, so that a node can be looked up before anybody approves anything."""
    return await _document(request, names.service_actor_id(request.app[CONTEXT].base))


async def document(request: web.Request) -> web.Response:
    """A person, school, project, note: whatever own document has this address."""
    await require_partner(request)
    return await _document(request, request.app[CONTEXT].base + request.path)


async def _document(request: web.Request, id_: str) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        stored = await objects.find(reader, id_)
    if stored is None or not stored.local or not stored.listed:
        raise Refused(Reason.NOT_FOUND, "There is nothing here.")
    if stored.buried:
        raise Refused(Reason.GONE, "What was here is no more.")
    return answer(outbound.release(context.book, stored.document))


def wants_document(request: web.Request) -> bool:
    """Whether the asker prefers the document to the page (RFC 9110 §12.5.1, by its first match)."""
    for part in request.headers.get("Accept", "").split(","):
        kind = part.partition(";")[0].strip().lower()
        if kind in {"application/activity+json", "application/ld+json", "application/json"}:
            return True
        if kind in {"text/html", "application/xhtml+xml", "*/*", "text/*"}:
            return False
    return False
