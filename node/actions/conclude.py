"""After a conversation between replicas: when the next one is, and what is known of the partner."""

from node import events
from node.actions import clocks, duties, introduce, quotas, serve_space, tips
from node.actions.context import Context
from node.actions.talk import Talk
from node.storage import blobs, cursors, deliveries, partners, spaces
from node.storage.cursors import Exchange
from protocol import delivery
from protocol.errors import Reason, Refused

GO_ON_AFTER_MS = 5_000
COMPARED = 2
"""Partners that heads are compared with in each interval, of however many."""


async def wait(context: Context, exchange: Exchange, refused: Refused) -> None:
    """It failed: try again, later and later."""
    # A partner that says when to go on is in no trouble, however often it has to say so.
    busy = refused.reason is Reason.TOO_MANY_REQUESTS
    attempts = 1 if busy else exchange.attempts + 1
    wait_ms = delivery.wait_after(attempts, context.chance.fraction(), context.patience)
    asked_s = refused.facts.get("retry_after_s")
    if isinstance(asked_s, int):
        wait_ms = max(wait_ms, asked_s * 1000)
    await introduce.forget(context, exchange.origin, refused.reason)
    why = delivery.why_not(refused.reason, str(refused.facts.get("failure", "")))
    async with context.database.write() as transaction:
        await cursors.put_waiting(
            transaction,
            exchange.space,
            exchange.origin,
            context.now_ms() + wait_ms,
            why,
            answered=refused.reason is not Reason.UNREACHABLE,
        )
        await clocks.note(context, transaction, exchange.origin)
        if refused.reason is Reason.UNREACHABLE:
            await partners.put_trouble(transaction, exchange.origin, why)
    events.replication_waits(exchange.space, exchange.origin, why)


def waits_for_room(talk: Talk) -> bool:
    """Whether the only difference left is that one side has no room for some log."""
    reasons = {one.reason for one in talk.troubles}
    return Reason.OVER_QUOTA in reasons and reasons <= {Reason.OVER_QUOTA, Reason.CONFLICT}


async def pause(talk: Talk) -> None:
    """One log waits for room at one side. All others go on: news are told as they come."""
    context, exchange = talk.context, talk.exchange
    now_ms = context.now_ms()
    next_ms = now_ms + quotas.RETRY_AFTER_S * 1000
    async with context.database.write() as transaction:
        why = str(Reason.OVER_QUOTA)
        await cursors.put_paused(transaction, exchange.space, exchange.origin, next_ms, why)
        await clocks.note(context, transaction, exchange.origin)
        await partners.put_seen(transaction, exchange.origin, now_ms)
    events.replication_waits(exchange.space, exchange.origin, why)


async def finish(talk: Talk, agreed: str | None) -> None:
    """Agree until the next comparison, unless something was written meanwhile."""
    context, exchange = talk.context, talk.exchange
    now_ms = context.now_ms()
    settings = context.settings.replication
    reopened = False
    async with context.database.write() as transaction:
        space = await spaces.get(transaction, exchange.space)
        # What a member says with whom this node does not exchange comes through others.
        relayed = await cursors.has_indirect_members(transaction, space.id, context.base)
        every_ms = (settings.relay_every_s if relayed else settings.compare_every_s) * 1000
        partners_of = await cursors.count_exchanges(transaction, space.id)
        next_ms = now_ms + until_next(every_ms, partners_of, context.chance.fraction())
        mine = await serve_space.build_heads(transaction, space)
        if agreed is None:
            # A partner whose heads never rest must not keep this node busy.
            go_on_ms = now_ms + GO_ON_AFTER_MS
            await cursors.put_unfinished(transaction, space.id, exchange.origin, go_on_ms)
        elif agreed != mine.digest:
            await cursors.put_unfinished(transaction, space.id, exchange.origin, now_ms)
        else:
            await cursors.put_agreed(transaction, space.id, exchange.origin, next_ms, now_ms)
            reopened = await tips.reopen(transaction, space.id)
            await tips.hear(transaction, space.id, exchange.node)
        await clocks.note(context, transaction, exchange.origin)
        await partners.put_seen(transaction, exchange.origin, now_ms)
        if exchange.attempts:
            await deliveries.hasten(transaction, exchange.origin, now_ms)
        files_wait = await blobs.hasten(transaction, exchange.origin, now_ms)
    if files_wait:
        context.wake.notify(blobs.TOPIC)
    if reopened:
        await tips.renew(context, space.id)
        async with context.database.write() as transaction:
            await duties.attend_if_possible(context, transaction, space.id)
        context.wake.notify(duties.TOPIC)


def until_next(every_ms: float, partners_of: int, chance: float) -> int:
    """When to compare with a partner again, in ms: so that two of all, by chance, are asked in each
    interval. News are pushed to everybody; comparing only makes sure that a silent origin stops
    nothing, and with two random partners what one of us has reaches all in a few rounds."""
    if partners_of <= COMPARED:
        return int(every_ms * (0.9 + 0.2 * chance))
    return int(every_ms * partners_of / COMPARED * (0.2 + 1.6 * chance))
