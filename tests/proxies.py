"""Small real proxies: one that ends TLS before a node, and one that CONNECTs for it.

Both speak HTTP/1.1 with one request for each connection, which every client has to bear.
"""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

from tests.certificates import Certified

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class TlsProxy:
    """Ends TLS and asks the node behind it; `added` are the headers that it writes itself."""

    certified: Certified
    backend: tuple[str, int]
    host: str = "127.0.0.1"
    port: int = 0
    added: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["TlsProxy"]:
        """Listens while the block lasts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certified.chain, self.certified.key)
        server = await asyncio.start_server(self._serve, self.host, self.port, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await self.read_request(reader, writer)
            behind, to_behind = await asyncio.open_connection(*self.backend)
            to_behind.write(request)
            answered = asyncio.create_task(_copy(behind, writer))
            left = asyncio.create_task(reader.read(1))
            await asyncio.wait({answered, left}, return_when=asyncio.FIRST_COMPLETED)
            for task in (answered, left):
                task.cancel()
            await asyncio.gather(answered, left, return_exceptions=True)
            await _end(to_behind)
        await _end(writer)

    async def read_request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        """A whole request, as it is passed on to the node behind."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.removesuffix("\r\n\r\n").split("\r\n")
        self.asked.append(line)
        lower = {name.lower(): value.strip() for name, _, value in map(_parted, fields)}
        body = await reader.readexactly(int(lower.get("content-length", "0")))
        kept = [one for one in fields if _parted(one)[0].lower() != "connection"]
        peer = writer.get_extra_info("peername")[0]
        own = {"X-Forwarded-For": peer, "X-Forwarded-Proto": "https", "Connection": "close"}
        kept += [f"{name}: {value}" for name, value in (own | dict(self.added)).items()]
        return "\r\n".join([line, *kept, "", ""]).encode("latin-1") + body


@dataclass
class ConnectProxy:
    """Lets through to the names of `routes`, and to nothing else; may ask for a password."""

    routes: Mapping[str, tuple[str, int]]
    password: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ConnectProxy"]:
        """Listens while the block lasts."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split(" ", 2)
            self.asked.append(f"{method} {target}")
            status = self._judge(method, target, head)
            writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
            if status.startswith("200"):
                behind, to_behind = await asyncio.open_connection(*self.routes[target])
                await asyncio.gather(_copy(reader, to_behind), _copy(behind, writer))
                await _end(to_behind)
            else:
                self.refused.append(target)
        await _end(writer)

    def _judge(self, method: str, target: str, head: str) -> str:
        given = head.partition("Proxy-Authorization: Basic ")[2].partition("\r\n")[0]
        if self.password and b64decode(given).decode() != self.password:
            return "407 Proxy Authentication Required"
        if method != "CONNECT" or target not in self.routes:
            return "403 Forbidden"
        return "200 Connection established"


def _parted(field_: str) -> tuple[str, str, str]:
    return field_.partition(":")


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while octets := await reader.read(65_536):
            writer.write(octets)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class Aside:
    """Proxies in a thread of their own, for tests that wait for processes."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._opened: list[asyncio.Event] = []
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, proxy: TlsProxy | ConnectProxy) -> None:
        """Start a proxy; it runs until `close`."""
        asyncio.run_coroutine_threadsafe(self._open(proxy), self._loop).result(10)

    async def _open(self, proxy: TlsProxy | ConnectProxy) -> None:
        ready, end = asyncio.Event(), asyncio.Event()

        async def run() -> None:
            async with proxy.running():
                ready.set()
                await end.wait()

        self._tasks.append(asyncio.create_task(run()))
        self._opened.append(end)
        await ready.wait()

    def close(self) -> None:
        """Stop them all."""

        async def end() -> None:
            for event in self._opened:
                event.set()
            await asyncio.gather(*self._tasks)
            talking = asyncio.all_tasks() - {asyncio.current_task()}
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
