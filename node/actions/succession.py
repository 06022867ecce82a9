"""Who takes over: founding is handed to a colleague, and before an account ends its projects are.

A project is a school's, not a person's. Whoever founded one, or joined one for the school, or is
the only teacher of the school in its space, is followed by a named colleague; what was written
stays.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from node.actions import (
    joining,
    notices,
    people,
    project_card,
    projects,
    publish,
    replica,
    tips,
    verification,
)
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.spaces import declare, may_write
from node.storage import (
    accounts,
    contacts,
    drafts,
    follows,
    foundings,
    joinings,
    objects,
    outbox,
    sessions,
    spaces,
    substitutions,
)
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import activities, names
from protocol.errors import Reason, Refused
from protocol.objects import tombstone
from protocol.reading import optional_text_of
from protocol.space.vocabulary import Role


@dataclass(frozen=True)
class Charge:
    """A project that somebody of this school has to go on looking after."""

    project: str
    title: str


async def list_charges(reader: Reader, account: Account) -> list[Charge]:
    """The running projects for which this person's school needs a successor, if he goes."""
    wanted = dict.fromkeys(
        [
            one.project
            for one in await foundings.list_of_actor(reader, account.actor)
            if one.state == "active"
            or (one.state == "accepted" and one.co_founder == account.actor)
        ]
        + [
            one.project
            for one in await joinings.list_of_invited(reader, account.actor)
            if one.state in {"accepted", "member"}
        ]
    )
    for space in await spaces.list_of_account(reader, account.id):
        if await spaces.list_teachers(reader, space.id) == [account.id]:
            wanted[space.project] = None
    sent = await joinings.list_documents(reader, wanted)
    found = []
    for project in wanted:
        space_ = await spaces.find_of_project(reader, project)
        if space_ is not None and (space_.ended or space_.state.closed):
            continue
        stored = await objects.find(reader, project)
        document = sent.get(project, {}) if stored is None else stored.document
        found.append(Charge(project, optional_text_of(document, "name")))
    return found


async def hand_over(context: Context, account: Account, project: str, handle: str) -> None:
    """A founder hands his part in a running project to a colleague.

    Refuses with NOT_FOUND whoever does not found it, BAD_INPUT whoever is no teacher here,
    READ_ONLY a project that is closed.
    """
    async with context.database.write() as transaction:
        space = await joining.require_founded(transaction, account, project)
        if space.state.closed or space.ended:
            raise Refused(Reason.READ_ONLY, "The project is closed.")
        successor = await _find_colleague(transaction, account, handle)
        await _take_over(context, transaction, account, successor, project)
    await tips.record(context, space.id)
    _wake(context)


async def end_account(context: Context, by: By, handle: str, *, successor: str = "") -> None:
    """End an account at once; what the person wrote stays, a colleague takes over the projects.

    Refuses with CONFLICT the last administrator, and where projects need a `successor` (fact
    `projects`, their number); BAD_INPUT a successor who is no teacher here.
    """
    require_admin(by)
    async with context.database.read() as reader:
        account = await people.get_account(reader, handle)
        # Asked before anything is done: what is refused changes nothing.
        await _require_may_end(reader, account, successor)
    await _settle_offers(context, account)
    async with context.database.write() as transaction:
        account = await people.get_account(transaction, handle)
        colleague = await _require_may_end(transaction, account, successor)
        await _end(context, transaction, account, colleague)
    await _record(context)
    _wake(context)


async def set_end(
    context: Context, by: By, handle: str, last_day: date | None, *, successor: str = ""
) -> None:
    """The account ends with a day (in UTC), or goes on without one where it is None.

    Refuses with CONFLICT as `end_account`, BAD_INPUT a day that is over.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        account = await people.get_account(transaction, handle)
        if last_day is None:
            await accounts.put_end(transaction, account.id, None, None)
            return
        over = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC) + timedelta(days=1)
        ends_ms = int(over.timestamp() * 1000)
        if ends_ms <= context.now_ms():
            raise Refused(Reason.BAD_INPUT, "This day is over already.", field="last_day")
        colleague = await _require_may_end(transaction, account, successor)
        number = None if colleague is None else colleague.id
        await accounts.put_end(transaction, account.id, ends_ms, number)


async def end_due(context: Context) -> None:
    """Accounts whose last day is over end. One whose projects nobody was named for waits, closed
    to sign-in, until an administrator names a successor."""
    async with context.database.read() as reader:
        due = await accounts.list_over(reader, context.now_ms())
    for account in due:
        async with context.database.write() as transaction:
            await sessions.drop_of_account(transaction, account.id)
        # One that cannot end at present holds up no other, and is looked at again.
        with suppress(Refused):
            await _end_one(context, account)
    if due:
        await _record(context)
        _wake(context)


async def _end_one(context: Context, account: Account) -> None:
    await _settle_offers(context, account)
    async with context.database.write() as transaction:
        number = account.successor
        colleague = None if number is None else await accounts.find(transaction, number)
        if colleague is not None and colleague.state != "active":
            colleague = None
        if colleague is not None or not await list_charges(transaction, account):
            await _end(context, transaction, account, colleague)


async def _settle_offers(context: Context, account: Account) -> None:
    """What still waits for an answer is answered or taken back while the account can speak."""
    async with context.database.read() as reader:
        founded = await foundings.list_of_actor(reader, account.actor)
        invited = await joinings.list_of_invited(reader, account.actor)
    for one in founded:
        if one.founder == account.actor and one.state in {"offered", "accepted"}:
            await projects.withdraw(context, account, one.project)
        elif one.co_founder == account.actor and one.state == "offered":
            await projects.decline(context, account, one.project)
    for guest in invited:
        if guest.state == "invited":
            await joining.decline(context, account, guest.project)


async def _require_may_end(reader: Reader, account: Account, successor: str) -> Account | None:
    if account.is_admin:
        await people.require_other_admin(reader, account)
    return await _require_successor(reader, account, successor)


async def _require_successor(reader: Reader, account: Account, handle: str) -> Account | None:
    charges = await list_charges(reader, account)
    if not handle:
        if charges:
            raise Refused(
                Reason.CONFLICT,
                "This person's projects need a successor of your school; name one.",
                projects=len(charges),
            )
        return None
    return await _find_colleague(reader, account, handle)


async def _find_colleague(reader: Reader, account: Account, handle: str) -> Account:
    colleague = await accounts.find_by_handle(reader, handle)
    if (
        colleague is None
        or colleague.state != "active"
        or "teacher" not in colleague.roles
        or colleague.id == account.id
    ):
        raise Refused(
            Reason.BAD_INPUT, "Nobody else of this name teaches at your school.", field="successor"
        )
    return colleague


async def _end(
    context: Context, transaction: Transaction, account: Account, successor: Account | None
) -> None:
    if successor is not None:
        for charge in await list_charges(transaction, account):
            await _take_over(context, transaction, account, successor, charge.project)
        await drafts.put_owner(transaction, account.actor, successor.actor)
    for space in await spaces.list_of_account(transaction, account.id):
        if may_write(space):
            # A log that has stopped, or a wrong clock, keeps nobody signed in.
            with suppress(Refused):
                await declare(context, transaction, space, account, Role.LEFT)
    await accounts.put_state(transaction, account.id, "ended", context.now_ms())
    await sessions.drop_of_account(transaction, account.id)
    await verification.give_up(context, transaction, account.actor)
    # A notice that nobody would answer is taken back.
    await notices.take_back_all(context, transaction, account.actor)
    await _bury(context, transaction, account)


async def _bury(context: Context, transaction: Transaction, account: Account) -> None:
    """The profile is gone, here and wherever it was read: nobody finds or asks somebody who left.

    It is the last that the person's key says; what was said before it is delivered before it.
    """
    stored = await objects.find(transaction, account.actor)
    if stored is None or stored.buried:
        return
    said = publish.saying(context, account.actor)
    buried = await publish.put_tombstone(
        context, transaction, tombstone(stored.document, context.now()), stored
    )
    await outbox.drop_of_document(transaction, account.actor, account.actor)
    await outbox.drop_narrowed(transaction, account.actor, account.actor)
    told = activities.told_of(account.actor, stored.document)
    await publish.say(context, transaction, activities.delete(said, buried, to=told))
    await follows.drop_of_actor(transaction, account.actor)
    await contacts.end_of_actor(transaction, account.actor, context.now_ms())


async def _take_over(
    context: Context, transaction: Transaction, account: Account, successor: Account, project: str
) -> None:
    """`successor` does from now on what `account` did for the school in a project."""
    before, after = account.actor, successor.actor
    founding = await foundings.find_of_project(transaction, project)
    await foundings.put_person(transaction, project, before, after)
    await joinings.put_person(transaction, project, before, after)
    await drafts.put_owner_of(transaction, project, before, after)
    space = await spaces.find_of_project(transaction, project)
    if space is not None and may_write(space):
        # Who stood in there is there for good.
        await substitutions.put_stays(transaction, space.id, successor.id)
        if await spaces.find_alias(transaction, space.id, successor.id) is None:
            await _declare_successor(context, transaction, space, successor)
        await project_card.renew(context, transaction, space)
    if founding is None or before not in {founding.founder, founding.co_founder}:
        return
    other = founding.co_founder if founding.founder == before else founding.founder
    if not names.same_origin(other, context.base):
        said = publish.saying(context, before)
        told = activities.move_founding(said, project, to=other, successor=after)
        await publish.say(context, transaction, told)


async def _declare_successor(
    context: Context, transaction: Transaction, space: Space, successor: Account
) -> None:
    try:
        await declare(context, transaction, space, successor, Role.TEACHER)
    except Refused as refused:
        # Where the own log has stopped, nobody of this school can be declared any more.
        if refused.reason is not Reason.READ_ONLY:
            raise


async def _record(context: Context) -> None:
    async with context.database.read() as reader:
        kept = await spaces.list_all(reader)
    for space in kept:
        await tips.record(context, space.id)


def _wake(context: Context) -> None:
    context.wake.notify(replica.TOPIC)
    context.wake.notify(publish.TOPIC)
