"""HTTP itself: what is no request, too much of it, too slow, or meant for somebody else."""

import asyncio
import gzip
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from protocol.errors import Reason
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import (
    ACTIVITY,
    Request,
    expect_refusal,
    read_answer,
    send,
    snapshot,
    talk,
)
from tests.attacks.visiting import FORM, Visitor
from tests.nodes import Node, VirtualClock, running

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
MIB = 1_048_576


async def is_well(node: Node) -> None:
    """It still answers."""
    assert (await send(node, HEALTH)).status == 200


async def test_a059_a_compressed_body_is_refused_unread(alpha: Node, mallory: Rogue) -> None:
    eve = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    letter = mallory.letter(alpha, mallory.follow(eve, alpha.admin.actor))
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    for coding in ("gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip", "x-gzip", "gzip;q=1"):
        for body in (bomb, zlib.compress(letter.body)):
            attack = Request("POST", "/inbox", letter.fields, body)
            spoiled = attack.adding("Content-Encoding", coding)
            await expect_refusal(alpha, spoiled, Reason.UNSUPPORTED_MEDIA_TYPE)
    told = await send(alpha, letter.adding("Content-Encoding", "identity"))
    assert told.status == 202


NO_REQUESTS = {
    "length and chunks": b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks twice": b"POST /inbox HTTP/1.1\r\nHost: a\r\n"
    b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "unknown coding": b"POST /inbox HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"
    b"0\r\n\r\n",
    "two lengths": b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n"
    b"\r\nhello",
    "equal lengths": b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
    b"Content-Length: 5\r\n\r\nhello",
    "plus": b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
    "minus": b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello",
    "other digits": b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: \xd9\xa5\r\n\r\nhello",
    "folded": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "bare line feed": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare return": b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "NUL in a field": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "NUL in a name": b"GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n",
    "space in a name": b"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no version": b"GET /\r\nHost: a\r\n\r\n",
    "version 9": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "space in the path": b"GET / / HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad chunk": b"POST /inbox HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"zz\r\nhi\r\n",
    "a greeting": b"EHLO evil.example\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n" * 9,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


async def test_a068_what_is_no_single_request_is_refused(alpha: Node) -> None:
    for name, attack in NO_REQUESTS.items():
        said = await talk(alpha, attack)
        told = read_answer(said)
        assert told.status == 400, (name, said[:300])
        assert said.count(b"HTTP/1.1 ") == 1, name
    await is_well(alpha)


async def test_a068_nothing_is_smuggled_behind_a_request(alpha: Node) -> None:
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    for head in (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(smuggled),
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" % len(smuggled),
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(smuggled),
    ):
        attack = b"POST /inbox HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n0\r\n\r\n" + smuggled
        said = await talk(alpha, attack)
        assert said.count(b"HTTP/1.1 ") == 1, said[:500]
        assert read_answer(said).status == 400
    await is_well(alpha)


@pytest.fixture
async def hasty(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node that waits a second for what somebody owes, and lets an address connect 60 times."""
    environment = {
        "SCHOOLGATE_LIMITS__HEAD_TIMEOUT_S": "1",
        "SCHOOLGATE_LIMITS__BODY_TIMEOUT_S": "1",
        "SCHOOLGATE_LIMITS__CONNECTIONS_PER_ADDRESS": "60",
    }
    async with running("hasty", tmp_path / "hasty", clock, environment) as node:
        yield node


async def test_a071_connections_that_owe_something_are_closed(hasty: Node) -> None:
    owing = (
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Type: application/activity+json\r\n"
        b"Content-Length: 10\r\n\r\n{",
    )
    streams = []
    for number in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", hasty.listening.port)
        with suppress(ConnectionError):
            writer.write(owing[number % len(owing)])
            await writer.drain()
        streams.append((reader, writer))
    assert len(hasty.listening.doorway) <= 60

    async def ended(reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.read()
        except ConnectionError:
            return b""

    async with asyncio.timeout(30):
        said = await asyncio.gather(*(ended(reader) for reader, _ in streams))
    for _, writer in streams:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    assert {read_answer(one).status for one in said if one} <= {400, 408}
    await is_well(hasty)
    assert len(hasty.listening.doorway) <= 1


async def test_a072_too_much_of_anything_is_refused(alpha: Node) -> None:
    lines = "".join(f"X-{number}: y\r\n" for number in range(200))
    for attack, statuses in (
        (f"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode(), {400}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 9_000 + b"\r\n\r\n", {400}),
        (b"GET /" + b"y" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        (b"GET /?" + b"q=1&" * 2_200 + b" HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    ):
        assert read_answer(await talk(alpha, attack)).status in statuses, attack[:60]
    pieces = [b"GET / HTTP/1.1\r\nHost: a\r\nX: ", *[b"y" * 100] * 90, b"\r\n\r\n"]
    assert read_answer(await talk(alpha, *pieces)).status in {400, 431}
    large = b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n{"
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    head = b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Type: application/activity+json\r\n"
    before = await snapshot(alpha)
    said = await asyncio.gather(
        *(talk(alpha, large % size) for size in (MIB + 1, 40 * MIB, 10**15)),
        talk(alpha, head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 18),
    )
    told = [read_answer(one) for one in said]
    assert [(one.status, one.reason) for one in told] == [(413, "too_large")] * 4
    assert await snapshot(alpha) == before
    await is_well(alpha)


async def test_a072_a_form_has_so_many_fields_and_no_parts(alpha: Node) -> None:
    visitor = Visitor(alpha)
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    parts = visitor.request(
        "POST",
        "/login",
        {"content_type": "multipart/form-data; boundary=x", "origin": alpha.url},
        part * 10_000 + "--x--\r\n",
    )
    assert (await send(alpha, parts)).status == 415
    fields = {"content_type": FORM, "origin": alpha.url}
    for count, status in ((1_001, 400), (400_000, 413), (900, 422)):
        many = visitor.request("POST", "/login", fields, "&".join(["a"] * count))
        assert (await send(alpha, many)).status == status, count
    for body in ("handle=%ff%fe", "handle=\u00e9"):
        odd = visitor.request("POST", "/login", fields, body)
        assert (await send(alpha, odd)).status == 400
    await is_well(alpha)


async def test_a074_a_body_in_crumbs_costs_little(alpha: Node) -> None:
    head = (
        b"POST /inbox HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Content-Type: application/activity+json\r\n"
    )
    crumbs = b"1\r\nx\r\n" * MIB
    async with asyncio.timeout(30):
        said = await talk(
            alpha, head + b"Transfer-Encoding: chunked\r\n\r\n" + crumbs + b"0\r\n\r\n"
        )
    assert read_answer(said).status in {400, 408, 413}
    await is_well(alpha)


async def test_a074_ten_thousand_requests_in_one_breath_are_served_in_turn(alpha: Node) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    async with asyncio.timeout(60):
        said = await talk(alpha, one * 9_999 + HEALTH)
    assert 1 <= said.count(b"HTTP/1.1 200 OK") <= 10_000
    await is_well(alpha)


async def test_a075_no_path_leads_out_of_the_static_files(alpha: Node) -> None:
    page = (await send(alpha, Request("GET", "/", ()))).body
    found = re.search(rb"/static/([^/\"]+)/([^\"?#]+\.css)", page)
    assert found is not None
    digest, name = found[1].decode(), found[2].decode()
    outside = alpha.folder.path / "outside.css"
    outside.write_text("secret", encoding="ascii")
    for target in (
        "/static/..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/../../etc/passwd",
        f"/static/{digest}/../../../../../../../etc/passwd",
        f"/static/{digest}/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        f"/static/{digest}/..%5c..%5cetc%5cpasswd",
        f"/static/{digest}/{outside}",
        f"/static/{digest}//etc/passwd",
        f"/static/{digest}/{name}%00",
        f"/static/{digest}/{name}%00.css",
        f"/static/{digest}/{name}/",
        f"/static/{digest}/./{name}",
        f"/static/{digest}/",
        "/static/",
        "/static",
        "/static/x/__init__.py",
        "/static/x/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    ):
        told = await send(alpha, Request("GET", target, ()))
        assert told.status in {400, 404}, target
        assert b"root:" not in told.body
        assert b"secret" not in told.body
    shown = await send(alpha, Request("GET", f"/static/{digest}/{name}", ()))
    assert (shown.status, shown.fields["x-content-type-options"]) == (200, "nosniff")


def test_a075_no_folder_is_ever_served() -> None:
    source = Path(__file__).parents[2] / "node"
    served = re.compile(r"add_static|follow_symlinks|web\.static\(|FileResponse")
    found = [one.name for one in source.rglob("*.py") if served.search(one.read_text("utf-8"))]
    # Two answer the bytes of one blob, whose path is made from a hash, and one a person's own
    # export, whose path is made from a number; none from anything asked.
    assert sorted(found) == ["blobs.py", "export.py", "giving.py"]


async def test_a078_a_stranger_does_not_choose_his_address(alpha: Node) -> None:
    visitor = Visitor(alpha)
    limit = alpha.context.settings.sign_in.failures_per_address
    statuses = []
    for number in range(limit + 3):
        spoofed = {
            "x_forwarded_for": f"198.51.100.{number}",
            "forwarded": f"for=198.51.100.{number}",
            "x_real_ip": f"198.51.100.{number}",
            "client_ip": f"198.51.100.{number}",
        }
        target = ("/login", "/login?x=1", "/login?")[number % 3]
        typed = {"handle": f"nobody{number}", "password": "wrong wrong wrong"}
        told = await visitor.post(target, typed, **spoofed)
        statuses.append(told.status)
    assert statuses == [422] * limit + [429] * 3
    async with alpha.context.database.read() as reader:
        rows = await reader.all("SELECT DISTINCT key FROM sign_in_failures WHERE key LIKE 'add%'")
    assert [row[0] for row in rows] == ["address 127.0.0.1"]
    assert (await visitor.sign_in("admin")).status == 429
    alpha.clock.advance(seconds=16 * 60)
    assert (await visitor.sign_in("admin")).status == 303


async def test_a079_no_other_protocol_is_spoken(alpha: Node, mallory: Rogue) -> None:
    for target in ("/", "/inbox", "/live", "/ws", "/w/x/live", "/people/admin"):
        upgrade = (
            f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin: https://evil.example\r\n\r\n"
        ).encode()
        frame = b"\x82\xff" + b"\xff" * 8 + b"x" * 70_000
        said = await talk(alpha, upgrade, frame)
        assert b" 101 " not in said.partition(b"\r\n")[0]
        assert said.count(b"HTTP/1.1 101") == 0
    await is_well(alpha)


async def test_methods_that_nobody_offers_do_nothing(alpha: Node, mallory: Rogue) -> None:
    eve = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    letter = mallory.letter(alpha, mallory.follow(eve, alpha.admin.actor))
    before = await alpha.dump()
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 200):
        for target in ("/inbox", "/", "/people/admin", "/login", "/static/x/y.css", "*"):
            told = await send(alpha, Request(method, target, letter.fields, letter.body))
            assert told.status in {400, 404, 405}, (method, target, told.status)
    for target in ("/inbox", "/people/admin/outbox", "/changes"):
        told = await send(alpha, Request("HEAD", target, ()))
        assert told.status in {401, 404, 405}
        assert told.body == b""
    assert await alpha.dump() == before
    asked = mallory.get(alpha, "/people/admin").adding("Accept", ACTIVITY)
    told = await send(alpha, Request("HEAD", asked.target, asked.fields))
    assert told.status == 401
    assert (await send(alpha, letter)).status == 202
