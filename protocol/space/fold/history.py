"""The versions of one object that its home node alone changes: what every kind's fold begins with.

Threads, replies, updates, files and albums are created once and edited by their home node only.
Which version is shown, and why none is, is decided here for all of them alike.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from protocol.space.fold.item import Content, Ground, Item, content, in_order
from protocol.space.operation import Header
from protocol.space.vocabulary import reference

MAX_GROUND_OCTETS = 8_192
"""What a school says of why it hid something is read up to this size."""


class Standing(StrEnum):
    """How an object is shown."""

    SHOWN = "shown"
    ERASED = "erased"  # by its school, for ever
    DELETED = "deleted"  # taken back by its author
    HIDDEN = "hidden"  # by its school or a moderator; can be undone
    WAITING = "waiting"  # the text is on its way
    UNREADABLE = "unreadable"  # says what its kind cannot say
    MISSING = "missing"  # a thread that others reply to, and that is not there


class PutAway(msgspec.Struct, frozen=True):
    """Who took an object out of sight, when (ms), and why: a school's person hid it (`reason` and
    `text` may be empty), or its author's school deleted it, until it is taken back or erased."""

    home: str
    actor: str
    time: int
    reason: str = ""
    text: str = ""


class Contribution(msgspec.Struct, frozen=True):
    """What people see of any object, whatever its kind: whose it is, when, and how it stands.

    `head` is the version that an edit replaces, `edited` the time of the last one in ms (0 for
    never). What a kind adds is empty unless `standing` is SHOWN. `put_away` says who hid or deleted
    it, where somebody did.
    """

    home: str
    object: str
    id: str
    head: str
    actor: str
    time: int
    standing: Standing
    edited: int = 0
    audience: str = "members"
    reach: str = "space"
    put_away: PutAway | None = None

    @property
    def reference(self) -> str:
        return reference(self.home, self.object)

    @property
    def writer(self) -> str:
        """The node that wrote what is shown."""
        return self.home

    @property
    def inside(self) -> str:
        """The reference of what it lies in; empty for what lies in nothing."""
        return ""

    @property
    def is_shared(self) -> bool:
        """Whether it is common to the space, so that any school changes and removes it."""
        return False


Made = TypeVar("Made", bound=Contribution)


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
    put_away: PutAway | None = None

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

    def head_of(self, shape: type[Made]) -> Made:
        """What is seen of it before anything was read."""
        header = self.first.header
        return shape(
            home=header.node,
            object=header.object,
            id=self.first.id,
            head=self.head,
            actor=header.actor,
            time=header.time,
            standing=self.standing,
            edited=self.edited,
            audience=self.latest.audience,
            reach=self.latest.reach,
            put_away=self.put_away,
        )

    def show(self, bare: Made, kind: type[Content], say: Callable[[Made, Content], Made]) -> Made:
        """`bare` with what the newest version says, where that is to be shown and can be read."""
        if self.standing is not Standing.SHOWN or self.newest is None:
            return bare
        said = content(self.newest, kind)
        if said is None:
            return msgspec.structs.replace(bare, standing=Standing.UNREADABLE)
        return say(bare, said)


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
    standing, put_away = judge(items, newest)
    return History(kind, first, tuple(versions), newest, standing, put_away)


def judge(items: Iterable[Item], newest: Item | None) -> tuple[Standing, PutAway | None]:
    """How an object stands, and who put it away: of all operations about it, of which `newest` is
    its newest version that was not erased. What was erased is so for ever, whatever else was said.
    """
    items = list(items)
    if newest is None:
        return Standing.ERASED, None
    deleted, hidden = _deleted_by(items), hidden_by(items)
    if deleted is not None:
        return Standing.DELETED, put_away_by(deleted)
    if hidden is not None:
        return Standing.HIDDEN, put_away_by(hidden)
    return _readable(newest), None


def _readable(newest: Item) -> Standing:
    if newest.payload is None:
        return Standing.WAITING
    return Standing.SHOWN


def put_away_by(by: Item) -> PutAway:
    """Who put something away by this operation, and why, where it says so."""
    header = by.header
    ground = content(by, Ground) if header.payload_size <= MAX_GROUND_OCTETS else None
    if ground is None:
        return PutAway(header.node, header.actor, header.time)
    return PutAway(header.node, header.actor, header.time, ground.reason, ground.text)


def _deleted_by(items: Iterable[Item]) -> Item | None:
    """The `Delete` that the home node has not taken back: its last word counts."""
    said = [one for one in items if one.header.type in {"Delete", "Undo"}]
    if not said:
        return None
    last = in_order(said)[-1]
    return last if last.header.type == "Delete" else None


def hidden_by(items: Iterable[Item]) -> Item | None:
    """The first `Hide` that is some school's last word on it: undoing is for whoever hid it."""
    said = [one for one in items if one.header.type in {"Hide", "Unhide"}]
    if not said:  # as of most objects
        return None
    last: dict[str, Item] = {}
    for one in in_order(said):
        last[one.header.node] = one
    standing = [one for one in last.values() if one.header.type == "Hide"]
    return min(standing, key=lambda one: (one.header.time, one.id), default=None)
