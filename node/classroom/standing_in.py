"""A substitute: somebody of the school looks after the classes of a colleague who is away, and is a
teacher of the spaces, until a last day or until an administrator ends it.

Both databases take part: the register and the spaces are the node's
(`node.actions.substitutes`), classes the vault's. Whoever stands in reads names as any teacher of
the class does, and each look is kept. The account of whoever is away is as it was.
"""

from collections.abc import Collection, Sequence
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


@dataclass(frozen=True)
class Duties:
    """What somebody who is away has left: running spaces and classes; who could stand in."""

    absent: Account
    rooms: Sequence[Room]
    classes: Sequence[SchoolClass]
    colleagues: Sequence[Account]


@dataclass(frozen=True)
class Standing:
    """A substitution with its names: spaces by title, classes by number and name. `kept` are titles
    of those spaces in which the substitute stayed; `away` says whether it is one that the asked
    person is absent in."""

    row: Substitution
    absent: str
    substitute: str
    appointed_by: str
    ended_by: str
    spaces: Sequence[tuple[str, str]]
    classes: Sequence[tuple[int, str]]
    kept: Sequence[str]
    away: bool


async def list_duties(room: Classroom, by: Account, account: int) -> Duties:
    """Refuses with NOT_ALLOWED whoever is no administrator, NOT_FOUND."""
    require_admin(by)
    async with room.context.database.read() as reader:
        absent = await get_absent(reader, account)
        rooms = await substitutes.list_rooms(reader, account)
        staff = await accounts.list_all(reader)
    async with room.vault.read() as view:
        looked_after = await classes.list_of_teacher(view, account)
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
    after (field `classes`), or where nothing is chosen (field `spaces`).
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
            if (one.absent, one.substitute) == (absent.id, colleague.id)
        ]
    async with room.vault.write() as unit:
        there = {one.id for one in await classes.list_of_teacher(unit, absent.id)}
        if not there.issuperset(chosen):
            raise Refused(
                Reason.BAD_INPUT, "Whoever is away looks after no such class.", field="classes"
            )
        fresh = set(chosen).difference(await classes.list_own(unit, colleague.id))
        for number in running:
            fresh -= {class_ for class_, _ in await substitute_rows.list_classes(unit, number)}
        number, account = await substitutes.appoint(
            room.context, by, wished, has_classes=bool(fresh)
        )
        await substitute_rows.put(
            unit, number, sorted(fresh), account=account, now_ms=room.now_ms()
        )
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


async def list_of(room: Classroom, account: Account, *, running: bool = False) -> list[Standing]:
    """Those in which somebody is away or stands in, the running ones first."""
    async with room.context.database.read() as reader:
        rows = await substitutions.list_of_account(reader, account.id)
        if running:
            rows = [one for one in rows if one.ended_ms is None]
        if not rows:
            return []
        names = {one.id: one.name for one in await accounts.list_all(reader)}
        found = []
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
                names.get(row.absent, ""),
                names.get(row.substitute, ""),
                names.get(row.appointed_by, ""),
                "" if row.ended_by is None else names.get(row.ended_by, ""),
                list(titles.items()),
                await substitute_rows.list_classes(view, row.number),
                stays,
                row.absent == account.id,
            )
            for row, titles, stays in found
        ]


async def end_due(room: Classroom) -> None:
    """What is over ends: also in a vault that was restored from before it ended."""
    context = room.context
    async with room.vault.read() as view:
        opened = await substitute_rows.is_any_open(view)
    async with context.database.read() as reader:
        due = await substitutes.list_due(context, reader)
    if opened:
        over = {one.number for one in due}
        async with room.vault.write_small() as unit:
            # Read behind the vault's own order: whoever is being appointed has both.
            async with context.database.read() as reader:
                running = {one.number for one in await substitutions.list_running(reader)}
            await substitute_rows.end_others(unit, running - over, room.now_ms())
    for one in due:
        await substitutes.end_one(context, one.number)
    await substitutes.say_left(context)


async def step(room: Classroom, _: Context) -> int | None:
    """A worker's step: ends what is due, to the minute."""
    await end_due(room)
    async with room.context.database.read() as reader:
        next_ms = await substitutes.find_next_end(reader)
    later_ms = room.now_ms() + AGAIN_MS
    return later_ms if next_ms is None else min(next_ms, later_ms)
