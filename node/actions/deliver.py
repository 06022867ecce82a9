"""Deliveries: one letter to one partner, tried until it is taken; one at a time to each.

What a partner's inbox answered is read by `protocol.delivery`. Each try is signed anew, and goes
through the gate again.
"""

import asyncio
import traceback

from node import events
from node.actions import announcements, clocks, identity, introduce, publish
from node.actions.context import Context
from node.storage import cursors, deliveries, partners
from node.storage.deliveries import Delivery
from protocol import documents, names, outbound
from protocol.delivery import Done, GiveUp, Outcome, Step, WaitUntil, next_step, wait_after
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound

MAX_AT_ONCE = 50
"""Partners that are written to at the same time."""
LOOK_AGAIN_S = 5.0


async def deliver_due(context: Context) -> int | None:
    """Try every letter that is due, until none is; when the next one is, in milliseconds."""
    under_way: dict[asyncio.Task[None], str] = {}
    try:
        while True:
            await announcements.spread(context)
            async with context.database.read() as reader:
                due = await deliveries.list_due(reader, context.now_ms())
                next_ms = await deliveries.find_next_ms(reader)
            busy = set(under_way.values())
            for one in [one for one in due if one.origin not in busy]:
                if len(under_way) < MAX_AT_ONCE:
                    under_way[asyncio.create_task(try_one(context, one))] = one.origin
            if not under_way:
                return next_ms
            await _wait_for_any(context, under_way)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _wait_for_any(context: Context, under_way: dict[asyncio.Task[None], str]) -> None:
    """Until a try ends or a new letter is there: a slow partner delays nobody else's letters."""
    news = asyncio.create_task(context.wake.wait(publish.TOPIC, LOOK_AGAIN_S))
    try:
        ended, _ = await asyncio.wait({news, *under_way}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        news.cancel()
        await asyncio.gather(news, return_exceptions=True)
    for task in [task for task in under_way if task in ended]:
        del under_way[task]
        task.result()


async def try_one(context: Context, delivery: Delivery) -> None:
    """One try of one letter, and what follows from its outcome."""
    # Gathered, a defect comes back as a value: one letter must not hold up all that follow.
    (decided,) = await asyncio.gather(_decide(context, delivery), return_exceptions=True)
    now_ms = context.now_ms()
    step: Step
    if isinstance(decided, Exception):
        last = traceback.extract_tb(decided.__traceback__)[-1:]
        where = "".join(f"{frame.filename}:{frame.lineno}" for frame in last)
        events.worker_failed("deliveries", type(decided).__name__, where)
        wait_ms = wait_after(delivery.attempts + 1, context.chance.fraction(), context.patience)
        step = WaitUntil(now_ms + wait_ms, Reason.BUSY, holds_queue=False)
    elif isinstance(decided, BaseException):
        raise decided
    else:
        step = decided
    async with context.database.write() as transaction:
        await clocks.note(context, transaction, delivery.origin)
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


async def _decide(context: Context, delivery: Delivery) -> Step:
    """Send it, and say what follows. What the gate holds back will never leave: it is given up."""
    try:
        body = outbound.release(context.book, delivery.activity)
    except Refused as refused:
        return GiveUp(refused.reason)
    outcome = await _send(context, delivery, body)
    return next_step(
        outcome,
        delivery.attempts + 1,
        context.now_ms(),
        context.chance.fraction(),
        context.patience,
    )


async def _send(context: Context, delivery: Delivery, body: Outbound) -> Outcome:
    try:
        async with context.database.read() as reader:
            # The key that signed the letter signs the request, also when there is a newer one.
            key_id = documents.signer_of(delivery.activity)
            speaker = await identity.get_identity_of_key(context, reader, key_id)
            partner = await partners.find(reader, delivery.origin)
        if partner is not None:
            await introduce.introduce(context, partner)
        answer = await context.client.post(
            f"{delivery.origin}/inbox", body, origin=delivery.origin, as_=speaker
        )
    except Refused as refused:
        return Outcome(None, refused.reason, failure=str(refused.facts.get("failure", "")))
    await introduce.forget(context, delivery.origin, answer.reason)
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
