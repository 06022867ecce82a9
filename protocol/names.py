"""Names: of nodes, actors, objects, spaces and logs; read, minted and compared in one place.

A name is compared as text, so each has exactly one spelling and every other is refused with
BAD_NAME. URLs are read by one small grammar of our own (a part of RFC 3986): general URL libraries
disagree about what they repair, and whatever two readers understand differently is an attack.
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from protocol.canonical import b64
from protocol.errors import Reason, Refused

MAX_URL_CHARACTERS: Final = 500

# Visible ASCII without the backslash, which browsers take for a slash.
_URL: Final = re.compile(r"(https?)://([^/?#\\]+)([/?#][!-\[\]-~]*)?", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(\[::1\]|[a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A last label that begins with a letter is no number: 127.1, 0177.0.0.1, 0x7f.1 and 2130706433 are
# spellings of an IPv4 address to some resolvers (WHATWG URL, "ends in a number").
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?=[a-z])(?!localhost\Z){_LABEL}")
_OCTET: Final = r"(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_LOOPBACK: Final = re.compile(rf"localhost|\[::1\]|127(?:\.{_OCTET}){{3}}")
_SEGMENT: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})+"
_PATH: Final = re.compile(rf"(?:/{_SEGMENT})*")
_PERCENT: Final = re.compile(r"%([0-9A-F]{2})")
_NEVER_ENCODED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/\\"
) | {*range(0x20), 0x7F}
_DEFAULT_PORTS: Final = {"https": "443", "http": "80"}
_HANDLE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
_KEY_FRAGMENT: Final = re.compile(r"ed25519-key(?:-(?:[2-9]|[1-9][0-9]{1,5}))?")
_NODE: Final = re.compile(r"[0-9a-f]{32}")
# The last letter of 16 or 32 bytes carries bits that have to be zero.
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_HASH: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_LOG: Final = re.compile(r"([ck])/([0-9a-f]{32})/(0|[1-9][0-9]{0,8})")


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_NAME, sentence)


def _split(url: str) -> tuple[str, str, bool]:
    """The origin of a URL in its one spelling, what follows it, and whether it is loopback."""
    if len(url) > MAX_URL_CHARACTERS:
        raise _bad(f"an address has at most {MAX_URL_CHARACTERS} characters")
    # Before anything is lowered: the lower case of the Kelvin sign is an ASCII k.
    found = _URL.fullmatch(url) if url.isascii() else None
    if found is None:
        raise _bad("write an address as https://host/path, in ASCII, without spaces or backslashes")
    scheme = found[1].lower()
    authority = _AUTHORITY.fullmatch(found[2].lower())
    if authority is None:
        raise _bad("the host is a plain DNS name with at most a port, without a user name")
    host, port = authority[1].removesuffix("."), authority[2]
    is_loopback = _LOOPBACK.fullmatch(host) is not None
    if not is_loopback and _HOST.fullmatch(host) is None:
        raise _bad("the host has to be a DNS name such as school.example, not an IP address")
    if not is_loopback and scheme != "https":
        raise _bad("an address begins with https://")
    if port is not None and int(port) > 65_535:
        raise _bad("there are 65535 ports")
    shown = "" if port is None or port == _DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{shown}", found[3] or "", is_loopback


def _split_allowed(url: str, development: bool) -> tuple[str, str]:
    base, rest, is_loopback = _split(url)
    if is_loopback and not development:
        raise _bad("a loopback address needs the setting node.development")
    return base, rest


def origin(url: str) -> str:
    """The origin of a URL in its one spelling: lower case, no default port, no trailing dot.

    For comparing: loopback addresses pass, and http for them alone; `read_base` and `read_url`
    say whether they are wanted. Refuses with BAD_NAME user names, backslashes, spaces, control and
    non-ASCII characters, and hosts that are no DNS name, however an IP address is spelled.
    """
    return _split(url)[0]


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs share an origin (FEP-fe34). Refuses with BAD_NAME what has none."""
    return origin(one) == origin(other)


def read_base(text: str, *, development: bool) -> str:
    """A node's public base, as typed: an origin, at most with one slash after it.

    Given in its one spelling. Refuses with BAD_NAME as `origin`, and a path or query.
    """
    base, rest = _split_allowed(text, development)
    if rest not in {"", "/"}:
        raise _bad("the public address has no path: https://school.example")
    return base


def read_url(text: str, *, development: bool) -> str:
    """An id, as it is. Refuses with BAD_NAME one that is not in its one spelling.

    It has no query, fragment, empty or dot segment; percent-encoded is only what has to be.
    """
    base, path = _split_allowed(text, development)
    if (
        base + path != text
        or _PATH.fullmatch(path) is None
        or not {".", ".."}.isdisjoint(path.split("/"))
        or any(int(code, 16) in _NEVER_ENCODED for code in _PERCENT.findall(path))
    ):
        raise _bad(f"{text[:80]!r} is not the plain spelling of an address")
    return text


def key_id(actor: str, number: int = 1) -> str:
    """The id of an actor's key; the first has no number."""
    return f"{actor}#ed25519-key" + (f"-{number}" if number > 1 else "")


def actor_of_key(key: str) -> str:
    """The actor that owns the key of this id. Refuses with BAD_NAME what is no key id."""
    actor, _, fragment = key.partition("#")
    if _KEY_FRAGMENT.fullmatch(fragment) is None:
        raise _bad("a key id is <actor>#ed25519-key")
    # Whether loopback is wanted was asked where the partner was named; no stranger's key counts.
    return read_url(actor, development=True)


def service_actor_id(base: str) -> str:
    """The actor that speaks for the node itself."""
    return f"{base}/actor"


def person_id(base: str, handle: str) -> str:
    """A teacher. Refuses with BAD_NAME what is no handle."""
    return f"{base}/people/{read_handle(handle)}"


def school_id(base: str, slug: str) -> str:
    """A school; its slug is spelled as a handle."""
    return f"{base}/schools/{read_handle(slug)}"


def project_id(base: str, name: str) -> str:
    """A project; `name` from `random_name`."""
    return f"{base}/projects/{read_name(name)}"


def note_id(base: str, name: str) -> str:
    """An update or a letter; `name` from `random_name`."""
    return f"{base}/notes/{read_name(name)}"


def notice_id(base: str, name: str) -> str:
    """A notice; `name` from `random_name`."""
    return f"{base}/notices/{read_name(name)}"


def activity_id(base: str, name: str) -> str:
    """An activity; `name` from `random_name`."""
    return f"{base}/activities/{read_name(name)}"


def credential_id(base: str, name: str) -> str:
    """A credential that a hub states; `name` from `random_name`."""
    return f"{base}/credentials/{read_name(name)}"


def admission_id(base: str, name: str) -> str:
    """A school's request to a hub; `name` from `random_name`."""
    return f"{base}/admissions/{read_name(name)}"


def covers(blocked: str, url: str) -> bool:
    """Whether a block of the node at the origin `blocked` also keeps out `url`.

    Scheme and port do not tell two nodes of one domain apart, and whoever has a domain has all
    below it. Loopback addresses are told apart by their ports. Refuses with BAD_NAME as `origin`.
    """
    one, other = origin(blocked), origin(url)
    if _split(one)[2] or _split(other)[2]:
        return one == other
    outer, inner = (_host_of(part) for part in (one, other))
    return inner == outer or inner.endswith(f".{outer}")


def _host_of(base: str) -> str:
    return base.partition("://")[2].partition(":")[0]


def read_handle(text: str) -> str:
    """A handle as it is. Refuses with BAD_NAME other letters than a-z, 0-9, `_`, `.`, `-`."""
    if not _HANDLE.fullmatch(text):
        raise _bad("a handle has 1 to 32 of a-z, 0-9, _ . - and begins with a letter or digit")
    return text


def address(base: str, handle: str) -> str:
    """`handle@host`, as people write it (RFC 7565 without `acct:`)."""
    return f"{handle}@{base.partition('://')[2]}"


def read_address(text: str) -> tuple[str, str]:
    """Handle and host (with its port) of an address as people write it: `anna@school.example`.

    Capitals, `acct:` and a leading `@` are taken as meant. Refuses with BAD_NAME anything else.
    """
    if not text.isascii():
        raise _bad("an address is written in ASCII: name@school.example")
    meant = text.strip().lower().removeprefix("acct:").removeprefix("@")
    handle, _, host = meant.partition("@")
    if not {"/", "?", "#"}.isdisjoint(host):
        raise _bad("an address looks like name@school.example")
    return read_handle(handle), origin(f"https://{host}").partition("://")[2]


def node_id(random16: bytes) -> str:
    """A node's id from 16 random octets: 32 hexadecimal characters."""
    if len(random16) != 16:
        raise ValueError("16 octets make a node id")
    return random16.hex()


def read_node(text: str) -> str:
    """A node's id, as it is. Refuses with BAD_NAME any other text."""
    if not _NODE.fullmatch(text):
        raise _bad("a node id is 32 lower-case hexadecimal characters")
    return text


def random_name(random16: bytes) -> str:
    """A name of 22 characters from 16 random octets."""
    if len(random16) != 16:
        raise ValueError("16 octets make a name")
    return b64(random16)


def read_name(text: str) -> str:
    """The random name of an object or a thread, as it is, else BAD_NAME."""
    if not _NAME.fullmatch(text):
        raise _bad("a name is 22 characters of base64url")
    return text


def hash_name(octets: bytes) -> str:
    """The name of a hash: 43 characters."""
    if len(octets) != 32:
        raise ValueError("a SHA-256 has 32 octets")
    return b64(octets)


def read_hash(text: str) -> str:
    """The name of an operation, a space (that of its first operation) or a blob, else BAD_NAME."""
    if not _HASH.fullmatch(text):
        raise _bad("the name of a hash is 43 characters of base64url")
    return text


@dataclass(frozen=True, order=True, slots=True)
class ContentLog:
    """`c/<node>/<incarnation>`: what one school wrote."""

    node: str
    incarnation: int

    def __str__(self) -> str:
        return f"c/{self.node}/{self.incarnation}"


@dataclass(frozen=True, order=True, slots=True)
class ControlLog:
    """`k/<node>/<epoch>`: what the steward of one epoch decided."""

    node: str
    epoch: int

    def __str__(self) -> str:
        return f"k/{self.node}/{self.epoch}"


LogName: TypeAlias = ContentLog | ControlLog


def read_log(text: str) -> LogName:
    """The log that `text` names. Refuses with BAD_NAME any other spelling."""
    found = _LOG.fullmatch(text)
    if found is None:
        raise _bad("a log is named c/<node>/<incarnation> or k/<node>/<epoch>")
    node, number = found[2], int(found[3])
    return ContentLog(node, number) if found[1] == "c" else ControlLog(node, number)
