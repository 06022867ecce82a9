"""An older pupil takes back himself what was released of his: no teacher is asked, one is told.

Who may is one rule: whoever is in a class that is addressed plainly. It is the erasure of a
teacher, with the same receipts; what was reported stays sealed. Two databases take part: first the
wish is kept, then the space erases, then it is done; what a stop interrupted `finish` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from node.actions import spaces as own_spaces
from node.actions import unsaying
from node.actions.erase import Confirmation
from node.classroom import everything, own_works, working
from node.classroom.own_works import Piece
from node.classroom.room import Classroom, require_teacher
from node.storage import spaces as space_rows
from node.storage.accounts import Account
from node.vault import classes, places, withdrawals, works
from node.vault.pupils import Pupil
from node.vault.vault import View
from node.vault.withdrawals import Withdrawal
from node.vault.works import Work
from protocol.errors import Reason, Refused

MAX_LISTED = 100


@dataclass(frozen=True)
class Released:
    """Released work as its author sees it before it is taken back, or after: `schools` are the
    others that have it, `confirmations` what they said since."""

    piece: Piece
    schools: Sequence[str]
    done_ms: int | None
    confirmations: Sequence[Confirmation]


@dataclass(frozen=True)
class Told:
    """What a teacher is told: who took what back, under the alias there."""

    withdrawal: Withdrawal
    alias: str
    title: str


async def look(room: Classroom, pupil: Pupil, work: int) -> Released:
    """Refuses as `withdraw`, but for what was taken back already."""
    async with room.vault.read() as view:
        found = await _require(view, pupil, work)
        done_ms = (await withdrawals.list_of_pupil(view, pupil.id)).get(work)
    title = await own_spaces.find_title(room.context, found.space)
    async with room.context.database.read() as reader:
        kept = await space_rows.find(reader, found.space)
        confirmations: Sequence[Confirmation] = ()
        if kept is not None and done_ms is not None:
            confirmations = await everything.list_confirmations(room, reader, found, kept)
        return Released(
            await own_works.piece_of(room, reader, found, title),
            await everything.list_schools(reader, kept),
            done_ms,
            confirmations,
        )


async def withdraw(room: Classroom, pupil: Pupil, work: int) -> None:
    """Take released work back: it is erased here at once and at every school that has it.

    Of a page everything goes that the pupil wrote on it, of reactions all to the same thing.
    Refuses with NOT_FOUND what is not this pupil's, NOT_ALLOWED who is in no class that is
    addressed plainly, CONFLICT what is not released, GONE what is erased already, and as
    `erase.take_back`.
    """
    async with room.vault.write_small() as unit:
        found = await _require(unit, pupil, work)
        together = await _list_together(unit, found)
        waiting = work in await withdrawals.list_undone(unit)
        noted = await withdrawals.put(unit, together, room.now_ms())
    try:
        await _erase(room, found)
    except Refused as refused:
        # Who presses twice asks twice: what the one found and noted is not the other's to drop.
        if refused.reason is not Reason.GONE or not waiting:
            async with room.vault.write_small() as unit:
                await withdrawals.drop(unit, noted)
            raise
    async with room.vault.write_small() as unit:
        await withdrawals.put_done(unit, together, room.now_ms())


async def finish(room: Classroom) -> None:
    """Do what was asked for and interrupted. What cannot be done now waits for the next time."""
    async with room.vault.read() as view:
        left = [await works.find(view, one) for one in await withdrawals.list_undone(view)]
    for one in left:
        if one is None:
            continue
        try:
            await _erase(room, one)
        except Refused as refused:
            if refused.reason is not Reason.GONE:
                continue
        async with room.vault.write_small() as unit:
            await withdrawals.put_done(unit, [one.id], room.now_ms())


async def list_told(room: Classroom, account: Account) -> list[Told]:
    """What pupils took back in the teacher's spaces and no teacher of them has seen yet."""
    mine = await _list_spaces(room, account)
    async with room.vault.read() as view:
        found = await withdrawals.list_unseen(view, mine, limit=MAX_LISTED)
        there = [await places.find(view, one.pupil, one.space) for one in found]
    titles = {
        one: await own_spaces.find_title(room.context, one) for one in {one.space for one in found}
    }
    return [
        Told(one, "" if place is None else place.alias, titles[one.space])
        for one, place in zip(found, there, strict=True)
    ]


async def find_told(room: Classroom, account: Account) -> int | None:
    """Since when something waits to be seen by this teacher; None where nothing does."""
    if not account.roles & {"teacher", "admin"}:
        return None
    mine = await _list_spaces(room, account)
    async with room.vault.read() as view:
        found = await withdrawals.list_unseen(view, mine, limit=MAX_LISTED)
    return min((one.asked_ms for one in found), default=None)


async def mark_seen(room: Classroom, account: Account, shown: Sequence[int]) -> None:
    """A teacher has seen these; of spaces in which he is not nothing is marked."""
    mine = await _list_spaces(room, account)
    async with room.vault.write() as unit:
        await withdrawals.put_seen(unit, shown, mine, account=account.id, now_ms=room.now_ms())


async def _list_spaces(room: Classroom, account: Account) -> list[str]:
    require_teacher(account)
    async with room.context.database.read() as reader:
        return [one.id for one in await space_rows.list_of_account(reader, account.id)]


async def _require(view: View, pupil: Pupil, work: int) -> Work:
    found = await working.get_own(view, pupil, work)
    class_ = await classes.find(view, pupil.class_)
    if class_ is None or class_.style != "plain":
        raise Refused(Reason.NOT_ALLOWED, "A teacher of this class takes it back.")
    if found.state != "released":
        raise Refused(Reason.CONFLICT, "This has not been released.")
    return found


async def _list_together(view: View, found: Work) -> list[int]:
    """The works that go with this one."""
    if found.kind not in ("page", "reaction"):
        return [found.id]
    return await works.list_released(view, found.pupil, found.space, found.kind, found.inside)


async def _erase(room: Classroom, work: Work) -> None:
    async with room.vault.read() as view:
        place = await places.find(view, work.pupil, work.space)
    if place is None:
        raise working.not_there()
    match work.kind:
        case "reply" | "card" | "file":
            await unsaying.take_back(room.context, work.space, place.pseudonym, work.object)
        case "reaction":
            await unsaying.take_back_reactions(
                room.context, work.space, place.pseudonym, work.inside
            )
        case "page":
            await unsaying.take_back_parts(room.context, work.space, place.pseudonym, work.inside)
        case other:
            assert_never(other)
