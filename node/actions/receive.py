"""A document arrives: it is admitted at the door, kept, and applied by a worker.

`admit` answers for the signature, the shape and the proof, and stores before it returns. What the
activity does is decided by `protocol.intake` and performed in one transaction by `apply_next`.
"""

import asyncio
import traceback

from node import events
from node.actions import known_actors, perform, recognise
from node.actions.context import Context
from node.actions.matter import load_known
from node.actions.recognise import Asked
from node.storage import inbox
from node.storage.database import Reader, Transaction
from node.storage.inbox import Arrived
from protocol import canonical, delivery, documents, intake
from protocol.canonical import JSONObject
from protocol.effects import Effect, Nothing
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.reading import text_of
from protocol.shapes import kind_of

TOPIC = "inbox"
MEDIA_TYPES = frozenset({"application/activity+json", "application/ld+json"})

HEALABLE = frozenset(
    {Reason.NEVER_OFFERED, Reason.NOT_ALLOWED, Reason.NOT_FOUND, Reason.BAD_PROOF, Reason.CONFLICT}
)
"""Refusals that an activity still on its way may heal: judged again before they count."""
HEAL_ATTEMPTS = 3
OWN_TROUBLE = frozenset({Reason.STORAGE_FULL, Reason.STORAGE_FAILED, Reason.BUSY})
"""Refusals of this node's own house: no letter's fault, so none is judged by them."""
DEFECT_ATTEMPTS = 14
"""How often a letter at which this node itself failed is tried: two days, time for a repair."""


async def admit(context: Context, asked: Asked) -> None:
    """Check a signed POST to the inbox and store its activity before returning.

    A repeat of a stored activity is taken and changes nothing: partners resend after a time-out.
    Refuses with the reasons of `canonical.read`, `recognise`, `shapes`, `documents`, with
    WRONG_ACTOR where signer and `actor` differ, and with those of `intake.FINAL`.
    """
    activity = canonical.read_object(asked.body or b"")
    if activity.get("type") == "Delete" and await recognise.is_by_nobody_known(context, asked):
        return  # nothing of that actor lies here any more: nothing to verify, nothing to delete
    recognised = await recognise.recognise(context, asked)
    if activity.get("actor") != recognised.actor:
        raise Refused(
            Reason.WRONG_ACTOR, "The request was signed by another actor than the activity names."
        )
    kind = kind_of(activity)
    context.book.check(kind, activity)
    key_id = recognised.checked.key_id
    if documents.signer_of(activity) != key_id:
        raise Refused(Reason.BAD_PROOF, "/proof: sign the activity with the key of the request.")
    await _judge_finally(context, activity, recognised.key)
    async with context.database.write() as transaction:
        _, fresh = await asyncio.gather(
            recognise.remember(context, transaction, recognised),
            inbox.put(
                transaction,
                activity,
                origin=recognised.partner.origin,
                key_id=key_id,
                now_ms=context.now_ms(),
            ),
        )
    if fresh:
        events.received(text_of(activity, "id"), kind, recognised.partner.origin)
        context.wake.notify(TOPIC)


async def apply_due(context: Context) -> int | None:
    """Apply all activities that are due; when the next one is, in milliseconds."""
    while True:
        async with context.database.read() as reader:
            arrived = await inbox.find_next(reader, context.now_ms())
            next_ms = await inbox.find_next_ms(reader)
        if arrived is None:
            return next_ms
        # Gathered, a defect comes back as a value: one letter must not hold up all that follow.
        (failed,) = await asyncio.gather(apply_next(context, arrived), return_exceptions=True)
        if isinstance(failed, Exception) and not isinstance(failed, Refused):
            await _put_aside(context, arrived, failed)
        elif failed is not None:
            raise failed


async def apply_next(context: Context, arrived: Arrived) -> None:
    """Judge one stored activity and perform what follows, in one transaction."""
    kind = kind_of(arrived.activity)
    try:
        async with context.database.write() as transaction:
            effects = await _judge(context, transaction, arrived.activity, arrived.key_id)
            for effect in effects:
                await perform.perform(context, transaction, effect)
            await inbox.put_done(transaction, arrived.seq)
    except Refused as refused:
        if refused.reason in OWN_TROUBLE:
            raise
        await _put_refused(context, arrived, kind, refused)
        return
    done = [effect for effect in effects if not isinstance(effect, Nothing)]
    events.applied(arrived.id, kind, len(done))
    perform.tell(context, effects)


async def _put_aside(context: Context, arrived: Arrived, failed: Exception) -> None:
    """Go on with the next letter; come back to this one, later and later, in the end no more."""
    last = traceback.extract_tb(failed.__traceback__)[-1:]
    where = "".join(f"{frame.filename}:{frame.lineno}" for frame in last)
    events.worker_failed("intake", type(failed).__name__, where)
    async with context.database.write() as transaction:
        if arrived.attempts < DEFECT_ATTEMPTS:
            await _put_waiting(context, transaction, arrived, Reason.BUSY)
        else:
            await inbox.put_refused(transaction, arrived.seq, str(Reason.BUSY))


async def _put_refused(context: Context, arrived: Arrived, kind: str, refused: Refused) -> None:
    """Keep why, for the administrator; try again where what is missing may still arrive."""
    async with context.database.write() as transaction:
        if refused.reason in HEALABLE and arrived.attempts < HEAL_ATTEMPTS:
            await _put_waiting(context, transaction, arrived, refused.reason)
        else:
            await inbox.put_refused(transaction, arrived.seq, str(refused.reason))
    events.activity_refused(arrived.id, kind, str(refused.reason))


async def _put_waiting(
    context: Context, transaction: Transaction, arrived: Arrived, reason: Reason
) -> None:
    attempts = arrived.attempts + 1
    wait_ms = delivery.wait_after(attempts, context.chance.fraction(), context.patience)
    at_ms = context.now_ms() + wait_ms
    await inbox.put_waiting(transaction, arrived.seq, at_ms, str(reason))


async def _judge(
    context: Context, reader: Reader, activity: JSONObject, key_id: str
) -> list[Effect]:
    """The effects of an activity that was admitted, against what is known now."""
    actor = text_of(activity, "actor")
    key = await known_actors.get_stored_key(reader, key_id, actor)
    opened = documents.open_document(activity, key, owner=actor, now=context.now())
    known = await load_known(context, reader, activity)
    return intake.judge(opened, known, context.now())


async def _judge_finally(context: Context, activity: JSONObject, key: PublicKey) -> None:
    """Answer at the door for what no later arrival can heal; the rest waits for the worker."""
    async with context.database.read() as reader:
        opened = documents.open_document(
            activity, key, owner=text_of(activity, "actor"), now=context.now()
        )
        try:
            known = await load_known(context, reader, activity)
            intake.judge(opened, known, context.now())
        except Refused as refused:
            if refused.reason in intake.FINAL:
                raise
