"""Supervised live writing: while a teacher of the school says that he is with his pupils, and the
space lets the school do so, what a pupil hands in appears at once, in that teacher's name.

The teacher's click is waived, not the roster check: whatever it marks waits. That a teacher is
there is known in memory alone, so a node that starts again knows of nobody.
"""

from dataclasses import dataclass

from node.actions import sight
from node.actions import spaces as own_spaces
from node.classroom import release
from node.classroom.room import Classroom, require_teacher
from node.storage import accounts
from node.storage import spaces as space_rows
from node.storage.accounts import Account
from node.storage.spaces import Space
from node.vault import works
from protocol.errors import Reason, Refused
from protocol.space import control

LESSON_MS = 45 * 60_000


@dataclass(frozen=True)
class Live:
    """`is_allowed`: the space lets the school's pupils write live. `minutes`: how long this
    teacher is still there, as he said; 0 when he is not."""

    is_allowed: bool
    minutes: int


async def find(room: Classroom, account: Account, space: str) -> Live:
    """Refuses with NOT_FOUND who is not in the space."""
    seen = await own_spaces.find_space(room.context, account, space)
    left_ms = room.lessons.ends_ms.get((space, account.id), 0) - room.now_ms()
    return Live(_allows(seen.space), max(0, -(-left_ms // 60_000)))


async def begin(room: Classroom, account: Account, space: str) -> None:
    """This teacher is with his pupils from now, for a lesson.

    Refuses with NOT_FOUND who is not in the space, NOT_ALLOWED who does not teach here, CONFLICT
    where the space wants everything released first.
    """
    require_teacher(account)
    if not (await find(room, account, space)).is_allowed:
        raise Refused(
            Reason.CONFLICT, "In this space a teacher releases what pupils of this school write."
        )
    now_ms = room.now_ms()
    over = [key for key, end in room.lessons.ends_ms.items() if end <= now_ms]
    for key in over:
        del room.lessons.ends_ms[key]
    room.lessons.ends_ms[space, account.id] = now_ms + LESSON_MS


def end(room: Classroom, account: Account, space: str = "") -> None:
    """This teacher is not there any more, in one space or in any."""
    for key in list(room.lessons.ends_ms):
        if key[1] == account.id and space in ("", key[0]):
            del room.lessons.ends_ms[key]


async def is_on(room: Classroom, space: str) -> bool:
    """Whether what is handed in appears at once, if nothing in it is marked."""
    return bool(await _list_teachers(room, space))


async def pass_on(room: Classroom, work: int) -> bool:
    """Let out what was just handed in, if a teacher is there and no word of it is marked; else it
    waits as ever. So does what was begun for a place that pupils do not see any more, or that is
    not open to them now. Whether it is out."""
    async with room.vault.read() as view:
        found = await works.find(view, work)
    if found is None or found.file is not None:
        return False  # What a picture shows, somebody has to look at first.
    async with room.context.database.read() as reader:
        kept = await space_rows.find(reader, found.space)
        if kept is None or not await sight.takes_from_pupils(reader, kept, found.inside):
            return False
    for teacher in await _list_teachers(room, found.space):
        try:
            await release.release(room, teacher, work, version=found.version)
        except Refused:
            continue  # A teacher sees in the queue why it could not leave.
        return True
    return False


async def _list_teachers(room: Classroom, space: str) -> list[Account]:
    """The teachers of the school who are there, teach here still and are in the space."""
    here = room.lessons.of_space(space, room.now_ms())
    if not here:
        return []
    found = []
    async with room.context.database.read() as reader:
        kept = await space_rows.find(reader, space)
        if kept is None or not _allows(kept):
            return []
        for one in here:
            account = await accounts.find(reader, one)
            alias = await space_rows.find_alias(reader, space, one)
            if account is None or account.state != "active" or not alias:
                continue
            if account.roles & {"teacher", "admin"}:
                found.append(account)
    return found


def _allows(space: Space) -> bool:
    return control.policy(space.state, space.node).release == "live"
