"""A new key for an own actor, announced with a signature by the old one.

The old key stays listed with the time of its end: what it has signed and is still on the way counts
until then. A space key is another key, and is never touched here.
"""

from node import events
from node.actions import identity, publish
from node.actions.actors import next_written
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.clock import moment
from node.storage import accounts, deliveries, keys, objects, outbox, partners
from node.storage.database import Transaction
from protocol import activities, documents, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import fingerprint
from protocol.objects import listed_keys, stamp
from protocol.reading import text_of
from protocol.shapes import kind_of

OVERLAP_MS = 90 * 86_400_000
"""Longer than any holiday: letters that were signed with the old key may wait that long."""


async def rotate(context: Context, by: By, actor: str) -> str:
    """Give an own actor a new key, and tell every partner; the new key's fingerprint.

    Refuses with NOT_FOUND who does not live here.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        public = await _rotate(context, transaction, actor)
    events.key_rotated(actor)
    context.wake.notify(publish.TOPIC)
    return public


async def list_actors(context: Context, by: By) -> list[str]:
    """The own actors that have keys: the node, its school, its people, its projects."""
    require_admin(by)
    async with context.database.read() as reader:
        listed = [one.actor for one in await accounts.list_all(reader) if one.state == "active"]
    return [names.service_actor_id(context.base), *listed]


async def _rotate(context: Context, transaction: Transaction, actor: str) -> str:
    stored = await objects.find(transaction, actor)
    if stored is None or not stored.local or stored.buried or stored.owner != actor:
        raise Refused(Reason.NOT_FOUND, f"{actor} is no actor of this node.")
    old = await identity.get_identity(context, transaction, actor)
    number = len(await keys.list_of_actor(transaction, actor)) + 1
    public = await identity.make_key(context, transaction, actor, names.key_id(actor, number))
    await keys.retire(transaction, old.key_id, context.now_ms() + OVERLAP_MS)
    written = await next_written(context, transaction, actor)
    said = {name: value for name, value in stored.document.items() if name != "proof"}
    fresh: JSONObject = {
        "assertionMethod": listed_keys(actor, await identity.list_listed_keys(transaction, actor)),
        "updated": stamp(written.updated),
        "version": written.version,
    }
    signed = await publish.put_document(context, transaction, said | fresh, listed=stored.listed)
    activity = documents.sign_document(
        activities.update(publish.saying(context, actor), signed),
        old.signer,
        old.key_id,
        moment(context.now_ms()),
    )
    publish.require_fitting(context, activity)
    await outbox.put(transaction, activity, public=True, now_ms=context.now_ms())
    # All partners, followers or not, blocked ones too: who knows the old key has to learn the new.
    for partner in await partners.list_all(transaction):
        await deliveries.put(
            transaction,
            origin=partner.origin,
            actor=text_of(activity, "actor"),
            activity=activity,
            kind=kind_of(activity),
            now_ms=context.now_ms(),
        )
    return fingerprint(public)
