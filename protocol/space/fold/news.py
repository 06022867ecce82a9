"""A space's updates: what a school's people tell the others, newest first.

An update may show pictures, which are files of the same node: nobody shows another school's files
as his own. Who may see it, teachers or everybody, stands in the header.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.fold import history
from protocol.space.fold.history import Contribution
from protocol.space.fold.item import Item, News


class Update(Contribution, frozen=True):
    """One update as people see it."""

    text: str = ""
    language: str = ""
    pictures: tuple[str, ...] = ()


def fold(items: Iterable[Item]) -> Update | None:
    """The update that these effective operations, all about one object of one node, make."""
    told = history.read(items)
    if told is None or told.kind != "update":
        return None
    return told.show(told.head_of(Update), News, _say)


def _say(update: Update, said: News) -> Update:
    return msgspec.structs.replace(
        update,
        text=said.text,
        language=said.language,
        pictures=tuple(dict.fromkeys(said.pictures)),
    )


def view(updates: Iterable[Update]) -> list[Update]:
    """All updates in their one order, newest first."""
    return sorted(updates, key=lambda one: (-one.time, one.id, one.reference))
