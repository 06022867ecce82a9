"""Where hubs and strangers meet: introductions, requests to be accredited, lists for everybody.

Lists and endorsements are public, so that a school's claim can be checked by anybody. The two
addresses that take something from strangers verify it with what it brings and what lies here, and
cause no connection.
"""

from dataclasses import replace

from aiohttp import web

from node.actions import admissions, enclosures, endorsements, introductions, trust
from node.actions.context import CONTEXT
from node.clock import stamp
from node.federation.answers import answer
from node.federation.asking import asked
from protocol import names, outbound
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused

JSON = "application/json"
MAX_DIGITS = 6
CACHED = {"Cache-Control": "max-age=300"}


async def introduce(request: web.Request) -> web.Response:
    """An accredited stranger presents itself; 204 once it is a partner."""
    _require_json(request)
    await introductions.receive(request.app[CONTEXT], await asked(request, with_body=True))
    return web.Response(status=204)


async def apply(request: web.Request) -> web.Response:
    """A school asks to be accredited; 202 once its request is in the queue."""
    _require_json(request)
    context = request.app[CONTEXT]
    admission = await admissions.receive(context, await asked(request, with_body=True))
    told: JSONObject = {
        "id": admission.id,
        "state": admission.state,
        "since": stamp(admission.since_ms),
    }
    return answer(outbound.release(context.book, told, "admission"), status=202)


async def admission(request: web.Request) -> web.Response:
    """How a request stands, for the node that made it."""
    context = request.app[CONTEXT]
    told = await admissions.tell(context, await asked(request), context.base + request.path)
    return answer(outbound.release(context.book, told, "admission"))


async def enclose(request: web.Request) -> web.Response:
    """A document for an application that waits, by the node that made it; 204 once it is kept."""
    context = request.app[CONTEXT]
    trust.require_hub(context)
    told = await asked(request)
    body = await _read(request, context.settings.hub.document_mib << 20)
    id_ = names.admission_id(context.base, names.read_name(request.match_info["name"]))
    await enclosures.receive(context, replace(told, body=body), id_)
    return web.Response(status=204)


async def _read(request: web.Request, most: int) -> bytes:
    """A body that may be larger than others. Refuses with TOO_LARGE."""
    body = bytearray()
    async for piece in request.content.iter_chunked(65_536):
        body += piece
        if len(body) > most:
            raise Refused(Reason.TOO_LARGE, f"a document may have {most} bytes, no more")
    return bytes(body)


async def endorsed(request: web.Request) -> web.Response:
    """Whom this hub endorses, as it signed it last."""
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        listed = await endorsements.find_list(reader, context.base)
    if listed is None:
        raise Refused(Reason.NOT_FOUND, "This node endorses nobody.")
    return answer(outbound.release(context.book, listed), headers=CACHED)


async def status_list(request: web.Request) -> web.Response:
    """Which of this hub's credentials have ended, signed now."""
    context = request.app[CONTEXT]
    trust.require_hub(context)
    number = request.match_info["number"]
    if len(number) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is no such list.")
    async with context.database.read() as reader:
        listed = await trust.build_status_list(context, reader, int(number))
    return answer(outbound.release(context.book, listed, "status-list"), headers=CACHED)


def _require_json(request: web.Request) -> None:
    if request.content_type != JSON:
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, f"Send this as {JSON}.")
