"""A school that gets out through a proxy only: nothing goes beside it."""

import socket
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.actions import contacts, find, partners
from node.actions.permission import OPERATOR
from node.remote.guard import ForbiddenConnection, Guard
from node.remote.proxy import OutboundProxy, read_proxy
from node.storage import deliveries
from protocol.errors import Reason, Refused
from tests.certificates import Authority
from tests.nodes import Node, VirtualClock, make_partners, running, settle
from tests.proxies import ConnectProxy, TlsProxy

NAME = "verde.example"
PASSWORD = "school:open sesame"


@dataclass
class Ways:
    """Alpha behind the proxy, Verde on the open network, and what each proxy was asked."""

    alpha: Node
    verde: Node
    proxy: ConnectProxy
    tls: TlsProxy
    secret: Path


@pytest.fixture
async def ways(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Ways]:
    authority = Authority(tmp_path / "authority")
    secret = tmp_path / "proxy-password"
    secret.write_text(PASSWORD + "\n")
    async with running("verde", tmp_path / "verde", clock, base=f"https://{NAME}") as verde:
        tls = TlsProxy(authority.issue(NAME), ("127.0.0.1", verde.listening.port))
        async with tls.running():
            proxy = ConnectProxy({f"{NAME}:443": ("127.0.0.1", tls.port)}, password=PASSWORD)
            async with proxy.running():
                settings = {
                    "SCHOOLGATE_REMOTE__CA_FILE": str(authority.file),
                    "SCHOOLGATE_REMOTE__OUTBOUND_PROXY": f"http://127.0.0.1:{proxy.port}",
                    "SCHOOLGATE_REMOTE__OUTBOUND_PROXY_AUTH_FILE": str(secret),
                }
                async with running("alpha", tmp_path / "alpha", clock, settings) as alpha:
                    yield Ways(alpha, verde, proxy, tls, secret)


async def test_partners_meet_through_the_proxy(ways: Ways) -> None:
    alpha, verde = ways.alpha, ways.verde
    await make_partners(alpha, verde)
    ana, bob = await alpha.account("ana"), await verde.account("bob")
    await find.find_actor(alpha.context, ana, bob.actor)
    await contacts.offer(alpha.context, ana, bob.actor, "Shall we?")
    await settle(alpha, verde)
    assert set(ways.proxy.asked) == {f"CONNECT {NAME}:443"}
    assert any(line.startswith("POST /inbox") for line in ways.tls.asked)
    assert ways.proxy.refused == []


async def test_the_guard_still_refuses_what_it_can_see(ways: Ways) -> None:
    for address, reason in (
        ("https://10.0.0.1", Reason.FORBIDDEN_ADDRESS),
        ("https://169.254.169.254", Reason.FORBIDDEN_ADDRESS),
        ("https://[::ffff:10.0.0.1]", Reason.FORBIDDEN_ADDRESS),
        ("https://router", Reason.FORBIDDEN_ADDRESS),
        ("http://verde.example", Reason.BAD_NAME),
    ):
        with pytest.raises(Refused) as refused:
            await partners.add(ways.alpha.context, OPERATOR, address)
        assert refused.value.reason is reason
    assert ways.proxy.asked == []


async def test_what_the_proxy_does_not_let_through_waits_and_says_so(ways: Ways) -> None:
    alpha, verde = ways.alpha, ways.verde
    await make_partners(alpha, verde)
    ana, bob = await alpha.account("ana"), await verde.account("bob")
    await find.find_actor(alpha.context, ana, bob.actor)
    ways.proxy.password = "school:changed"
    await contacts.offer(alpha.context, ana, bob.actor, "Shall we?")
    await settle(alpha, verde)
    async with alpha.context.database.read() as reader:
        [waiting] = await deliveries.list_open(reader)
    assert (waiting.state, waiting.why) == ("waiting", "proxy")


async def test_a_certificate_is_checked_inside_the_tunnel(ways: Ways) -> None:
    ways.proxy.routes = {"azul.example:443": ("127.0.0.1", ways.tls.port)}
    with pytest.raises(Refused) as refused:
        await partners.add(ways.alpha.context, OPERATOR, "https://azul.example")
    assert refused.value.facts == {"failure": "certificate_name"}


async def test_no_socket_goes_anywhere_but_to_the_proxy() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["10.1.2.3"] if host == "proxy.example" else ["192.0.2.1"]

    guard = Guard(False, lookup, proxy=OutboundProxy("proxy.example", 3128))
    [place] = await guard.locate("proxy.example", 3128)
    assert str(place.address) == "10.1.2.3"
    family = socket.AF_INET
    guard.open_socket((family, socket.SOCK_STREAM, 0, "", ("10.1.2.3", 3128))).close()
    for where in (("10.1.2.3", 22), ("10.1.2.4", 3128), ("198.41.0.4", 443)):
        with pytest.raises(ForbiddenConnection):
            guard.open_socket((family, socket.SOCK_STREAM, 0, "", where))
    with pytest.raises(ForbiddenConnection):
        await guard.locate("partner.example", 443)


@pytest.mark.parametrize(
    "written",
    ["proxy.example:3128", "socks5://proxy.example:1080", "http://me:secret@proxy.example:3128",
     "http://proxy.example", "http://proxy.example:99999", "http://proxy.example:3128/path"],
)  # fmt: skip
def test_a_proxy_is_written_in_one_way(written: str) -> None:
    with pytest.raises(Refused) as refused:
        read_proxy(written, None)
    assert refused.value.reason is Reason.BAD_SETTING
    assert "secret" not in refused.value.detail


@pytest.mark.parametrize("text", ["", "name", ":password", "name:"])
def test_a_proxys_password_lies_in_a_file_of_one_line(tmp_path: Path, text: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(text)
    for file in (secret, tmp_path / "missing"):
        with pytest.raises(Refused) as refused:
            read_proxy("http://proxy.example:3128", str(file))
        assert refused.value.reason is Reason.BAD_SETTING
    secret.write_text("name:pass:word\n")
    proxy = read_proxy("http://proxy.example:3128", str(secret))
    assert proxy is not None
    sent = proxy.headers["Proxy-Authorization"].removeprefix("Basic ")
    assert b64decode(sent) == b"name:pass:word"
    assert sent not in repr(proxy)
