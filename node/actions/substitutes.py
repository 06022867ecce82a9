"""Somebody stands in for a colleague who is away: the spaces, and the register of who, when and by
whom. Classes are the classroom's (`node.classroom.standing_in`).

A substitute is a teacher of the space like any other, said in the school's own log: no other school
is asked. When it is over he is nobody there any more for this node, but where he looks after the
project by now or was added for good, whatever becomes of the word in the log that he left; that is
said at once, and again as long as the log says otherwise.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from node import events
from node.actions import publish, replica, succession
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.spaces import declare, may_write
from node.storage import accounts, objects, spaces, substitutions
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.register import DAYS_OF_SUBSTITUTIONS
from node.storage.spaces import Space
from node.storage.substitutions import Substitution
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of
from protocol.space.vocabulary import Role

TOPIC: Final = "substitutes"


@dataclass(frozen=True)
class Room:
    """A running space of whoever is away, and its title."""

    space: str
    title: str


@dataclass(frozen=True)
class Appointment:
    """What an administrator wishes. `ends_ms` None: until somebody ends it."""

    absent: int
    substitute: str
    spaces: Collection[str]
    ends_ms: int | None


async def list_rooms(reader: Reader, account: int) -> list[Room]:
    """The spaces of somebody in which a substitute could be appointed now: not those in which he
    stands in himself."""
    kept = [
        one
        for one in await spaces.list_of_account(reader, account)
        if may_write(one) and not await substitutions.list_covering(reader, one.id, account)
    ]
    titles = await list_titles(reader, kept)
    return [Room(one.id, titles[one.id]) for one in kept]


async def list_titles(reader: Reader, kept: Sequence[Space]) -> dict[str, str]:
    """What the projects of these spaces are called."""
    found = await objects.list_many(reader, [one.project for one in kept])
    return {
        one.id: optional_text_of(found[one.project].document, "name")
        if one.project in found
        else ""
        for one in kept
    }


async def appoint(
    context: Context, by: Account, wished: Appointment, *, has_classes: bool
) -> tuple[int, int]:
    """Let a colleague stand in from now on; the number of the substitution, and his account.

    `has_classes`: there is a class, too, that the colleague has not got. Refuses with NOT_ALLOWED;
    NOT_FOUND whoever is to be absent; BAD_INPUT a colleague who does not teach here, is the same
    person or is let in no more (field `substitute`), a day that is over (`last_day`), and a space
    that is not the absent one's in his own right (`spaces`); READ_ONLY a space that is closed;
    CONFLICT where he has all of it already, as long as is wished.
    """
    require_admin(by)
    if wished.ends_ms is not None and wished.ends_ms <= context.now_ms():
        raise Refused(Reason.BAD_INPUT, "This day is over already.", field="last_day")
    async with context.database.write() as transaction:
        absent = await accounts.find(transaction, wished.absent)
        if absent is None or absent.state == "waiting":
            raise Refused(Reason.NOT_FOUND, "There is no such account.")
        colleague = await get_colleague(context, transaction, absent, wished.substitute)
        fresh, missing = [], []
        for space in sorted(wished.spaces):
            kept = await _get_space(transaction, absent, space)
            covering = await substitutions.list_covering(transaction, space, colleague.id)
            if await spaces.find_alias(transaction, space, colleague.id) is None:
                missing.append(kept)
            elif not covering or any(one.covers(absent.id, wished.ends_ms) for one in covering):
                continue
            fresh.append(space)
        if not fresh and not has_classes:
            raise Refused(Reason.CONFLICT, "This colleague has all of it already.")
        number = await substitutions.put(
            transaction,
            absent=absent.id,
            substitute=colleague.id,
            by=by.id,
            now_ms=context.now_ms(),
            ends_ms=wished.ends_ms,
            spaces=fresh,
        )
        for one in missing:
            await declare(context, transaction, one, colleague, Role.TEACHER)
    events.substitute_appointed(absent.handle, colleague.handle, by.handle)
    for one in missing:
        await replica.tell(context, one.id)
    context.wake.notify(TOPIC)
    return number, colleague.id


async def end(context: Context, by: By, number: int) -> None:
    """End it now. Refuses with NOT_ALLOWED, NOT_FOUND, CONFLICT what is over."""
    require_admin(by)
    async with context.database.write_small() as transaction:
        one = await require_running(transaction, number)
        left = await _end(context, transaction, one, by.id if isinstance(by, Account) else None)
    for space in left:
        await replica.tell(context, space)


async def hand_over(context: Context, by: By, number: int) -> None:
    """End it, and the substitute stays in its spaces for good. Refuses as `end`."""
    require_admin(by)
    async with context.database.write_small() as transaction:
        one = await require_running(transaction, number)
        for space in await substitutions.list_spaces(transaction, number):
            await substitutions.put_stays(transaction, space, one.substitute)
        await _end(context, transaction, one, by.id if isinstance(by, Account) else None)


async def require_running(reader: Reader, number: int) -> Substitution:
    """Refuses with NOT_FOUND, CONFLICT what is over."""
    one = await substitutions.find(reader, number)
    if one is None:
        raise Refused(Reason.NOT_FOUND, "There is no such substitution.")
    if one.ended_ms is not None:
        raise Refused(Reason.CONFLICT, "This is over already.")
    return one


async def list_due(context: Context, reader: Reader) -> list[Substitution]:
    """Those that run although their last day is over, or the substitute is here no more."""
    now_ms = context.now_ms()
    found = []
    for one in await substitutions.list_running(reader):
        colleague = await accounts.find(reader, one.substitute)
        gone = colleague is None or colleague.state == "ended"
        if gone or (one.ends_ms is not None and one.ends_ms <= now_ms):
            found.append(one)
    return found


async def end_one(context: Context, number: int) -> None:
    """End what is due by itself."""
    async with context.database.write_small() as transaction:
        one = await substitutions.find(transaction, number)
        left = [] if one is None or one.ended_ms else await _end(context, transaction, one, None)
    for space in left:
        await replica.tell(context, space)


async def say_left(context: Context) -> None:
    """Say of everybody who is shut out of a space, and a teacher there by its log, that he left,
    where that can be said by now."""
    async with context.database.read() as reader:
        waiting = await substitutions.list_shut_out(reader)
    for space, number in waiting:
        with suppress(Refused):
            async with context.database.write() as transaction:
                kept = await spaces.find(transaction, space)
                account = await accounts.find(transaction, number)
                if kept is None or account is None or not may_write(kept):
                    continue
                await declare(context, transaction, kept, account, Role.LEFT)
            await replica.tell(context, space)


async def drop_over(context: Context) -> None:
    """Nobody is told of an absence for ever: what is over for three years is forgotten."""
    before_ms = context.now_ms() - DAYS_OF_SUBSTITUTIONS * 86_400_000
    async with context.database.read() as reader:
        if not await substitutions.is_any_over(reader, before_ms):
            return
    async with context.database.write_small() as transaction:
        await substitutions.drop_over(transaction, before_ms)


async def find_next_end(reader: Reader) -> int | None:
    """When the next one ends by itself."""
    running = await substitutions.list_running(reader)
    return min((one.ends_ms for one in running if one.ends_ms is not None), default=None)


async def _end(
    context: Context, transaction: Transaction, one: Substitution, by: int | None
) -> list[str]:
    """The spaces that hear of it."""
    await substitutions.put_ended(transaction, one.number, context.now_ms(), by)
    colleague = await accounts.find(transaction, one.substitute)
    if colleague is None or colleague.state == "ended":
        return []
    charges = {each.project for each in await succession.list_charges(transaction, colleague)}
    told = []
    stays = await substitutions.list_spaces_kept(transaction, one.number)
    for space in await substitutions.list_spaces(transaction, one.number):
        kept = await spaces.find(transaction, space)
        if kept is None or space in stays:
            continue
        if await substitutions.list_covering(transaction, space, colleague.id):
            continue
        is_there = await spaces.find_alias(transaction, space, colleague.id) is not None
        if is_there and kept.project in charges:
            await substitutions.put_stays(transaction, space, colleague.id, one.number)
            continue
        # Also where the log says it: the word is withheld if the space turns out to be closed.
        await substitutions.put_shut_out(transaction, space, colleague.id)
        if is_there:
            with suppress(Refused):
                await declare(context, transaction, kept, colleague, Role.LEFT)
                told.append(space)
    events.substitute_ended(colleague.handle)
    context.wake.notify(publish.TOPIC)
    return told


async def get_colleague(context: Context, reader: Reader, absent: Account, handle: str) -> Account:
    """Whoever could stand in. Refuses as `appoint`."""
    found = await accounts.find_by_handle(reader, handle)
    if found is None or "teacher" not in found.roles or found.id == absent.id:
        raise Refused(
            Reason.BAD_INPUT,
            "Nobody else of this name teaches at your school.",
            field="substitute",
        )
    if not found.may_sign_in(context.now_ms()):
        raise Refused(
            Reason.BAD_INPUT, "This account lets nobody in at present.", field="substitute"
        )
    return found


async def _get_space(reader: Reader, absent: Account, space: str) -> Space:
    kept = await spaces.find(reader, space)
    if (
        kept is None
        or await spaces.find_alias(reader, space, absent.id) is None
        or await substitutions.list_covering(reader, space, absent.id)
    ):
        raise Refused(Reason.BAD_INPUT, "Whoever is away is in no such space.", field="spaces")
    if not may_write(kept):
        raise Refused(Reason.READ_ONLY, "This project is closed.", field="spaces")
    return kept
