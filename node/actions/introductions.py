"""Nodes that never heard of each other meet: one presents what its hub states about it.

A partner's row comes into being when an accreditation is presented: by the node itself
(`receive`, at `POST /introductions`) or in a hub's answer (`put_presented`). Both verify with the
keys and lists that lie here; neither makes this node connect anywhere.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from node import events
from node.actions import known_actors, publish, recognise, trust
from node.actions.context import Context
from node.actions.recognise import Asked, Recognised
from node.actions.trust import Worth
from node.storage import accreditations, actor_keys, deliveries, hubs, objects, partners
from node.storage.accreditations import Presented
from node.storage.database import Reader, Transaction
from node.storage.objects import StoredDocument
from node.storage.partners import Partner, PartnerState
from protocol import canonical, credentials, documents
from protocol.canonical import JSONObject
from protocol.credentials import Accreditation, School, StatusList
from protocol.documents import Verified
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.reading import (
    keys_of,
    present_key_of,
    text_of,
    time_of,
    version_of,
    whole_of,
)
from protocol.requests import CheckedRequest

TOPIC = "trust"
WANTED_WAIT_S = 60
AT_ONCE = 200
_WORTHLESS: dict[Worth, str] = {
    "early": "The accreditation does not count yet.",
    "expired": "The accreditation has ended; ask your hub to renew it.",
    "revoked": "The hub has revoked the accreditation.",
    "not_endorsed": "The accreditation is of no hub whose word counts here.",
}


async def receive(context: Context, asked: Asked) -> Partner:
    """Take a stranger's introduction: it becomes a partner, by its hub's word.

    Nothing is fetched. Refuses with the reasons of `canonical.read`, `shapes` and the request's
    signature, WRONG_ACTOR, BAD_PROOF, BAD_KEY, and as `put_presented`.
    """
    sent = canonical.read_object(asked.body or b"")
    context.book.check("introduction", sent)
    document, credential = whole_of(sent, "actor"), whole_of(sent, "credential")
    checked = recognise.recognise_introduced(context, asked, document)
    opened = known_actors.open_actor(document, context)
    async with context.database.read() as reader:
        read = await trust.open_accreditation(context, reader, credential)
        _require_same(document, read)
        unknown = await trust.weigh(context, reader, credential) == "unknown"
    if unknown:
        await _want_list(context, read, checked)
    async with context.database.write() as transaction:
        partner = await put_presented(context, transaction, credential)
        await _keep_document(context, transaction, partner, opened, read)
        key = PublicKey.read(keys_of(document, context.now())[checked.key_id])
        recognised = Recognised(partner, checked.actor, checked, key)
        await recognise.remember(context, transaction, recognised)
    events.introduced(partner.origin, read.hub)
    context.wake.notify(publish.TOPIC)
    return partner


async def put_presented(
    context: Context, transaction: Transaction, credential: JSONObject
) -> Partner:
    """The partner whose accreditation lies in a hub's answer; a new one if it is a stranger.

    Refuses with BAD_SHAPE, BAD_PROOF, OWN_ORIGIN, BAD_KEY a key that the node gave up, with
    NOT_PARTNER what counts for nothing here or takes a node of another hub over, BLOCKED what the
    administrator keeps out, BUSY where the hub's status list is still to come.
    """
    read = await trust.open_accreditation(context, transaction, credential)
    if read.origin == context.base:
        raise Refused(Reason.OWN_ORIGIN, "This accreditation is this node's own.")
    worth = await trust.weigh(context, transaction, credential)
    if worth == "unknown":
        raise _busy()
    if worth != "valid":
        raise Refused(Reason.NOT_PARTNER, _WORTHLESS[worth])
    await trust.require_rightful(context, transaction, read)
    return await _put(context, transaction, read, credential)


async def reconsider(
    context: Context, transaction: Transaction, origins: Collection[str] | None = None
) -> list[str]:
    """Open and close partners that hubs admitted, these or all, as the hubs' word counts now; the
    origins of those that changed."""
    if origins is not None:
        known = await partners.list_of(transaction, origins)
        return await _reconsider(context, transaction, known)
    changed, after = [], ""
    while batch := await partners.list_admitted(transaction, after, AT_ONCE):
        changed += await _reconsider(context, transaction, batch)
        after = batch[-1].origin
    return changed


async def reconsider_all(context: Context) -> list[str]:
    """The same for all, some at a time: whoever writes meanwhile need not wait for the last one."""
    changed, after = [], ""
    while True:
        async with context.database.write() as transaction:
            batch = await partners.list_admitted(transaction, after, AT_ONCE)
            changed += await _reconsider(context, transaction, batch)
        if len(batch) < AT_ONCE:
            return changed
        after = batch[-1].origin


async def _reconsider(
    context: Context, transaction: Transaction, known: Sequence[Partner]
) -> list[str]:
    changed = []
    lists: dict[str, StatusList | None] = {}
    blocks = await partners.list_blocked(transaction)
    for partner in known:
        if partner.admitted_by != "hub" or partner.state == "blocked":
            continue
        row = await accreditations.find(transaction, partner.origin)
        worth: Worth = "unknown"
        if row is not None:
            worth = await trust.weigh(context, transaction, row.credential, lists)
        blocked = trust.find_in_blocks(blocks, partner.origin, partner) is not None
        state: PartnerState = "approved" if worth == "valid" and not blocked else "pending"
        if state != partner.state:
            now_ms = context.now_ms()
            await partners.put_state(transaction, partner.origin, state, now_ms)
            await deliveries.hasten(transaction, partner.origin, now_ms)
            changed.append(partner.origin)
            events.partner_changed(partner.origin, state)
    return changed


def _is_another(
    stored: StoredDocument, opened: Verified[JSONObject], since: datetime | None
) -> bool:
    """Whether what is kept of a node is another node's, or was signed in other hands."""
    other_node = text_of(stored.document, "node") != text_of(opened.value, "node")
    other_key = present_key_of(stored.document) != opened.key.multikey
    return other_node or (other_key and since is not None)


def _require_same(document: JSONObject, read: Accreditation) -> None:
    """The node that speaks is the accredited one, and speaks with the accredited key."""
    school = read.school
    signed_by = keys_of(document).get(documents.signer_of(document))
    if text_of(document, "id") != school.actor or text_of(document, "node") != school.node:
        raise Refused(Reason.WRONG_ACTOR, "The accreditation is another node's.")
    if signed_by != school.key:
        raise Refused(
            Reason.BAD_KEY, "Sign with the key that the accreditation names, or have it renewed."
        )


async def _want_list(context: Context, read: Accreditation, checked: CheckedRequest) -> None:
    """Ask the hub for its list soon, and the stranger for patience: he himself is asked nothing."""
    async with context.database.write() as transaction:
        await recognise.spend_nonce(context, transaction, checked)
        # Who presents himself again and again does not make this node ask the hub each time.
        if await hubs.find_list(transaction, read.place.status_list) is None:
            await hubs.want_list(transaction, read.place.status_list, read.hub)
            await hubs.make_due(transaction, context.now_ms(), [read.hub])
    context.wake.notify(TOPIC)
    raise _busy()


def _busy() -> Refused:
    return Refused(
        Reason.BUSY,
        "This node has still to ask the hub about revocations; send it again.",
        retry_after_s=WANTED_WAIT_S,
    )


async def _put(
    context: Context, transaction: Transaction, read: Accreditation, credential: JSONObject
) -> Partner:
    now_ms = context.now_ms()
    origin, school = read.origin, read.school
    known = await partners.find(transaction, origin)
    new = Partner(
        origin=origin,
        node=school.node,
        actor=school.actor,
        name=school.name,
        country=school.country,
        public=school.key,
        state="approved",
        added_ms=now_ms,
        changed_ms=now_ms,
        seen_ms=None,
        trouble="",
        admitted_by="hub",
    )
    if await trust.find_block(transaction, origin, new) is not None:
        raise Refused(Reason.BLOCKED, "This node does not exchange anything with yours.")
    kept = await accreditations.find(transaction, origin)
    await _require_newer(context, transaction, kept, read)
    if kept is None or not await _is_better(context, transaction, kept, read):
        until_ms = int(read.valid_until.timestamp() * 1000)
        presented = Presented(origin, read.hub, read.id, credential, until_ms, now_ms)
        await accreditations.put(transaction, presented)
    if known is not None and known.state == "approved":
        if known.admitted_by == "hand" or known.public == new.public:
            return known
        # The hub states another key: an old one was lost, or changed while nobody told this node.
        await _end_keys(context, transaction, school)
        await partners.put(transaction, new)
        return new
    if known is not None and known.public != new.public:
        await _end_keys(context, transaction, school)
    await partners.put(transaction, new)
    await deliveries.hasten(transaction, origin, now_ms)
    events.partner_changed(origin, "approved")
    return new


async def _end_keys(context: Context, transaction: Transaction, school: School) -> None:
    """Where an earlier key may be in other hands, none but the stated one counts from then on."""
    if school.compromised_since is None:
        return
    until_ms = min(context.now_ms(), int(school.compromised_since.timestamp() * 1000))
    keys = await actor_keys.list_of_actor(transaction, school.actor)
    others = {one.public for one in keys} - {school.key}
    await actor_keys.end(transaction, school.actor, others, until_ms)


async def _require_newer(
    context: Context, reader: Reader, kept: Presented | None, read: Accreditation
) -> None:
    """Refuse with BAD_KEY a key that the node has given up, as what is known here says."""
    keys = await actor_keys.list_of_actor(reader, read.school.actor)
    ended = {one.public for one in keys if one.revoked_ms is not None or one.valid_until_ms}
    given_up = read.school.key in ended - {
        one.public for one in keys if one.revoked_ms is None and one.valid_until_ms is None
    }
    if kept is not None and credentials.key_of(kept.credential) != read.school.key:
        stated = time_of(kept.credential, "validFrom")
        if read.school.compromised_since is not None and read.valid_from > stated:
            # Whoever had the old key since then could say of any key that it was given up.
            given_up = False
        worth = await trust.weigh(context, reader, kept.credential)
        given_up = given_up or (
            read.valid_from <= stated and worth not in {"revoked", "not_endorsed"}
        )
    if given_up:
        raise Refused(Reason.BAD_KEY, "A newer accreditation names another key of this node.")


async def _is_better(
    context: Context, reader: Reader, kept: Presented, read: Accreditation
) -> bool:
    """Whether what lies here is worth more than what is presented."""
    if credentials.key_of(kept.credential) != read.school.key:
        return False
    # Of two hubs the one that was heard first is believed as long as its word counts.
    if kept.hub == read.hub and kept.until_ms <= int(read.valid_until.timestamp() * 1000):
        return False
    return await trust.weigh(context, reader, kept.credential) == "valid"


async def _keep_document(
    context: Context,
    transaction: Transaction,
    partner: Partner,
    opened: Verified[JSONObject],
    read: Accreditation,
) -> None:
    """Keep the service actor's document, if it is the first or, by the hub's word, a newer one.

    Where the hub says that an earlier key was in other hands, no version that it signed is newer.
    """
    stored = await objects.find(transaction, partner.actor)
    since = read.school.compromised_since
    if stored is not None and partner.admitted_by == "hub" and _is_another(stored, opened, since):
        since_ms = None if since is None else int(since.timestamp() * 1000)
        await known_actors.keep_instead(context, transaction, opened, since_ms)
        return
    newer = stored is not None and stored.version < version_of(opened.value)
    if stored is None or (newer and partner.admitted_by == "hub"):
        await known_actors.keep(context, transaction, opened, "application")
