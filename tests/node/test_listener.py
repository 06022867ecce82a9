"""A listening socket under strangers who are slow, large, many, or speak no HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
import uvloop
from aiohttp import web

from node import events
from node.clock import SystemChance
from node.entrance import MAX_BODY_BYTES, bound_requests, never_500, problem
from node.limits import read_networks
from node.listener import Listening, ListenLimits, serve
from protocol.errors import Reason, Refused
from tests.node.wire import GET, HANG_GUARD_S, opened, post, reason_of, status_of, talk

QUICK = ListenLimits(
    head_timeout_s=0.3,
    body_timeout_s=0.3,
    answer_timeout_s=0.3,
    idle_timeout_s=0.3,
    refusal_timeout_s=0.2,
    connections_per_address=5,
    sweep_every_s=0.02,
    shutdown_timeout_s=0.5,
)

PATIENT = replace(QUICK, idle_timeout_s=30)


async def _ok(request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _count(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def _think(request: web.Request) -> web.Response:
    body = await request.read()
    await asyncio.sleep(1)
    return web.Response(text=str(len(body)))


async def _late(request: web.Request) -> web.Response:
    await asyncio.sleep(1)
    return web.Response(text=str(len(await request.read())))


async def _bare(request: web.Request) -> web.Response:
    raise ZeroDivisionError


async def _large(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * 30_000_000)


def _application() -> web.Application:
    app = web.Application(
        middlewares=[
            never_500(lambda _, refused: problem(refused), SystemChance()),
            bound_requests(),
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app.router.add_get("/", _ok)
    app.router.add_post("/count", _count)
    app.router.add_post("/think", _think)
    app.router.add_post("/late", _late)
    app.router.add_get("/large", _large)
    return app


@asynccontextmanager
async def listening(
    limits: ListenLimits = QUICK, *, proxied: bool = False
) -> AsyncIterator[Listening]:
    proxies = read_networks(["127.0.0.0/8"] if proxied else [])
    here = await serve(_application(), "127.0.0.1", 0, limits, proxies)
    try:
        yield here
    finally:
        await here.close()


@pytest.fixture
async def here() -> AsyncIterator[Listening]:
    async with listening() as one:
        yield one


async def test_a_plain_request_is_served_and_an_idle_connection_ends(here: Listening) -> None:
    said, after_s = await talk(here, [GET])
    assert said.startswith(b"HTTP/1.1 200 ")
    assert said.endswith(b"ok")
    assert after_s < 3
    assert len(here.doorway) == 0


async def test_a_connection_is_kept_for_the_next_request(here: Listening) -> None:
    said, _ = await talk(here, [GET] * 5, pause_s=0.1)
    assert said.count(b"HTTP/1.1 200 ") == 5


@pytest.mark.parametrize(
    "pieces", [[], [b"GET / HT"], [b"GET / HTTP/1.1\r\nHost: a\r\nX: y"]], ids=str
)
async def test_a_head_that_does_not_arrive_ends_the_connection(
    pieces: list[bytes],
) -> None:
    async with listening(PATIENT) as here:
        said, after_s = await talk(here, pieces)
    assert said == b""
    assert after_s < 2


async def test_a_head_that_trickles_ends_the_connection() -> None:
    async with listening(PATIENT) as here:
        said, after_s = await talk(here, [bytes([one]) for one in GET[:-4] * 5], pause_s=0.05)
    assert said == b""
    assert after_s < 2


async def test_a_second_head_has_its_own_deadline() -> None:
    async with listening(PATIENT) as here:
        said, after_s = await talk(here, [GET, b"GET / HTTP"], pause_s=0.1)
    assert said.count(b"HTTP/1.1 200 ") == 1
    assert after_s < 2


async def test_a_body_that_trickles_is_answered_408_and_ended(here: Listening) -> None:
    head = post("/count", b"x" * 10)[:-10]
    said, after_s = await talk(here, [head, *[b"x"] * 9], pause_s=0.2)
    assert status_of(said) == 408
    assert reason_of(said) == "too_slow"
    assert after_s < 2


async def test_a_body_of_endless_tiny_chunks_is_ended(here: Listening) -> None:
    head = b"POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    said, after_s = await talk(here, [head, *[b"1\r\nx\r\n"] * 100], pause_s=0.05)
    assert status_of(said) == 408
    assert after_s < 2


async def test_a_handler_that_thinks_is_not_the_senders_fault(here: Listening) -> None:
    said, after_s = await talk(here, [post("/think", b"x" * 10)])
    assert said.endswith(b"10")
    assert after_s >= 1


async def test_a_handler_that_reads_late_is_not_the_senders_fault() -> None:
    strict = replace(QUICK, body_bytes_per_s=10**9)
    async with listening(strict) as here:
        said, _ = await talk(here, [post("/late", b"x" * MAX_BODY_BYTES)])
    assert said.endswith(b"1048576")


async def test_a_large_body_in_time_is_accepted(here: Listening) -> None:
    said, _ = await talk(here, [post("/count", b"x" * MAX_BODY_BYTES)])
    assert said.endswith(b"1048576")


async def test_a_mebibyte_in_one_byte_chunks_costs_little() -> None:
    limits = ListenLimits(sweep_every_s=0.02, idle_timeout_s=0.2)
    head = b"POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with listening(limits) as here:
        chunks = b"1\r\nx\r\n" * 65_536
        said, after_s = await talk(here, [head, *[chunks] * 16, b"0\r\n\r\n"])
    assert said.endswith(b"1048576")
    assert after_s < 15


async def test_a_head_beyond_16_kib_is_refused_in_many_pieces(here: Listening) -> None:
    lines = [f"X-{n}: {'y' * 1000}\r\n".encode() for n in range(20)]
    said, _ = await talk(here, [b"GET / HTTP/1.1\r\nHost: a\r\n", *lines], pause_s=0.005)
    assert status_of(said) == 431


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nx",
        b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nxxxxx",
        b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"y" * 9_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=range(14),
)
async def test_what_is_no_http_is_refused_without_echo(
    here: Listening, request_: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    said, after_s = await talk(here, [request_])
    assert status_of(said) == 400
    assert reason_of(said) == "bad_input"
    assert after_s < 2
    assert capfd.readouterr().err == ""


async def test_a_chunked_head_line_fragmented_over_tcp_is_refused(here: Listening) -> None:
    line = b"X-Long: " + b"y" * 9_000
    pieces = [b"GET / HTTP/1.1\r\nHost: a\r\n", *[line[n : n + 500] for n in range(0, 9_008, 500)]]
    said, _ = await talk(here, pieces, pause_s=0.002)
    assert status_of(said) == 400


async def test_ten_thousand_pipelined_requests_are_served_one_by_one(here: Listening) -> None:
    said, _ = await talk(here, [GET * 100] * 100)
    assert said.count(b"HTTP/1.1 200 ") == 10_000


async def test_connections_beyond_the_cap_of_an_address_are_closed(here: Listening) -> None:
    async with opened(here, 4):
        async with opened(here, 1):
            assert (await talk(here, [GET]))[0] == b""
        assert (await talk(here, [GET]))[0].startswith(b"HTTP/1.1 200 ")


async def test_a_configured_proxy_may_open_more() -> None:
    async with listening(proxied=True) as here, opened(here, 8):
        assert (await talk(here, [GET]))[0].startswith(b"HTTP/1.1 200 ")


async def test_500_silent_connections_are_gone_soon_and_service_goes_on() -> None:
    limits = ListenLimits(
        head_timeout_s=1, connections_per_address=600, sweep_every_s=0.05, idle_timeout_s=0.5
    )
    async with listening(limits) as here, opened(here, 500) as readers:
        assert (await talk(here, [GET]))[0].startswith(b"HTTP/1.1 200 ")
        async with asyncio.timeout(HANG_GUARD_S):
            for reader in readers:
                assert await reader.read() == b""
        assert len(here.doorway) == 0


async def test_an_answer_that_nobody_reads_ends_the_connection(here: Listening) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1_024)
    writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.sleep(0.2)
    assert len(here.doorway) == 1
    await asyncio.sleep(1.5)
    assert len(here.doorway) == 0
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
async def test_no_other_protocol_is_switched_to(here: Listening, protocol: str) -> None:
    request = (
        f"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    said, _ = await talk(here, [request.encode(), b"\x81\x85" + b"x" * 100_000])
    assert status_of(said) != 101
    assert b"101" not in said[:20]


async def test_a_defect_behind_no_middleware_answers_503_too(
    capfd: pytest.CaptureFixture[str],
) -> None:
    events.silence(False)
    app = web.Application()
    app.router.add_get("/", _bare)
    here = await serve(app, "127.0.0.1", 0, QUICK)
    said, _ = await talk(here, [GET])
    await here.close()
    assert status_of(said) == 503
    assert reason_of(said) == "busy"
    assert b"aiohttp" not in said
    assert '"ZeroDivisionError"' in capfd.readouterr().err


async def test_an_address_in_use_is_refused_with_the_setting_to_mend(here: Listening) -> None:
    with pytest.raises(Refused, match=r"listen\.port") as caught:
        await serve(_application(), "127.0.0.1", here.port)
    assert caught.value.reason is Reason.BAD_SETTING


async def test_closing_lets_a_running_request_end() -> None:
    limits = ListenLimits(sweep_every_s=0.02)
    async with listening(limits) as here:
        asking = asyncio.create_task(talk(here, [post("/think", b"abc")]))
        await asyncio.sleep(0.2)
        await here.close()
        assert (await asking)[0].endswith(b"3")


def test_deadlines_hold_on_uvloop_too() -> None:
    async def slow_and_plain() -> tuple[bytes, bytes, bytes]:
        async with listening() as here:
            silent = await talk(here, [b"GET / HT"])
            head = post("/count", b"x" * 10)[:-10]
            trickling = await talk(here, [head, *[b"x"] * 9], pause_s=0.2)
            return silent[0], trickling[0], (await talk(here, [GET]))[0]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        silent, trickling, plain = runner.run(slow_and_plain())
    assert silent == b""
    assert status_of(trickling) == 408
    assert status_of(plain) == 200
