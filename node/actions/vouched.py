"""Documents that came through whomever, opened by the word of their own node.

The node's key is in its accreditation, or known because it is a partner itself. Nothing is fetched.
"""

from dataclasses import dataclass

from node.actions import listing, trust, verified
from node.actions.context import Context
from node.actions.trust import Worth
from node.storage import actor_keys, harvests, hubs, listings
from node.storage.database import Reader, Transaction
from node.storage.harvests import ListedNode
from node.storage.listings import Listed
from node.storage.objects import StoredDocument
from protocol import credentials, names, vouchers
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.known import StoredObject
from protocol.reading import ACTOR_TYPES, owner_of, text_of, time_of, type_of, version_of
from protocol.shapes import kind_of
from protocol.vouchers import Vouched, Voucher

MAX_OF_ONE_NODE = 5_000
"""So much is listed of one node; no school has more people, projects and notices."""
COUNTS: frozenset[Worth] = frozenset({"valid", "unknown"})
"""Worths of an accreditation by which documents are listed. Whether it was revoked is not known
before the hub's list was read; the hub that answers knows it."""


@dataclass(frozen=True)
class Heard:
    """One document with the word of its node, as it was sent; `n` is its number there."""

    document: JSONObject
    voucher: Voucher
    accreditation: JSONObject | None = None
    n: int = 0


async def open_node(
    context: Context, reader: Reader, source: str, credential: JSONObject
) -> ListedNode:
    """A node by what a hub states about it. Refuses with NOT_PARTNER what counts for nothing."""
    read = await trust.open_accreditation(context, reader, credential)
    if await trust.weigh(context, reader, credential) not in COUNTS:
        raise Refused(Reason.NOT_PARTNER, "The accreditation does not count here.")
    await trust.require_rightful(context, reader, read)
    known = await harvests.find_node(reader, read.origin)
    if known is None or credentials.issuer_of(known.credential) == read.hub:
        return ListedNode(read.origin, source, credential, context.now_ms())
    # Of two hubs the one that was heard first is believed as long as its word counts.
    if await trust.weigh(context, reader, known.credential) in COUNTS:
        return known
    return ListedNode(read.origin, source, credential, context.now_ms())


async def find_partners_key(reader: Reader, origin: str, key_id: str, public: str) -> PublicKey:
    """The key with which the node at `origin`, which is read itself, vouches: a known one of its
    service actor, or the approved one."""
    known = await actor_keys.find(reader, key_id)
    own = known is not None and known.actor == names.service_actor_id(origin)
    if known is not None and own and known.revoked_ms is None:
        return known.known.public
    return PublicKey.read(public)


async def open_heard(
    context: Context, reader: Reader, heard: Heard, key: PublicKey, others: dict[str, JSONObject]
) -> Vouched:
    """Verify one document; `others` are documents that came with it, for its owner's key.

    Refuses as `vouchers.open_vouched`.
    """
    owner = None
    if heard.document.get("type") not in ACTOR_TYPES:
        id_ = owner_of(heard.document)
        known = await listings.find(reader, id_)
        if known is not None and not known.buried:
            owner = known.document
        owner = others.get(id_, owner)
    return vouchers.open_vouched(heard.document, heard.voucher, key, owner=owner, now=context.now())


async def keep(context: Context, transaction: Transaction, vouched: Vouched, source: str) -> bool:
    """List a document, or bury it, if it is news. Refuses as `vouchers.is_news`, and with
    TOO_MANY_ITEMS where a node lists more than any school has."""
    document = vouched.document
    stored = stored_of(document)
    known = await listings.find(transaction, stored.id)
    news = vouchers.is_news(vouched, _as_known(known), context.base, context.now())
    again = known is not None and known.document == document
    if not news and not again:
        return False
    if known is None:
        listed = await listings.count_of_origin(transaction, stored.origin, MAX_OF_ONE_NODE)
        if listed == MAX_OF_ONE_NODE:
            raise Refused(Reason.TOO_MANY_ITEMS, f"{stored.origin} lists too much.")
    written = f"{vouched.voucher.key_id} {vouched.voucher.signature}"
    await listing.put(context, transaction, stored, source=source, voucher=written)
    await verified.note(context, transaction, document)
    return news


async def keep_stranger(
    context: Context, transaction: Transaction, vouched: Vouched, source: str, until_ms: int
) -> Listed:
    """Keep a document of a hub's answer for a while, to be shown; what is known better stays.

    The result is what stands here now. Refuses as `vouchers.is_news`.
    """
    stored = stored_of(vouched.document)
    known = await listings.find(transaction, stored.id)
    news = vouchers.is_news(vouched, _as_known(known), context.base, context.now())
    if known is not None and (known.kept_until_ms is None or not news):
        return known
    written = f"{vouched.voucher.key_id} {vouched.voucher.signature}"
    row = listing.row_of(context, stored, known, source, written, kept_until_ms=until_ms)
    await listings.put(transaction, row, None)
    await verified.note(context, transaction, stored.document)
    return row


async def want_list(context: Context, transaction: Transaction, credential: JSONObject) -> None:
    """Ask the hub of an accreditation for its status list when it is asked next."""
    read = await trust.open_accreditation(context, transaction, credential)
    await hubs.want_list(transaction, read.place.status_list, read.hub)
    await hubs.make_due(transaction, context.now_ms(), [read.hub])


def read_written(voucher: str) -> Voucher:
    """A voucher as it is stored."""
    key_id, _, signature = voucher.partition(" ")
    return Voucher(key_id, signature)


def stored_of(document: JSONObject) -> StoredDocument:
    """A document of another node, or its tombstone, as it is stored.

    Refuses with BAD_SHAPE a day or hour that there is not.
    """
    id_ = text_of(document, "id")
    buried = document.get("type") == "Tombstone"
    return StoredDocument(
        id=id_,
        kind=type_of(document).lower() if buried else kind_of(document),
        owner=owner_of(document),
        origin=names.origin(id_),
        version=version_of(document),
        document=document,
        local=False,
        listed=False,
        buried=buried,
        published_ms=int(time_of(document, "published").timestamp()) * 1000,
    )


def _as_known(listed: Listed | None) -> StoredObject | None:
    if listed is None:
        return None
    return StoredObject(
        listed.id, listed.kind, listed.owner, listed.version, listed.document, listed.buried
    )
