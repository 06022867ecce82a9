"""The keys and documents of partners' actors: known, or fetched once from that partner alone."""

from node.actions import identity, listing
from node.actions.context import Context
from node.actions.introduce import introduce
from node.clock import unstamp
from node.remote import fetch
from node.storage import actor_keys, objects
from node.storage.actor_keys import ActorKey
from node.storage.database import Reader, Transaction
from node.storage.objects import StoredDocument
from node.storage.partners import Partner
from protocol import documents, names
from protocol.canonical import JSON, JSONObject
from protocol.documents import Verified
from protocol.effects import PutObject
from protocol.errors import Reason, Refused
from protocol.intake_objects import check_document, judge_fetched
from protocol.keys import PublicKey
from protocol.known import Known, StoredObject
from protocol.reading import ACTOR_TYPES, keys_of, owner_of, text_of
from protocol.shapes import kind_of


async def get_key(
    context: Context, partner: Partner, key_id: str, known: ActorKey | None = None
) -> PublicKey:
    """The key that `key_id` names, usable now; `known` is what was just found of it.

    An actor never heard of is fetched once, from the approved partner's own origin. For an actor
    already known no new key is ever fetched: a key changes by a statement that the old key
    signed. Refuses with UNKNOWN_KEY, with REVOKED_KEY for one that was retired, and with
    TOO_MANY_REQUESTS when this partner was asked for too many actors.
    """
    actor = names.actor_of_key(key_id)
    heard_of = known is not None
    if known is None:
        async with context.database.read() as reader:
            known = await actor_keys.find(reader, key_id)
            heard_of = bool(await actor_keys.list_of_actor(reader, actor))
    if known is None and not heard_of and partner.state == "approved":
        await _hear_of(context, partner, actor)
        async with context.database.read() as reader:
            known = await actor_keys.find(reader, key_id)
    if known is None or known.actor != actor:
        raise Refused(Reason.UNKNOWN_KEY, "This node does not know the key that signed.")
    return known.known.usable(context.now())


async def _hear_of(context: Context, partner: Partner, actor: str) -> None:
    """Fetch the actor that somebody names, before anybody could prove to be it."""
    # Whoever names partners' actors makes this node ask there; it must not ask all day.
    wait_s = context.fetches.take(partner.origin, context.now_ms())
    if wait_s:
        raise Refused(
            Reason.TOO_MANY_REQUESTS,
            f"Too many new actors of your node; send it again in {wait_s} s.",
            retry_after_s=wait_s,
        )
    try:
        await fetch_actor(context, partner, actor)
    except Refused as refused:
        # To the sender these would say that the letter itself leads nowhere, for ever.
        if refused.reason not in {Reason.NOT_FOUND, Reason.GONE, Reason.NOT_ALLOWED}:
            raise
        raise Refused(
            Reason.UNKNOWN_KEY, "Your node does not show this node the actor whose key signed."
        ) from None


async def get_stored_key(reader: Reader, key_id: str, actor: str) -> PublicKey:
    """A key of `actor` that was good when what it signed was admitted; its end since then changes
    nothing. Refuses with UNKNOWN_KEY also the key of anybody else."""
    known = await actor_keys.find(reader, key_id)
    if known is None or known.actor != actor:
        raise Refused(Reason.UNKNOWN_KEY, "This node does not know the key that signed.")
    return known.known.public


async def fetch_actor(context: Context, partner: Partner, actor: str) -> JSONObject:
    """Fetch, verify and keep a partner's actor document, and its keys with it.

    One that is known already is only replaced by a newer version with the same keys.
    """
    await introduce(context, partner)
    speaker = await identity.get_service_identity(context)
    document = await fetch.fetch_document(context.client, actor, origin=partner.origin, as_=speaker)
    kind = kind_of(document)
    context.book.check(kind, document)
    if document["type"] not in ACTOR_TYPES:
        raise Refused(Reason.BAD_ANSWER, "What is there is no actor.")
    opened = open_actor(document, context)
    if actor == partner.actor and opened.key.multikey != partner.public:
        await _require_known(context, actor)
    async with context.database.write() as transaction:
        stored = await objects.find(transaction, actor)
        known = None
        if stored is not None:
            known = StoredObject(
                stored.id, stored.kind, stored.owner, stored.version, stored.document, stored.buried
            )
        effects = judge_fetched(actor, opened, Known(context.base, stored=known), context.now())
        if any(isinstance(effect, PutObject) for effect in effects):
            await keep(context, transaction, opened, kind)
    return document


async def _require_known(context: Context, actor: str) -> None:
    """A node's first document is signed with the key that was compared, or that its hub states."""
    async with context.database.read() as reader:
        if await objects.find(reader, actor) is None:
            raise Refused(Reason.BAD_KEY, "That node signs with another key than it is known by.")


def open_actor(document: JSONObject, context: Context) -> Verified[JSONObject]:
    """An actor's document, verified with a key that it lists itself."""
    listed = keys_of(document, context.now())
    signed_by = documents.signer_of(document)
    if signed_by not in listed:
        raise Refused(Reason.BAD_PROOF, "/proof: not signed by a key that the actor lists")
    return documents.open_document(
        document,
        PublicKey.read(listed[signed_by]),
        owner=text_of(document, "id"),
        now=context.now(),
    )


async def open_inner(
    context: Context, reader: Reader, document: JSONObject
) -> Verified[JSONObject]:
    """A document inside an activity: an actor's by its own listed key, others by their owner's."""
    if document.get("type") in ACTOR_TYPES:
        return open_actor(document, context)
    owner = owner_of(document)
    key_id = documents.signer_of(document)
    known = await actor_keys.find(reader, key_id)
    if known is None or known.actor != owner:
        raise Refused(Reason.BAD_PROOF, "/object/proof: the owner's key is not known here")
    return documents.open_document(
        document, known.known.usable(context.now()), owner=owner, now=context.now()
    )


async def keep(
    context: Context, transaction: Transaction, opened: Verified[JSONObject], kind: str
) -> None:
    """Keep a partner's actor document as fetched. Refuses as `check_document`."""
    document = opened.value
    check_document(document, context.base, context.now())
    id_ = text_of(document, "id")
    stored = StoredDocument(
        id=id_,
        kind=kind,
        owner=id_,
        origin=names.origin(id_),
        version=int(str(document["version"])),
        document=document,
        local=False,
        listed=False,
        buried=False,
        published_ms=unstamp(text_of(document, "published")),
    )
    await objects.put(transaction, stored, updated_ms=context.now_ms())
    await listing.put(context, transaction, stored, source=stored.origin)
    await keep_keys(context, transaction, document)


async def keep_instead(
    context: Context, transaction: Transaction, opened: Verified[JSONObject], since_ms: int | None
) -> None:
    """Keep a service actor's document whose key is stated by a hub, or was compared by hand.

    What its earlier keys have said about keys is forgotten, whichever version it had: since
    `since_ms` somebody else may have said it. Where that is known, keys known so far count until
    then at most.
    Refuses as `check_document`.
    """
    actor = text_of(opened.value, "id")
    before = {one.public for one in await actor_keys.list_of_actor(transaction, actor)}
    await actor_keys.drop_of_actor(transaction, actor)
    await keep(context, transaction, opened, "application")
    if since_ms is not None:
        ended_ms = min(since_ms, context.now_ms())
        await actor_keys.end(transaction, actor, before - {opened.key.multikey}, ended_ms)


def entries_of(document: JSONObject) -> list[JSON]:
    """The keys that an actor's document lists, as it lists them."""
    entries = document.get("assertionMethod")
    return entries if isinstance(entries, list) else []


async def keep_keys(context: Context, transaction: Transaction, document: JSONObject) -> None:
    """Keep all keys that an actor's verified document lists; those it dropped are revoked.

    Refuses with NOT_OWNER a document that lists the key of another actor.
    """
    actor = text_of(document, "id")
    found = []
    for entry in entries_of(document):
        if not isinstance(entry, dict):
            continue
        if names.actor_of_key(text_of(entry, "id")) != actor:
            raise Refused(Reason.NOT_OWNER, "/assertionMethod: the key belongs to another actor")
        until = entry.get("validUntil")
        found.append(
            ActorKey(
                key_id=text_of(entry, "id"),
                actor=actor,
                origin=names.origin(actor),
                public=text_of(entry, "publicKeyMultibase"),
                fetched_ms=context.now_ms(),
                valid_until_ms=unstamp(until) if isinstance(until, str) else None,
                revoked_ms=None,
            )
        )
    await actor_keys.replace(transaction, actor, found)
