"""Where requests come in: one listening socket with deadlines and caps of its own.

aiohttp keeps a silent or a trickling connection open for ever. Here each connection knows since
when it owes something, and a sweep ends those that owe it too long: a head within 10 s, a body at
64 kB/s or better, room for the answer. A slow handler owes nothing to anybody.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from node import events
from node.entrance import problem, where_of
from node.limits import Network, address_key, is_within
from protocol.errors import Reason, Refused

_SERVER = "Schoolgate"
_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True)
class ListenLimits:
    """What connections may cost."""

    head_timeout_s: float = 10.0
    max_head_bytes: int = 16_384
    max_headers: int = 100
    body_timeout_s: float = 15.0
    body_bytes_per_s: int = 64_000
    answer_timeout_s: float = 60.0
    idle_timeout_s: float = 75.0
    refusal_timeout_s: float = 3.0
    connections_per_address: int = 200
    connections: int = 4_000
    sweep_every_s: float = 1.0
    shutdown_timeout_s: float = 10.0


class Connection(RequestHandler):
    """One connection: aiohttp's protocol, which also notes what the other side still owes.

    Times are the loop's. No deadline has a handle of its own; the doorway's sweep asks.
    """

    def __init__(self, server: web.Server, doorway: "Doorway") -> None:
        limits = doorway.limits
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log_class=_NoAccessLog,
            keepalive_timeout=limits.idle_timeout_s,
            max_headers=limits.max_headers,
            lingering_time=limits.refusal_timeout_s,
            # A compressed body is refused by its header; none is ever unpacked.
            auto_decompress=False,
        )
        self._doorway = doorway
        self._limits = limits
        self._wire: asyncio.Transport | None = None
        self._seen_heads = 0
        self._head_bytes = 0
        self._head_since: float | None = None
        self._body: StreamReader | None = None
        self._body_bytes = 0
        self._body_since = 0.0
        self._stuck_since: float | None = None
        self._abort_at: float | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's by descent.
        wire = cast("asyncio.Transport", transport)
        self._wire = wire
        self._head_since = self._loop.time()
        if self._doorway.admit(self, wire):
            super().connection_made(transport)
        else:
            self._abort_at = self._head_since
            wire.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._wire = None
        self._body = None
        self._doorway.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._abort_at is not None:
            return
        upgraded = self._upgraded
        super().data_received(data)
        if self._request_count != self._seen_heads:
            self._note_head()
        elif self._body is not None:
            self._body_bytes += len(data)
            if self._body.is_eof():
                self._body = None
        elif data and not upgraded:
            self._note_part_of_head(len(data))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck_since = self._loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stuck_since = None

    # What is owed

    def _note_head(self) -> None:
        """A head is complete; its body may still be on the way."""
        self._seen_heads = self._request_count
        self._head_since = None
        self._head_bytes = 0
        payload = self._messages[-1][1] if self._messages else None
        self._body = None if payload is None or payload.is_eof() else payload
        self._body_bytes = 0
        self._body_since = self._loop.time()

    def _note_part_of_head(self, count: int) -> None:
        self._head_bytes += count
        if self._head_since is None:
            self._head_since = self._loop.time()
        if self._head_bytes > self._limits.max_head_bytes:
            self._end(_HEAD_TOO_LARGE)

    def sweep(self, now: float, passed_s: float) -> None:
        """Act on what is overdue at `now`, `passed_s` after the last sweep."""
        limits = self._limits
        if self._wire is None:
            return
        if self._abort_at is not None:
            if now >= self._abort_at:
                self._wire.abort()
            return
        if self._wire.is_closing():
            # Closing waits until the other side has taken what is left of the answer.
            self._abort_at = now + limits.answer_timeout_s
        elif self._stuck_since is not None and now - self._stuck_since > limits.answer_timeout_s:
            self._wire.abort()
        elif self._body is not None:
            self._sweep_body(self._body, now, passed_s)
        elif (
            self._head_since is not None
            and not self._request_in_progress
            and now - self._head_since > limits.head_timeout_s
        ):
            self._end(b"")

    def _sweep_body(self, body: StreamReader, now: float, passed_s: float) -> None:
        if self._reading_paused or self._buffer_paused:
            # This node has stopped reading itself: that time is not the sender's.
            self._body_since += passed_s
            return
        earned_s = self._body_bytes / self._limits.body_bytes_per_s
        if now - self._body_since > self._limits.body_timeout_s + earned_s:
            self._body = None
            self._lingering_time = 0.0
            self._abort_at = now + self._limits.refusal_timeout_s
            # Whoever awaits the body learns it, and may still answer 408.
            body.set_exception(
                Refused(Reason.TOO_SLOW, "the body came too slowly; send it at 64 kB/s or faster")
            )

    def _end(self, last_words: bytes) -> None:
        """Close now, after `last_words` where no answer is under way."""
        if self._wire is not None:
            self._abort_at = self._loop.time() + self._limits.refusal_timeout_s
            if last_words and not self._request_in_progress and not self._messages:
                self._wire.write(last_words)
            self.force_close()

    # What aiohttp would say itself

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP with 400; a defect outside the middlewares with 503."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has already begun")
        if isinstance(exc, Refused):
            refused = exc
        elif status < 500:
            refused = Refused(Reason.BAD_INPUT, "what was sent is no well-formed HTTP/1.1 request")
        else:
            refused = Refused(Reason.BUSY, "something failed on this node; try again later")
            if exc is not None:
                self.log_exception(exc_info=exc)
        response = problem(refused)
        response.headers[hdrs.SERVER] = _SERVER
        response.force_close()
        return response

    def log_exception(self, *args: object, **kw: object) -> None:
        """Log defects as events; what strangers send wrongly is no event of its own."""
        error = kw.get("exc_info")
        if isinstance(error, Exception) and not isinstance(error, _STRANGERS_FAULTS):
            events.handler_failed("", "", "", type(error).__name__, where_of(error))


class Doorway:
    """All connections of one listening socket: lets in, counts, sweeps."""

    def __init__(self, limits: ListenLimits, proxies: Sequence[Network]) -> None:
        self.limits = limits
        self._proxies = proxies
        self._connections: dict[Connection, str] = {}
        self._per_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._connections)

    def admit(self, connection: Connection, transport: asyncio.Transport) -> bool:
        """Count a new connection, unless there are too many, in all or from its address."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        key = address_key(address)
        if len(self._connections) >= self.limits.connections:
            return False
        # A proxy speaks for many; what it lets through it has limited itself.
        full = self._per_address[key] >= self.limits.connections_per_address
        if full and not is_within(address, self._proxies):
            return False
        self._connections[connection] = key
        self._per_address[key] += 1
        return True

    def leave(self, connection: Connection) -> None:
        key = self._connections.pop(connection, None)
        if key is not None:
            self._per_address[key] -= 1
            if not self._per_address[key]:
                del self._per_address[key]

    async def sweep_for_ever(self) -> None:
        """End what is overdue, again and again."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            await asyncio.sleep(self.limits.sweep_every_s)
            now = loop.time()
            for connection in list(self._connections):
                connection.sweep(now, now - last)
            last = now


class Listening:
    """A socket that accepts requests, until it is closed."""

    def __init__(
        self,
        runner: web.AppRunner,
        server: asyncio.Server,
        doorway: Doorway,
        sweeper: asyncio.Task[None],
    ) -> None:
        self._runner = runner
        self._server = server
        self._sweeper = sweeper
        self.doorway = doorway
        host, port = server.sockets[0].getsockname()[:2]
        self.port: int = port
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def close(self) -> None:
        """Accept nothing new, let running requests end (10 s), then close everything."""
        self._server.close()
        await self._runner.cleanup()
        self._sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await self._sweeper


async def serve(
    app: web.Application,
    host: str,
    port: int,
    limits: ListenLimits | None = None,
    proxies: Sequence[Network] = (),
) -> Listening:
    """Start `app` and listen on `host`:`port` (0 takes a free one).

    Runs the application's start-up and, on close, its clean-up. Refuses with BAD_SETTING when the
    address cannot be listened on.
    """
    limits = limits or ListenLimits()
    app.on_response_prepare.append(_name_server)
    runner = web.AppRunner(app, shutdown_timeout=limits.shutdown_timeout_s)
    await runner.setup()
    server = runner.server
    assert server is not None
    doorway = Doorway(limits, proxies)
    loop = asyncio.get_running_loop()
    try:
        socket = await loop.create_server(
            lambda: Connection(server, doorway), host, port, backlog=512
        )
    except OSError as error:
        await runner.cleanup()
        raise Refused(
            Reason.BAD_SETTING,
            f"listen: {host} port {port} cannot be listened on ({error.strerror}); "
            "choose another in listen.host and listen.port",
        ) from None
    return Listening(runner, socket, doorway, asyncio.create_task(doorway.sweep_for_ever()))


async def _name_server(_: web.Request, response: web.StreamResponse) -> None:
    """Say what the node is, not which versions it is made of."""
    response.headers[hdrs.SERVER] = _SERVER


class _NoAccessLog(AbstractAccessLogger):
    """Who looked at what is nobody's business; events tell what an operator needs."""

    def log(self, request: BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Nothing is written."""

    @property
    def enabled(self) -> bool:
        return False


_STRANGERS_FAULTS = (
    ConnectionError,
    HttpProcessingError,
    Refused,
    web.HTTPException,
    web.RequestPayloadError,
)
