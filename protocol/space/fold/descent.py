"""What other schools wrote on top of what a school has erased, or with the same bytes.

An erasure takes back what its school signed and nothing else. Whoever had written further on it may
have its words in versions of his own; those **descend** from it, by way of `base`, and his school
is asked to look: it erases them, or says (`Clear`) that nothing of it is left in them.

Descent is a function of what is stored about one object. From an erased version it passes on to
whatever names it in `base`, and further, through erased versions too. It ends at versions that
their school has cleared, and at versions that the erasing school itself wrote and left standing.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from protocol.space.operation import Header, may_be_file

MOST = 15
"""Of so many erased versions of one school at most does one version descend by way of `base`, and
of so many by that school's word: what one `Clear` can answer, the version itself being the
sixteenth in its `base`."""


class Descendant(NamedTuple):
    """The version `id`, which its school has neither erased nor cleared, comes from the erased
    version `erased` of another school."""

    id: str
    erased: str


class Link(NamedTuple):
    """One stored operation about the object, whether or not it has an effect."""

    id: str
    header: Header
    effective: bool
    erased: bool

    @property
    def had_words(self) -> bool:
        """Whether it says something, or did before it was erased."""
        return self.header.payload_hash != ""


class Same(NamedTuple):
    """By the word of the school `node` the version `id` of another one has the bytes of `erased`,
    which `node` had signed and erased (`erasure.Statement.same`)."""

    node: str
    erased: str
    id: str


@dataclass
class _Lines:
    """The descent from one school's erased versions, worked out from the oldest to the newest."""

    node: str
    cleared: Mapping[str, AbstractSet[str]]
    behind: dict[str, frozenset[str]] = field(default_factory=dict)  # by version, what it is from

    def pass_on(self, one: Link, bases: Iterable[Link]) -> None:
        found: set[str] = set()
        for base in bases:
            is_theirs = base.header.node == self.node and base.had_words
            if is_theirs and base.erased:
                found.add(base.id)
            elif not is_theirs:
                found |= self.behind[base.id]
        found -= self.cleared.get(one.id, frozenset())
        self.behind[one.id] = frozenset(sorted(found)[:MOST])


def descendants(links: Iterable[Link], same: Iterable[Same] = ()) -> tuple[Descendant, ...]:
    """Of everything stored about one object, the versions that descend from what others erased, in
    order. `same` are what erasing schools say of versions of this object (`Same`)."""
    known = {one.id: one for one in links}
    cleared = _cleared(known)
    found = _with_same_bytes(known, cleared, same)
    order = _oldest_first(known)
    for node in sorted({one.header.node for one in known.values() if one.erased}):
        lines = _Lines(node, cleared)
        for one in order:
            lines.pass_on(one, (known[base] for base in one.header.base if base in known))
        found |= {
            Descendant(id_, erased)
            for id_, behind in lines.behind.items()
            for erased in behind
            if _is_open(known[id_]) and known[id_].header.node != node
        }
    return tuple(sorted(found))


def _with_same_bytes(
    known: Mapping[str, Link], cleared: Mapping[str, AbstractSet[str]], same: Iterable[Same]
) -> set[Descendant]:
    """The versions of a file that are still to be looked at by an erasing school's word; only its
    creation says that something is a file."""
    if not any(one.header.type == "Create" and may_be_file(one.header) for one in known.values()):
        return set()
    behind: dict[tuple[str, str], list[str]] = {}
    for node, erased, id_ in sorted(same):
        one = known.get(id_)
        if one is None or not _is_open(one) or not may_be_file(one.header):
            continue
        if one.header.node != node and erased not in cleared.get(id_, ()):
            behind.setdefault((node, id_), []).append(erased)
    return {Descendant(id_, erased) for (_, id_), told in behind.items() for erased in told[:MOST]}


def _is_open(one: Link) -> bool:
    """Whether there are words in it that could be somebody else's."""
    return one.effective and not one.erased and one.had_words


def _cleared(known: Mapping[str, Link]) -> Mapping[str, AbstractSet[str]]:
    """By version those others of which its own school says that nothing is in it."""
    found: dict[str, set[str]] = {}
    for one in known.values():
        if one.header.type == "Clear" and one.effective:
            for id_ in one.header.base:
                if id_ in known and known[id_].header.node == one.header.node:
                    found.setdefault(id_, set()).update(one.header.base)
    return found


def _oldest_first(known: Mapping[str, Link]) -> Sequence[Link]:
    """Every version behind those that it names in `base`, which are older whatever their dates."""
    order: dict[str, Link] = {}
    for first in sorted(known):
        pending = [first]
        while pending:
            id_ = pending[-1]
            waits = [base for base in known[id_].header.base if base in known and base not in order]
            if id_ in order or not waits:
                order.setdefault(id_, known[id_])
                pending.pop()
            else:
                pending += waits
    return list(order.values())
