"""Reactions: one sign of a small fixed set by a person to something in the space, without words.

A `Like` names what it is about; its payload says the sign, so that it is erased as words are. Of
each person the last one counts, in the order of their own school's log; the sign `none` takes back.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from protocol.space.fold.item import Item, content, in_order

SIGNS = ("heart", "bravo", "smile", "idea")
NONE = "none"
MAX_OCTETS = 1_024
"""A larger payload says nothing."""


class Said(msgspec.Struct, frozen=True):
    """What the payload of a `Like` says."""

    sign: Annotated[str, Meta(max_length=32)]


class Reaction(msgspec.Struct, frozen=True):
    """One person's reaction; `node` and `actor` say whose."""

    id: str
    node: str
    actor: str
    sign: str


def needed_for(items: Iterable[Item]) -> set[str]:
    """The ids of the operations whose payloads `fold` reads."""
    return {one.id for one in _last(items) if one.header.payload_size <= MAX_OCTETS}


def fold(items: Iterable[Item]) -> list[Reaction]:
    """The reactions that stand, of all effective operations about one object, the earliest first.

    A sign that this version does not know is none.
    """
    found = []
    for one in sorted(_last(items), key=lambda item: (item.header.time, item.id)):
        said = None if one.header.payload_size > MAX_OCTETS else content(one, Said)
        if said is not None and said.sign in SIGNS:
            found.append(Reaction(one.id, one.header.node, one.header.actor, said.sign))
    return found


def _last(items: Iterable[Item]) -> list[Item]:
    last: dict[tuple[str, str], Item] = {}
    for one in in_order(item for item in items if item.header.type == "Like"):
        last[one.header.node, one.header.actor] = one
    return list(last.values())
