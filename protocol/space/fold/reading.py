"""Which payloads folds look at: those of what is shown, not those of every version there ever was.

Whoever folds an object loads the headers of its operations and only these payloads, so the tenth
version of a text costs what the first did, and nobody makes others read megabytes by pointing
operations at an object.
"""

from collections.abc import Iterable

from protocol.space.fold import history, register
from protocol.space.fold.item import Item
from protocol.space.vocabulary import SHARED_KINDS

TEXT_REGISTERS = (("page", "title"), ("block", "body"))
_ALL_SHOWN = (("card", "face"), ("wall", "title"))
_UNREAD = frozenset({"Create", "Update", "Set", "Hide", "Unhide", "Clear", "Like"})


def payloads_of(items: Iterable[Item]) -> set[str]:
    """The ids of those of an object's effective operations whose payloads its fold reads."""
    items = list(items)
    needed = {one.id for one in items if one.header.type not in _UNREAD}
    if (hidden := history.hidden_by(items)) is not None:
        needed.add(hidden.id)
    told = history.read(items)
    if told is not None and told.kind not in SHARED_KINDS and told.newest is not None:
        needed.add(told.newest.id)
    kinds = {one.header.args.get("kind") for one in items}
    for kind, field in TEXT_REGISTERS:
        if kind in kinds and (winner := register.read(items, kind, field).winner) is not None:
            needed.add(winner.id)
    for kind, field in _ALL_SHOWN:
        if kind in kinds:
            needed |= {one.id for one in register.read(items, kind, field).standing}
    return needed
