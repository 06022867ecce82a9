"""Where this node can be made to connect to: to its partners' own origins, and nowhere else."""

import asyncio
import socket

import pytest

from node.actions import partners, people
from node.actions.permission import OPERATOR
from protocol.errors import Reason, Refused
from tests.attacks.hostile import Rogue, answer, ask
from tests.attacks.speaking import snapshot
from tests.nodes import (
    Node,
    settle,
)

REDIRECTS = ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent")


async def is_refused(node: Node, address: str, *reasons: Reason) -> Refused:
    """No administrator can make the node look at this address."""
    before = await snapshot(node)
    with pytest.raises(Refused) as refused:
        await partners.add(node.context, OPERATOR, address)
    assert refused.value.reason in reasons, (address, refused.value)
    assert await snapshot(node) == before
    return refused.value


async def test_a046_addresses_of_the_own_network_are_refused_by_their_class(
    strict: Node, stranger: Rogue
) -> None:
    port = stranger.port
    for host, kind in (
        (f"127.0.0.1:{port}", "loopback"),
        (f"127.8.9.1:{port}", "loopback"),
        (f"localhost:{port}", "loopback"),
        (f"app.localhost:{port}", "loopback"),
        (f"[::1]:{port}", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("169.254.169.254", "link-local"),
        ("[fe80::1]", "link-local"),
        ("[fd00::1]", "unique-local"),
        (f"[::ffff:127.0.0.1]:{port}", "IPv4-mapped"),
        (f"[::ffff:7f00:1]:{port}", "IPv4-mapped"),
        ("[64:ff9b::7f00:1]", "NAT64"),
        ("[2002:7f00:1::]", "6to4"),
        ("router", "local-name"),
    ):
        for scheme in ("https://", "http://", ""):
            refused = await is_refused(strict, scheme + host, Reason.FORBIDDEN_ADDRESS)
            assert refused.facts["address_class"] == kind
    assert stranger.connections == 0


async def test_a046_development_opens_loopback_and_nothing_else(
    alpha: Node, stranger: Rogue
) -> None:
    for host in ("10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "192.168.1.1", "[::]"):
        await is_refused(alpha, f"http://{host}:{stranger.port}", Reason.FORBIDDEN_ADDRESS)
    assert stranger.connections == 0
    await partners.add(alpha.context, OPERATOR, stranger.base)


@pytest.fixture
async def answered(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the resolver answers, question by question; the last one for ever."""
    answers: list[list[str]] = []

    async def lookup(host: str, port: int, **_: object) -> list[object]:
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port))
            for one in now
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    return answers


async def test_a047_a_name_that_leads_inside_is_refused(
    strict: Node, stranger: Rogue, answered: list[list[str]]
) -> None:
    for addresses in (
        [".".join("0000")],
        ["255.255.255.255"],
        ["::"],
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["10.1.2.3"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
    ):
        answered[:] = [addresses]
        address = f"https://school.example:{stranger.port}"
        await is_refused(strict, address, Reason.FORBIDDEN_ADDRESS)
    assert stranger.connections == 0


async def test_a047_a_name_that_changes_its_answer_is_connected_where_it_was_checked(
    strict: Node, stranger: Rogue, answered: list[list[str]]
) -> None:
    opened: list[object] = []

    async def refuse(sock: socket.socket, address: object) -> None:
        opened.append(address)
        raise OSError("nobody is there")

    answered[:] = [["93.184.216.34"], ["127.0.0.1"]]
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(asyncio.get_running_loop(), "sock_connect", refuse)
        address = f"https://school.example:{stranger.port}"
        await is_refused(strict, address, Reason.UNREACHABLE)
        assert opened == [("93.184.216.34", stranger.port)]
        await is_refused(strict, address, Reason.FORBIDDEN_ADDRESS)
    assert stranger.connections == 0


async def test_a049_addresses_for_special_use_are_refused(
    strict: Node, answered: list[list[str]]
) -> None:
    for address in (
        "100.64.0.1", "198.18.0.1", "192.88.99.1", "192.0.0.8", "224.0.0.1", "240.0.0.1",
        "192.0.2.1", "203.0.113.9", "168.63.129.16", "ff02::1", "2001:db8::1", "100::1",
    ):  # fmt: skip
        literal = f"[{address}]" if ":" in address else address
        await is_refused(strict, f"https://{literal}", Reason.FORBIDDEN_ADDRESS)
        answered[:] = [[address]]
        await is_refused(strict, "https://school.example", Reason.FORBIDDEN_ADDRESS)


async def test_a050_a_number_is_no_name_however_it_is_spelled(
    strict: Node, alpha: Node, stranger: Rogue
) -> None:
    for node in (strict, alpha):
        for host in (
            "0x7f.1", "0177.0.0.1", "2130706433", "127.1", "0x7f000001", "017700000001",
            "127.0.0.1.", "1２7.0.0.1", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "0", "0x0",
            "127.0.0.01", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "127.0.0.1%00.example",
        ):  # fmt: skip
            address = f"http://{host}:{stranger.port}"
            await is_refused(node, address, Reason.FORBIDDEN_ADDRESS, Reason.BAD_NAME)
    assert stranger.connections == 0


async def test_a052_a_redirect_of_a_signed_get_is_not_followed(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    url = f"{mallory.base}/people/eve"
    stranger.person("eve")
    for status in REDIRECTS:
        for target in (f"{stranger.base}/people/eve", "/people/bob", "//evil.example/", ""):
            location = f"\r\nLocation: {target}"
            mallory.answers["/people/eve"] = answer(b"", status=status + location)
            before = await snapshot(alpha)
            with pytest.raises(Refused) as refused:
                await ask(alpha, url, mallory.base)
            assert refused.value.reason is Reason.REDIRECTED
            assert await snapshot(alpha) == before
    assert stranger.connections == 0
    assert set(mallory.asked) == {"/people/eve"}


async def test_a052_a_redirect_of_a_letter_is_not_followed(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    eve = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    location = f"\r\nLocation: {stranger.base}/inbox"
    mallory.taken = answer(b"", status="307 Temporary Redirect" + location)
    await people.publish_update(alpha.context, alpha.admin, text="To all.", language="en")
    mallory.asked.clear()
    await settle(alpha)
    assert mallory.asked == ["/inbox"]
    assert stranger.connections == 0
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT state, why FROM deliveries ORDER BY id DESC LIMIT 1")
    assert row is not None
    assert (row["state"], row["why"]) == ("waiting", "redirected")
    mallory.taken = b""
    alpha.clock.advance(days=1)
    await settle(alpha)
    assert await alpha.count("deliveries WHERE state = 'waiting'") == 0


async def test_a053_no_credential_and_no_cookie_goes_anywhere(
    alpha: Node, mallory: Rogue, stranger: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, stranger.base)
    netrc = alpha.folder.path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    found = "302 Found\r\nSet-Cookie: track=1; Path=/\r\nLocation: "
    mallory.answers["/a"] = answer(b"", status=f"{found}{stranger.base}/people/eve")
    with pytest.raises(Refused):
        await ask(alpha, f"{mallory.base}/a", mallory.base)
    mallory.answers["/b"] = answer(b"{}", status="200 OK\r\nSet-Cookie: track=2; Path=/")
    for _ in range(2):
        await ask(alpha, f"{mallory.base}/b", mallory.base)
    assert stranger.connections == 0
    sent = "".join(mallory.heads).lower()
    assert "cookie:" not in sent
    assert "authorization:" not in sent
    assert sent.count("signature:") >= 3


async def test_a054_a_loop_ends_where_it_begins(alpha: Node, mallory: Rogue) -> None:
    for path, target in (("/loop", "/loop"), ("/a", "/b"), ("/b", "/a"), ("/0", "/1")):
        mallory.answers[path] = answer(b"", status=f"302 Found\r\nLocation: {target}")
    for path in ("/loop", "/a", "/0"):
        mallory.asked.clear()
        with pytest.raises(Refused) as refused:
            await ask(alpha, mallory.base + path, mallory.base)
        assert refused.value.reason is Reason.REDIRECTED
        assert mallory.asked == [path]


async def test_a057_only_the_exact_origin_of_the_partner_is_asked(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    mallory.person("eve")
    host, there = mallory.base.removeprefix("http://"), stranger.base.removeprefix("http://")
    mallory.connections = 0
    for url in (
        f"http://{host}@{there}/people/eve",
        f"http://{there}/people/eve",
        f"http://{there}#{host}/people/eve",
        f"http://{there}\\@{host}/people/eve",
        f"http://{host}\\@{there}/people/eve",
        f"http://{there}?{host}/people/eve",
        f"https://{host}/people/eve",
        f"http://{host}0/people/eve",
        f"http://localhost:{mallory.port}/people/eve",
        f"http://[::1]:{mallory.port}/people/eve",
        f"http://{host}/people/../people/eve",
        f"http://{host}/people/%2e%2e/people/eve",
        f"http://{host}/people/eve\r\nHost: evil.example",
        f"http://{host}/people/eve HTTP/1.1",
        f"//{host}/people/eve",
        f"gopher://{host}/people/eve",
        f"http:/{host}/people/eve",
        f"http://{host}.evil.example/people/eve",
        f" http://{host}/people/eve",
    ):
        with pytest.raises(Refused) as refused:
            await ask(alpha, url, mallory.base)
        assert refused.value.reason in {
            Reason.FOREIGN_ORIGIN,
            Reason.BAD_NAME,
            Reason.FORBIDDEN_ADDRESS,
        }, url
    assert stranger.connections == 0
    assert mallory.connections == 0
    for url in (f"HTTP://{host}/people/eve", f"http://{host}/people/eve"):
        assert (await ask(alpha, url, mallory.base)).status == 200


async def test_a057_a_partner_is_written_down_under_one_origin(alpha: Node, mallory: Rogue) -> None:
    host = mallory.base.removeprefix("http://")
    for address in (f"HTTP://{host}/", f" {mallory.base} ", f"{mallory.base}/people/eve?x"):
        await is_refused(alpha, address, Reason.CONFLICT)
    assert await alpha.count("partners") == 1
