"""Walls and cards as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.actions.spaces import SpaceView
from node.storage.blobs import KeptBlob
from node.web import doings, exhibits, rooms, space_views, views
from node.web.directory import Directory
from node.web.i18n import later
from protocol.space.fold import wall as fold
from protocol.space.fold.materials import File
from protocol.space.fold.wall import Card, Face, Sign, Wall

COLOURS = {
    "plain": later("White"),
    "yellow": later("Yellow"),
    "green": later("Green"),
    "grey": later("Grey"),
}


@dataclass(frozen=True)
class WallLine:
    """A wall in a list."""

    path: str
    title: str
    language: str
    columns: Sequence[str]
    cards: int
    author: views.Person
    sight: str
    others: int


@dataclass(frozen=True)
class SignLine:
    """One version of a wall's title and columns."""

    author: views.Person
    title: str
    columns: Sequence[str]
    language: str


@dataclass(frozen=True)
class FaceLine:
    """One version of a card. `shielded`: its file was reported, and is not shown."""

    author: views.Person
    text: str
    language: str
    file: exhibits.FileLine | None
    at_ms: int
    shielded: bool = False


@dataclass(frozen=True)
class CardView:
    """A card on its wall. `others` stand beside it until somebody decides; the steps are empty
    where there is nowhere to go."""

    id: str
    path: str
    colour: str
    face: FaceLine
    others: Sequence[FaceLine]
    steps: Sequence[str]
    doings: space_views.Doings


@dataclass(frozen=True)
class Column:
    """A column of a wall."""

    number: int
    title: str
    cards: Sequence[CardView]


@dataclass(frozen=True)
class Shown:
    """What is needed to show cards: who looks, who is known, which files are here. `shielded` ones
    were reported, and whoever looks does not see them."""

    seen: SpaceView
    known: Directory
    files: Mapping[str, File]
    held: Mapping[str, KeptBlob]
    shielded: frozenset[str] = frozenset()


def line(wall: Wall, cards: int, seen: SpaceView, known: Directory) -> WallLine:
    return WallLine(
        path=exhibits.path_of(seen.space.id, "walls", wall.reference),
        title=wall.title,
        language=wall.language,
        columns=wall.columns,
        cards=cards,
        author=doings.person(wall.node, wall.actor, seen, known),
        sight="teachers" if wall.audience == "teachers" else "project",
        others=len(wall.others),
    )


def signs(wall: Wall, seen: SpaceView, known: Directory) -> list[SignLine]:
    """All titles of a wall that stand, the shown one first."""
    found: list[Wall | Sign] = [wall, *wall.others]
    return [
        SignLine(
            doings.person(one.node, one.actor, seen, known), one.title, one.columns, one.language
        )
        for one in found
    ]


def faces(card: Card, shown: Shown) -> list[FaceLine]:
    """All versions of a card that stand, the shown one first."""
    return [face(card, shown), *(face(one, shown) for one in card.others)]


def columns(wall: Wall, cards: Sequence[Card], shown: Shown) -> list[Column]:
    """The whole wall, column by column."""
    found = fold.view(cards, len(wall.columns))
    return [
        Column(
            number,
            wall.columns[number],
            [
                _card(one, number, at, len(inside), len(found), shown)
                for at, one in enumerate(inside)
            ],
        )
        for number, inside in enumerate(found)
    ]


def _card(card: Card, column: int, at: int, many: int, columns: int, shown: Shown) -> CardView:
    steps = {
        "left": column > 0,
        "up": at > 0,
        "down": at + 1 < many,
        "right": column + 1 < columns,
    }
    return CardView(
        id=rooms.address_of(card.reference),
        path=exhibits.path_of(shown.seen.space.id, "cards", card.reference),
        colour=card.colour,
        face=face(card, shown),
        others=[face(one, shown) for one in card.others],
        steps=[name for name, possible in steps.items() if possible],
        doings=doings.of(card, shown.seen, shown.known),
    )


def face(one: Card | Face, shown: Shown) -> FaceLine:
    """What stands on a card."""
    file = shown.files.get(one.file)
    return FaceLine(
        author=doings.person(one.node, one.actor, shown.seen, shown.known),
        text=one.text,
        language=one.language,
        file=None
        if file is None
        else exhibits.file_line(file, shown.seen, shown.known, shown.held),
        at_ms=one.time,
        shielded=one.file in shown.shielded,
    )


def files_on(cards: Sequence[Card]) -> list[str]:
    """The references of files that are to be shown."""
    named = {one.file for one in cards} | {one.file for card in cards for one in card.others}
    return sorted(named - {""})
