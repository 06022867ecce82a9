"""Registers of shared objects: which versions of one field stand, and which were replaced.

A shared object is a set of registers, each named by a word. The `Create` of the node in its
reference is the first version of all of them; every effective `Set` of the same kind and field, by
whatever school, is another, and replaces those that its `base` names. What nothing replaced stands:
the highest (time, id) is shown, the others beside it. No replica has to know what came first.

An erased version has no text any more and stands no longer; what it replaced stands again, unless
something that is left replaced it too: its header still tells what was replaced through it. Values
that stand in headers (a place, who may see it) outlive an erasure as headers do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from protocol.space.fold.item import Item, in_order

MAX_SIBLINGS = 16
OPEN, CLOSED = "open", "closed"
"""What the register `pupils` of a wall or a page says."""


@dataclass(frozen=True)
class Register:
    """One field of one shared object.

    `versions` are all effective ones by (time, id), erased ones too. `standing` are those that
    nothing replaced, the shown one first, at most `MAX_SIBLINGS`.
    """

    versions: tuple[Item, ...]
    standing: tuple[Item, ...]

    @property
    def winner(self) -> Item | None:
        return self.standing[0] if self.standing else None


def created(items: Iterable[Item], kind: str) -> Item | None:
    """The `Create` with which an object of a shared kind began, if that has its effect."""
    mine = in_order(one for one in items if one.header.type == "Create")
    return next((one for one in mine if one.header.args["kind"] == kind), None)


def versions(items: Iterable[Item], kind: str, field: str) -> list[Item]:
    """All versions of one field by (time, id), erased ones too."""
    items = list(items)
    first = created(items, kind)
    found = [] if first is None else [first]
    found += [
        one
        for one in items
        if one.header.type == "Set"
        and one.header.args["kind"] == kind
        and one.header.args["field"] == field
    ]
    return sorted(found, key=moment)


def moment(one: Item) -> tuple[int, str]:
    """The place of a version in the one order of versions."""
    return one.header.time, one.id


def read(items: Iterable[Item], kind: str, field: str, *, in_header: bool = False) -> Register:
    """One register, of all effective operations about one object. `in_header`: its values stand in
    headers, so that erased versions count as well."""
    found = versions(items, kind, field)
    left = [one for one in found if in_header or not one.erased]
    replaced = _replaced_by(left, {one.id: one for one in found})
    standing = [one for one in _recent(left) if one.id not in replaced]
    standing.sort(key=moment, reverse=True)
    return Register(tuple(found), tuple(standing[:MAX_SIBLINGS]))


def is_open(pupils: Register, sight: Item | None) -> bool:
    """Whether pupils may write on a wall or a page: its register `pupils` says so, and they see
    it."""
    if pupils.winner is None or sight is None or sight.header.audience != "members":
        return False
    return pupils.winner.header.args.get("pupils") == OPEN


def _recent(found: list[Item]) -> list[Item]:
    """Of each log the last `MAX_SIBLINGS` versions: who writes on and on beside everybody, instead
    of replacing what is there, leaves no more than one acceptance can put right."""
    rank: dict[str, int] = {}
    recent = []
    for one in reversed(in_order(found)):
        log = one.header.log
        rank[log] = rank.get(log, 0) + 1
        if rank[log] <= MAX_SIBLINGS:
            recent.append(one)
    return recent


def _replaced_by(left: Iterable[Item], known: dict[str, Item]) -> set[str]:
    """Whatever lies behind `left` by way of bases, also through versions that were erased. Ids of
    other registers, objects and spaces are of none of `known`, so they replace nothing."""
    replaced: set[str] = set()
    pending = [base for one in left for base in one.header.base]
    while pending:
        id_ = pending.pop()
        if id_ in known and id_ not in replaced:
            replaced.add(id_)
            pending += known[id_].header.base
    return replaced
