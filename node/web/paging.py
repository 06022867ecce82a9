"""The part of a long list that a page shows, and the way to the next one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from node.storage.paging import START, Place
from protocol.errors import Reason, Refused

_PLACE = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


@dataclass(frozen=True)
class Tab:
    """One of the lists that a page can show, by the code of its state."""

    code: str
    label: str
    path: str
    current: bool


def read_place(request: web.Request) -> Place:
    """Where the page before ended. Refuses with BAD_INPUT what no page gave."""
    after = request.query.get("after", "")
    if not after:
        return START
    found = _PLACE.fullmatch(after)
    if found is None:
        raise Refused(Reason.BAD_INPUT, "?after= is not what a page before gave")
    return Place(int(found[1]), int(found[2]))


def read_state(request: web.Request, labels: Mapping[str, str]) -> str:
    """Which list is asked for; the first one where none is. Refuses with BAD_INPUT."""
    state = request.query.get("state", next(iter(labels)))
    if state not in labels:
        raise Refused(Reason.BAD_INPUT, "?state= is none of the lists that there are")
    return state


def tabs(path: str, labels: Mapping[str, str], state: str) -> list[Tab]:
    """All lists, the one that is shown marked."""
    return [
        Tab(code, label, f"{path}?{urlencode({'state': code})}", code == state)
        for code, label in labels.items()
    ]


def next_path(path: str, state: str, after: Place | None) -> str:
    """The address of the next page; "" where this one is the last."""
    if after is None:
        return ""
    asked = {"state": state} if state else {}
    return f"{path}?{urlencode(asked | {'after': f'{after.at_ms}-{after.row}'})}"
