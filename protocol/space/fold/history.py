"""The versions of one object that its home node alone changes: what every kind's fold begins with.

Threads, replies, updates, files and albums are created once and edited by their home node only.
Which version is shown, and why none is, is decided here for all of them alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from protocol.space.fold.item import Item, in_order
from protocol.space.operation import Header


class Standing(StrEnum):
    """How an object is shown."""

    SHOWN = "shown"
    ERASED = "erased"  # by its school, for ever
    DELETED = "deleted"  # taken back by its author
    HIDDEN = "hidden"  # by its school or a moderator; can be undone
    WAITING = "waiting"  # the text is on its way
    AT_HOME = "at_home"  # residency home: shown through a view ticket only
    UNREADABLE = "unreadable"  # says what its kind cannot say
    MISSING = "missing"  # a thread that others reply to, and that is not there


@dataclass(frozen=True)
class History:
    """An object from its `Create` on. `standing` is SHOWN where `newest` has a payload to read.

    `newest` is the newest version that was not erased; None where none is left.
    """

    kind: str
    first: Item
    versions: tuple[Item, ...]
    newest: Item | None
    standing: Standing

    @property
    def latest(self) -> Header:
        """The header that says who may see it."""
        return (self.newest or self.versions[-1]).header

    @property
    def head(self) -> str:
        """The version that an edit replaces."""
        return self.versions[-1].id

    @property
    def edited(self) -> int:
        """When it was last changed, in ms; 0 for never."""
        return self.versions[-1].header.time if len(self.versions) > 1 else 0

    @property
    def contributors(self) -> tuple[str, ...]:
        return tuple(sorted({name for one in self.versions for name in one.header.with_}))


def read(items: Iterable[Item]) -> History | None:
    """The history that these effective operations, all about one object of one node, make; None
    where nothing was created."""
    items = list(items)
    versions = in_order(one for one in items if one.header.type in {"Create", "Update"})
    first = next((one for one in versions if one.header.type == "Create"), None)
    if first is None:
        return None
    versions = versions[versions.index(first) :]
    left = [one for one in versions if not one.erased]
    newest = left[-1] if left else None
    kind = str(first.header.args.get("kind"))
    return History(kind, first, tuple(versions), newest, _standing(items, newest))


def _standing(items: list[Item], newest: Item | None) -> Standing:
    if any(one.header.type == "Delete" for one in items):
        return Standing.DELETED
    if newest is None:
        return Standing.ERASED
    if is_hidden(items):
        return Standing.HIDDEN
    if newest.payload is None:
        return Standing.AT_HOME if newest.header.residency == "home" else Standing.WAITING
    return Standing.SHOWN


def is_hidden(items: list[Item]) -> bool:
    """Whether any school's last word on it is `Hide`: undoing is for whoever hid it."""
    last: dict[str, Item] = {}
    for one in in_order(one for one in items if one.header.type in {"Hide", "Unhide"}):
        last[one.header.node] = one
    return any(one.header.type == "Hide" for one in last.values())
