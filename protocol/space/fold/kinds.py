"""Every kind of content with a view, in one place: what is made of an object, by its kind.

A new kind is a line in `KINDS` (and a word in `vocabulary.KINDS`); whoever folds asks `fold`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from protocol.space.fold import forum, materials, news, wall
from protocol.space.fold.history import Contribution
from protocol.space.fold.item import Item, in_order

Fold: TypeAlias = Callable[[Sequence[Item]], Contribution | None]


@dataclass(frozen=True)
class Kind:
    """What objects of a kind look like, and how one is made of all operations about it."""

    shape: type[Contribution]
    fold: Fold


KINDS: Mapping[str, Kind] = {
    "thread": Kind(forum.Post, forum.fold),
    "reply": Kind(forum.Post, forum.fold),
    "update": Kind(news.Update, news.fold),
    "file": Kind(materials.File, materials.fold_file),
    "album": Kind(materials.Album, materials.fold_album),
    "wall": Kind(wall.Wall, wall.fold_wall),
    "card": Kind(wall.Card, wall.fold_card),
}


def fold(items: Iterable[Item]) -> Contribution | None:
    """What these effective operations, all about one object, make; None for nothing to see.

    The home's first `Create` says of which kind it is; where that has no effect, or none yet, the
    earliest `Set`.
    """
    items = list(items)
    first = next((one for one in in_order(items) if one.header.type == "Create"), None)
    if first is None:
        sets = [one for one in items if one.header.type == "Set"]
        first = min(sets, key=lambda one: (one.header.time, one.id), default=None)
    kind = None if first is None else KINDS.get(str(first.header.args.get("kind")))
    return None if kind is None else kind.fold(items)
