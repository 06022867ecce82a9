"""`/spaces/{id}/views`: what stays at this school, shown through another member's node.

A ticket first (`POST`), then the bytes for it, with Range (RFC 9110 §14.2). They leave in pieces,
and before each one it is asked whether they still may.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import hdrs, web

from node.actions import serve_views
from node.actions.context import CONTEXT, Context
from node.actions.serve_views import Viewed
from node.federation.answers import HEADERS, answer
from node.federation.asking import asked
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound

PIECE_BYTES = 262_144
AT_ONCE = 32
"""Views that may run at a time: each holds a file open."""
AT_ONCE_FOR_ONE = 8
"""Of them for one school, so that none takes all the room."""
GRACE_S = 30.0
BYTES_PER_S = 64_000
BUSY_RETRY_AFTER_S = 5


class Views:
    """Both routes, with how many views run at present for each school: a bound on open files."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    async def post(self, request: web.Request) -> web.Response:
        """201 with a ticket."""
        context = request.app[CONTEXT]
        told: Outbound = await serve_views.give_ticket(
            context, await asked(request, with_body=True), request.match_info["space"]
        )
        return answer(told, status=201)

    async def get(self, request: web.Request) -> web.StreamResponse:
        return await self._give(request, thumbnail=False)

    async def get_thumbnail(self, request: web.Request) -> web.StreamResponse:
        return await self._give(request, thumbnail=True)

    async def _give(self, request: web.Request, *, thumbnail: bool) -> web.StreamResponse:
        context: Context = request.app[CONTEXT]
        viewed = await serve_views.find(
            context,
            await asked(request),
            request.match_info["space"],
            request.match_info["ticket"],
            thumbnail=thumbnail,
        )
        with self.room(viewed.origin):
            return await _stream(request, viewed)

    @contextmanager
    def room(self, origin: str) -> Iterator[None]:
        """Room for one more view by a school. Refuses with BUSY."""
        if self._running.total() >= AT_ONCE or self._running[origin] >= AT_ONCE_FOR_ONE:
            raise Refused(
                Reason.BUSY,
                "Too much is being looked at here just now; ask again soon.",
                retry_after_s=BUSY_RETRY_AFTER_S,
            )
        self._running[origin] += 1
        try:
            yield
        finally:
            self._running[origin] -= 1
            if not self._running[origin]:
                del self._running[origin]


async def _stream(request: web.Request, viewed: Viewed) -> web.StreamResponse:
    size = viewed.blob.size
    start, end = _range_of(request, size)
    in_part = hdrs.RANGE in request.headers
    response = web.StreamResponse(
        status=206 if in_part else 200,
        headers={
            **HEADERS,
            hdrs.CONTENT_TYPE: viewed.media_type,
            hdrs.CONTENT_DISPOSITION: "attachment",
            hdrs.ACCEPT_RANGES: "bytes",
        },
    )
    if in_part:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    await response.prepare(request)
    whole = False
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(GRACE_S + (end - start) / BYTES_PER_S):
            whole = await _write(response, viewed, start, end)
    if not whole and request.transport is not None:
        # The rest does not come: a broken connection says so, and no other answer could.
        request.transport.abort()
    return response


async def _write(response: web.StreamResponse, viewed: Viewed, start: int, end: int) -> bool:
    """Whether all of it left: no piece does that may not be seen any more, or is not there."""
    with await asyncio.to_thread(viewed.path.open, "rb") as stream:
        await asyncio.to_thread(stream.seek, start)
        at = start
        while at < end:
            piece = await asyncio.to_thread(stream.read, min(PIECE_BYTES, end - at))
            if not piece or not await viewed.holds():
                return False
            at += len(piece)
            await response.write(piece)
    await response.write_eof()
    return True


def _range_of(request: web.Request, size: int) -> tuple[int, int]:
    """The first byte, and the one behind the last. One range, within the file, or none at all;
    anything else is BAD_INPUT."""
    text = request.headers.get(hdrs.RANGE)
    if text is None:
        return 0, size
    try:
        asked_for = request.http_range
    except ValueError:
        raise _bad_range(size) from None
    start, stop, _ = asked_for.indices(size)
    if start >= stop:
        raise _bad_range(size)
    return start, stop


def _bad_range(size: int) -> Refused:
    return Refused(Reason.BAD_INPUT, f"Ask for one range of bytes, within {size} of them.")


def routes() -> list[web.RouteDef]:
    """Below a space, beside what `spaces` answers."""
    views = Views()
    ticket = "/spaces/{space}/views/{ticket}"
    return [
        web.post("/spaces/{space}/views", views.post),
        web.get(ticket, views.get, allow_head=False),
        web.get(f"{ticket}/thumbnail", views.get_thumbnail, allow_head=False),
    ]
