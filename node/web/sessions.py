"""Who is signed in, and whether a form really comes from one of our own pages.

On https the cookie is `__Host-session` (RFC 6265bis §4.1.3.2): a browser takes it only over
https, for this host alone, so no neighbouring site can plant one. A browser refuses that prefix,
and `Secure`, from plain http on an address other than localhost; a development node on loopback
therefore uses the plain name `session`. The base URL decides, never a header of the request.
"""

from urllib.parse import urlsplit

from aiohttp import web

from node.actions.sign_in import SignedIn
from protocol.errors import Reason, Refused

STAFF = "session"
PUPIL = "pupil"
HALFWAY = "halfway"
"""What the cookie is called, after its prefix: a teacher's session opens no pupil's page, nor a
pupil's one of a teacher, and who has shown a card alone has no session yet."""
SIGNED_IN = web.RequestKey("signed_in", SignedIn)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DAY_S = 86_400


def cookie_name(base: str, whose: str = STAFF) -> str:
    return f"__Host-{whose}" if base.startswith("https://") else whose


def read_token(request: web.Request, base: str, whose: str = STAFF) -> str | None:
    """The session's token; None where the cookie is missing, or stands there with two values.

    Read from the header itself: a lenient parser takes `=__Host-session=x` for the real thing.
    """
    name = cookie_name(base, whose)
    found = set()
    for header in request.headers.getall("Cookie", []):
        for part in header.split(";"):
            key, equals, value = part.strip().partition("=")
            if key == name and equals:
                found.add(value)
    return found.pop() if len(found) == 1 else None


def put_token(
    response: web.StreamResponse, base: str, token: str, days: int, whose: str = STAFF
) -> None:
    response.set_cookie(
        cookie_name(base, whose),
        token,
        max_age=days * _DAY_S,
        path="/",
        secure=base.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def drop_token(response: web.StreamResponse, base: str, whose: str = STAFF) -> None:
    response.set_cookie(
        cookie_name(base, whose),
        "",
        max_age=0,
        path="/",
        secure=base.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def check_host(request: web.Request, base: str, address: str) -> None:
    """Refuses MISDIRECTED for another host than this node's (RFC 9110 §15.5.20): that of its names,
    or where it has moved.

    No address is ever made of `Host`; this also keeps other names from being pointed at the pages.
    What machines ask is bound to this node by its signature instead.
    """
    asked = request.headers.get("Host", "")
    own = {_origin(base), _origin(address)}
    if "@" in asked or not own & {_origin(f"{one[0]}://{asked}") for one in own}:
        raise Refused(
            Reason.MISDIRECTED,
            f"this node is {base}; a proxy in front of it has to pass Host on unchanged",
        )


def find_new_place(request: web.Request, base: str, address: str) -> str:
    """Where a reader who asks at the address of the names finds this page since the node has moved.

    Empty where it has not, or where he asks at the new one.
    """
    asked = _origin(f"{_origin(base)[0]}://{request.headers.get('Host', '')}")
    if address == base or asked != _origin(base) or request.method not in ("GET", "HEAD"):
        return ""
    return f"{address}{request.raw_path}"


def check_own_page(request: web.Request, base: str, address: str) -> None:
    """Refuses CROSS_SITE for a request that changes something and does not come from our pages.

    `Sec-Fetch-Site` says it (Fetch Metadata §2.1); a browser too old for it sends `Origin`.
    A request with neither is no browser's form, so it is refused too.
    """
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site == "same-origin":
            return
        raise Refused(Reason.CROSS_SITE, f"Sec-Fetch-Site is {site!r}")
    origin = request.headers.get("Origin")
    if origin is None or _origin(origin) not in (_origin(base), _origin(address)):
        raise Refused(Reason.CROSS_SITE, f"Origin is {origin!r}, not this node's")


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        return parts.scheme, (parts.hostname or "").lower(), port
    except ValueError:
        return "", "", None
