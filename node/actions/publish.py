"""Saying something: an activity is signed, kept in the outbox and queued, in one transaction."""

from collections.abc import Iterable
from dataclasses import replace

from node.actions import identity, listing
from node.actions.context import Context
from node.clock import unstamp
from node.storage import contacts, deliveries, follows, objects, outbox, partners
from node.storage.database import Reader, Transaction
from node.storage.objects import StoredDocument
from protocol import audience, names, outbound
from protocol.activities import Said
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import is_for_everybody, owner_of, text_of, texts_of
from protocol.shapes import PUBLIC, kind_of

TOPIC = "deliveries"


def new_name(context: Context) -> str:
    """A fresh random name of 22 characters."""
    return names.random_name(context.chance.octets(16))


def saying(context: Context, actor: str) -> Said:
    """The frame of a new activity of `actor`, said now."""
    return Said(names.activity_id(context.base, new_name(context)), actor, context.now())


async def put_document(
    context: Context,
    transaction: Transaction,
    document: JSONObject,
    *,
    listed: bool = True,
) -> JSONObject:
    """Sign an own document by its owner's key and keep it as the newest version.

    Refuses with BAD_INPUT (fact `pointer`) what does not fit its shape: a person typed it.
    """
    signed = await identity.sign(context, transaction, document, owner_of(document))
    require_fitting(context, signed)
    stored = StoredDocument(
        id=text_of(signed, "id"),
        kind=kind_of(signed),
        owner=owner_of(signed),
        origin=context.base,
        version=int(str(signed["version"])),
        document=signed,
        local=True,
        listed=listed,
        buried=False,
        published_ms=unstamp(text_of(signed, "published")),
    )
    await objects.put(transaction, stored, updated_ms=context.now_ms())
    if listed:
        await listing.put(context, transaction, stored, source=context.base)
    return signed


async def put_tombstone(
    context: Context, transaction: Transaction, tombstone: JSONObject, former: StoredDocument
) -> JSONObject:
    """Bury an own document: its signed tombstone takes its place."""
    signed = await identity.sign(context, transaction, tombstone, former.owner)
    stored = replace(former, version=int(str(signed["version"])), document=signed, buried=True)
    await objects.put(transaction, stored, updated_ms=context.now_ms())
    if former.listed:
        await listing.put(context, transaction, stored, source=context.base)
    return signed


async def narrow(transaction: Transaction, document: JSONObject) -> None:
    """Where `document` is not for everybody any more, nor is what was said of it before."""
    if not is_for_everybody(document):
        await outbox.drop_of_document(transaction, owner_of(document), text_of(document, "id"))


def require_fitting(context: Context, document: JSONObject) -> None:
    """Refuse with BAD_INPUT what the gate would not let out, naming the place."""
    try:
        outbound.release(context.book, document)
    except Refused as refused:
        if refused.reason is not Reason.BAD_SHAPE:
            raise
        raise Refused(Reason.BAD_INPUT, refused.detail, **refused.facts) from None


async def say(
    context: Context,
    transaction: Transaction,
    activity: JSONObject,
    *,
    followers: Iterable[str] = (),
) -> JSONObject:
    """Sign `activity` by its actor, keep it in the outbox, queue it for those who must hear it.

    `followers` are further actors who hear what is said to the followers collection.
    """
    actor = text_of(activity, "actor")
    signed = await identity.sign(context, transaction, activity, actor)
    require_fitting(context, signed)
    public = PUBLIC in texts_of(signed, "to")
    await outbox.put(transaction, signed, public=public, now_ms=context.now_ms())
    origins = await _origins(context, transaction, signed, set(followers))
    for origin in sorted(origins):
        await deliveries.put(
            transaction,
            origin=origin,
            actor=actor,
            activity=signed,
            kind=kind_of(signed),
            now_ms=context.now_ms(),
        )
    return signed


async def _origins(
    context: Context, reader: Reader, activity: JSONObject, followers: set[str]
) -> frozenset[str]:
    """Followers are told where their node is approved; whoever is named, where it is listed.

    A letter to a node that is blocked at present waits there: what it answers or takes back is
    still true when the block is lifted.
    """
    actor = text_of(activity, "actor")
    rows = await follows.list_followers(reader, actor)
    standing = await contacts.list_standing(reader, actor)
    heard = {row.follower for row in rows} | followers
    others = [row.other(actor) for row in standing]
    to = {*texts_of(activity, "to"), *heard, *others} - {PUBLIC}
    states = await partners.list_states(reader, {names.origin(one) for one in to})
    blocked = await follows.list_blocked(reader, actor)
    named = audience.recipients(activity, base=context.base, partners=states, blocked=blocked)
    return named | audience.recipients(
        activity,
        base=context.base,
        partners=[origin for origin, state in states.items() if state == "approved"],
        followers=heard,
        contacts=others,
        blocked=blocked,
    )
