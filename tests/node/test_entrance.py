"""What every request passes before a door sees it."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from node import events
from node.clock import SystemChance, SystemClock
from node.entrance import (
    MAX_BODY_BYTES,
    bound_requests,
    limit_addresses,
    never_500,
    problem,
    too_many_requests,
)
from node.limits import Rate, RateLimit, read_networks
from node.listener import Listening, ListenLimits, serve
from tests.node.wire import post, reason_of, status_of, talk

QUICK = ListenLimits(idle_timeout_s=0.3, refusal_timeout_s=0.2, sweep_every_s=0.02)


async def _ok(request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _count(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def _fail(request: web.Request) -> web.Response:
    raise ZeroDivisionError("secret")


async def _refuse(request: web.Request) -> web.Response:
    raise too_many_requests(7)


@asynccontextmanager
async def listening(*proxies: str, burst: int = 100) -> AsyncIterator[Listening]:
    networks = read_networks(proxies)
    limit = RateLimit(Rate(burst=burst))
    app = web.Application(
        middlewares=[
            never_500(lambda _, refused: problem(refused), SystemChance()),
            bound_requests(),
            limit_addresses(limit, SystemClock(), networks, lambda one: one.method == "GET"),
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app.router.add_get("/", _ok)
    app.router.add_post("/count", _count)
    app.router.add_get("/fail", _fail)
    app.router.add_get("/refuse", _refuse)
    here = await serve(app, "127.0.0.1", 0, QUICK, networks)
    try:
        yield here
    finally:
        await here.close()


@pytest.fixture
async def here() -> AsyncIterator[Listening]:
    async with listening() as one:
        yield one


def get(path: str = "/", *headers: str) -> bytes:
    return "\r\n".join(
        [f"GET {path} HTTP/1.1", "Host: a", "Connection: close", *headers, "", ""]
    ).encode()


async def statuses(here: Listening, *requests: bytes) -> list[int]:
    return [status_of((await talk(here, [request]))[0]) for request in requests]


async def test_one_byte_more_is_refused_by_its_length(here: Listening) -> None:
    said, _ = await talk(here, [post("/count", b"x" * (MAX_BODY_BYTES + 1))])
    assert status_of(said) == 413
    assert reason_of(said) == "too_large"


async def test_chunks_beyond_the_limit_are_refused(here: Listening) -> None:
    head = b"POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    said, after_s = await talk(here, [head, *[chunk] * 20])
    assert status_of(said) == 413
    assert after_s < 3


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "identity, gzip"])
async def test_a_compressed_body_is_refused_unread(here: Listening, coding: str) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    said, after_s = await talk(here, [post("/count", bomb, f"Content-Encoding: {coding}")])
    assert status_of(said) == 415
    assert reason_of(said) == "unsupported_media_type"
    assert after_s < 2


async def test_a_head_beyond_16_kib_is_refused_in_one_piece(here: Listening) -> None:
    lines = "".join(f"X-{n}: {'y' * 1000}\r\n" for n in range(20))
    said, _ = await talk(here, [f"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode()])
    assert status_of(said) == 413


async def test_a_defect_answers_503_with_its_reference_and_no_secret(
    here: Listening, capfd: pytest.CaptureFixture[str]
) -> None:
    events.silence(False)
    said, _ = await talk(here, [get("/fail")])
    assert status_of(said) == 503
    assert b"Retry-After: 30" in said
    assert b"secret" not in said
    event = json.loads(capfd.readouterr().err)
    assert event["event"] == "handler_failed"
    assert event["error"] == "ZeroDivisionError"
    assert event["reference"].encode() in said
    assert event["where"].startswith("test_entrance.py:")
    assert "secret" not in str(event)


async def test_a_refusal_answers_with_its_reason(here: Listening) -> None:
    said, _ = await talk(here, [get("/refuse")])
    assert status_of(said) == 429
    assert b"Retry-After: 7" in said
    assert reason_of(said) == "too_many_requests"


async def test_too_many_requests_of_one_address_are_answered_429() -> None:
    async with listening(burst=3) as here:
        assert await statuses(here, *[get()] * 3) == [200] * 3
        said, _ = await talk(here, [get()])
        assert status_of(said) == 429
        assert b"Retry-After: 1\r\n" in said
        assert await statuses(here, post("/count", b"x")) == [200]


async def test_path_variants_share_one_count() -> None:
    async with listening(burst=3) as here:
        asked = await statuses(here, *(get(path) for path in ("/", "/?a", "/x.json", "/%2f")))
        assert asked == [200, 200, 404, 429]


async def test_a_forwarded_address_of_a_stranger_counts_for_nothing() -> None:
    async with listening("10.0.0.1", burst=3) as here:
        asked = await statuses(
            here,
            *(get("/", f"X-Forwarded-For: 1.1.1.{n}", f"Forwarded: for={n}") for n in range(4)),
        )
        assert asked == [200, 200, 200, 429]


async def test_a_forwarded_address_of_a_configured_proxy_counts() -> None:
    async with listening("127.0.0.1", burst=3) as here:
        theirs = [get("/", "X-Forwarded-For: 9.9.9.9, 1.1.1.1")] * 4
        others = get("/", "X-Forwarded-For: 9.9.9.9, 1.1.1.2")
        assert await statuses(here, *theirs, others) == [200, 200, 200, 429, 200]


async def test_an_event_names_the_pattern_of_an_address_and_no_token(
    capfd: pytest.CaptureFixture[str],
) -> None:
    events.silence(False)
    answering = never_500(lambda _, refused: problem(refused), SystemChance())
    app = web.Application(middlewares=[answering])
    app.router.add_get("/invite/{token}", _fail)
    here = await serve(app, "127.0.0.1", 0, QUICK)
    said, _ = await talk(here, [get("/invite/very-secret-token")])
    await here.close()
    assert status_of(said) == 503
    told = capfd.readouterr().err
    assert '"path": "/invite/{token}"' in told
    assert "very-secret" not in told
