"""Walls: cards in columns, which every school adds to, changes and moves.

A wall and each of its cards is a shared object of its own (`register`). A wall's registers are
`title` (its payload: the title and the columns), `place` (an order key), `sight` (the audience and
reach of the header), `pupils` (open or closed to them) and `presence` (there or removed). A card's
are `face` (its payload: a text, a file, or both), `colour` (a word), `place` (the wall, a column
and an order key) and `presence`.

Moving a card and writing on it are different registers, so both go through when they happen at
once. Of faces, and of titles, that were written beside each other the winner is shown and the
others beside it; of the other registers the winner counts.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.authority import home_of
from protocol.space.fold import history, register
from protocol.space.fold.history import Contribution, Made, PutAway, Standing
from protocol.space.fold.item import CardFace, Item, WallTitle, content
from protocol.space.fold.register import Register, is_open
from protocol.space.fraction import is_key

WALL_FIELDS = ("title", "place", "sight", "pupils", "presence")
CARD_FIELDS = ("face", "colour", "place", "presence")
COLOURS = ("plain", "yellow", "green", "grey")
REMOVED, THERE = "removed", "there"
MAX_COLUMNS = 8
MAX_CARDS = 500
MAX_FACE_OCTETS = 16_384

Bases = dict[str, tuple[str, ...]]


class Sign(msgspec.Struct, frozen=True):
    """One version of a wall's title and columns."""

    id: str
    node: str
    actor: str
    time: int
    title: str
    columns: tuple[str, ...] = ()
    language: str = ""


class Wall(Contribution, frozen=True):
    """One wall without its cards. `bases` are by register the versions that a change replaces.

    `node` and `actor` are those of the version of the title that is shown, `others` the titles
    beside it; `place` is an order key. `opened`: pupils may add cards.
    """

    node: str = ""
    bases: Bases = msgspec.field(default_factory=dict)
    place: str = ""
    title: str = ""
    columns: tuple[str, ...] = ()
    language: str = ""
    others: tuple[Sign, ...] = ()
    opened: bool = False

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def writer(self) -> str:
        return self.node


class Face(msgspec.Struct, frozen=True):
    """One version of what stands on a card. A text or a file may be empty, not both."""

    id: str
    node: str
    actor: str
    time: int
    text: str = ""
    file: str = ""
    language: str = ""


class Card(Contribution, frozen=True):
    """One card. `node`, `actor` and what stands on it are those of the face that is shown, `others`
    the faces beside it; `column` is a number from 0, `place` an order key."""

    node: str = ""
    wall: str = ""
    bases: Bases = msgspec.field(default_factory=dict)
    column: int = 0
    place: str = ""
    colour: str = "plain"
    text: str = ""
    file: str = ""
    language: str = ""
    others: tuple[Face, ...] = ()

    @property
    def inside(self) -> str:
        return self.wall

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def writer(self) -> str:
        return self.node


def fold_wall(items: Iterable[Item]) -> Wall | None:
    """The wall that these effective operations, all about one object, make; None for none."""
    items = list(items)
    registers = _read(items, "wall", WALL_FIELDS, "title")
    first = _first(registers, "title")
    if first is None:
        return None
    standing, put_away = _standing(items, registers, "title")
    removed = _removed_by(registers["presence"])
    if standing is Standing.ERASED and removed is not None:
        # Cards of other schools may lie on it still: it stays the wall that was removed.
        standing, put_away = Standing.DELETED, removed
    sight = registers["sight"].winner
    wall = msgspec.structs.replace(
        _head(Wall, first, registers["title"]),
        standing=standing,
        put_away=put_away,
        node=first.header.node,
        bases=_bases(registers),
        place=_key(registers["place"].winner),
        # Where nobody's word on it is left, the narrower sight.
        audience="teachers" if sight is None else sight.header.audience,
        reach="space" if sight is None else sight.header.reach,
        opened=is_open(registers["pupils"], sight),
    )
    if standing is not Standing.SHOWN:
        return wall
    said = sign_of(first)
    if said is None:
        return msgspec.structs.replace(wall, standing=Standing.UNREADABLE)
    others = [sign_of(one) for one in registers["title"].standing[1:]]
    return msgspec.structs.replace(
        wall,
        title=said.title,
        columns=said.columns,
        language=said.language,
        others=tuple(one for one in others if one is not None),
    )


def fold_card(items: Iterable[Item]) -> Card | None:
    """The card that these effective operations, all about one object, make; None for none."""
    items = list(items)
    registers = _read(items, "card", CARD_FIELDS, "face")
    first = _first(registers, "face")
    if first is None:
        return None
    standing, put_away = _standing(items, registers, "face")
    where, colour = registers["place"].winner or first, registers["colour"].winner
    column = where.header.args.get("column", 0)
    tone = "" if colour is None else colour.header.args.get("colour", "")
    card = msgspec.structs.replace(
        _head(Card, first, registers["face"]),
        standing=standing,
        put_away=put_away,
        audience=where.header.audience,
        reach=where.header.reach,
        node=first.header.node,
        wall=str(where.header.args["in"]),
        bases=_bases(registers),
        column=column if isinstance(column, int) and column < MAX_COLUMNS else MAX_COLUMNS - 1,
        place=_key(registers["place"].winner),
        colour=tone if isinstance(tone, str) and tone in COLOURS else COLOURS[0],
    )
    if standing is not Standing.SHOWN:
        return card
    said = face_of(first)
    if said is None:
        return msgspec.structs.replace(card, standing=Standing.UNREADABLE)
    others = [face_of(one) for one in registers["face"].standing[1:]]
    return msgspec.structs.replace(
        card,
        text=said.text,
        file=said.file,
        language=said.language,
        others=tuple(one for one in others if one is not None),
    )


def sign_of(version: Item) -> Sign | None:
    """What one version of a wall's title says; None where it says nothing that a wall can."""
    header, said = version.header, content(version, WallTitle)
    if said is None:
        return None
    return Sign(
        version.id, header.node, header.actor, header.time, said.title, said.columns, said.language
    )


def face_of(version: Item) -> Face | None:
    """What one version of a card says; None where it says nothing that a card can."""
    header = version.header
    if header.payload_size > MAX_FACE_OCTETS:
        return None
    said = content(version, CardFace)
    if said is None or not (said.text or said.file):
        return None
    return Face(
        version.id, header.node, header.actor, header.time, said.text, said.file, said.language
    )


def view(cards: Iterable[Card], columns: int) -> list[list[Card]]:
    """The cards of one wall by column, each in its one order; at most `MAX_CARDS`. What stands in a
    column that the wall has no more stands in the last."""
    shown: list[list[Card]] = [[] for _ in range(max(columns, 1))]
    for one in sorted(cards, key=order)[:MAX_CARDS]:
        shown[min(one.column, len(shown) - 1)].append(one)
    return shown


def order(one: Card | Wall) -> tuple[bool, str, str]:
    """Cards of a column, and walls of a space: by key, those without one last, ties by name."""
    return not one.place, one.place, one.reference


def _read(
    items: list[Item], kind: str, fields: tuple[str, ...], written: str
) -> dict[str, Register]:
    return {
        field: register.read(items, kind, field, in_header=field != written) for field in fields
    }


def _first(registers: dict[str, Register], written: str) -> Item | None:
    """The version that says whose it is: the one that is shown, else the earliest of all."""
    versions = [one for found in registers.values() for one in found.versions]
    return registers[written].winner or min(versions, key=register.moment, default=None)


def _head(shape: type[Made], first: Item, written: Register) -> Made:
    header, versions = first.header, written.versions
    began = versions[0].header.time if versions else header.time
    return shape(
        home=home_of(header),
        object=header.object,
        id=first.id,
        head=first.id,
        actor=header.actor,
        time=began,
        standing=Standing.WAITING,
        edited=header.time if header.time > began else 0,
    )


def _standing(
    items: list[Item], registers: dict[str, Register], written: str
) -> tuple[Standing, PutAway | None]:
    """Hidden by a moderator, erased, removed by anybody, or to be read. A `Delete`, which is one
    school's word about what it owns, says nothing about what is common."""
    common = [one for one in items if one.header.type not in {"Delete", "Undo"}]
    standing, put_away = history.judge(common, registers[written].winner)
    removed = _removed_by(registers["presence"])
    if standing in {Standing.HIDDEN, Standing.ERASED} or removed is None:
        return standing, put_away
    return Standing.DELETED, removed


def _removed_by(presence: Register) -> PutAway | None:
    if presence.winner is None or presence.winner.header.args.get("value") != REMOVED:
        return None
    header = presence.winner.header
    return PutAway(header.node, header.actor, header.time)


def _bases(registers: dict[str, Register]) -> Bases:
    return {field: tuple(one.id for one in found.standing) for field, found in registers.items()}


def _key(version: Item | None) -> str:
    key = version.header.args.get("order", "") if version is not None else ""
    return key if isinstance(key, str) and is_key(key) else ""
