"""Who is asking: a signed request becomes an approved partner's actor, or is refused.

A partner is approved by the administrator's hand or by a hub's word; here both are the same.

Keys come from approved partners only. A key of an unknown origin is never fetched, so nobody can
make this node connect anywhere by naming a key (PROTOCOL.md, Requests between nodes).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import known_actors
from node.actions.context import Context
from node.limits import RateLimit
from node.storage import actor_keys, blobs, cursors, deliveries, nonces, partners
from node.storage.database import Transaction
from node.storage.partners import HeldUp, Partner
from protocol import names, requests
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.reading import keys_of, text_of
from protocol.requests import CheckedRequest, Presented

NONCE_KEPT_MS = 601_000
"""Twice the window, and the part of a second by which whole seconds are late."""


@dataclass(frozen=True)
class Asked:
    """The parts of a request that its signature speaks about."""

    method: str
    raw_target: str
    headers: Sequence[tuple[str, str]]
    body: bytes | None


@dataclass(frozen=True)
class Recognised:
    """An approved partner's actor that signed this very request, a moment ago."""

    partner: Partner
    actor: str
    checked: CheckedRequest
    key: PublicKey


async def recognise(context: Context, asked: Asked, rates: RateLimit | None = None) -> Recognised:
    """The signer of a request. Its nonce is not yet remembered: see `remember`. It is counted with
    all requests of its node, or in `rates`.

    Refuses with the signature's own reasons (401), UNKNOWN_KEY for strangers (401), NOT_PARTNER
    and BLOCKED for known nodes that are not approved (403), OWN_ORIGIN for our own names, and
    TOO_MANY_REQUESTS.
    """
    recognised = await verify(context, asked)
    counted = context.rates if rates is None else rates
    wait_s = counted.take(recognised.partner.origin, context.now_ms())
    if wait_s:
        raise too_often(wait_s)
    return recognised


async def verify(context: Context, asked: Asked) -> Recognised:
    """As `recognise`, without counting the request against the partner's rate."""
    presented, origin = _read(context, asked)
    async with context.database.read() as reader:
        found, known = await asyncio.gather(
            partners.find(reader, origin), actor_keys.find(reader, presented.key_id)
        )
    partner = require_known(origin, found)
    key = await known_actors.get_key(context, partner, presented.key_id, known)
    checked = presented.check(key, asked.body, context.now_ms() // 1000)
    require_approved(partner)
    return Recognised(partner, presented.actor, checked, key)


def too_often(wait_s: int) -> Refused:
    """The refusal of a partner that is over its rate."""
    return Refused(
        Reason.TOO_MANY_REQUESTS,
        f"Your node asks too often; ask again in {wait_s} s.",
        retry_after_s=wait_s,
    )


def recognise_introduced(context: Context, asked: Asked, document: JSONObject) -> CheckedRequest:
    """A request that is signed by the very actor whose document it brings along.

    This says that the speaker has the keys of the document, and nothing about whose they are.
    Refuses as `recognise` does, with WRONG_ACTOR where another actor signed.
    """
    presented = requests.read_signature(
        method=asked.method,
        target_uri=requests.target_uri(context.base, asked.raw_target),
        headers=asked.headers,
    )
    if names.origin(presented.actor) == context.base:
        raise Refused(Reason.OWN_ORIGIN, "A request from outside cannot speak for this node.")
    if presented.actor != text_of(document, "id"):
        raise Refused(Reason.WRONG_ACTOR, "The request was signed by another actor than it brings.")
    key = keys_of(document, context.now()).get(presented.key_id)
    if key is None:
        raise Refused(Reason.UNKNOWN_KEY, "The actor's document does not list the key that signed.")
    return presented.check(PublicKey.read(key), asked.body, context.now_ms() // 1000)


async def is_by_nobody_known(context: Context, asked: Asked) -> bool:
    """Whether an approved partner's actor is named who was never heard of, or is deleted here.

    Fetches nothing, and nobody has looked at the signature then. Refuses as `recognise` does before
    it looks for a key.
    """
    presented, origin = _read(context, asked)
    async with context.database.read() as reader:
        partner = require_known(origin, await partners.find(reader, origin))
        known = await actor_keys.list_of_actor(reader, presented.actor)
    gone = all(one.revoked_ms is not None for one in known)
    return gone and partner.state == "approved"


def _read(context: Context, asked: Asked) -> tuple[Presented, str]:
    """The signature as it was sent, and the origin that its key claims to be of."""
    presented = requests.read_signature(
        method=asked.method,
        target_uri=requests.target_uri(context.base, asked.raw_target),
        headers=asked.headers,
    )
    origin = names.origin(presented.actor)
    if origin == context.base:
        raise Refused(Reason.OWN_ORIGIN, "A request from outside cannot speak for this node.")
    return presented, origin


def require_known(origin: str, partner: Partner | None) -> Partner:
    """Refuse an origin that nobody here ever noted down, or a hub made known."""
    if partner is None:
        raise Refused(
            Reason.UNKNOWN_KEY,
            f"{origin} is no partner of this node; its administrator adds and approves partners.",
        )
    return partner


def require_approved(partner: Partner) -> None:
    """Refuse a partner that the administrator has not approved, or has blocked."""
    if partner.state == "blocked":
        raise Refused(Reason.BLOCKED, "This node does not exchange anything with yours.")
    if partner.state != "approved":
        raise Refused(
            Reason.NOT_PARTNER,
            "This node's administrator has not approved yours yet; ask for it, then try again.",
        )


async def remember(context: Context, transaction: Transaction, recognised: Recognised) -> HeldUp:
    """Spend the request's nonce, and try again now what waits for this partner; what that was.

    Refuses with REPLAYED a second use.
    """
    origin, now_ms = recognised.partner.origin, context.now_ms()
    _, held_up = await asyncio.gather(
        spend(context, transaction, recognised),
        partners.find_held_up(transaction, origin, now_ms),
    )
    if held_up.letters:
        await deliveries.hasten(transaction, origin, now_ms)
    if held_up.exchanges:
        await cursors.hasten(transaction, origin, now_ms)
    if held_up.files:
        await blobs.hasten(transaction, [origin], now_ms)
    return held_up


async def spend(context: Context, transaction: Transaction, recognised: Recognised) -> None:
    """Spend the request's nonce, across restarts too. Refuses with REPLAYED a second use."""
    await asyncio.gather(
        spend_nonce(context, transaction, recognised.checked),
        partners.put_seen(transaction, recognised.partner.origin, context.now_ms()),
    )


async def spend_nonce(context: Context, transaction: Transaction, checked: CheckedRequest) -> None:
    """Spend a nonce of somebody who is no partner yet. Refuses with REPLAYED a second use."""
    now_ms = context.now_ms()
    fresh = await nonces.remember(
        transaction,
        checked.key_id,
        checked.nonce,
        expires_ms=now_ms + NONCE_KEPT_MS,
        now_ms=now_ms,
    )
    if not fresh:
        raise Refused(Reason.REPLAYED, "This very request has arrived before; sign it anew.")


async def recognise_once(
    context: Context, asked: Asked, rates: RateLimit | None = None
) -> Recognised:
    """Recognise a request and spend its nonce at once: for requests that change nothing."""
    recognised = await recognise(context, asked, rates)
    async with context.database.write() as transaction:
        held_up = await remember(context, transaction, recognised)
    if held_up.files:
        context.wake.notify(blobs.TOPIC)
    return recognised
