"""Where this node may connect to: exactly its partners' origins, and never into its own network.

A URL is read by one strict grammar, brought to its canonical form and compared with the origin of
the partner record. The name behind it is resolved once; one forbidden address among the answers
refuses them all; the connection goes to the very addresses that were checked, so a name that
changes its answer afterwards (DNS rebinding) changes nothing. A last check lies in the function
that makes the socket.
"""

import asyncio
import errno
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import TypeAlias

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from node.remote.addresses import Address, forbidden_class, read_literal
from node.remote.proxy import OutboundProxy
from protocol.errors import Reason, Refused

Lookup: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""Asks for a name's addresses (host, port); raises OSError when there are none."""

MAX_URL_CHARACTERS = 2048

# RFC 3986 without userinfo and fragment; the host is looked at separately.
_URL = re.compile(
    r"(?P<scheme>[A-Za-z]+)://(?P<host>\[[^\]/?#@]*\]|[^/?#@:\[\]\\\s]*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?P<query>\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
_DEFAULT_PORT = {"https": 443, "http": 80}
_WHERE = re.compile(r"(?P<address>[0-9.]+|\[[0-9a-f:]+\]):(?P<port>[1-9][0-9]{0,4})")


@dataclass(frozen=True)
class Target:
    """A URL that may be asked: its canonical form and its origin, made by `Guard.check` only."""

    url: str
    origin: str


@dataclass(frozen=True)
class Place:
    """Where a name lies on this machine, for trying things out."""

    address: Address
    port: int


def read_hosts(written: Mapping[str, str], *, development: bool) -> dict[str, Place]:
    """The setting `remote.hosts`. Refuses with BAD_SETTING what is no place on loopback, and all of
    it without the development setting: no school's node may be led into its own network.
    """
    if written and not development:
        raise Refused(
            Reason.BAD_SETTING,
            "remote.hosts is for trying things out; remove it, or set node.development",
        )
    return {host: _read_place(host, where) for host, where in written.items()}


def _read_place(host: str, where: str) -> Place:
    match = _WHERE.fullmatch(where)
    address = None if match is None else read_literal(match["address"])
    if match is None or address is None or forbidden_class(address) != "loopback":
        raise Refused(
            Reason.BAD_SETTING,
            f"remote.hosts: {host} has to lie on loopback, written like 127.0.0.1:8443",
        )
    return Place(address, int(match["port"]))


class ForbiddenConnection(OSError):
    """A socket to a forbidden address was asked for."""

    def __init__(self, kind: str) -> None:
        super().__init__(errno.EACCES, f"{kind} address")
        self.kind = kind


class Guard:
    """The rules of one node; `development` alone opens loopback addresses and plain http there."""

    def __init__(
        self,
        development: bool,
        lookup: Lookup | None = None,
        hosts: Mapping[str, Place] = MappingProxyType({}),
        proxy: OutboundProxy | None = None,
    ) -> None:
        self._development = development
        self._lookup = lookup or ask_system
        self._hosts = hosts if development else {}
        self.proxy = proxy
        self._of_proxy: set[Address] = set()

    def check(self, url: str, origin: str) -> Target:
        """`url` as it may be asked of the partner whose recorded origin is `origin`.

        Refuses BAD_NAME (not a plain URL), FORBIDDEN_ADDRESS (fact `address_class`) and
        FOREIGN_ORIGIN (another host, port or scheme than the partner's).
        """
        target = self.read(url)
        if target.origin != self.read(origin).origin:
            raise Refused(
                Reason.FOREIGN_ORIGIN,
                "the address lies outside the partner's own origin; only that one may be asked",
            )
        return target

    def read(self, url: str) -> Target:
        """`url` in canonical form: lower-case scheme and host, no default port, no final dot."""
        match = _URL.fullmatch(url) if len(url) <= MAX_URL_CHARACTERS else None
        if match is None:
            raise _bad_url("it must be https://host/path in ASCII, without sign-in and fragment")
        scheme = match["scheme"].lower()
        host = self._read_host(match["host"])
        loopback = host == "localhost" or read_literal(host) is not None
        if scheme != "https" and not (scheme == "http" and loopback):
            raise _bad_url("it must begin with https://")
        port = int(match["port"]) if match["port"] else _DEFAULT_PORT[scheme]
        if not 0 < port < 65536:
            raise _bad_url("its port must lie between 1 and 65535")
        path = match["path"] or "/"
        if _DOTS.search(path):
            raise _bad_url("its path must not contain dot segments")
        origin = f"{scheme}://{host}" + ("" if port == _DEFAULT_PORT[scheme] else f":{port}")
        return Target(origin + path + (match["query"] or ""), origin)

    def _read_host(self, written: str) -> str:
        host = written.lower()
        address = read_literal(host)
        if address is not None:
            canonical = f"[{address}]" if address.version == 6 else str(address)
            if self._may_loop(address) and host == canonical:
                return host
            raise _forbidden(forbidden_class(address) or "literal")
        host = host.removesuffix(".")
        if host == "localhost" or host.endswith(".localhost"):
            if self._development and host == "localhost":
                return host
            raise _forbidden("loopback")
        labels = host.split(".")
        if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
            raise _bad_url("its host must be a DNS name; write an international one as xn--…")
        if len(labels) < 2:
            raise _forbidden("local-name")
        if labels[-1][0].isdigit():
            # No top-level domain begins with a digit, but resolvers read such text as a number.
            raise _forbidden("literal")
        return host

    async def resolve(self, host: str, port: int) -> list[Address]:
        """The checked addresses of `host`, in the resolver's order.

        Refuses FORBIDDEN_ADDRESS when any of them is forbidden; raises OSError when there is none.
        """
        addresses = [ip_address(text) for text in await self._lookup(host, port)]
        if not addresses:
            raise OSError(errno.ENOENT, "the name has no address")
        for address in addresses:
            kind = self._kind(address, host)
            if kind is not None:
                raise _forbidden(kind)
        return addresses

    async def locate(self, host: str, port: int) -> list[Place]:
        """Where to connect for `host` and `port`; as `resolve`, but for the names of `hosts`.

        Where there is a proxy, that is the only place: it may lie in the own network.
        """
        if self.proxy is not None:
            if (host, port) != (self.proxy.host, self.proxy.port):
                raise ForbiddenConnection("direct")
            self._of_proxy = {ip_address(text) for text in await self._lookup(host, port)}
            return [Place(address, port) for address in self._of_proxy]
        if host in self._hosts:
            return [self._hosts[host]]
        return [Place(address, port) for address in await self.resolve(host, port)]

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """A socket for one `getaddrinfo` row, unless its address is forbidden."""
        family, kind, protocol, _, where = info
        address = ip_address(str(where[0]))
        if self.proxy is not None:
            if not self._is_proxy(address, int(where[1])):
                raise ForbiddenConnection("direct")
        elif not self._may_loop(address) and (forbidden := forbidden_class(address)) is not None:
            raise ForbiddenConnection(forbidden)
        return socket.socket(family=family, type=kind, proto=protocol)

    def _is_proxy(self, address: Address, port: int) -> bool:
        if self.proxy is None or port != self.proxy.port:
            return False
        return address in self._of_proxy or read_literal(self.proxy.host) == address

    def _kind(self, address: Address, host: str) -> str | None:
        """The forbidden class of `address` as an answer for `host`."""
        if self._may_loop(address) and host == "localhost":
            return None
        return forbidden_class(address)

    def _may_loop(self, address: Address) -> bool:
        return self._development and forbidden_class(address) == "loopback"


class PinnedResolver(AbstractResolver):
    """Gives the connector checked addresses only, as literals: it asks nobody a second time."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(place.address),
                port=place.port,
                family=socket.AF_INET if place.address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for place in await self._guard.locate(host, port)
        ]

    async def close(self) -> None:
        """Nothing to close: the resolver holds nothing."""


async def ask_system(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives."""
    rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _forbidden(kind: str) -> Refused:
    article = "an" if kind[0] in "aAIu" else "a"
    return Refused(
        Reason.FORBIDDEN_ADDRESS,
        f"the host is {article} {kind} address; a partner must be reachable by a public DNS name",
        address_class=kind,
    )


def _bad_url(how: str) -> Refused:
    return Refused(Reason.BAD_NAME, f"the address cannot be used: {how}")
