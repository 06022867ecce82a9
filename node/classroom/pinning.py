"""Cards that pupils write for walls that are open to them, kept here until they are released."""

from dataclasses import dataclass

from node.actions import sight
from node.classroom import working
from node.classroom.room import Classroom
from node.classroom.working import OwnWork
from node.vault import works
from node.vault.pupils import Pupil
from node.vault.works import Work
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.space.fold.wall import COLOURS, MAX_COLUMNS, Wall

MAX_TEXT_CHARACTERS = 1_000


@dataclass(frozen=True)
class Card:
    """What a pupil writes for a wall; `column` is a number from 0."""

    text: str
    colour: str
    column: int
    language: str


def card_of(work: Work | OwnWork) -> Card:
    """What a kept work of this kind says."""
    colour, column = work.parts.get("colour"), work.parts.get("column")
    return Card(
        work.text,
        colour if isinstance(colour, str) else COLOURS[0],
        column if isinstance(column, int) else 0,
        work.language,
    )


async def pin(
    room: Classroom, pupil: Pupil, space: str, wall: str, card: Card, *, hand_in: bool
) -> int:
    """Keep a card, as a draft or for the teachers to release; the work's number.

    Refuses with NOT_FOUND, GONE as `sight.require_open`, BAD_INPUT what cannot stand on a
    card, TOO_MANY_ITEMS somebody with too much that is not released.
    """
    desk = await working.find_desk(room, pupil, space)
    await sight.require_open(room.context, desk.seen.space, wall, Wall)
    _check(card)
    async with room.vault.write() as unit:
        return await working.keep_one(
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
            parts=_parts(card),
        )


async def write_anew(
    room: Classroom, pupil: Pupil, work: int, card: Card, *, hand_in: bool
) -> None:
    """Another version of an own card that has not left. Refuses with NOT_FOUND, CONFLICT one that
    has, BAD_INPUT as `pin`. Where the wall is closed meanwhile it waits for a teacher."""
    _check(card)
    async with room.vault.write() as unit:
        found = await working.get_own(unit, pupil, work)
        working.require_here(found)
        if found.kind != "card":
            raise working.not_there()
        await works.change(
            unit,
            work,
            state="held" if hand_in else "draft",
            language=card.language,
            text=card.text,
            now_ms=room.now_ms(),
            parts=_parts(card),
        )


def _parts(card: Card) -> JSONObject:
    return {"colour": card.colour, "column": card.column}


def _check(card: Card) -> None:
    if not 1 <= len(card.text.strip()) <= MAX_TEXT_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write 1 to {MAX_TEXT_CHARACTERS} characters.", field="text"
        )
    if card.colour not in COLOURS:
        raise Refused(Reason.BAD_INPUT, "There is no such colour.", field="colour")
    if not 0 <= card.column < MAX_COLUMNS:
        raise Refused(Reason.BAD_INPUT, "The wall has no such column.", field="column")
