"""Pupils' reactions: a sign without a word, which waits for a teacher like everything of theirs."""

from node.actions import reactions, sight
from node.classroom import working
from node.classroom.room import Classroom
from node.classroom.working import OwnWork
from node.vault import works
from node.vault.pupils import Pupil
from node.vault.works import Work
from protocol.space.fold.reactions import NONE


def sign_of(work: Work | OwnWork) -> str:
    """The sign that a kept work of this kind shows, or takes back."""
    sign = work.parts.get("sign")
    return sign if isinstance(sign, str) else NONE


async def react(
    room: Classroom, pupil: Pupil, space: str, named: str, sign: str, *, language: str
) -> int | None:
    """React to the object with the reference `named`; the work's number, None for one that waited
    and was taken back by the same sign once more. What stands in the space is taken back likewise,
    by a work of its own.

    Refuses with NOT_FOUND, GONE, BAD_INPUT as `reactions.react`, TOO_MANY_ITEMS.
    """
    desk = await working.find_desk(room, pupil, space)
    reactions.require_sign(sign)
    async with room.context.database.read() as reader:
        await sight.get(reader, desk.seen.space, named)
        own = await reactions.find_sign(reader, desk.seen.space, named, desk.place.pseudonym)
    async with room.vault.write() as unit:
        waiting = await works.find_unreleased(unit, pupil.id, space, "reaction", named)
        if waiting is not None and waiting.state == "held":
            shows = sign_of(waiting) if sign_of(waiting) != NONE else own
            if shows == sign:
                await works.drop(unit, waiting.id)
                return None
        return await working.keep_one(
            room,
            unit,
            pupil,
            waiting,
            space=space,
            inside=named,
            kind="reaction",
            state="held",
            language=language,
            parts={"sign": NONE if sign == own else sign},
        )
