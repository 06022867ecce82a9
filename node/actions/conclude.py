"""After conversations between replicas: when the next one is, and what is known of the partner.

Conversations that ended at about the same time are concluded together, each space in one
transaction and with one look at what it holds by then.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Sequence

from node import events
from node.actions import clocks, duties, introduce, quotas, serve_space, tips
from node.actions.context import Context
from node.actions.talk import Ended, Talk
from node.storage import blobs, cursors, deliveries, operations, partners, renewals, spaces
from node.storage.cursors import Exchange
from node.storage.database import Transaction
from protocol import delivery
from protocol.errors import Reason, Refused

GO_ON_AFTER_MS = 5_000
COMPARED = 2
"""Partners that heads are compared with in each interval, of however many."""


async def conclude(context: Context, ended: Sequence[Ended]) -> None:
    """What follows from conversations. A defect delays the exchange that it concerns and no
    other."""
    by_space: dict[str, list[Ended]] = {}
    for one in ended:
        if one.over:
            continue
        if one.refused is None:
            by_space.setdefault(one.exchange.space, []).append(one)
        elif one.waits_for_room:
            await _apart(context, one.exchange, _pause(context, one.exchange))
        else:
            await _apart(context, one.exchange, _wait(context, one.exchange, one.refused))
    for some in by_space.values():
        if await find_failure(_finish(context, some)) is not None:
            # Which of them it was shows when each is looked at alone.
            for one in some:
                await _apart(context, one.exchange, _finish(context, [one]))


async def find_failure(doing: Awaitable[None]) -> Exception | None:
    """The defect that ended something; None where all went well."""
    # Gathered, a defect comes back as a value: one partner must not hold up all the others.
    (failed,) = await asyncio.gather(doing, return_exceptions=True)
    if isinstance(failed, BaseException) and not isinstance(failed, Exception):
        raise failed
    return failed if isinstance(failed, Exception) else None


async def after_defect(context: Context, exchange: Exchange, failed: Exception) -> None:
    """Something failed here: tell where, and try again later."""
    last = traceback.extract_tb(failed.__traceback__)[-1:]
    where = "".join(f"{frame.filename}:{frame.lineno}" for frame in last)
    events.worker_failed("replication", type(failed).__name__, where)
    busy = Refused(Reason.BUSY, "This node failed at the exchange.")
    await _wait(context, exchange, busy)


async def _apart(context: Context, exchange: Exchange, doing: Awaitable[None]) -> None:
    failed = await find_failure(doing)
    if failed is not None:
        await after_defect(context, exchange, failed)


async def _wait(context: Context, exchange: Exchange, refused: Refused) -> None:
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


async def _pause(context: Context, exchange: Exchange) -> None:
    """One log waits for room at one side. All others go on: news are told as they come."""
    now_ms = context.now_ms()
    next_ms = now_ms + quotas.RETRY_AFTER_S * 1000
    async with context.database.write() as transaction:
        why = str(Reason.OVER_QUOTA)
        await cursors.put_paused(transaction, exchange.space, exchange.origin, next_ms, why)
        await clocks.note(context, transaction, exchange.origin)
        await partners.put_seen(transaction, exchange.origin, now_ms)
    events.replication_waits(exchange.space, exchange.origin, why)


async def _finish(context: Context, ended: Sequence[Ended]) -> None:
    """Agree until the next comparison, unless something was written meanwhile. All of one space."""
    space_id = ended[0].exchange.space
    now_ms = context.now_ms()
    origins = [one.exchange.origin for one in ended]
    async with context.database.write() as transaction:
        reopened = await _agree(context, transaction, ended, now_ms)
        reached = [(one.exchange.origin, one.reached) for one in ended if one.reached]
        files_wait, *_ = await asyncio.gather(
            blobs.hasten(transaction, origins, now_ms),
            cursors.put_cursors(transaction, space_id, reached),
            clocks.note(context, transaction, *origins),
            partners.put_all_seen(transaction, origins, now_ms),
        )
        for one in ended:
            if one.exchange.attempts:
                await deliveries.hasten(transaction, one.exchange.origin, now_ms)
    if files_wait:
        context.wake.notify(blobs.TOPIC)
    if reopened:
        await tips.renew(context, space_id)
        async with context.database.write() as transaction:
            await duties.attend_if_possible(context, transaction, space_id)
        context.wake.notify(duties.TOPIC)


async def _agree(
    context: Context, transaction: Transaction, ended: Sequence[Ended], now_ms: int
) -> bool:
    """With whom both sides have the same, and when each is talked to next; whether this node may
    write again after a restored backup."""
    settings = context.settings.replication
    space_id = ended[0].exchange.space
    space, logs, wish, relayed, partners_of = await asyncio.gather(
        spaces.get(transaction, space_id),
        operations.list_heads(transaction, space_id),
        renewals.find_own(transaction, space_id),
        # What a member says with whom this node does not exchange comes through others.
        cursors.has_indirect_members(transaction, space_id, context.base),
        cursors.count_exchanges(transaction, space_id),
    )
    every_ms = (settings.relay_every_s if relayed else settings.compare_every_s) * 1000
    mine = (await serve_space.build_heads(transaction, space, logs)).digest
    agreed, unfinished = [], []
    for one in ended:
        origin = one.exchange.origin
        # A wish that came up meanwhile is in no log, so that heads say nothing of it.
        if one.agreed == mine and wish in (None, one.asked):
            next_ms = until_next(every_ms, partners_of, context.chance.fraction())
            agreed.append((origin, now_ms + next_ms))
        else:
            # A partner whose heads never rest must not keep this node busy.
            unfinished.append((origin, now_ms + (GO_ON_AFTER_MS if one.agreed is None else 0)))
    await asyncio.gather(
        cursors.put_unfinished(transaction, space.id, unfinished),
        cursors.put_agreed(transaction, space.id, agreed, now_ms),
    )
    reopened = False
    if agreed and (space.closed_to_writing or space.heard is not None):
        reopened = await tips.reopen(transaction, space.id)
        for one in ended:
            if one.agreed == mine:
                await tips.hear(transaction, space.id, one.exchange.node)
    return reopened


def until_next(every_ms: float, partners_of: int, chance: float) -> int:
    """When to compare with a partner again, in ms: so that two of all, by chance, are asked in each
    interval. News are pushed to everybody; comparing only makes sure that a silent origin stops
    nothing, and with two random partners what one of us has reaches all in a few rounds."""
    if partners_of <= COMPARED:
        return int(every_ms * (0.9 + 0.2 * chance))
    return int(every_ms * partners_of / COMPARED * (0.2 + 1.6 * chance))
