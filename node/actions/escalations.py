"""What was reported is told to the hub: asked for at a school, looked at by the hub's officers.

The hub learns which item of which space it is and why it was reported, never by whom; words only
where somebody wrote them for the hub.
"""

from node.actions import approvals, publish, trust
from node.actions.context import Context
from node.actions.permission import By, name_of, require_officer
from node.storage import escalations, reports
from node.storage.database import Transaction
from node.storage.escalations import Escalation
from node.storage.register import DAYS_OF_ESCALATIONS
from protocol import activities, names
from protocol.effects_reports import QueueEscalation
from protocol.errors import Reason, Refused

MAX_NOTE_CHARACTERS = 1000
_DAY_MS = 86_400_000


async def tell(context: Context, report: str, *, note: str, language: str) -> None:
    """Tell the own hub of a report; whether somebody may is the caller's to know.

    Refuses with NOT_FOUND a report that is not here, or where no hub accredits this school,
    BAD_INPUT too many words.
    """
    note = note.strip()
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write at most {MAX_NOTE_CHARACTERS} characters.", field="note"
        )
    async with context.database.write() as transaction:
        hub = await approvals.find_own_hub(transaction)
        if not hub:
            raise Refused(Reason.NOT_FOUND, "No hub accredits this school at present.")
        row = await reports.find(transaction, report)
        service = names.service_actor_id(context.base)
        if row is None or row.school != service:
            raise Refused(Reason.NOT_FOUND, "There is no such report of this school.")
        activity = activities.escalate_flag(
            publish.saying(context, service),
            row.id,
            row.item,
            row.space,
            hub=hub,
            reason=row.reason,
            note=note,
            language=language,
        )
        await publish.say(context, transaction, activity)
    context.wake.notify(publish.TOPIC)


async def perform(context: Context, transaction: Transaction, effect: QueueEscalation) -> None:
    """Keep at a hub what a school told; once for each report."""
    await escalations.add(
        transaction,
        Escalation(
            number=0,
            report=effect.report,
            actor=effect.actor,
            origin=names.origin(effect.actor),
            space=effect.space,
            item=effect.item,
            reason=effect.reason,
            note=effect.note,
            language=effect.language,
            state="waiting",
            at_ms=int(effect.at.timestamp() * 1000),
            since_ms=context.now_ms(),
        ),
    )


async def deal_with(context: Context, by: By, number: int) -> None:
    """An officer of the hub has dealt with it. Refuses with NOT_FOUND, CONFLICT what is."""
    trust.require_hub(context)
    require_officer(by)
    async with context.database.write() as transaction:
        row = await escalations.find(transaction, number)
        if row is None:
            raise Refused(Reason.NOT_FOUND, "There is no such report.")
        if row.state != "waiting":
            raise Refused(Reason.CONFLICT, "Somebody has dealt with it already.")
        await escalations.put_seen(transaction, number, name_of(by), context.now_ms())


async def drop_over(context: Context) -> None:
    """Drop what was dealt with long enough ago."""
    before_ms = context.now_ms() - DAYS_OF_ESCALATIONS * _DAY_MS
    async with context.database.read() as reader:
        if not await escalations.is_any_over(reader, before_ms):
            return
    async with context.database.write_small() as transaction:
        await escalations.drop_over(transaction, before_ms)
        transaction.wipe()
