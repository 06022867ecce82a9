"""Calls to nodes that accept no connection, from both ends.

A node that is `outbound-only` asks each of its partners whether it calls (`answer_round`); a
partner hands out the requests that it would have sent (`hand_out`) and gets the answers
(`take_answer`). Each request inside a call is signed for that very node, and verified there as any
other.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from node.actions import identity, publish, recognise, replica
from node.actions.context import Context
from node.actions.recognise import Asked, Recognised
from node.remote.answer import Answer
from node.remote.client import Identity
from node.remote.inner import InnerDoor
from node.remote.lines import MAX_HANDED_BYTES, Call
from node.storage import cursors, deliveries, partners
from node.storage.partners import Partner
from protocol import canonical, names, outbound
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import text_of, texts_of

LONGEST_WAIT_S = 50
"""Below the minute after which proxies commonly give a silent connection up."""
MAX_ROUND_BYTES = 3 * MAX_HANDED_BYTES
NOTHING = "application/octet-stream"


@dataclass(frozen=True)
class Answered:
    """How a call ended, as the node that was called tells it in the address of its request."""

    status: int
    retry_after_s: int | None
    etag: str


# At the node that calls


async def hand_out(
    context: Context, asked: Asked, wait_s: float, is_there: Callable[[], bool]
) -> list[Call]:
    """What waits for the node that asks. Refuses as `recognise`, and people with WRONG_ACTOR."""
    caller = await _recognise(context, asked)
    origin = caller.partner.origin
    newly = not context.client.lines.is_listening(origin)
    async with context.database.write() as transaction:
        await recognise.spend(context, transaction, caller)
        if newly:
            # Not with every question: a letter that it refuses just now must not come back at once.
            await deliveries.hasten(transaction, origin, context.now_ms())
            await cursors.hasten(transaction, origin, context.now_ms())
    if newly:
        context.client.lines.hear_of(origin)
        context.wake.notify(publish.TOPIC)
        context.wake.notify(replica.TOPIC)
    return await context.client.lines.take(origin, min(wait_s, LONGEST_WAIT_S), is_there)


async def take_answer(context: Context, asked: Asked, call_id: str, answer: Answer) -> None:
    """The answer to a call of this node. Refuses as `hand_out`, and with NOT_FOUND."""
    caller = await _recognise(context, asked)
    async with context.database.write() as transaction:
        await recognise.spend(context, transaction, caller)
    context.client.lines.answer(caller.partner.origin, call_id, answer)


async def _recognise(context: Context, asked: Asked) -> Recognised:
    caller = await recognise.verify(context, asked)
    origin = caller.partner.origin
    if caller.actor != names.service_actor_id(origin):
        raise Refused(Reason.WRONG_ACTOR, "Calls are fetched by the node itself.")
    wait_s = context.questions.take(origin, context.now_ms())
    if wait_s:
        raise recognise.too_often(wait_s)
    return caller


# At the node that is called


async def list_callers(context: Context) -> list[Partner]:
    """The approved partners that accept connections: those that this node asks."""
    async with context.database.read() as reader:
        known = await partners.list_all(reader)
        closed = await partners.list_closed(reader)
    return [one for one in known if one.state == "approved" and one.origin not in closed]


async def answer_round(context: Context, inner: InnerDoor, origin: str, wait_s: int) -> int:
    """Ask one partner once whether it calls, and answer every call; how many there were.

    Refuses as `Client.get`, and with the partner's own reason.
    """
    speaker = await identity.get_service_identity(context)
    answer = await context.client.get(
        f"{origin}/calls?wait={wait_s}",
        origin=origin,
        as_=speaker,
        accept="application/json",
        max_bytes=MAX_ROUND_BYTES,
        wait_s=wait_s,
    )
    if not answer.ok:
        raise Refused(answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}")
    calls = list(_read(context, answer.body))
    if calls:
        async with context.database.write() as transaction:
            await partners.put_seen(transaction, origin, context.now_ms())
    await asyncio.gather(*(_answer(context, inner, origin, speaker, one) for one in calls))
    return len(calls)


def _read(context: Context, body: bytes) -> Iterable[Call]:
    told = canonical.read_object(body, max_bytes=MAX_ROUND_BYTES)
    context.book.check("calls", told)
    listed = told["calls"]
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            headers = one["headers"]
            yield Call(
                text_of(one, "id"),
                text_of(one, "method"),
                text_of(one, "target"),
                {key: str(value) for key, value in headers.items()}
                if isinstance(headers, dict)
                else {},
                "".join(texts_of(one, "body")).encode("utf-8") if "body" in one else None,
            )


async def _answer(
    context: Context, inner: InnerDoor, origin: str, speaker: Identity, call: Call
) -> None:
    """Let the own door answer one call, and send that back. A failure is the caller's time-out."""
    try:
        answer = await inner.ask(call, context.now_ms())
        query: dict[str, str | int] = {"status": answer.status}
        if answer.retry_after_s is not None:
            query["retry_after_s"] = answer.retry_after_s
        if "etag" in answer.headers:
            query["etag"] = answer.headers["etag"].strip('"')
        body = outbound.pass_on(answer.body, answer.headers.get("content-type", NOTHING))
        await context.client.post(
            f"{origin}/calls/{call.id}?{urlencode(query)}", body, origin=origin, as_=speaker
        )
    except Refused:
        return


def describe(calls: Iterable[Call]) -> JSONObject:
    """The answer to a question, as it travels."""
    return {"calls": [one.as_json() for one in calls]}
