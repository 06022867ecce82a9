"""Asking the hubs: endorsements, status lists, and how this school's own request stands.

Each hub is asked by itself and rarely; what it said last holds while it is silent, until the
accreditations themselves end. After each answer, and when an accreditation ends, partners that
hubs admitted are opened and closed as their word counts then.
"""

from dataclasses import replace

from node import events
from node.actions import (
    endorsements,
    identity,
    introduce,
    introductions,
    known_actors,
    membership,
    publish,
    trust,
)
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import accreditations, hubs, partners
from node.storage import membership as rows
from node.storage.database import Transaction
from node.storage.hubs import HubRow, KeptList
from protocol import canonical, credentials, delivery
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import text_of

TOPIC = introductions.TOPIC
MAX_LIST_BYTES = 65_536


async def refresh_now(context: Context, by: By) -> None:
    """Ask all hubs at once, and how the own request stands."""
    require_admin(by)
    async with context.database.write() as transaction:
        await hubs.make_due(transaction, context.now_ms())
        own = await rows.find(transaction)
        if own is not None:
            await rows.put(transaction, replace(own, next_ms=context.now_ms()))
    await step(context)


async def step(context: Context) -> int | None:
    """Ask whom it is time to ask; when the next one is, in milliseconds."""
    now_ms = context.now_ms()
    due = await _list_due(context)
    for hub in due:
        await _ask_hub(context, hub)
    # The own hub may just have named hubs of which nothing is known yet.
    for hub in await _list_due(context) if due else []:
        await _ask_hub(context, hub)
    async with context.database.read() as reader:
        own = await rows.find(reader)
        ended = await accreditations.list_ended(reader, now_ms)
    if own is not None and own.next_ms <= now_ms:
        await _ask_standing(context)
    if (due or ended) and await _look_again(context, due, ended):
        context.wake.notify(publish.TOPIC)
    await _introduce_anew(context)
    return await _find_next_ms(context)


async def _look_again(context: Context, due: list[HubRow], ended: list[str]) -> list[str]:
    """Open and close whom the answers of these hubs, or an end, may concern."""
    async with context.database.write() as transaction:
        await endorsements.follow_keys(context, transaction)
        if trust.is_hub(context):
            # What a hub states itself does not change by what others answer.
            said = await accreditations.list_origins(transaction, [one.actor for one in due])
            return await introductions.reconsider(context, transaction, {*said, *ended})
        if not due:
            return await introductions.reconsider(context, transaction, ended)
    return await introductions.reconsider_all(context)


async def _list_due(context: Context) -> list[HubRow]:
    async with context.database.read() as reader:
        return [one for one in await hubs.list_all(reader) if one.next_ms <= context.now_ms()]


async def _ask_hub(context: Context, hub: HubRow) -> None:
    """One hub's list of endorsements, if it is the own one, and its status lists."""
    try:
        endorsed = await _fetch_endorsements(context, hub) if hub.own else None
        async with context.database.read() as reader:
            wanted = await hubs.list_lists(reader, hub.actor)
        lists = [await _fetch_list(context, hub, one) for one in wanted]
        async with context.database.write() as transaction:
            if endorsed is not None:
                await endorsements.adopt(context, transaction, hub, endorsed)
            for one in lists:
                await _keep_list(context, transaction, hub, one)
            due_ms = context.now_ms() + int(context.settings.hub.refresh_s * 1000)
            await hubs.put_asked(transaction, hub.actor, context.now_ms(), due_ms)
    except Refused as refused:
        async with context.database.write() as transaction:
            wait_ms = _wait_ms(context, hub.attempts)
            next_ms = context.now_ms() + wait_ms
            await hubs.put_trouble(transaction, hub.actor, str(refused.reason), next_ms)
        events.hub_silent(hub.origin, str(refused.reason))
        return
    events.hub_asked(hub.origin, len(lists))


async def _fetch_endorsements(context: Context, hub: HubRow) -> JSONObject | None:
    """The own hub's list, after its own document: it may have changed its key."""
    async with context.database.read() as reader:
        partner = await partners.find(reader, hub.origin)
    if partner is not None and partner.state == "approved":
        await known_actors.fetch_actor(context, partner, hub.actor)
        async with context.database.write() as transaction:
            await endorsements.follow_keys(context, transaction)
    answer = await context.client.discover(
        endorsements.list_id(hub.origin), origin=hub.origin, accept="application/activity+json"
    )
    if answer.status == 404:
        return None
    return canonical.read_object(_body(answer.status, answer.body))


async def _fetch_list(context: Context, hub: HubRow, kept: KeptList) -> JSONObject:
    answer = await context.client.discover(
        kept.id, origin=hub.origin, accept="application/vc", max_bytes=MAX_LIST_BYTES
    )
    return canonical.read_object(_body(answer.status, answer.body))


async def _keep_list(
    context: Context, transaction: Transaction, hub: HubRow, document: JSONObject
) -> None:
    context.book.check("status-list", document)
    read = credentials.read_status_list(await trust.open_credential(context, transaction, document))
    if credentials.issuer_of(document) != hub.actor:
        raise Refused(Reason.BAD_ANSWER, "The hub answers with a list of another hub.")
    issued_ms = int(read.issued.timestamp() * 1000)
    await hubs.put_list(transaction, read.id, hub.actor, document, issued_ms)


async def _ask_standing(context: Context) -> None:
    """How this school's request stands at its hub."""
    async with context.database.read() as reader:
        own = await rows.find(reader)
        hub = None if own is None else await hubs.find(reader, own.hub)
    if own is None or hub is None:
        return
    try:
        speaker = await identity.get_service_identity(context)
        answer = await context.client.get(
            own.admission, origin=hub.origin, as_=speaker, accept="application/json"
        )
        if answer.reason is not None:
            raise Refused(answer.reason, f"the hub answered {answer.status}")
        told = canonical.read_object(_body(answer.status, answer.body))
        context.book.check("admission", told)
        async with context.database.write() as transaction:
            await membership.keep_answer(context, transaction, told)
            kept = await rows.find(transaction)
            if kept is not None:
                waits = kept.state == "waiting"
                asked = context.settings.hub
                due_s = asked.ask_every_s if waits else asked.refresh_s
                now_ms = context.now_ms()
                await rows.put(
                    transaction,
                    replace(
                        kept,
                        asked_ms=now_ms,
                        next_ms=now_ms + int(due_s * 1000),
                        attempts=0,
                        trouble="",
                    ),
                )
    except Refused as refused:
        async with context.database.write() as transaction:
            kept = await rows.find(transaction)
            if kept is not None:
                next_ms = context.now_ms() + _wait_ms(context, kept.attempts)
                await rows.put(
                    transaction,
                    replace(
                        kept,
                        next_ms=next_ms,
                        attempts=kept.attempts + 1,
                        trouble=str(refused.reason),
                    ),
                )
        events.hub_silent(hub.origin, str(refused.reason))


async def _introduce_anew(context: Context) -> None:
    """Show partners a credential that is new, so that none of them sees the old one end."""
    async with context.database.read() as reader:
        own = await rows.find(reader)
        listed = await partners.list_all(reader)
    if own is None or own.credential is None:
        return
    current = text_of(own.credential, "id")
    # After a lost key nobody who knows the old one learns of it but by the hub's word.
    to_all = credentials.compromised_since_of(own.credential) is not None
    for partner in listed:
        if (partner.introduced or to_all) and partner.introduced != current:
            try:
                await introduce.introduce(context, partner)
            except Refused as refused:
                async with context.database.write() as transaction:
                    await partners.put_trouble(transaction, partner.origin, str(refused.reason))


async def _find_next_ms(context: Context) -> int | None:
    async with context.database.read() as reader:
        times = [one.next_ms for one in await hubs.list_all(reader)]
        own = await rows.find(reader)
        end_ms = await accreditations.find_next_end_ms(reader, context.now_ms())
    if own is not None:
        times.append(own.next_ms)
    if end_ms is not None:
        times.append(end_ms)
    return min(times, default=None)


def _wait_ms(context: Context, attempts: int) -> int:
    return delivery.wait_after(attempts + 1, context.chance.fraction(), context.patience)


def _body(status: int, body: bytes) -> bytes:
    if status != 200:
        raise Refused(Reason.BAD_ANSWER, f"the hub answered {status}")
    return body
