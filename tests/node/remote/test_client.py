"""Requests to other nodes: signed anew, never led astray, bounded in size and time."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import pytest

from node.clock import SystemChance
from node.remote.client import Client
from node.remote.guard import Guard
from protocol import outbound, requests
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound
from protocol.shapes import SchemaBook
from schemas import read_all
from tests.node.remote.asking import ALICE, NOW_MS, StillClock, make_client
from tests.node.remote.hostile import Behaviour, Hostile, answer, hostile, saying

OK = answer("200 OK", b"{}", "Content-Type: application/activity+json")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    one = make_client()
    yield one
    await one.close()


@pytest.fixture(scope="module")
def letter() -> Outbound:
    example = files("schemas").joinpath("v1", "examples", "follow")
    name = min(one.name for one in example.iterdir() if one.name.startswith("valid-"))
    value: JSONObject = json.loads(example.joinpath(name).read_text())
    return outbound.release(SchemaBook(read_all()), value)


async def refusal(client: Client, *behaviours: Behaviour, max_bytes: int = 1 << 20) -> Refused:
    async with hostile(*behaviours) as there:
        with pytest.raises(Refused) as caught:
            await client.get(
                there.origin + "/x", origin=there.origin, as_=ALICE, max_bytes=max_bytes
            )
    assert "evil" not in caught.value.detail
    return caught.value


def checks_out(there: Hostile, path: str, body: bytes | None) -> bool:
    """Does the last request's signature hold, as the other node would check it?"""
    method, _, rest = there.heads[-1].partition(" ")
    fields = [line.partition(":") for line in rest.split("\r\n")[1:] if line]
    presented = requests.read_signature(
        method=method,
        target_uri=there.origin + path,
        headers=[(name, value.strip()) for name, _, value in fields],
    )
    checked = presented.check(ALICE.signer.public, body, NOW_MS // 1000)
    return checked.key_id == ALICE.key_id


async def test_a_get_carries_a_signature_and_nothing_about_the_machine(client: Client) -> None:
    async with hostile(OK) as there:
        got = await client.get(there.origin + "/people/bob?a=b%20c", origin=there.origin, as_=ALICE)
    assert (got.status, got.body, got.ok) == (200, b"{}", True)
    assert got.media_type == "application/activity+json"
    assert there.heads[0].startswith("GET /people/bob?a=b%20c HTTP/1.1\r\n")
    names = {line.partition(":")[0].lower() for line in there.heads[0].split("\r\n")[1:] if line}
    assert names == {
        *("host", "user-agent", "accept", "accept-encoding"),
        *("signature", "signature-input"),
    }
    assert there.header("user-agent") == "Schoolgate/0.1.0"
    assert there.header("accept-encoding") == "identity"
    assert there.header("accept") == "application/activity+json"
    assert checks_out(there, "/people/bob?a=b%20c", None)


async def test_a_post_carries_what_the_gate_let_out_and_its_digest(
    client: Client, letter: Outbound
) -> None:
    async with hostile(answer("202 Accepted")) as there:
        got = await client.post(there.origin + "/inbox", letter, origin=there.origin, as_=ALICE)
    assert (got.status, got.ok, got.reason) == (202, True, None)
    assert there.bodies == [letter.body]
    assert there.header("content-type") == letter.content_type
    assert checks_out(there, "/inbox", letter.body)


async def test_a_public_document_is_asked_for_without_saying_who_asks(client: Client) -> None:
    async with hostile(OK) as there:
        got = await client.discover(there.origin + "/.well-known/nodeinfo", origin=there.origin)
    assert got.ok
    assert there.header("signature") is None
    assert there.header("signature-input") is None


async def test_every_request_has_a_nonce_of_its_own(client: Client) -> None:
    async with hostile(OK) as there:
        for _ in range(3):
            await client.get(there.origin + "/x", origin=there.origin, as_=ALICE)
    assert len({there.header("signature-input", n) for n in range(3)}) == 3


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_a_connection_lost_at_the_start_is_tried_once_more_and_signed_anew(
    client: Client, letter: Outbound
) -> None:
    async with hostile(OK, hang_up, OK) as there:
        await client.get(there.origin + "/x", origin=there.origin, as_=ALICE)
        got = await client.post(there.origin + "/inbox", letter, origin=there.origin, as_=ALICE)
        assert got.ok
        assert there.header("signature-input", 1) != there.header("signature-input", 2)
    async with hostile(OK, hang_up, OK) as there:
        for _ in range(2):
            await client.get(there.origin + "/x", origin=there.origin, as_=ALICE)
        assert there.header("signature-input", 1) != there.header("signature-input", 2)
    async with hostile(hang_up) as there:
        with pytest.raises(Refused) as caught:
            await client.post(there.origin + "/inbox", letter, origin=there.origin, as_=ALICE)
        assert caught.value.facts == {"failure": "disconnected"}
        assert len(there.heads) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 305])
async def test_a_redirect_is_not_followed(client: Client, letter: Outbound, status: int) -> None:
    async with hostile(OK) as target:
        elsewhere = answer(f"{status} Moved", b"", f"Location: {target.origin}/evil")
        async with hostile(elsewhere) as there:
            for ask in (
                client.get(there.origin, origin=there.origin, as_=ALICE),
                client.post(there.origin, letter, origin=there.origin, as_=ALICE),
                client.discover(there.origin, origin=there.origin),
            ):
                with pytest.raises(Refused) as caught:
                    await ask
                assert caught.value.reason is Reason.REDIRECTED
                assert caught.value.facts == {"status": status}
                assert target.origin not in str(caught.value)
        assert target.heads == []


async def test_a_redirect_to_itself_is_asked_once(client: Client) -> None:
    async with hostile(answer("302 Found", b"", "Location: /x")) as there:
        with pytest.raises(Refused):
            await client.get(there.origin + "/x", origin=there.origin, as_=ALICE)
    assert len(there.heads) == 1


async def test_another_origin_is_not_asked(client: Client, letter: Outbound) -> None:
    async with hostile(OK) as there:
        for url in (there.origin + "/inbox", "http://10.0.0.1/inbox", "https://evil.example/"):
            with pytest.raises(Refused) as caught:
                await client.post(url, letter, origin="https://partner.example", as_=ALICE)
            assert caught.value.reason in {Reason.FOREIGN_ORIGIN, Reason.FORBIDDEN_ADDRESS}
    assert there.heads == []


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"evil" * 16_384)
        await writer.drain()


async def endless_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"4000\r\n" + b"evil" * 4_096 + b"\r\n")
        await writer.drain()


async def endless_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-Evil: evil\r\n" * 100)
        await writer.drain()


async def trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"e")
        await asyncio.sleep(0.05)


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize(
    "behaviour",
    [endless, endless_chunks, saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")],
)
async def test_an_answer_that_is_too_large_is_broken_off(
    client: Client, behaviour: Behaviour
) -> None:
    refused = await refusal(client, behaviour)
    assert refused.reason is Reason.BAD_ANSWER
    assert refused.facts == {"failure": "too_large"}


async def test_an_answer_of_exactly_the_cap_is_read(client: Client) -> None:
    async with hostile(answer("200 OK", b"x" * 100)) as there:
        got = await client.get(there.origin, origin=there.origin, as_=ALICE, max_bytes=100)
        assert len(got.body) == 100
    assert (await refusal(client, answer("200 OK", b"x" * 101), max_bytes=100)).facts == {
        "failure": "too_large"
    }


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip"])
async def test_a_compressed_answer_is_refused_unread(client: Client, coding: str) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    refused = await refusal(client, answer("200 OK", bomb, f"Content-Encoding: {coding}"))
    assert refused.reason is Reason.BAD_ANSWER
    assert refused.facts == {"failure": "compressed"}


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (saying(b"evil\r\n\r\n"), "malformed"),
        (endless_head, "malformed"),
        (
            saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nxxx"),
            "malformed",
        ),
        (saying(b"HTTP/1.1 200 OK\r\nX: " + b"evil" * 5_000 + b"\r\n\r\n"), "malformed"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "malformed"),
    ],
)
async def test_what_is_no_http_is_refused_and_not_repeated(
    client: Client, behaviour: Behaviour, failure: str
) -> None:
    refused = await refusal(client, behaviour)
    assert refused.reason is Reason.UNREACHABLE
    assert refused.facts == {"failure": failure}


async def test_an_answer_shorter_than_its_length_is_refused(client: Client) -> None:
    async def cut_short(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nevil")
        await writer.drain()
        writer.close()

    assert (await refusal(client, cut_short)).facts == {"failure": "cut_short"}


@pytest.mark.parametrize("behaviour", [silent, trickle])
async def test_the_whole_exchange_has_one_deadline(behaviour: Behaviour) -> None:
    client = make_client(timeout_s=0.3)
    loop = asyncio.get_running_loop()
    began = loop.time()
    refused = await refusal(client, behaviour)
    assert loop.time() - began < 2
    assert (refused.reason, refused.facts) == (Reason.UNREACHABLE, {"failure": "timeout"})
    await client.close()


async def test_nothing_listening_is_named(client: Client) -> None:
    async with hostile(OK) as there:
        origin = there.origin
    with pytest.raises(Refused) as caught:
        await client.get(origin, origin=origin, as_=ALICE)
    assert caught.value.facts == {"failure": "connect"}


async def test_a_protocol_switched_unasked_is_refused(client: Client) -> None:
    refused = await refusal(
        client,
        saying(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
    )
    assert (refused.reason, refused.facts) == (Reason.BAD_ANSWER, {"failure": "protocol"})


async def test_cookies_are_not_kept(client: Client) -> None:
    async with hostile(answer("200 OK", b"", "Set-Cookie: a=b; Path=/")) as there:
        for _ in range(2):
            await client.get(there.origin, origin=there.origin, as_=ALICE)
        assert there.header("cookie") is None


async def test_settings_of_the_environment_are_not_read(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    async with hostile(OK) as proxy, hostile(OK) as there:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        await client.get(there.origin, origin=there.origin, as_=ALICE)
        assert proxy.heads == []


async def test_a_name_that_changes_its_answer_is_asked_once_and_then_refused() -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.1", "10.0.0.1"]

    client = make_client(guard=Guard(True, lookup))
    async with hostile(OK, OK, hang_up) as there:
        origin = f"http://localhost:{there.port}"
        for _ in range(2):
            assert (await client.get(origin, origin=origin, as_=ALICE)).ok
        # Both used one connection to the one checked address.
        assert asked == ["localhost"]
        with pytest.raises(Refused) as caught:
            await client.get(origin, origin=origin, as_=ALICE)
        assert caught.value.facts == {"address_class": "private"}
        assert len(there.heads) == 3
    await client.close()


async def test_a_public_name_that_points_home_is_not_connected_to() -> None:
    async with hostile(OK) as there:

        async def lookup(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        client = make_client(guard=Guard(False, lookup))
        origin = f"https://partner.example:{there.port}"
        with pytest.raises(Refused) as caught:
            await client.get(origin, origin=origin, as_=ALICE)
        assert caught.value.reason is Reason.FORBIDDEN_ADDRESS
        assert caught.value.facts == {"address_class": "loopback"}
        assert there.heads == []
        await client.close()


async def test_a_name_without_an_address_is_named() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        raise OSError(-2, "evil")

    client = make_client(guard=Guard(False, lookup))
    with pytest.raises(Refused) as caught:
        await client.get("https://p.example/", origin="https://p.example", as_=ALICE)
    assert caught.value.facts == {"failure": "name"}
    assert "evil" not in str(caught.value)
    await client.close()


async def test_a_ca_file_without_certificates_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    for path in (file, tmp_path / "missing.pem"):
        with pytest.raises(Refused, match=r"remote\.ca_file") as caught:
            Client(Guard(True), StillClock(), SystemChance(), version="0.1.0", ca_file=str(path))
        assert caught.value.reason is Reason.BAD_SETTING
