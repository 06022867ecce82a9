"""Keeping the directory: what is written or heard of is listed in the transaction of its cause."""

from datetime import datetime

from node.actions.context import Context
from node.storage import listings
from node.storage.database import Reader, Transaction
from node.storage.listings import Listed
from node.storage.objects import StoredDocument
from protocol import directory
from protocol.canonical import JSONObject
from protocol.directory import Listing
from protocol.reading import type_of

TOPIC = "directory"
AT_ONCE = 200
_KINDS = {type_: kind for kind, type_ in directory.KINDS.items()}


async def put(
    context: Context,
    transaction: Transaction,
    stored: StoredDocument,
    *,
    source: str,
    voucher: str = "",
) -> None:
    """List a document that was judged good and new, as it came from the origin `source`.

    With the card of a school everybody of it moves along: its town and region are theirs. What no
    directory lists is left alone.
    """
    if not directory.is_listed(stored.document):
        return
    known = await listings.find(transaction, stored.id)
    stranger = known is not None and known.kept_until_ms is not None
    if known is not None and not stranger and (known.buried or known.version >= stored.version):
        if known.version == stored.version and voucher not in ("", known.voucher):
            await listings.put_voucher(transaction, stored.id, voucher, source)
        return
    listed = row_of(context, stored, known, source, voucher)
    listing = None
    if not stored.buried:
        listing = await _list(transaction, stored.document, context.now())
    await listings.put(transaction, listed, listing)
    if listed.kind == "school":
        for one in await listings.list_of_school(transaction, stored.id):
            await _move(context, transaction, one)


async def look_again(context: Context) -> int | None:
    """Give their new place to those whose rank has changed with time; list what never was.

    When the next one is due, in milliseconds.
    """
    while True:
        async with context.database.read() as reader:
            due = await listings.list_due(reader, context.now_ms(), limit=AT_ONCE)
            missing = await listings.list_unlisted(reader, limit=AT_ONCE)
            next_ms = await listings.find_next_due_ms(reader)
            over = await listings.list_kept(reader, context.now_ms(), limit=AT_ONCE)
        if not due and not missing and not over:
            return next_ms
        async with context.database.write() as transaction:
            await listings.drop_many(transaction, over)
            for one in due:
                await _move(context, transaction, one)
            for stored in missing:
                await put(context, transaction, stored, source=context.base)


async def forget(context: Context, transaction: Transaction, origin: str) -> None:
    """List nothing of a node any more: its accreditation or the partnership has ended."""
    while ids := await listings.list_of_origin(transaction, origin, limit=AT_ONCE):
        await listings.drop_many(transaction, ids)


async def _move(context: Context, transaction: Transaction, one: Listed) -> None:
    listing = await _list(transaction, one.document, context.now())
    await listings.put(transaction, one, listing)


async def _list(reader: Reader, document: JSONObject, now: datetime) -> Listing | None:
    school = document.get("school")
    card = await listings.find(reader, school) if isinstance(school, str) else None
    return directory.list_document(document, None if card is None else card.document, now)


def row_of(
    context: Context,
    stored: StoredDocument,
    known: Listed | None,
    source: str,
    voucher: str,
    *,
    kept_until_ms: int | None = None,
) -> Listed:
    """A document as a row of the directory; a tombstone stays under the school of `known`."""
    school = stored.document.get("school")
    kind = _KINDS[type_of(stored.document)]
    if kind == "school":
        school = stored.id
    elif not isinstance(school, str):
        school = "" if known is None else known.school
    return Listed(
        id=stored.id,
        kind=kind,
        owner=stored.owner,
        origin=stored.origin,
        school=school,
        version=stored.version,
        document=stored.document,
        voucher=voucher,
        source=source,
        shown=not stored.buried,
        buried=stored.buried,
        listed_ms=context.now_ms(),
        kept_until_ms=kept_until_ms,
    )
