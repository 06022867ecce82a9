"""One log as a tree of stored operations: which path through it is accepted.

A log is a hash chain, so a gap is never stored. The accepted chain is the path to the log's anchor
(the latest checkpoint, or the cut where it ends), then on while exactly one successor is known. At
two successors it stops, on every replica alike, whichever came first; the lowest fork counts.

This is the slow way over a whole log, for when something happened to it: a fork, a cut, a missing
anchor that arrives. The quick way for the next operation of a healthy log is in `apply`, and the
simulation holds the two equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from protocol.space.control import START, Position, Standing
from protocol.space.operation import Header

Fork = tuple[str, str]


class Entry(NamedTuple):
    """A stored operation as far as chains and rights need it."""

    id: str
    header: Header


class LogHead(msgspec.Struct, frozen=True):
    """Where a log's accepted chain ends. One row per log; everything quick is decided from it.

    `time` is that of the last accepted operation, `control` the control operation that it
    acknowledges. `fork` are two of its successors, if it stops there. `left` says that the chain
    holds the school's own `Leave`. `named` is the branch that the node's next incarnation chose.
    """

    log: str
    seq: int = 0
    id: str = ""
    time: int = 0
    fork: Fork | None = None
    left: bool = False
    named: Position = START
    control: str = ""

    @property
    def node(self) -> str:
        return self.log[2:34]


@dataclass
class Tree:
    """The stored operations of one log, by id and by predecessor."""

    entries: dict[str, Entry] = field(default_factory=dict)
    successors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Tree":
        tree = cls()
        for entry in entries:
            tree.entries[entry.id] = entry
            tree.successors.setdefault(entry.header.prev, []).append(entry.id)
        return tree

    def path_to(self, position: Position) -> list[Entry] | None:
        """The operations from seq 1 to `position`; None if it has not arrived."""
        path: list[Entry] = []
        at = position[1]
        while at:
            entry = self.entries.get(at)
            if entry is None:
                return None
            path.append(entry)
            at = entry.header.prev
        path.reverse()
        return path

    def opened(self) -> "Tree":
        """The same without beginnings that are no `Open`: stored while the log was the first of a
        membership, which it was on a branch of the control log that fell."""
        begins = [one for one in self.successors.get("", ()) if self._is_open(one)]
        return Tree(self.entries, {**self.successors, "": begins})

    def _is_open(self, id_: str) -> bool:
        return self.entries[id_].header.type == "Open"

    def walk(self, path: list[Entry]) -> tuple[list[Entry], Fork | None]:
        """`path`, extended while the next operation is unambiguous, and the fork that ends it."""
        path = list(path)
        while True:
            following = self.successors.get(path[-1].id if path else "", [])
            if len(following) > 1:
                one, other, *_ = sorted(following)
                return path, (one, other)
            if not following:
                return path, None
            path.append(self.entries[following[0]])


def accepted(
    tree: Tree, standing: Standing, named: Position = START
) -> tuple[list[Entry], Fork | None]:
    """The accepted chain of a content log, and the fork at which it stops.

    `named` is the branch that the node's next incarnation chose: it never shortens the chain and
    never contradicts an anchor.
    """
    if standing.opens:
        tree = tree.opened()
    path = tree.path_to(standing.anchor)
    if path is None:
        # The anchor has not arrived: nothing beyond what must lie on the chosen branch counts.
        path, fork = tree.walk([])
        cut_off = len(path) > standing.anchor[0]
        return path[: standing.anchor[0]], None if cut_off else fork
    if not standing.live:
        return path, None
    chosen = tree.path_to(named) if named[1] else None
    if chosen and len(chosen) >= len(path) and (not path or chosen[len(path) - 1] == path[-1]):
        path = chosen
    path, fork = tree.walk(path)
    if standing.opens and path and path[0].header.type != "Open":
        return [], None
    return path, fork
