"""`/spaces/{id}/…`: replicas compare, ask and bring (PROTOCOL.md, Spaces).

Only the service actors of member nodes are heard. Anybody else, and whoever asks for a space, log
or name that cannot exist, gets one and the same 404.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import hdrs, web

from node.actions import acquaint, addresses, quotas, renewals, retrieve, serve_space
from node.actions.context import CONTEXT
from node.actions.recognise import Asked
from node.actions.spaces import not_found
from node.federation.answers import HEADERS, answer
from node.federation.asking import asked
from protocol import names, outbound
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused
from protocol.space.control import Position
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.sync import MAX_BATCH_OPERATIONS
from protocol.space.vocabulary import is_hash

ACCEPT_DEADLINE_S = 10.0
MAX_WAITING_OPERATIONS = 2_000
MAX_PAYLOADS = 40
BUSY_RETRY_AFTER_S = 5


class Inbox:
    """`POST /spaces/{id}/inbox`, with how many operations of each space wait: a bound on memory."""

    def __init__(self) -> None:
        self._waiting: dict[str, int] = {}

    async def post(self, request: web.Request) -> web.Response:
        """202 once the batch is on the disk, with how far each log is; 409 where there is a gap."""
        context = request.app[CONTEXT]
        sent = await _sent(request)
        space = _space(request)
        body = sent.body or b""
        async with _in_time():
            # Only members take up room: a stranger must not fill a space's inbox.
            member = await serve_space.admit(context, sent, space, context.batches)
            async with self._room(space, max(1, body.count(b"\n"))):
                taken = await serve_space.accept_operations(context, member, space, body)
        if taken.paused:
            have = {log: taken.logs[log] for log in sorted(taken.paused)}
            raise Refused(
                Reason.OVER_QUOTA,
                "These schools have no room left here; all others go on.",
                logs=have,
                retry_after_s=quotas.RETRY_AFTER_S,
            )
        if taken.gaps:
            have = {log: taken.logs[log] for log in sorted(taken.gaps)}
            raise Refused(
                Reason.GAP, "Operations before these are missing; resume there.", logs=have
            )
        logs: dict[str, JSON] = dict(taken.logs)
        told: JSONObject = {"logs": logs, "digest": taken.heads.digest}
        return answer(outbound.release(context.book, told, "inbox-answer"), status=202)

    @asynccontextmanager
    async def _room(self, space: str, operations: int) -> AsyncIterator[None]:
        """Room for a batch. Refuses with TOO_MANY_REQUESTS where too many wait already."""
        waiting = self._waiting.get(space, 0)
        if waiting + operations > MAX_WAITING_OPERATIONS:
            raise Refused(
                Reason.TOO_MANY_REQUESTS,
                "Too many operations of this space wait already; send them again later.",
                retry_after_s=BUSY_RETRY_AFTER_S,
            )
        self._waiting[space] = waiting + operations
        try:
            yield
        finally:
            left = self._waiting[space] - operations
            if left:
                self._waiting[space] = left
            else:
                del self._waiting[space]


def routes() -> list[web.RouteDef]:
    """Everything below a space."""
    log = r"/spaces/{space}/logs/{kind:[ck]}/{node}/{number}"
    return [
        web.get("/spaces/{space}/heads", get_heads),
        web.get(log, get_log),
        web.get("/spaces/{space}/ops/{operation}", get_operation),
        web.get("/spaces/{space}/acknowledgements", get_acknowledgements),
        web.get("/spaces/{space}/votes", get_votes),
        web.get("/spaces/{space}/lost", get_lost),
        web.get("/spaces/{space}/payloads", get_payloads),
        web.get("/spaces/{space}/erasures", get_erasures),
        web.get("/spaces/{space}/accreditations", get_accreditations),
        web.post("/spaces/{space}/inbox", Inbox().post),
        web.post("/spaces/{space}/erasures", post_erasures),
        web.post("/spaces/{space}/receipts", post_receipts),
        web.post("/spaces/{space}/votes", post_votes),
        web.post("/spaces/{space}/renewals", post_renewals),
        web.post("/spaces/{space}/descriptors", post_descriptors),
    ]


async def get_heads(request: web.Request) -> web.Response:
    """Where every log ends here; 304 where the asker has the same already."""
    context = request.app[CONTEXT]
    heads = await serve_space.find_heads(context, await asked(request), _space(request))
    tag = f'"{heads.digest}"'
    if request.headers.get(hdrs.IF_NONE_MATCH) == tag:
        return web.Response(status=304, headers={**HEADERS, hdrs.ETAG: tag})
    body = outbound.release(context.book, heads.as_json(), "heads")
    return answer(body, headers={hdrs.ETAG: tag})


async def get_accreditations(request: web.Request) -> web.Response:
    """What hubs state about the members' nodes, for members that do not know each other yet."""
    context = request.app[CONTEXT]
    found = await acquaint.list_accreditations(context, await asked(request), _space(request))
    return answer(outbound.release_lines(context.book, "accreditation", found))


async def get_log(request: web.Request) -> web.Response:
    """The operations of a log after `after` and `id`, or after the last known of `haves`."""
    log = _named(
        f"{request.match_info['kind']}/{request.match_info['node']}/{request.match_info['number']}"
    )
    query = request.query
    after = (_number(query.get("after", "0")), query.get("id", ""))
    haves = [_position(one) for one in query.get("haves", "").split(",") if one]
    limit = min(_number(query.get("limit", str(MAX_BATCH_OPERATIONS))), MAX_BATCH_OPERATIONS)
    if len(haves) > serve_space.MAX_NAMED:
        raise Refused(Reason.TOO_MANY_ITEMS, "Name fewer positions.")
    found = await serve_space.list_page(
        request.app[CONTEXT], await asked(request), _space(request), log, after, haves, limit
    )
    return await _operations(request, found)


async def get_operation(request: web.Request) -> web.Response:
    """One operation; of a control log, with all those before it."""
    found = await serve_space.list_operations(
        request.app[CONTEXT],
        await asked(request),
        _space(request),
        request.match_info["operation"],
        _id(request.query.get("after", "")),
    )
    return await _operations(request, found)


async def get_acknowledgements(request: web.Request) -> web.Response:
    """A page of the operations that acknowledge what lies beyond the control operation `after`."""
    found = await serve_space.list_acknowledgements(
        request.app[CONTEXT],
        await asked(request),
        _space(request),
        _id(request.query.get("after", "")),
        _id(request.query.get("beyond", "")),
    )
    return await _operations(request, found)


async def get_votes(request: web.Request) -> web.Response:
    """A page of the votes for stewards, beyond the one that `after` names."""
    found = await serve_space.list_votes(
        request.app[CONTEXT],
        await asked(request),
        _space(request),
        _id(request.query.get("after", "")),
    )
    return _statements(request, found)


async def get_lost(request: web.Request) -> web.Response:
    """A page of the asking node's own operations that lie on no chain here."""
    found = await retrieve.list_lost(
        request.app[CONTEXT],
        await asked(request),
        _space(request),
        _id(request.query.get("after", "")),
    )
    return await _operations(request, found)


async def post_votes(request: web.Request) -> web.Response:
    """202 once members' votes are counted."""
    sent = await _sent(request)
    async with _in_time():
        await serve_space.accept_votes(request.app[CONTEXT], sent, _space(request))
    return web.Response(status=202, headers=HEADERS)


async def post_renewals(request: web.Request) -> web.Response:
    """202 once it is kept that a member wants a new key."""
    sent = await _sent(request)
    async with _in_time():
        await renewals.accept(request.app[CONTEXT], sent, _space(request))
    return web.Response(status=202, headers=HEADERS)


async def get_payloads(request: web.Request) -> web.Response:
    """Operations with their payloads; 410 where one was erased."""
    ids = [one for one in request.query.get("ids", "").split(",") if one]
    if not 1 <= len(ids) <= MAX_PAYLOADS or not all(map(is_hash, ids)):
        raise Refused(Reason.BAD_NAME, f"Name 1 to {MAX_PAYLOADS} operations: ids=…,…")
    found = await serve_space.list_payloads(
        request.app[CONTEXT], await asked(request), _space(request), ids
    )
    return await _operations(request, found)


async def get_erasures(request: web.Request) -> web.Response:
    """Erasure statements in the order of their arrival here, without the first `after`."""
    found = await serve_space.list_statements(
        request.app[CONTEXT],
        await asked(request),
        _space(request),
        _number(request.query.get("after", "0")),
    )
    return _statements(request, found)


async def post_erasures(request: web.Request) -> web.Response:
    """The signed receipts, once everything that the statements name is gone from the disk."""
    sent = await _sent(request)
    async with _in_time():
        receipts = await serve_space.accept_erasures(request.app[CONTEXT], sent, _space(request))
    return _statements(request, receipts)


async def post_receipts(request: web.Request) -> web.Response:
    """202 once a member's receipts are kept."""
    sent = await _sent(request)
    async with _in_time():
        await serve_space.accept_receipts(request.app[CONTEXT], sent, _space(request))
    return web.Response(status=202, headers=HEADERS)


async def post_descriptors(request: web.Request) -> web.Response:
    """202 once it is kept where members' nodes are reached."""
    sent = await _sent(request)
    async with _in_time():
        await addresses.accept(request.app[CONTEXT], sent, _space(request))
    return web.Response(status=202, headers=HEADERS)


async def _sent(request: web.Request) -> Asked:
    if request.content_type != outbound.LINES:
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, f"Send lines as {outbound.LINES}.")
    return await asked(request, with_body=True)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(ACCEPT_DEADLINE_S):
            yield
    except TimeoutError:
        raise Refused(Reason.BUSY, "This node is busy; send it again.", retry_after_s=30) from None


def _space(request: web.Request) -> str:
    return request.match_info["space"]


def _named(log: str) -> str:
    try:
        return str(names.read_log(log))
    except Refused:
        raise not_found() from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Refused(Reason.BAD_NAME, "This has to be a whole number.")
    return int(text)


def _id(text: str) -> str:
    """The id of an operation; empty where none was named."""
    if text and not is_hash(text):
        raise Refused(Reason.BAD_NAME, "Name what comes before by its id.")
    return text


def _position(text: str) -> Position:
    """One of `haves`: number, a colon, id."""
    seq, _, id_ = text.partition(":")
    if not is_hash(id_):
        raise Refused(Reason.BAD_NAME, "Name positions as haves=seq:id,seq:id")
    return _number(seq), id_


async def _operations(request: web.Request, found: Iterable[Operation]) -> web.Response:
    context = request.app[CONTEXT]
    node = await serve_space.find_node(context)
    return answer(outbound.release_operations(context.book, found, node=node))


def _statements(request: web.Request, found: Iterable[Signed]) -> web.Response:
    return answer(outbound.release_statements(request.app[CONTEXT].book, found))
