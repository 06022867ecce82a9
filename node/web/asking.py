"""From where a request comes and what it asks for: a network address, the kind of device in a few
words, a number in an address."""

import re

from aiohttp import web

from node.actions.context import CONTEXT
from node.entrance import peer_of as _peer_of
from node.limits import read_networks
from protocol.errors import Reason, Refused

MAX_DIGITS = 15

_BROWSERS = (
    ("Firefox", r"Firefox/"),
    ("Edge", r"Edg[A-Za-z]*/"),
    ("Opera", r"OPR/"),
    ("Chrome", r"Chrom(?:e|ium)/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


def peer_of(request: web.Request) -> str:
    """The asker's address; what a configured proxy says of it counts."""
    proxies = request.app[CONTEXT].settings.listen.trusted_proxies
    return _peer_of(request, read_networks(proxies))


def device_of(request: web.Request) -> str:
    """For example `Firefox, Windows`; "" for a browser that we do not know.

    Kept instead of the whole User-Agent: enough to recognise one's own devices, no more.
    """
    agent = request.headers.get("User-Agent", "")[:500]
    found = (
        next((name for name, pattern in known if re.search(pattern, agent)), "")
        for known in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(one for one in found if one)


def number_of(text: str) -> int:
    """A row's number in an address or a form. Refuses with NOT_FOUND what is none."""
    if not text.isascii() or not text.isdecimal() or len(text) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is nothing under this number.")
    return int(text)
