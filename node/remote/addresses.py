"""Which network addresses are no place for another school's node, and what each kind is called.

The tables follow the IANA special-purpose registries (RFC 6890 and its updates). `is_global` of
the standard library is not enough: it is true for multicast, 192.88.99.1 and 192.0.0.8.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias
from unicodedata import normalize

Address: TypeAlias = IPv4Address | IPv6Address

# The first match names the address, so a narrower network stands before a wider one.
_IPV4 = tuple(
    (name, IPv4Network(network))
    for name, network in (
        ("unspecified", "0.0.0.0/8"),
        ("private", "10.0.0.0/8"),
        ("CGNAT", "100.64.0.0/10"),
        ("loopback", "127.0.0.0/8"),
        ("cloud-metadata", "168.63.129.16/32"),
        ("link-local", "169.254.0.0/16"),
        ("private", "172.16.0.0/12"),
        ("protocol-assignments", "192.0.0.0/24"),
        ("documentation", "192.0.2.0/24"),
        ("AS112", "192.31.196.0/24"),
        ("AMT", "192.52.193.0/24"),
        ("6to4", "192.88.99.0/24"),
        ("private", "192.168.0.0/16"),
        ("AS112", "192.175.48.0/24"),
        ("benchmarking", "198.18.0.0/15"),
        ("documentation", "198.51.100.0/24"),
        ("documentation", "203.0.113.0/24"),
        ("multicast", "224.0.0.0/4"),
        ("broadcast", "255.255.255.255/32"),
        ("reserved", "240.0.0.0/4"),
    )
)

_IPV6 = tuple(
    (name, IPv6Network(network))
    for name, network in (
        ("unspecified", "::/128"),
        ("loopback", "::1/128"),
        ("IPv4-mapped", "::ffff:0:0/96"),
        ("IPv4-compatible", "::/96"),
        ("IPv4-translated", "::ffff:0:0:0/96"),
        ("NAT64", "64:ff9b::/96"),
        ("NAT64", "64:ff9b:1::/48"),
        ("discard", "100::/64"),
        ("Teredo", "2001::/32"),
        ("benchmarking", "2001:2::/48"),
        ("protocol-assignments", "2001::/23"),
        ("documentation", "2001:db8::/32"),
        ("6to4", "2002::/16"),
        ("AS112", "2620:4f:8000::/48"),
        ("6bone", "3ffe::/16"),
        ("documentation", "3fff::/20"),
        ("unique-local", "fc00::/7"),
        ("link-local", "fe80::/10"),
        ("site-local", "fec0::/10"),
        ("multicast", "ff00::/8"),
    )
)
# Everything else that is handed out lies here (RFC 4291 §2.4, IANA IPv6 address space).
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def forbidden_class(address: Address) -> str | None:
    """What kind of address this is when no connection may go there, else None."""
    if isinstance(address, IPv4Address):
        return next((name for name, network in _IPV4 if address in network), None)
    for name, network in _IPV6:
        if address in network:
            return name
    if address.scope_id is not None or address not in _GLOBAL_UNICAST:
        return "reserved"
    return None


def read_literal(host: str) -> Address | None:
    """The address that `host` spells, in any spelling a resolver may accept, or None for a name.

    Covers `127.1`, `0x7f.1`, `0177.0.0.1`, `2130706433`, fullwidth digits, brackets and a
    trailing dot: `getaddrinfo` maps each of them to an address without asking anybody.
    """
    plain = normalize("NFKC", host).strip("[]").rstrip(".")
    try:
        return ip_address(plain)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, ValueError):
        return None
