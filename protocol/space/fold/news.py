"""A space's updates: what a school's people tell the others, newest first.

An update may show pictures, which are files of the same node: nobody shows another school's files
as his own. Who may see it, teachers or everybody, stands in the header.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.fold import history
from protocol.space.fold.history import Standing
from protocol.space.fold.item import Item, News, content
from protocol.space.vocabulary import reference


class Update(msgspec.Struct, frozen=True):
    """One update as people see it. `head` is the version that an edit replaces.

    Text, language and pictures are empty unless it is shown.
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
    text: str = ""
    language: str = ""
    pictures: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        return reference(self.home, self.object)


def fold(items: Iterable[Item]) -> Update | None:
    """The update that these effective operations, all about one object of one node, make."""
    told = history.read(items)
    if told is None or told.kind != "update":
        return None
    header = told.first.header
    update = Update(
        home=header.node,
        object=header.object,
        id=told.first.id,
        head=told.head,
        actor=header.actor,
        time=header.time,
        standing=told.standing,
        edited=told.edited,
        audience=told.latest.audience,
        reach=told.latest.reach,
    )
    if told.standing is not Standing.SHOWN or told.newest is None:
        return update
    said = content(told.newest, News)
    if said is None:
        return msgspec.structs.replace(update, standing=Standing.UNREADABLE)
    return msgspec.structs.replace(
        update,
        text=said.text,
        language=said.language,
        pictures=tuple(dict.fromkeys(said.pictures)),
    )


def view(updates: Iterable[Update]) -> list[Update]:
    """All updates in their one order, newest first."""
    return sorted(updates, key=lambda one: (-one.time, one.id, one.reference))
