"""What every request passes before a door sees it, and what is answered when a door fails.

Nothing answers 500: a refusal has its reason (RFC 9457), and a defect answers 503 with a reference
that the operator finds in the log; the next request is served as if nothing had been.
"""

import time
import traceback
from collections.abc import Callable, Sequence
from email.utils import formatdate
from pathlib import PurePath
from typing import TypeAlias

import orjson
from aiohttp import HttpVersion10, HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler, Middleware

from node import events
from node.actions import set_up
from node.actions.context import CONTEXT, Context
from node.clock import Chance, Clock
from node.limits import Network, RateLimit, address_key, peer_address
from node.metrics import Meter
from protocol.errors import Reason, Refused
from protocol.statuses import status_of

Answer: TypeAlias = Callable[[web.Request, Refused], web.StreamResponse]

MAX_HEAD_BYTES = 16_384
# The parser also takes a line without a version for HTTP/0.9, which nobody speaks honestly.
_VERSIONS = frozenset({HttpVersion10, HttpVersion11})
MAX_BODY_BYTES = 1 << 20
BEFORE = ("/setup", "/static/", "/healthz", "/readyz", "/metrics")
"""What is answered before a node is set up."""


def problem(refused: Refused) -> web.Response:
    """The plainest answer to a refusal: `problem+json` with its reason, for before any door."""
    status = status_of(refused.reason)
    body: dict[str, object] = {
        "type": f"urn:schoolgate:reason:{refused.reason}",
        "title": str(refused.reason).replace("_", " "),
        "status": status,
        "reason": str(refused.reason),
        "detail": refused.detail,
    }
    reference = refused.facts.get("reference")
    if isinstance(reference, str):
        body["facts"] = {"reference": reference}
    response = web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/problem+json",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )
    retry_after_s = refused.facts.get("retry_after_s")
    if isinstance(retry_after_s, int):
        response.headers[hdrs.RETRY_AFTER] = str(retry_after_s)
    elif status == 503:
        response.headers[hdrs.RETRY_AFTER] = "30"
    return response


def measure(meter: Meter) -> Middleware:
    """Count every answer, how it went and how long it took; around everything else."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began_s = time.monotonic()
        status = 500
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            meter.answered(request.method, status, time.monotonic() - began_s)
        return response

    return middleware


def set_up_first(context: Context) -> Middleware:
    """Before the node is set up nothing is answered but what `BEFORE` begins with.

    A browser is led to `/setup`; a machine is asked to come again later.
    """
    known = False

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal known
        if known or request.path.startswith(BEFORE):
            return await handler(request)
        async with context.database.read() as reader:
            known = await set_up.is_set_up(reader)
        if known:
            return await handler(request)
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            headers = {"Location": "/setup", "Cache-Control": "no-store"}
            return web.Response(status=303, headers=headers)
        raise Refused(Reason.BUSY, "this node is not set up yet; ask again tomorrow")

    return middleware


def never_500(answer: Answer, chance: Chance) -> Middleware:
    """The outermost middleware: every Refused and every defect becomes an answer by `answer`."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        net = _Net()
        with net:
            return await handler(request)
        return answer(request, _refusal(net.caught, request, chance))

    return middleware


class _Net:
    """Catches every failure but those that are answers themselves, or have nobody to answer."""

    def __init__(self) -> None:
        self.caught: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> bool:
        is_answer = isinstance(error, web.HTTPException | ConnectionError)
        if isinstance(error, web.HTTPRequestEntityTooLarge) or not is_answer:
            self.caught = error if isinstance(error, Exception) else None
        return self.caught is not None


def _refusal(error: Exception | None, request: web.Request, chance: Chance) -> Refused:
    match error:
        case Refused():
            return error
        case web.HTTPRequestEntityTooLarge():
            return _body_too_large(request.client_max_size)
        case web.RequestPayloadError():
            return Refused(
                Reason.BAD_INPUT,
                "the body does not follow from its head; check its length and its chunks",
            )
        case _:
            return note_defect(error, chance, request.method, place_of(request))


def place_of(request: web.Request) -> str:
    """The pattern of the address, never the address: an invitation's token is part of one."""
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


def note_defect(error: Exception | None, chance: Chance, method: str, path: str) -> Refused:
    """Log a defect under a new reference, and give the refusal that names it."""
    reference = chance.octets(6).hex()
    events.handler_failed(reference, method, path, type(error).__name__, where_of(error))
    return Refused(
        Reason.BUSY,
        f"something failed on this node; its operator finds it in the log under {reference}",
        reference=reference,
    )


def where_of(error: Exception | None) -> str:
    """File and line where `error` was raised: enough to find it, nothing of what was handled."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    if not frames:
        return ""
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}"


def bound_requests(
    max_head_bytes: int = MAX_HEAD_BYTES,
    max_body_bytes: int = MAX_BODY_BYTES,
    most_bytes: Callable[[web.Request], int | None] = lambda _: None,
) -> Middleware:
    """Refuse by the head alone what is too large, compressed, or asks for another protocol.

    `most_bytes` says how large a body may be that its handler reads as a stream.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.version not in _VERSIONS:
            raise Refused(Reason.BAD_INPUT, "speak HTTP/1.1 to this node")
        head_bytes = len(request.raw_path) + sum(
            len(name) + len(value) + 4 for name, value in request.raw_headers
        )
        if head_bytes > max_head_bytes:
            raise Refused(
                Reason.TOO_LARGE, f"a request's head may have {max_head_bytes} bytes, no more"
            )
        coding = request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower()
        if coding not in ("", "identity"):
            raise Refused(
                Reason.UNSUPPORTED_MEDIA_TYPE,
                "a body must be sent as it is, without Content-Encoding",
            )
        most = most_bytes(request) or max_body_bytes
        if (request.content_length or 0) > most:
            raise _body_too_large(most)
        return await handler(request)

    return middleware


def limit_addresses(
    limit: RateLimit,
    clock: Clock,
    proxies: Sequence[Network],
    counts: Callable[[web.Request], bool],
) -> Middleware:
    """Count the requests that `counts` picks by the asker's real address; 429 beyond the rate."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if counts(request):
            retry_after_s = limit.take(address_key(peer_of(request, proxies)), clock.now_ms())
            if retry_after_s:
                raise too_many_requests(retry_after_s)
        return await handler(request)

    return middleware


def peer_of(request: web.Request, proxies: Sequence[Network]) -> str:
    """The asker's real address; X-Forwarded-For counts only when a configured proxy wrote it."""
    return peer_address(request.remote, request.headers.getall(hdrs.X_FORWARDED_FOR, []), proxies)


def too_many_requests(retry_after_s: int) -> Refused:
    """The refusal of somebody who asks too often."""
    return Refused(
        Reason.TOO_MANY_REQUESTS,
        f"too many requests; ask again in {retry_after_s} seconds",
        retry_after_s=retry_after_s,
    )


def _body_too_large(max_body_bytes: int) -> Refused:
    return Refused(Reason.TOO_LARGE, f"a request's body may have {max_body_bytes} bytes, no more")


async def tell_time(request: web.Request, response: web.StreamResponse) -> None:
    """The clock that signs is the clock that is shown: partners compare it with theirs."""
    now_s = request.app[CONTEXT].now_ms() / 1000
    response.headers[hdrs.DATE] = formatdate(now_s, usegmt=True)


async def hush(app: web.Application) -> None:
    """At the end nobody waits for a question that may stay open for a minute."""
    app[CONTEXT].client.lines.hush()
