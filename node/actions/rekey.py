"""A node's key that is lost, or in other hands: no statement of that key helps any more.

The node makes a fresh one (`replace_own`) and everybody else is told by somebody who stands above
the old key: the hub states it (`restate`), with the time since when the old one may have been in
other hands; or an administrator compares the fingerprint by telephone (`take`). It is about the
service actor only: space keys are other keys, and are never touched here.
"""

from dataclasses import replace

from node import events
from node.actions import accredit, identity, known_actors, partners, publish, trust
from node.actions.actors import rewrite_node
from node.actions.context import Context
from node.actions.permission import By, name_of, require_admin, require_officer
from node.clock import moment
from node.storage import deliveries, issued, keys, membership
from node.storage import partners as partner_rows
from node.storage.database import Transaction
from protocol import canonical, documents, names
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.errors import Reason, Refused
from protocol.keys import fingerprint
from protocol.reading import present_key_of, text_of

OLDEST_MS = 366 * 86_400_000
"""How long ago a key may at most have been lost: a slip of the year would close a year's words."""


async def replace_own(context: Context, by: By, since_ms: int) -> str:
    """Sign with a fresh key; what this node signed with the old one after `since_ms` is void.

    Partners take it from this school's hub, or from their administrators. Gives the fingerprint.
    Refuses with BAD_INPUT a time that cannot be, and at a hub: its schools hold what it signed.
    """
    require_admin(by)
    _check_since(context, since_ms)
    if trust.is_hub(context):
        raise Refused(
            Reason.BAD_INPUT,
            "A hub's key is in every school's hands: restore it from a backup; "
            "or change it with `schoolgate key rotate`, then tell each school.",
        )
    actor = names.service_actor_id(context.base)
    async with context.database.write() as transaction:
        known = await keys.list_of_actor(transaction, actor)
        for one in known:
            if one.valid_until_ms is None or one.valid_until_ms > since_ms:
                await keys.retire(transaction, one.key_id, max(since_ms, one.created_ms))
        key_id = names.key_id(actor, len(known) + 1)
        public = await identity.make_key(context, transaction, actor, key_id)
        await rewrite_node(context, transaction)
        await _sign_anew(context, transaction, actor)
        own = await membership.find(transaction)
        if own is not None:
            await membership.put(transaction, replace(own, next_ms=context.now_ms(), attempts=0))
    events.key_rotated(actor)
    context.wake.notify(publish.TOPIC)
    return fingerprint(public)


async def restate(
    context: Context, by: By, id_: str, *, compared: str, since_ms: int, card: str = ""
) -> None:
    """At a hub: an accredited school has another key now, whatever its old key says.

    The document comes from the school's own address, or as its `card` where it cannot be reached;
    `compared` is the fingerprint that its administrator read out. Refuses with NOT_FOUND, CONFLICT
    a school that is not accredited or has that very key, BAD_KEY where fingerprints differ, and
    WRONG_ACTOR another node's document, BAD_INPUT, and as `partners.describe`.
    """
    trust.require_hub(context)
    require_officer(by)
    _check_since(context, since_ms)
    admission = await accredit.get(context, id_)
    opened = await _read(context, admission.origin, card, compared)
    _require_same_node(opened.value, admission.document)
    public = opened.key.multikey
    async with context.database.write() as transaction:
        current = await accredit.get_in(transaction, id_)
        row = None if current.issued is None else await issued.find(transaction, current.issued)
        if current.state != "accredited" or row is None:
            raise Refused(Reason.CONFLICT, "This school is not accredited at present.")
        if await accredit.current_key(transaction, current) == public:
            raise Refused(Reason.CONFLICT, "This is the key that the school is accredited with.")
        await _take(context, transaction, current.origin, opened, since_ms)
        current = replace(current, document=opened.value, decided_by=name_of(by))
        since = moment(since_ms)
        await accredit.state(context, transaction, current, row.until_ms, public, since)
    events.admission_changed(id_, "accredited")
    context.wake.notify(publish.TOPIC)


async def take(
    context: Context, by: By, origin: str, *, compared: str, since_ms: int, card: str = ""
) -> None:
    """A partner's key is another one now, by what two administrators compared by telephone.

    Refuses with NOT_FOUND, CONFLICT a partner of a hub or one that has that very key, and as
    `restate`.
    """
    require_admin(by)
    _check_since(context, since_ms)
    async with context.database.read() as reader:
        known = await partner_rows.find(reader, origin)
    if known is None:
        raise Refused(Reason.NOT_FOUND, f"{origin} is not on the list.")
    if known.admitted_by == "hub":
        raise Refused(Reason.CONFLICT, "This school is a partner by a hub; its hub says its key.")
    opened = await _read(context, origin, card, compared)
    if text_of(opened.value, "node") != known.node:
        raise Refused(Reason.WRONG_ACTOR, "Another node answers there, not one with a new key.")
    if opened.key.multikey == known.public:
        raise Refused(Reason.CONFLICT, "This is the key that is known here.")
    async with context.database.write() as transaction:
        await _take(context, transaction, origin, opened, since_ms)
        await deliveries.hasten(transaction, origin, context.now_ms())
    events.partner_changed(origin, known.state)
    context.wake.notify(publish.TOPIC)


async def _take(
    context: Context,
    transaction: Transaction,
    origin: str,
    opened: Verified[JSONObject],
    since_ms: int,
) -> None:
    await known_actors.keep_instead(context, transaction, opened, since_ms)
    await partner_rows.put_public(transaction, origin, opened.key.multikey)


def _check_since(context: Context, since_ms: int) -> None:
    now_ms = context.now_ms()
    if not now_ms - OLDEST_MS <= since_ms <= now_ms:
        raise Refused(
            Reason.BAD_INPUT,
            "Say since when the key may have been in other hands: within the last year, not later "
            "than now.",
            field="since",
        )


async def _read(context: Context, origin: str, card: str, compared: str) -> Verified[JSONObject]:
    """The service actor's document, signed with the key whose fingerprint was read out."""
    if card.strip():
        opened = _open_card(context, card)
    else:
        _, opened = await partners.describe(context, origin)
    if names.origin(text_of(opened.value, "id")) != origin:
        raise Refused(Reason.WRONG_ACTOR, "That is the card of another server.")
    shown = fingerprint(opened.key)
    if "".join(compared.lower().split()) != "".join(shown.split()):
        raise Refused(Reason.BAD_KEY, "The fingerprints differ; ask the school again.")
    if present_key_of(opened.value) != opened.key.multikey:
        raise Refused(Reason.BAD_KEY, "That server signs with another key than it says.")
    return opened


def _open_card(context: Context, card: str) -> Verified[JSONObject]:
    try:
        document = canonical.read_object(card.strip().encode("utf-8", "replace"))
        context.book.check("application", document)
        return known_actors.open_actor(document, context)
    except Refused as refused:
        raise Refused(
            Reason.BAD_INPUT, f"This is no whole card of a server: {refused.detail}", field="card"
        ) from None


def _require_same_node(document: JSONObject, asked: JSONObject) -> None:
    if text_of(document, "node") != text_of(asked, "node"):
        raise Refused(
            Reason.WRONG_ACTOR,
            "Another node answers at that address: it was set up anew and has to ask anew.",
        )


def _is_about(activity: JSONObject, actor: str) -> bool:
    """Whether it carries the document of `actor`, as it was with the old key."""
    inner = activity.get("object")
    return isinstance(inner, dict) and inner.get("id") == actor


async def _sign_anew(context: Context, transaction: Transaction, actor: str) -> None:
    """What the service actor has said and is on its way: the old signature is worth nothing."""
    speaker = await identity.get_identity(context, transaction, actor)
    for one in await deliveries.list_waiting_of_actor(transaction, actor):
        if _is_about(one.activity, actor):
            await deliveries.put_state(transaction, one.id, "dropped", "", context.now_ms())
            continue
        said = {name: value for name, value in one.activity.items() if name != "proof"}
        signed = documents.sign_document(said, speaker.signer, speaker.key_id, context.now())
        await deliveries.put_activity(transaction, one.id, signed)
