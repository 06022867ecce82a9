"""How the other door answers: documents, lines, and `problem+json` (RFC 9457).

Everything that leaves goes through the gate (`protocol.outbound`), refusals too.
"""

from collections.abc import Mapping

from aiohttp import web

from node import events
from node.actions.context import CONTEXT
from node.entrance import place_of
from protocol import outbound
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound
from protocol.statuses import status_of

PROBLEM = "application/problem+json"
DOCUMENT = "application/activity+json"
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def answer(
    body: Outbound, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An answer that carries what the gate let out."""
    return web.Response(
        status=status,
        body=body.body,
        headers={**HEADERS, "Content-Type": body.content_type, **(headers or {})},
    )


def answer_anybody(body: Outbound, *, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer to somebody without a name. Refuses with NOT_FOUND what is not for everybody."""
    if body.reach != "public":
        raise Refused(Reason.NOT_FOUND, "There is nothing here.")
    return answer(body, headers=headers)


def problem(request: web.Request, refused: Refused) -> web.Response:
    """The answer to something refused; the event names the reason, never the content."""
    status = status_of(refused.reason)
    place = place_of(request)
    events.request_refused("federation", request.method, place, str(refused.reason), status)
    headers = {}
    retry_after_s = refused.facts.get("retry_after_s")
    if isinstance(retry_after_s, int):
        headers["Retry-After"] = str(retry_after_s)
    elif status == 503:
        headers["Retry-After"] = "30"
    book = request.app[CONTEXT].book
    described = describe(refused)
    if not book.fits("problem", described):
        # A fact that repeats a stranger's text does not leave; the reason alone always can.
        described = describe(Refused(refused.reason))
    return answer(outbound.release(book, described, "problem"), status=status, headers=headers)


def describe(refused: Refused) -> JSONObject:
    """The RFC 9457 document of a refusal."""
    described: JSONObject = {
        "type": f"urn:schoolgate:reason:{refused.reason}",
        "title": str(refused.reason).replace("_", " "),
        "status": status_of(refused.reason),
        "reason": str(refused.reason),
    }
    if refused.detail:
        described["detail"] = refused.detail[:1000]
    facts: dict[str, JSON] = {
        name: value for name, value in refused.facts.items() if isinstance(value, str | int | dict)
    }
    if facts:
        described["facts"] = facts
    return described
