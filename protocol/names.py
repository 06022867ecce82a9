"""Names: of nodes, actors, objects, spaces and logs; read, minted and compared in one place."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from protocol.canonical import b64
from protocol.errors import Reason, Refused

MAX_URL_CHARACTERS = 500
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_HANDLE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
_NODE = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_-]{22}")
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*")


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_NAME, sentence)


def origin(url: str) -> str:
    """The normalised origin of an absolute http(s) URL: lower case, default port left out.

    Refuses with BAD_NAME user names, backslashes, spaces, control and non-ASCII characters,
    trailing dots, hosts that are no DNS name, and IP addresses other than loopback. http is only ever
    accepted for loopback; whether loopback is acceptable at all is the caller's setting.
    """
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or re.search(r"[\x00-\x20\\\x7f]", url):
        raise _bad("an address is written in ASCII without spaces or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad(f"{url[:80]!r} is no web address") from None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in {"https", "http"} or not host or "@" in parts.netloc:
        raise _bad("an address begins with https:// and the name of a host")
    if not _is_loopback(host):
        if scheme != "https":
            raise _bad("an address begins with https://")
        if not _HOST.fullmatch(host):
            raise _bad("the host must be a DNS name, without a trailing dot")
    shown = f"[{host}]" if ":" in host else host
    default = 443 if scheme == "https" else 80
    return f"{scheme}://{shown}" + (f":{port}" if port not in {None, default} else "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback and str(address) == host


def is_loopback_origin(text: str) -> bool:
    """Whether a normalised origin lies on this very machine."""
    return _is_loopback(urlsplit(text).hostname or "")


def read_base(text: str, *, development: bool) -> str:
    """A node's public base as configured: an origin without a path. Refuses with BAD_NAME."""
    base = origin(text)
    if text.rstrip("/").lower() != base and urlsplit(text).path not in {"", "/"}:
        raise _bad("the public address has no path: https://school.example")
    if is_loopback_origin(base) and not development:
        raise _bad("a loopback address needs the setting node.development")
    return base


def read_url(text: str, *, development: bool) -> str:
    """An object's id, as it is. Refuses with BAD_NAME one that is not in its one spelling."""
    base = origin(text)
    if is_loopback_origin(base) and not development:
        raise _bad("a loopback address needs the setting node.development")
    if not text.startswith(base) or not _PATH.fullmatch(text[len(base) :].partition("#")[0]):
        raise _bad(f"{text[:80]!r} is not the plain spelling of an address")
    return text


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs share an origin (FEP-fe34)."""
    return origin(one) == origin(other)


def key_id(actor: str, number: int = 1) -> str:
    """The id of an actor's key; the first has no number."""
    return f"{actor}#ed25519-key" + (f"-{number}" if number > 1 else "")


def actor_of_key(key: str) -> str:
    """The actor that a key id belongs to. Refuses with BAD_NAME what is no key id."""
    actor, mark, fragment = key.partition("#")
    if not mark or not re.fullmatch(r"ed25519-key(-[1-9][0-9]{0,5})?", fragment):
        raise _bad("a key id is <actor>#ed25519-key")
    origin(actor)
    return actor


def service_actor_id(base: str) -> str:
    return f"{base}/actor"


def person_id(base: str, handle: str) -> str:
    return f"{base}/people/{read_handle(handle)}"


def school_id(base: str, slug: str) -> str:
    return f"{base}/schools/{read_handle(slug)}"


def project_id(base: str, name: str) -> str:
    return f"{base}/projects/{name}"


def note_id(base: str, name: str) -> str:
    return f"{base}/notes/{name}"


def activity_id(base: str, name: str) -> str:
    return f"{base}/activities/{name}"


def read_handle(text: str) -> str:
    """A handle as it is. Refuses with BAD_NAME other letters than a-z, 0-9, `_`, `.`, `-`."""
    if not _HANDLE.fullmatch(text):
        raise _bad("a handle has 1 to 32 of a-z, 0-9, _ . - and begins with a letter or digit")
    return text


def address(base: str, handle: str) -> str:
    """`handle@host`, as people write it (RFC 7565 without `acct:`)."""
    return f"{handle}@{base.partition('://')[2]}"


def read_address(text: str) -> tuple[str, str]:
    """Handle and host (with port) of `handle@host`. Refuses with BAD_NAME."""
    handle, mark, host = text.strip().lower().removeprefix("acct:").removeprefix("@").partition("@")
    if not mark or not host or not re.fullmatch(r"[a-z0-9.:\[\]-]{1,260}", host):
        raise _bad("an address looks like name@school.example")
    return read_handle(handle), host


def node_id(random16: bytes) -> str:
    """A node's id from 16 random octets: 32 hexadecimal characters."""
    if len(random16) != 16:
        raise ValueError("16 octets make a node id")
    return random16.hex()


def read_node(text: str) -> str:
    if not _NODE.fullmatch(text):
        raise _bad("a node id is 32 lower-case hexadecimal characters")
    return text


def random_name(random16: bytes) -> str:
    """A name of 22 characters from 16 random octets."""
    if len(random16) != 16:
        raise ValueError("16 octets make a name")
    return b64(random16)


def read_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise _bad("a name is 22 characters of base64url")
    return text


def hash_name(octets: bytes) -> str:
    """The name of a hash: 43 characters."""
    if len(octets) != 32:
        raise ValueError("a SHA-256 has 32 octets")
    return b64(octets)


def read_hash(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise _bad("the name of a hash is 43 characters of base64url")
    return text


@dataclass(frozen=True, order=True)
class ContentLog:
    """`c/<node>/<incarnation>`: what one school wrote."""

    node: str
    incarnation: int

    def __str__(self) -> str:
        return f"c/{self.node}/{self.incarnation}"


@dataclass(frozen=True, order=True)
class ControlLog:
    """`k/<node>/<epoch>`: what the steward of one epoch decided."""

    node: str
    epoch: int

    def __str__(self) -> str:
        return f"k/{self.node}/{self.epoch}"


LogName = ContentLog | ControlLog


def read_log(text: str) -> LogName:
    """The log that `text` names. Refuses with BAD_NAME any other spelling."""
    kind, _, rest = text.partition("/")
    node, _, number = rest.partition("/")
    if kind not in {"c", "k"} or not _NODE.fullmatch(node) or not _NUMBER.fullmatch(number):
        raise _bad("a log is named c/<node>/<incarnation> or k/<node>/<epoch>")
    return ContentLog(node, int(number)) if kind == "c" else ControlLog(node, int(number))
