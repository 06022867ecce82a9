"""Cards that pupils write for walls that are open to them, kept here until they are released."""

from dataclasses import dataclass

from node.actions import sight
from node.classroom import files, working
from node.classroom.files import Picture
from node.classroom.room import Classroom, clear_away
from node.classroom.working import OwnWork
from node.vault import works
from node.vault.files import KeptFile
from node.vault.pupils import Pupil
from node.vault.works import Work
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.space.fold.wall import COLOURS, MAX_COLUMNS, Wall

MAX_TEXT_CHARACTERS = 1_000


@dataclass(frozen=True)
class Card:
    """What a pupil writes for a wall; `column` is a number from 0, `alt` says what is to be seen in
    the picture that comes with it."""

    text: str
    colour: str
    column: int
    language: str
    alt: str = ""


def card_of(work: Work | OwnWork) -> Card:
    """What a kept work of this kind says."""
    colour, column = work.parts.get("colour"), work.parts.get("column")
    return Card(
        work.text,
        colour if isinstance(colour, str) else COLOURS[0],
        column if isinstance(column, int) else 0,
        work.language,
        work.alt,
    )


async def pin(
    room: Classroom,
    pupil: Pupil,
    space: str,
    wall: str,
    card: Card,
    *,
    hand_in: bool,
    picture: Picture | None = None,
) -> int:
    """Keep a card, as a draft or for the teachers to release; the work's number.

    Refuses with NOT_FOUND, GONE as `sight.require_open`, BAD_INPUT what cannot stand on a
    card, TOO_MANY_ITEMS somebody with too much that is not released.
    """
    desk = await working.find_desk(room, pupil, space)
    await sight.require_open(room.context, desk.seen.space, wall, Wall)
    file = None if picture is None else picture.file
    _check(card, file, hand_in=hand_in)
    async with room.vault.write() as unit:
        work = await working.keep_one(
            room,
            unit,
            pupil,
            None,
            space=space,
            inside=wall,
            kind="card",
            state="held" if hand_in else "draft",
            language=card.language,
            text=card.text,
            parts=_parts(card, file),
        )
        await files.enclose(room, unit, pupil, work, picture)
    return work


async def write_anew(
    room: Classroom,
    pupil: Pupil,
    work: int,
    card: Card,
    *,
    hand_in: bool,
    picture: Picture | None = None,
    bare: bool = False,
) -> None:
    """Another version of an own card that has not left, with the picture that it has, with another
    one, or `bare` without. Refuses with NOT_FOUND, CONFLICT one that has left, BAD_INPUT as `pin`.
    Where the wall is closed meanwhile it waits for a teacher."""
    async with room.vault.write() as unit:
        found = await working.get_own(unit, pupil, work)
        working.require_here(found)
        if found.kind != "card":
            raise working.not_there()
        file = working.picture_after(found, picture, bare=bare)
        _check(card, file, hand_in=hand_in, bare=bare)
        if file is not found.file:
            await files.exchange(room, unit, pupil, found, None if bare else picture)
        await works.change(
            unit,
            work,
            state="held" if hand_in else "draft",
            language=card.language,
            text=card.text,
            now_ms=room.now_ms(),
            parts=_parts(card, file),
        )
    if picture is not None or bare:
        await clear_away(room)


def _parts(card: Card, file: KeptFile | None) -> JSONObject:
    said = working.parts_of(file, card.alt)
    return {"colour": card.colour, "column": card.column, **said}


def _check(card: Card, file: KeptFile | None, *, hand_in: bool, bare: bool = False) -> None:
    working.check(card.text, MAX_TEXT_CHARACTERS, file, card.alt, hand_in=hand_in, bare=bare)
    if card.colour not in COLOURS:
        raise Refused(Reason.BAD_INPUT, "There is no such colour.", field="colour")
    if not 0 <= card.column < MAX_COLUMNS:
        raise Refused(Reason.BAD_INPUT, "The wall has no such column.", field="column")
