"""Speaking HTTP byte by byte to a listening socket, as a stranger might."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from node.listener import Listening

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HANG_GUARD_S = 20


async def talk(
    here: Listening, pieces: Iterable[bytes], *, pause_s: float = 0.0
) -> tuple[bytes, float]:
    """Send pieces, read until the other side closes: what it said, after how many seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
    async with asyncio.timeout(HANG_GUARD_S):

        async def send() -> None:
            try:
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause_s)
            except ConnectionError:
                pass

        sending = asyncio.create_task(send())
        said = bytearray()
        try:
            while piece := await reader.read(65_536):
                said += piece
        except ConnectionError:
            pass
        sending.cancel()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return bytes(said), loop.time() - began


@asynccontextmanager
async def opened(here: Listening, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections that say nothing."""
    streams = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(count)]
    try:
        yield [reader for reader, _ in streams]
    finally:
        for _, writer in streams:
            writer.close()
        for _, writer in streams:
            with suppress(ConnectionError):
                await writer.wait_closed()


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: a", "Connection: close", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def status_of(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


def reason_of(said: bytes) -> str:
    return str(json.loads(said.partition(b"\r\n\r\n")[2])["reason"])
