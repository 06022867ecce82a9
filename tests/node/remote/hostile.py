"""Servers on this machine that answer as no honest node would, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Behaviour: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Hostile:
    """Where it listens, and the head and body of each request that it got."""

    port: int = 0
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def then(self, *behaviours: Behaviour) -> None:
        """Behave otherwise from the next request on."""
        self.behaviours[:] = behaviours

    def header(self, name: str, request: int = -1) -> str | None:
        """One header of a request (the last one by default)."""
        for line in self.heads[request].split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return None


def saying(*pieces: bytes) -> Behaviour:
    """Answer each request with these bytes, and keep the connection."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return behave


def answer(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    """Answer with a well-formed message."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return saying("\r\n".join(lines).encode() + body)


@asynccontextmanager
async def hostile(*behaviours: Behaviour) -> AsyncIterator[Hostile]:
    """A server whose n-th request is treated by the n-th behaviour, the last one for ever."""
    here = Hostile(behaviours=list(behaviours))
    open_: set[asyncio.StreamWriter] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                here.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                length = int(here.header("content-length") or 0)
                here.bodies.append(await reader.readexactly(length))
                turn = min(len(here.heads), len(here.behaviours)) - 1
                await here.behaviours[turn](writer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()
        for writer in open_:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await asyncio.sleep(0)
