"""Reports: what somebody thinks should not stand in a space, for both ends to decide about.

The report lies at the school of whoever made it, and goes to the school that wrote the item. That
school learns from which school it came and never from whom; at the own school only administrators
see the name here, and safeguarding persons with the sealed copy. Each end decides for itself and
tells the other. It is read by those who decide about it (`decides`), and by whoever made it; a
pupil's, which names nobody anywhere, by every teacher of both schools in the space. Until a school
has decided, its pupils do not see what was reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import contributions, identity, moderation, publish, pupils, replica, trash
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import partners, reports, spaces
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.reports import Report
from node.storage.spaces import Space
from protocol import activities, names
from protocol.effects_reports import AnswerReport, Decision, PutReport
from protocol.errors import Reason, Refused
from protocol.known import KnownFlagged, KnownOpen, KnownReport
from protocol.objects import lines
from protocol.space import authority
from protocol.space.fold.history import Contribution, Standing

MAX_OPEN_OF_PERSON = 20
_GONE = frozenset({Standing.DELETED, Standing.ERASED, Standing.MISSING})


async def report(
    context: Context,
    account: Account,
    space: str,
    item: str,
    *,
    reason: str,
    note: str,
    language: str,
) -> Report:
    """Report something. Refuses with GONE what is not shown, CONFLICT what one has reported
    already, TOO_MANY_ITEMS whoever waits for many answers."""
    async with context.database.write() as transaction:
        kept, made = await _find_new(context, transaction, account, space, item)
        words = Words(note, language)
        row = await _put(context, transaction, kept, made, reason, words, account.id)
    context.wake.notify(publish.TOPIC)
    return row


async def require_new(context: Context, account: Account, space: str, item: str) -> None:
    """Refuses as `report` does, before anything is copied for it."""
    async with context.database.read() as reader:
        await _find_new(context, reader, account, space, item)


async def _find_new(
    context: Context, reader: Reader, account: Account, space: str, item: str
) -> tuple[Space, Contribution]:
    kept, _ = await require_member(reader, account, space)
    made = await trash.get(reader, kept, item)
    _require_shown(made)
    service = names.service_actor_id(context.base)
    if await reports.find_open(reader, space, made, service, by_pupil=False, account=account.id):
        raise Refused(Reason.CONFLICT, "You have reported this already.")
    if await reports.count_open_of(reader, account.id) >= MAX_OPEN_OF_PERSON:
        raise Refused(Reason.TOO_MANY_ITEMS, "Many reports of yours wait for an answer.")
    return kept, made


async def report_by_pupil(
    context: Context, space: str, item: str, *, pseudonym: str, reason: str
) -> Report:
    """A pupil of this school reports something, without a word; what others of his school have
    reported already, as it is now, is that report. Who it is stays with whoever calls this.

    Refuses with NOT_FOUND who is no pupil there, GONE what is not shown.
    """
    async with context.database.write() as transaction:
        kept = await pupils.require_pupil(transaction, space, pseudonym)
        made = await trash.get(transaction, kept, item)
        _require_shown(made)
        service = names.service_actor_id(context.base)
        known = await reports.find_open(transaction, space, made, service, by_pupil=True)
        if known is not None:
            return known
        row = await _put(context, transaction, kept, made, reason, None, None)
    context.wake.notify(publish.TOPIC)
    return row


@dataclass(frozen=True)
class Words:
    """What a teacher says of it."""

    text: str
    language: str


async def _put(
    context: Context,
    transaction: Transaction,
    space: Space,
    made: Contribution,
    reason: str,
    words: Words | None,
    account: int | None,
) -> Report:
    """The report, here and on its way to the school that wrote it; a pupil's where nothing is
    said."""
    service = names.service_actor_id(context.base)
    said = publish.saying(context, service)
    other = await _other_end(transaction, space, made)
    text, language = ("", "") if words is None else (words.text, words.language)
    activity = activities.flag(
        said,
        made.reference,
        space.id,
        to=other or service,
        reason=reason,
        note=text,
        language=language,
        by_pupil=words is None,
    )
    publish.require_fitting(context, await identity.sign(context, transaction, activity, service))
    row = Report(
        said.url,
        space.id,
        made.home,
        made.object,
        reason,
        lines(text),
        language,
        account,
        service,
        other,
        context.now_ms(),
        writer=made.writer,
        actor=made.actor,
        by_pupil=words is None,
        shields=not await reports.is_kept(transaction, space.id, made),
        version=made.head,
    )
    await reports.put(transaction, row)
    if other:
        await publish.say(context, transaction, activity)
    return row


def _require_shown(made: Contribution) -> None:
    if made.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This is not shown any more.")


async def decide(
    context: Context,
    account: Account,
    space: str,
    report_: str,
    *,
    decision: Decision,
    text: str,
    language: str,
) -> Contribution:
    """Say what this school decides, once; the item. To hide it is done at once.

    Refuses with NOT_FOUND, ALREADY_ANSWERED, NOT_ALLOWED whoever may not: to hide as
    `moderation.hide`, to ask the author's school where that is this one, to let one's own stand.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        row = await get(transaction, kept, report_, account)
        if not is_open_to(row, decision):
            raise Refused(Reason.ALREADY_ANSWERED, "Your school has decided about this.")
        made = await trash.get(transaction, kept, row.item)
        if decision not in options(kept, alias, row, made, is_admin=account.is_admin):
            raise Refused(Reason.NOT_ALLOWED, "This is not for you to decide in this way.")
        if decision == "hidden" and made.standing is not Standing.HIDDEN:
            await moderation.put_hidden(
                context, transaction, kept, alias, made, account, row.reason, text, language
            )
        await reports.put_decision(transaction, row.id, decision, account.id, context.now_ms())
        if row.other:
            said = publish.saying(context, names.service_actor_id(context.base))
            told = activities.decide_flag(said, row.id, to=row.other, decision=decision)
            await publish.say(context, transaction, told)
    context.wake.notify(publish.TOPIC)
    await replica.tell(context, space)
    return made


def is_open_to(row: Report, decision: Decision) -> bool:
    """Whether this school may still decide so: once, but that whoever asked for a deletion in vain
    may yet let it stand."""
    return not row.decision or (row.decision, decision) == ("erasure_asked", "kept")


def options(
    space: Space, alias: str, row: Report, made: Contribution, *, is_admin: bool
) -> Sequence[Decision]:
    """What somebody of this school may decide about a report."""
    found: list[Decision] = []
    if not decides(space, is_admin=is_admin) and not row.by_pupil:
        return found
    if made.standing in _GONE:
        found.append("deleted")
    # Whoever deleted it brings it back, and then it is hidden.
    if made.standing not in moderation.LOST and moderation.may_hide(space, made, is_admin=is_admin):
        found.append("hidden")
    if made.standing in _GONE:
        return found
    if not is_about(row, made, space, alias):
        found.append("kept")
    if row.other and made.writer != space.node:
        found.append("erasure_asked")
    return found


def decides(space: Space, *, is_admin: bool) -> bool:
    """Whether somebody of this school reads what was reported, and decides: where the school
    moderates its teachers in the space, elsewhere its administrators in it."""
    return is_admin or authority.is_moderator(space.state, space.node)


def is_about(row: Report, made: Contribution | None, space: Space, alias: str) -> bool:
    """Whether somebody is the one who is reported: who had written what was shown then, whoever
    wrote on it since. Where that is not known, who has written what is shown now."""
    if row.writer:
        return (row.writer, row.actor) == (space.node, alias)
    return made is None or (made.writer == space.node and made.actor == alias)


async def list_for(reader: Reader, account: Account, space: Space) -> list[Report]:
    """What somebody may read of the reports of a space."""
    everything = decides(space, is_admin=account.is_admin)
    return await reports.list_of_space(reader, space.id, account=None if everything else account.id)


async def get(reader: Reader, space: Space, report_: str, account: Account) -> Report:
    """A report by its id or the name at its end. Refuses with NOT_FOUND what is none there, or not
    for this reader."""
    found = await reports.find(reader, report_)
    if found is None or found.space != space.id:
        raise contributions.not_here()
    is_theirs = found.account == account.id or found.by_pupil
    if not is_theirs and not decides(space, is_admin=account.is_admin):
        raise contributions.not_here()
    return found


async def _other_end(reader: Reader, space: Space, made: Contribution) -> str:
    """The service actor of the school that wrote it, where it is another one that this node talks
    to; else empty."""
    actor = space.state.actors.get(made.writer, "")
    if made.writer == space.node or not actor:
        return ""
    known = await partners.list_states(reader, [names.origin(actor)])
    return actor if known else ""


async def find_flagged(reader: Reader, actor: str, space: str, item: str) -> KnownFlagged | None:
    """What is known here of something that `actor` reports."""
    kept = await spaces.find(reader, space)
    if kept is None:
        return None
    members = frozenset(kept.state.actors[node] for node in kept.state.members)
    made = await _find_item(reader, space, item)
    # The other end may not know yet who wrote on it last.
    if made is None or kept.node not in {made.home, made.writer}:
        return KnownFlagged(members, is_ours=False)
    return KnownFlagged(
        members,
        is_ours=True,
        by_teachers=await _known_of(reader, space, made, actor, by_pupil=False),
        by_pupils=await _known_of(reader, space, made, actor, by_pupil=True),
    )


async def _known_of(
    reader: Reader, space: str, made: Contribution, school: str, *, by_pupil: bool
) -> KnownOpen:
    found = await reports.find_open(reader, space, made, school, by_pupil=by_pupil)
    count = await reports.count_open(reader, space, school, by_pupil=by_pupil)
    return KnownOpen(count, is_repeated=found is not None)


async def find_known(reader: Reader, id_: str) -> KnownReport | None:
    found = await reports.find(reader, id_)
    return None if found is None else KnownReport(found.id, found.other)


async def perform(transaction: Transaction, effect: PutReport | AnswerReport) -> None:
    """What a letter of the other end leads to."""
    if isinstance(effect, AnswerReport):
        await reports.put_their_decision(
            transaction, effect.id, effect.decision, int(effect.at.timestamp() * 1000)
        )
        return
    home, _, name = effect.item.partition("/")
    made = await _find_item(transaction, effect.space, effect.item)
    await reports.put(
        transaction,
        Report(
            effect.id,
            effect.space,
            home,
            name,
            effect.reason,
            effect.note,
            effect.language,
            None,
            effect.school,
            effect.school,
            int(effect.at.timestamp() * 1000),
            writer="" if made is None else made.writer,
            actor="" if made is None else made.actor,
            by_pupil=effect.by_pupil,
            shields=made is None or not await reports.is_kept(transaction, effect.space, made),
            version="" if made is None else made.head,
        ),
    )


async def _find_item(reader: Reader, space: str, item: str) -> Contribution | None:
    kept = await spaces.find(reader, space)
    try:
        return None if kept is None else await trash.get(reader, kept, item)
    except Refused:
        return None
