"""A substitute: somebody of the school looks after the classes of a colleague who is away, and is a
teacher of the spaces, until a last day or until an administrator ends it.

Both databases take part: the register and the spaces are the node's
(`node.actions.substitutes`), classes the vault's. Whoever stands in reads names as any teacher of
the class does, and each look is kept. The account of whoever is away is as it was.

What a stop leaves half is ended by `end_due`: what runs in one database and is over in the other.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from node.actions import substitutes
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.substitutes import Appointment, Room
from node.classroom.room import Classroom
from node.storage import accounts, spaces, substitutions
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.substitutions import Substitution
from node.vault import classes
from node.vault import substitutes as substitute_rows
from node.vault.classes import SchoolClass
from protocol.errors import Reason, Refused

TOPIC = substitutes.TOPIC
AGAIN_MS = 3_600_000
SOON_MS = 60_000
"""When what could not be ended is looked at again."""


@dataclass(frozen=True)
class Duties:
    """What somebody who is away has left in his own right: running spaces and classes; who could
    stand in. Whoever stands in himself passes nothing on: it would outlast its end."""

    absent: Account
    rooms: Sequence[Room]
    classes: Sequence[SchoolClass]
    colleagues: Sequence[Account]


@dataclass(frozen=True)
class Standing:
    """A substitution with its names: spaces by title, classes by number and name.

    `stays` are titles of those spaces in which the substitute is for good; `away` says whether it
    is one that the asked person is absent in, `is_forsaken` that whoever is away works here no
    more.
    """

    row: Substitution
    absent: str
    substitute: str
    appointed_by: str
    ended_by: str
    spaces: Sequence[tuple[str, str]]
    classes: Sequence[tuple[int, str]]
    stays: Sequence[str]
    away: bool
    is_forsaken: bool


async def list_duties(room: Classroom, by: Account, account: int) -> Duties:
    """Refuses with NOT_ALLOWED whoever is no administrator, NOT_FOUND."""
    require_admin(by)
    async with room.context.database.read() as reader:
        absent = await get_absent(reader, account)
        rooms = await substitutes.list_rooms(reader, account)
        staff = await accounts.list_all(reader)
    async with room.vault.read() as view:
        own = set(await classes.list_own(view, account))
        looked_after = [
            one for one in await classes.list_of_teacher(view, account) if one.id in own
        ]
    now_ms = room.now_ms()
    colleagues = [
        one
        for one in staff
        if one.may_sign_in(now_ms) and "teacher" in one.roles and one.id != account
    ]
    return Duties(absent, rooms, looked_after, colleagues)


async def get_absent(reader: Reader, account: int) -> Account:
    """Somebody who works or worked here. Refuses with NOT_FOUND."""
    found = await accounts.find(reader, account)
    if found is None or found.state == "waiting":
        raise Refused(Reason.NOT_FOUND, "There is no such account.")
    return found


async def appoint(
    room: Classroom, by: Account, wished: Appointment, chosen: Collection[int]
) -> int:
    """Let a colleague stand in for somebody, in spaces and in the `chosen` classes; the number.

    Refuses as `substitutes.appoint`, and with BAD_INPUT a class that the absent one does not look
    after for good (field `their_classes`), or where nothing is chosen (field `spaces`).
    """
    require_admin(by)
    if not wished.spaces and not chosen:
        raise Refused(Reason.BAD_INPUT, "Choose what it is about.", field="spaces")
    async with room.context.database.read() as reader:
        absent = await get_absent(reader, wished.absent)
        colleague = await substitutes.get_colleague(room.context, reader, absent, wished.substitute)
        running = [
            one.number
            for one in await substitutions.list_running(reader)
            if one.substitute == colleague.id and one.covers(absent.id, wished.ends_ms)
        ]
    number = None
    try:
        async with room.vault.write() as unit:
            if not set(chosen).issubset(await classes.list_own(unit, absent.id)):
                raise Refused(
                    Reason.BAD_INPUT,
                    "Whoever is away looks after no such class.",
                    field="their_classes",
                )
            fresh = set(chosen).difference(await classes.list_own(unit, colleague.id))
            for one in running:
                fresh -= {class_ for class_, _ in await substitute_rows.list_classes(unit, one)}
            number, account = await substitutes.appoint(
                room.context, by, wished, has_classes=bool(fresh)
            )
            await substitute_rows.put(
                unit, number, sorted(fresh), account=account, now_ms=room.now_ms()
            )
    except Refused:
        # Half of it is nothing: the vault took no class.
        if number is not None:
            await substitutes.end_one(room.context, number)
        raise
    return number


async def end(room: Classroom, by: By, number: int) -> None:
    """End it at once. Refuses with NOT_ALLOWED, NOT_FOUND, CONFLICT what is over."""
    require_admin(by)
    async with room.context.database.read() as reader:
        await substitutes.require_running(reader, number)
    # First what is about names.
    async with room.vault.write_small() as unit:
        await substitute_rows.end(unit, number, room.now_ms())
    await substitutes.end(room.context, by, number)


async def hand_over(room: Classroom, by: By, number: int) -> None:
    """End it, and the substitute keeps all of it: the spaces, and the classes beside whoever looked
    after them, who may be gone. Refuses with NOT_ALLOWED, NOT_FOUND, CONFLICT what is over."""
    require_admin(by)
    async with room.context.database.read() as reader:
        one = await substitutes.require_running(reader, number)
    # The vault's unit last: what a stop cuts off gives no names to anybody.
    async with room.vault.write() as unit:
        for class_, _ in await substitute_rows.list_classes(unit, number):
            await classes.put_teacher(unit, class_, one.substitute, room.now_ms())
        await substitute_rows.end(unit, number, room.now_ms())
        await substitutes.hand_over(room.context, by, number)


async def list_of(
    room: Classroom, account: Account, *, after_ms: int | None = None
) -> list[Standing]:
    """Those in which somebody is away or stands in, the running ones first; with `after_ms` those
    that run, and those that ended later than this while the person was away."""
    async with room.context.database.read() as reader:
        rows = await substitutions.list_of_account(reader, account.id)
    if after_ms is not None:
        rows = [
            one
            for one in rows
            if one.ended_ms is None or (one.absent == account.id and one.ended_ms > after_ms)
        ]
    return await _name(room, rows, account.id)


async def list_running(room: Classroom, by: By) -> list[Standing]:
    """All that run at the school, the oldest first. Refuses with NOT_ALLOWED."""
    require_admin(by)
    async with room.context.database.read() as reader:
        rows = await substitutions.list_running(reader)
    return await _name(room, rows, 0)


async def list_forsaken(room: Classroom, by: Account) -> list[tuple[int, str]]:
    """Who stands in for somebody who works here no more, by account and name, for an administrator:
    nobody comes back, and only an administrator ends it. Nothing for anybody else."""
    if not by.is_admin:
        return []
    async with room.context.database.read() as reader:
        rows = await substitutions.list_running(reader)
        staff = {one.id: one for one in await accounts.list_all(reader)} if rows else {}
    return [
        (one.substitute, staff[one.substitute].name)
        for one in rows
        if staff[one.absent].state == "ended"
    ]


async def _name(room: Classroom, rows: Sequence[Substitution], account: int) -> list[Standing]:
    if not rows:
        return []
    found = []
    async with room.context.database.read() as reader:
        staff = {one.id: one for one in await accounts.list_all(reader)}
        for row in rows:
            reached = await substitutions.list_spaces(reader, row.number)
            kept = [each for one in reached if (each := await spaces.find(reader, one))]
            titles = await substitutes.list_titles(reader, kept)
            stays = await substitutions.list_spaces_kept(reader, row.number)
            found.append((row, titles, [titles.get(one, "") for one in stays]))
    async with room.vault.read() as view:
        return [
            Standing(
                row,
                staff[row.absent].name,
                staff[row.substitute].name,
                staff[row.appointed_by].name,
                "" if row.ended_by is None else staff[row.ended_by].name,
                list(titles.items()),
                await substitute_rows.list_classes(view, row.number),
                stays,
                row.absent == account,
                staff[row.absent].state == "ended",
            )
            for row, titles, stays in found
        ]


async def end_due(room: Classroom) -> None:
    """What is over ends: also what is over in one of the databases alone, after a stop or in a
    vault that was restored. One that cannot be ended at present holds up no other."""
    context = room.context
    async with room.vault.read() as view:
        opened = await substitute_rows.is_any_open(view)
        halves = await substitute_rows.list_ended(view)
    async with context.database.read() as reader:
        due = {one.number for one in await substitutes.list_due(context, reader)}
        running = {one.number for one in await substitutions.list_running(reader)}
    if opened or halves & running:
        with suppress(Refused):
            async with room.vault.write_small() as unit:
                # Read behind the vault's own order: whoever is being appointed has both.
                async with context.database.read() as reader:
                    running = {one.number for one in await substitutions.list_running(reader)}
                due |= await substitute_rows.list_ended(unit) & running
                await substitute_rows.end_others(unit, running - due, room.now_ms())
    for number in sorted(due):
        with suppress(Refused):
            await substitutes.end_one(context, number)
    await substitutes.say_left(context)
    with suppress(Refused):
        await substitutes.drop_over(context)


async def step(room: Classroom, _: Context) -> int | None:
    """A worker's step: ends what is due, to the minute."""
    await end_due(room)
    async with room.context.database.read() as reader:
        next_ms = await substitutes.find_next_end(reader)
    now_ms = room.now_ms()
    later_ms = now_ms + AGAIN_MS
    return later_ms if next_ms is None else min(max(next_ms, now_ms + SOON_MS), later_ms)
