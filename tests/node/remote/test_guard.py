"""Where a node may connect to (PROTOCOL.md, Delivery)."""

import socket
from ipaddress import IPv4Address, ip_address

import pytest

from node.remote.addresses import forbidden_class
from node.remote.guard import ForbiddenConnection, Guard, PinnedResolver, read_hosts
from protocol.errors import Reason, Refused

PARTNER = "https://partner.example"

FORBIDDEN = [
    (str(IPv4Address(0)), "unspecified"),
    ("0.1.2.3", "unspecified"),
    ("10.0.0.1", "private"),
    ("100.64.0.1", "CGNAT"),
    ("100.100.100.200", "CGNAT"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "cloud-metadata"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "protocol-assignments"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4"),
    ("192.168.0.1", "private"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::127.0.0.1", "IPv4-compatible"),
    ("::ffff:127.0.0.1", "IPv4-mapped"),
    ("::ffff:93.184.215.14", "IPv4-mapped"),
    ("::ffff:0:127.0.0.1", "IPv4-translated"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b:1::7f00:1", "NAT64"),
    ("100::1", "discard"),
    ("2001::1", "Teredo"),
    ("2001:2::1", "benchmarking"),
    ("2001:20::1", "protocol-assignments"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("3fff::1", "documentation"),
    ("3ffe::1", "6bone"),
    ("fc00::1", "unique-local"),
    ("fd00:ec2::254", "unique-local"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("5f00::1", "reserved"),
    ("4000::1", "reserved"),
    ("2a00:1450:4001::8a%1", "reserved"),
]


def answering(*answers: list[str]) -> Guard:
    """A guard whose names resolve to one answer after the other."""
    waiting = list(answers)

    async def lookup(host: str, port: int) -> list[str]:
        return waiting.pop(0)

    return Guard(False, lookup)


def refusal(guard: Guard, url: str, origin: str = PARTNER) -> Refused:
    with pytest.raises(Refused) as caught:
        guard.check(url, origin)
    return caught.value


@pytest.mark.parametrize(("address", "kind"), FORBIDDEN)
def test_every_special_address_has_a_class(address: str, kind: str) -> None:
    assert forbidden_class(ip_address(address)) == kind


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.255.255", "172.32.0.1", "198.20.0.1", "2a00:1450:4001::8a"]
)
def test_a_public_address_has_none(address: str) -> None:
    assert forbidden_class(ip_address(address)) is None


@pytest.mark.parametrize(("address", "kind"), FORBIDDEN)
async def test_a_name_that_resolves_to_a_forbidden_address_is_refused(
    address: str, kind: str
) -> None:
    with pytest.raises(Refused) as caught:
        await PinnedResolver(answering(["8.8.8.8", address])).resolve("partner.example", 443)
    assert caught.value.reason is Reason.FORBIDDEN_ADDRESS
    assert caught.value.facts == {"address_class": kind}
    assert address not in caught.value.detail


@pytest.mark.parametrize(("address", "kind"), FORBIDDEN)
def test_no_socket_is_made_for_a_forbidden_address(address: str, kind: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(ForbiddenConnection) as caught:
        Guard(False).open_socket((family, socket.SOCK_STREAM, 0, "", (address, 443)))
    assert caught.value.kind == kind


async def test_a_public_answer_is_pinned_as_a_literal() -> None:
    guard = answering(["8.8.8.8", "2a00:1450:4001::8a"], ["127.0.0.1"])
    rows = await PinnedResolver(guard).resolve("partner.example", 443)
    assert [row["host"] for row in rows] == ["8.8.8.8", "2a00:1450:4001::8a"]
    assert all(row["flags"] & socket.AI_NUMERICHOST for row in rows)


async def test_a_name_without_an_address_is_an_error_of_the_network() -> None:
    with pytest.raises(OSError, match="no address"):
        await PinnedResolver(answering([])).resolve("partner.example", 443)


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.0.0.1.", "loopback"),
        ("0x7f.1", "loopback"),
        ("0x7F000001", "loopback"),
        ("0177.0.0.1", "loopback"),
        ("2130706433", "loopback"),
        ("127.1", "loopback"),
        ("１２７.0.0.1", "loopback"),
        ("①②⑦.0.0.1", "loopback"),
        ("10.0.0.1", "private"),
        ("192.168.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("0", "unspecified"),
        ("[::1]", "loopback"),
        ("[0:0:0:0:0:0:0:1]", "loopback"),
        ("[fe80::1]", "link-local"),
        ("[fe80::1%25eth0]", "link-local"),
        ("[::ffff:127.0.0.1]", "IPv4-mapped"),
        ("[64:ff9b::7f00:1]", "NAT64"),
        ("8.8.8.8", "literal"),
        ("[2a00:1450:4001::8a]", "literal"),
        ("08.8.8.8", "literal"),
        ("1.2.3.4.5", "literal"),
        ("partner.0x7f", "literal"),
        ("localhost", "loopback"),
        ("LOCALHOST.", "loopback"),
        ("a.localhost", "loopback"),
        ("intranet", "local-name"),
    ],
)
def test_a_host_that_is_no_public_name_is_refused_by_its_class(host: str, kind: str) -> None:
    refused = refusal(Guard(False), f"https://{host}/actor", f"https://{host}")
    assert refused.reason is Reason.FORBIDDEN_ADDRESS
    assert refused.facts == {"address_class": kind}


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example@evil.example/",
        "https://partner.example:secret@evil.example/",
        "https://evil.example\\@partner.example/",
        "https://partner.example\\@evil.example/",
        "https://partner.example#@evil.example/",
        "https://partner.example/actor#ed25519-key",
        "https://partner.example /actor",
        "https://partner.example/a b",
        "https://partner.example/a\r\nHost: evil.example",
        "https://partner.example/%",
        "https://partner.example/%zz",
        "https://partner.example/people/../actor",
        "https://partner.example/people/%2e%2E/actor",
        "https://partner.example/.",
        "https://partner.example/ä",
        "https://pärtner.example/",
        "https://partner。example/",
        "https://partner..example/",
        "https://-partner.example/",
        "https://partner_x.example/",
        "https:///actor",
        "https://partner.example:0/",
        "https://partner.example:65536/",
        "https://partner.example:４４３/",
        "https:partner.example/",
        "//partner.example/",
        "/actor",
        "",
        "http://partner.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "https://[::1/",
        "https://" + "a." * 130 + "example/",
        "https://partner.example/" + "a" * 2100,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    assert refusal(Guard(False), url).reason is Reason.BAD_NAME


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/actor",
        "https://partner.example.evil.example/",
        "https://evilpartner.example/",
        "https://sub.partner.example/",
        "https://partner.example:8443/actor",
        "https://partner.example:80/actor",
        "https://evil.example/@partner.example/",
        "https://evil.example/?https://partner.example/",
    ],
)
def test_an_address_outside_the_partners_origin_is_refused(url: str) -> None:
    assert refusal(Guard(False), url).reason is Reason.FOREIGN_ORIGIN


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://partner.example", "https://partner.example/"),
        ("HTTPS://PARTNER.EXAMPLE/Actor", "https://partner.example/Actor"),
        ("https://partner.example:443/actor", "https://partner.example/actor"),
        ("https://partner.example./actor", "https://partner.example/actor"),
        ("https://partner.example/a%2Fb?c=d%20e&f", "https://partner.example/a%2Fb?c=d%20e&f"),
        ("https://partner.example?x=1", "https://partner.example/?x=1"),
        ("https://partner.example/...", "https://partner.example/..."),
        ("https://partner.example/@x", "https://partner.example/@x"),
    ],
)
def test_an_address_is_normalised_and_then_compared(url: str, canonical: str) -> None:
    assert Guard(False).check(url, "https://Partner.example:443/").url == canonical


def test_another_port_is_another_origin() -> None:
    guard = Guard(False)
    origin = "https://partner.example:8443"
    assert guard.check(origin + "/actor", origin).url == origin + "/actor"
    assert refusal(guard, "https://partner.example/actor", origin).reason is Reason.FOREIGN_ORIGIN


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:8421", "http://127.3.2.1:1", "http://[::1]:8421", "http://localhost:8421"],
)
def test_the_development_setting_opens_loopback(origin: str) -> None:
    assert Guard(True).check(origin + "/actor", origin).origin == origin
    assert refusal(Guard(False), origin, origin).reason is Reason.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "10.0.0.1", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"]
)
def test_the_development_setting_opens_nothing_else(host: str) -> None:
    refused = refusal(Guard(True), f"http://{host}/", f"http://{host}")
    assert refused.reason is Reason.FORBIDDEN_ADDRESS


async def test_a_public_name_that_points_home_is_refused_in_development_too() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    guard = Guard(True, lookup)
    assert [str(one) for one in await guard.resolve("localhost", 80)] == ["127.0.0.1"]
    with pytest.raises(Refused, match="loopback"):
        await guard.resolve("partner.example", 443)
    assert refusal(guard, "http://partner.example/").reason is Reason.BAD_NAME


async def test_a_name_that_lies_on_this_machine_by_setting_is_asked_there() -> None:
    hosts = read_hosts({"partner.example": "127.0.0.7:8443"}, development=True)
    [found] = await PinnedResolver(Guard(True, hosts=hosts)).resolve("partner.example", 443)
    assert (found["host"], found["port"]) == ("127.0.0.7", 8443)
    assert Guard(True, hosts=hosts).check(f"{PARTNER}/actor", PARTNER).origin == PARTNER


def test_no_name_lies_on_this_machine_without_the_development_setting() -> None:
    with pytest.raises(Refused) as refused:
        read_hosts({"partner.example": "127.0.0.1:8443"}, development=False)
    assert refused.value.reason is Reason.BAD_SETTING


@pytest.mark.parametrize(
    "where",
    ["10.0.0.1:443", "127.0.0.1", "8443", "[::ffff:127.0.0.1]:443", "192.0.2.1:443", "localhost:1"],
)
def test_a_setting_leads_no_name_anywhere_but_to_loopback(where: str) -> None:
    with pytest.raises(Refused) as refused:
        read_hosts({"partner.example": where}, development=True)
    assert refused.value.reason is Reason.BAD_SETTING
