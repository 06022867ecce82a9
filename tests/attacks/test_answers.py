"""Answers that never end, unpack to gigabytes, or are no answers."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from protocol.errors import Reason, Refused
from tests.attacks.hostile import ask
from tests.node.remote.hostile import hostile, saying
from tests.nodes import Node, VirtualClock, running


async def test_a058_an_endless_or_giant_answer_is_cut_off(alpha: Node) -> None:
    sent = 0

    async def for_ever(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async def chunks(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            await writer.drain()

    async with hostile(
        for_ever,
        chunks,
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", b"x" * 1000),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n" + b"x" * 1_048_577),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
    ) as here:
        for _ in range(4):
            with pytest.raises(Refused) as refused:
                await ask(alpha, f"{here.origin}/people/eve", here.origin)
            assert refused.value.reason is Reason.BAD_ANSWER
            assert refused.value.facts["failure"] == "too_large"
        assert sent < 32 * 1_048_576
        assert (await ask(alpha, f"{here.origin}/people/eve", here.origin)).body == b"{}"


async def test_a059_a_compressed_answer_is_never_unpacked(alpha: Node) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(bomb)}\r\nContent-Encoding: "
    for coding in ("gzip", "deflate", "br", "zstd", "gzip, gzip", "x-gzip", "GZIP"):
        async with hostile(saying(f"{head}{coding}\r\n\r\n".encode() + bomb)) as here:
            with pytest.raises(Refused) as refused:
                await ask(alpha, f"{here.origin}/people/eve", here.origin)
            assert refused.value.facts["failure"] == "compressed"
            assert here.header("accept-encoding") == "identity"


@pytest.fixture
async def hasty(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node that waits for another one for a second only."""
    environment = {"SCHOOLGATE_REMOTE__TIMEOUT_S": "1"}
    async with running("hasty", tmp_path / "hasty", clock, environment) as node:
        yield node


async def test_an_answer_that_does_not_end_is_not_waited_for(hasty: Node) -> None:
    async def nothing(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async def hints(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    began = asyncio.get_running_loop().time()
    for behaviour in (nothing, drip, hints):
        async with hostile(behaviour) as here:
            with pytest.raises(Refused) as refused:
                await ask(hasty, f"{here.origin}/people/eve", here.origin)
            assert refused.value.reason is Reason.UNREACHABLE
    assert asyncio.get_running_loop().time() - began < 30


async def test_an_answer_that_is_no_http_is_refused(alpha: Node) -> None:
    for said in (
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ):

        async def behave(writer: asyncio.StreamWriter, said: bytes = said) -> None:
            writer.write(said)
            writer.close()

        async with hostile(behave) as here:
            with pytest.raises(Refused) as refused:
                await ask(alpha, f"{here.origin}/people/eve", here.origin)
            assert refused.value.reason in {Reason.UNREACHABLE, Reason.BAD_ANSWER}, said[:40]
