"""Deliveries: one letter to one partner, tried until it is taken; one at a time to each.

What a partner's inbox answered is read by `protocol.delivery`. Each try is signed anew, and goes
through the gate again.
"""

import asyncio

from node import events
from node.actions import identity
from node.actions.context import Context
from node.storage import cursors, deliveries, partners
from node.storage.deliveries import Delivery
from protocol import names, outbound
from protocol.delivery import Done, GiveUp, Outcome, WaitUntil, next_step
from protocol.errors import Reason, Refused

MAX_AT_ONCE = 50
"""Partners that are written to at the same time."""


async def deliver_due(context: Context) -> int | None:
    """Try every letter that is due, until none is; when the next one is, in milliseconds."""
    while True:
        async with context.database.read() as reader:
            due = await deliveries.list_due(reader, context.now_ms())
            next_ms = await deliveries.find_next_ms(reader)
        if not due:
            return next_ms
        await asyncio.gather(*(try_one(context, one) for one in due[:MAX_AT_ONCE]))


async def try_one(context: Context, delivery: Delivery) -> None:
    """One try of one letter, and what follows from its outcome."""
    outcome = await _send(context, delivery)
    now_ms = context.now_ms()
    step = next_step(
        outcome, delivery.attempts + 1, now_ms, context.chance.fraction(), context.patience
    )
    async with context.database.write() as transaction:
        current = await deliveries.find(transaction, delivery.id)
        if current is None or current.state != "waiting":
            return  # an administrator dropped it meanwhile
        match step:
            case Done():
                await deliveries.put_state(transaction, delivery.id, "done", "", now_ms)
                await partners.put_seen(transaction, delivery.origin, now_ms)
                await deliveries.hasten(transaction, delivery.origin, now_ms)
                await cursors.hasten(transaction, delivery.origin, now_ms)
            case WaitUntil(at_ms, why, holds_queue):
                await deliveries.put_waiting(transaction, delivery.id, at_ms, why, now_ms)
                if holds_queue:
                    await deliveries.hold(transaction, delivery.origin, at_ms)
                    await partners.put_trouble(transaction, delivery.origin, why)
            case GiveUp(why):
                await deliveries.put_state(transaction, delivery.id, "given_up", why, now_ms)
    match step:
        case Done():
            events.delivered(delivery.origin, delivery.id, delivery.attempts + 1)
        case WaitUntil(at_ms, why, _):
            events.delivery_waits(delivery.origin, delivery.id, delivery.attempts + 1, why, at_ms)
        case GiveUp(why):
            events.delivery_given_up(delivery.origin, delivery.id, why)


async def _send(context: Context, delivery: Delivery) -> Outcome:
    try:
        body = outbound.release(context.book, delivery.activity)
        async with context.database.read() as reader:
            speaker = await identity.get_identity(context, reader, delivery.actor)
        answer = await context.client.post(
            f"{delivery.origin}/inbox", body, origin=delivery.origin, as_=speaker
        )
    except Refused as refused:
        return Outcome(None, refused.reason)
    if answer.status != 410:
        return Outcome(answer.status, answer.reason, answer.retry_after_s)
    return Outcome(
        410, answer.reason, answer.retry_after_s, await _is_gone(context, delivery.origin)
    )


async def _is_gone(context: Context, origin: str) -> bool:
    """Whether the partner's service actor itself answers that it is gone for good."""
    try:
        answer = await context.client.discover(names.service_actor_id(origin), origin=origin)
    except Refused as refused:
        return refused.reason is Reason.GONE
    return answer.status == 410
