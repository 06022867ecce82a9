"""Requests to other nodes: signed anew each time, to one partner's origin, bounded in every way.

A body can only be an `Outbound`, which only the gate makes (`protocol.outbound`). Answers are
strangers' words: capped in size and time, never decompressed, never followed elsewhere, and
nothing of them stands in a refusal (RFC 9421, RFC 9530; PROTOCOL.md, Delivery).
"""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, hdrs
from yarl import URL

from node.clock import Chance, Clock
from node.remote.answer import DEFAULT_MAX_BYTES, Answer, read_answer, require_within
from node.remote.failures import unreachable
from node.remote.guard import Guard, PinnedResolver, Target
from node.remote.lines import Call, Lines
from node.remote.roads import FindAddress, Roads, Whereabouts
from node.remote.stream import Stream, called_pieces, read_stream
from protocol import canonical, names
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.outbound import Outbound
from protocol.requests import sign_request

DOCUMENT = "application/activity+json"
CONNECT_TIMEOUT_S = 5.0
CONFIRM_TIMEOUT_S = 8.0
DISCOVERY = "/.well-known/schoolgate"
NONCE_OCTETS = 16
MAX_CLOCKS = 10_000
LARGE_BYTES = 262_144
STREAM_BYTES_PER_S = 64_000
"""Whoever sends a file more slowly is interrupted; what came is kept, and it goes on there."""


@dataclass(frozen=True)
class Identity:
    """Who asks: the id of an own actor's key, and the key."""

    key_id: str
    signer: Signer


class Client:
    """The one thing in a node that connects to other machines. Made inside the running loop."""

    def __init__(
        self,
        guard: Guard,
        clock: Clock,
        chance: Chance,
        *,
        version: str,
        timeout_s: float = 30.0,
        ca_file: str | None = None,
        lines: Lines | None = None,
        find_address: FindAddress | None = None,
    ) -> None:
        """Refuses with BAD_SETTING when `ca_file` holds no certificates."""
        self.lines = lines or Lines(_accepts_connections)
        self._roads = Roads(find_address or _never_moved, self.names_origin, clock)
        self._guard = guard
        self._clock = clock
        self._chance = chance
        self._timeout_s = timeout_s
        self._skews_ms: dict[str, int] = {}
        self._streaming = aiohttp.ClientTimeout(
            total=None,
            connect=CONNECT_TIMEOUT_S,
            sock_connect=CONNECT_TIMEOUT_S,
            sock_read=timeout_s,
        )
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=trusting(ca_file),
                resolver=PinnedResolver(guard),
                socket_factory=guard.open_socket,
                # Asked for each new connection: what was checked is what is connected to.
                use_dns_cache=False,
                limit=128,
                limit_per_host=8,
                keepalive_timeout=15,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={hdrs.USER_AGENT: f"Schoolgate/{version}", hdrs.ACCEPT_ENCODING: "identity"},
            timeout=_within(timeout_s),
            # A small compressed answer could unpack to gigabytes; it is refused as it came.
            auto_decompress=False,
            trust_env=False,
        )

    async def get(
        self,
        url: str,
        *,
        origin: str,
        as_: Identity,
        accept: str = DOCUMENT,
        max_bytes: int = DEFAULT_MAX_BYTES,
        wait_s: float = 0,
        at: Whereabouts | None = None,
    ) -> Answer:
        """What the partner whose recorded origin is `origin` answers at `url`, asked as `as_`; it
        may take `wait_s` longer than another. `at`: where it is, if that was just looked up.

        Any status but a redirect is an Answer. Refuses with BAD_NAME, FORBIDDEN_ADDRESS,
        FOREIGN_ORIGIN before connecting, then REDIRECTED, BAD_ANSWER (too large, compressed),
        UNREACHABLE (fact `failure` names the class).
        """
        target = self._guard.check(url, origin)
        headers: dict[str, str] = {hdrs.ACCEPT: accept}
        return await self._ask(hdrs.METH_GET, target, headers, None, as_, max_bytes, wait_s, at)

    async def post(
        self,
        url: str,
        outbound: Outbound,
        *,
        origin: str,
        as_: Identity,
        max_bytes: int = DEFAULT_MAX_BYTES,
        at: Whereabouts | None = None,
    ) -> Answer:
        """Send what the gate let out to `url` of the partner at `origin`. Refuses as `get`."""
        target = self._guard.check(url, origin)
        headers: dict[str, str] = {hdrs.ACCEPT: DOCUMENT, hdrs.CONTENT_TYPE: outbound.content_type}
        return await self._ask(hdrs.METH_POST, target, headers, outbound, as_, max_bytes, at=at)

    @asynccontextmanager
    async def stream(
        self,
        url: str,
        *,
        origin: str,
        as_: Identity,
        start: int,
        most_bytes: int,
        in_part: bool = False,
    ) -> AsyncIterator[Stream]:
        """The bytes at `url` from `start` on (RFC 9110 §14.2), as they come.

        At most `most_bytes` of them, at 64 kB/s or faster; `in_part` asks for just so many.
        Refuses as `get`, also while they are read; with BAD_ANSWER what is no answer to this
        question, and with the partner's own reason.
        """
        target = self._guard.check(url, origin)
        headers: dict[str, str] = {hdrs.ACCEPT: "*/*"}
        if await self.lines.lead_to(target.origin):
            # Its answers come as requests of its own, so the bytes come in many small ones.
            ask = partial(self._call, hdrs.METH_GET, target, outbound=None, identity=as_)
            yield Stream(start, called_pieces(ask, start, most_bytes))
            return
        if in_part:
            headers[hdrs.RANGE] = f"bytes={start}-{start + most_bytes - 1}"
        elif start:
            headers[hdrs.RANGE] = f"bytes={start}-"
        deadline_s = self._timeout_s + most_bytes / STREAM_BYTES_PER_S
        try:
            async with asyncio.timeout(deadline_s):
                road = await self._roads.lead_to(target.origin)
                async with self._open(
                    hdrs.METH_GET, target, headers, None, as_, self._streaming, road=road
                ) as response:
                    yield await read_stream(response, start, most_bytes, self._clock.now_ms())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error) from None

    async def discover(
        self,
        url: str,
        *,
        origin: str,
        accept: str = "application/json",
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> Answer:
        """A public document, asked for without saying who asks (RFC 7033, NodeInfo)."""
        target = self._guard.check(url, origin)
        return await self._ask(hdrs.METH_GET, target, {hdrs.ACCEPT: accept}, None, None, max_bytes)

    def skew_of(self, origin: str) -> int | None:
        """By how many milliseconds the clock at `origin` was last ahead of this node's."""
        return self._skews_ms.get(origin)

    def origin_of(self, address: str) -> str:
        """The origin of an address that an administrator typed. Refuses as `get`."""
        return self._guard.read(address).origin

    async def close(self) -> None:
        await self._session.close()

    async def _ask(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        outbound: Outbound | None,
        identity: Identity | None,
        max_bytes: int,
        wait_s: float = 0,
        at: Whereabouts | None = None,
    ) -> Answer:
        timeout_s = self._timeout_s + wait_s
        if outbound is not None:
            timeout_s += len(outbound.body) / STREAM_BYTES_PER_S
        if await self.lines.lead_to(target.origin, at):
            return await self._call(method, target, headers, outbound, identity, max_bytes)
        try:
            async with asyncio.timeout(timeout_s):
                try:
                    return await self._ask_once(
                        method, target, headers, outbound, identity, max_bytes, timeout_s, at
                    )
                except aiohttp.ServerDisconnectedError:
                    # A partner may close a kept connection at the moment it is used again, and
                    # aiohttp tries only a GET once more. Everything that nodes send each other
                    # may arrive twice, so a second try is harmless.
                    if method != hdrs.METH_POST:
                        raise
                    return await self._ask_once(
                        method, target, headers, outbound, identity, max_bytes, timeout_s, at
                    )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error) from None

    async def _ask_once(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        outbound: Outbound | None,
        identity: Identity | None,
        max_bytes: int,
        timeout_s: float,
        at: Whereabouts | None,
    ) -> Answer:
        async with self._open(
            method,
            target,
            headers,
            outbound,
            identity,
            _within(timeout_s),
            road=await self._roads.lead_to(target.origin, at),
        ) as response:
            answer = await read_answer(response, max_bytes, self._clock.now_ms())
        if answer.clock_ms is not None:
            if len(self._skews_ms) >= MAX_CLOCKS:
                self._skews_ms.clear()
            self._skews_ms[target.origin] = answer.clock_ms - self._clock.now_ms()
        return answer

    def _open(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        outbound: Outbound | None,
        identity: Identity | None,
        timeout: aiohttp.ClientTimeout,
        *,
        road: str,
    ) -> AbstractAsyncContextManager[ClientResponse]:
        """Ask what `target` names, at the address `road` that leads there."""
        where = road + target.url.removeprefix(target.origin)
        url = URL(where, encoded=True)
        if str(url) != where:
            raise Refused(Reason.BAD_NAME, "the address has no single spelling; mend it")
        proxy = self._guard.proxy
        sign = [] if identity is None else [partial(self._sign, target, outbound, identity)]
        return self._session.request(
            method,
            url,
            headers=headers,
            data=None if outbound is None else _body_of(outbound),
            allow_redirects=False,
            middlewares=sign,
            timeout=timeout,
            proxy=None if proxy is None else proxy.url,
            proxy_headers=None if proxy is None else proxy.headers,
        )

    async def names_origin(self, address: str, origin: str) -> bool:
        """Whether the node at `address` says itself that it is the one of `origin`."""
        target = self._guard.read(f"{address}{DISCOVERY}")
        try:
            async with (
                asyncio.timeout(CONFIRM_TIMEOUT_S),
                self._session.get(
                    URL(target.url, encoded=True),
                    allow_redirects=False,
                    proxy=None if self._guard.proxy is None else self._guard.proxy.url,
                    proxy_headers=None if self._guard.proxy is None else self._guard.proxy.headers,
                ) as response,
            ):
                answer = await read_answer(response, DEFAULT_MAX_BYTES, self._clock.now_ms())
            found = canonical.read_object(answer.body)
        except (aiohttp.ClientError, TimeoutError, OSError, Refused):
            return False
        return found.get("actor") == names.service_actor_id(origin)

    async def _call(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        outbound: Outbound | None,
        identity: Identity | None,
        max_bytes: int,
    ) -> Answer:
        """The same request to a node that accepts no connection: it fetches it."""
        path = target.url.removeprefix(target.origin)
        own = {name.lower(): value for name, value in headers.items()}
        if identity is not None:
            signature = self._signature(method, target, outbound, identity)
            own |= {name.lower(): value for name, value in signature.items()}
        name = names.random_name(self._chance.octets(NONCE_OCTETS))
        call = Call(name, method, path, own, None if outbound is None else outbound.body)
        try:
            answer = await self.lines.call(target.origin, call, self._timeout_s)
        except TimeoutError as error:
            raise unreachable(error) from None
        return require_within(answer, max_bytes)

    async def _sign(
        self,
        target: Target,
        outbound: Outbound | None,
        identity: Identity,
        request: ClientRequest,
        send: ClientHandlerType,
    ) -> ClientResponse:
        """Sign one attempt: aiohttp calls this again when it tries a request a second time."""
        request.headers.update(self._signature(request.method, target, outbound, identity))
        return await send(request)

    def _signature(
        self, method: str, target: Target, outbound: Outbound | None, identity: Identity
    ) -> dict[str, str]:
        return sign_request(
            method=method,
            target_uri=target.url,
            key_id=identity.key_id,
            signer=identity.signer,
            created=self._clock.now_ms() // 1000,
            nonce=self._chance.octets(NONCE_OCTETS),
            body=None if outbound is None else outbound.body,
            content_type=None if outbound is None else outbound.content_type,
        )


async def _never_moved(origin: str) -> str:
    return origin


async def _accepts_connections(_: str) -> bool:
    return False


def _within(timeout_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=timeout_s, connect=CONNECT_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S
    )


@cache
def trusting(ca_file: str | None) -> ssl.SSLContext:
    """A TLS context that trusts the system's authorities and those of `ca_file`, as the files are
    when it is first asked for: reading them takes time."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError):
            raise Refused(
                Reason.BAD_SETTING,
                f"remote.ca_file: {ca_file} holds no certificates in PEM form",
            ) from None
    return context


def _body_of(outbound: Outbound) -> bytes | io.BytesIO:
    # What is large is written piece by piece, so that others have their turn meanwhile.
    return outbound.body if len(outbound.body) <= LARGE_BYTES else io.BytesIO(outbound.body)
