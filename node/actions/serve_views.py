"""Letting other members' nodes show a file that stays here: tickets, and the bytes for them.

Whoever asks is the service actor of a member's node, and names nobody: which of its people may see
the file is that school's own affair. A ticket is a random number of ten minutes for one node and
one file. Whether it still holds is looked at whenever it is used and again with every piece that
leaves, so that withdrawing, hiding, locking, erasing, or a school's end as a member, is felt at
once.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from node import events
from node.actions import recognise
from node.actions.context import Context
from node.actions.contributions import split
from node.actions.recognise import Asked
from node.storage import (
    blobs,
    contents,
    home_files,
    operations,
    partners,
    quarantine,
    spaces,
    view_tickets,
)
from node.storage.database import Reader
from node.storage.home_files import HomeFile
from node.storage.spaces import Space
from node.storage.view_tickets import Ticket
from protocol import canonical, outbound
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound, OutboundBlob
from protocol.reading import text_of
from protocol.space.blobs import name_of
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File

TICKET_OCTETS = 24
GOOD_FOR_S = 600
MAX_REQUEST_BYTES = 1_000


@dataclass(frozen=True)
class Viewed:
    """What the gate let out for a ticket, where its bytes lie, and what they were found to be.

    `holds` says whether they may still leave, `origin` which school asks.
    """

    origin: str
    blob: OutboundBlob
    path: Path
    media_type: str
    holds: Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class _Shown:
    """A file of this school that stays here and may be seen elsewhere."""

    file: File
    here: HomeFile


async def give_ticket(context: Context, asked: Asked, space: str) -> Outbound:
    """A ticket for the file that the request names.

    Refuses as `recognise`, with BAD_SHAPE, REPLAYED; and with one and the same NOT_FOUND for who is
    no member, and whatever is no file of this school that stays here and is shown.
    """
    caller = await recognise.recognise(context, asked, context.looks)
    wanted = canonical.read_object(asked.body or b"", max_bytes=MAX_REQUEST_BYTES)
    context.book.check("view-request", wanted)
    object_, now_ms = text_of(wanted, "object"), context.now_ms()
    ticket = b64(context.chance.octets(TICKET_OCTETS))
    async with context.database.write() as transaction:
        await recognise.spend(context, transaction, caller)
        kept = await spaces.find(transaction, space)
        node = await spaces.find_member(transaction, space, caller.actor)
        found = None if kept is None else await _find(context, transaction, kept, object_)
        if node is None or found is None:
            raise _absent()
        one = Ticket(
            _digest(ticket), space, object_, node, found.here.sha256, now_ms + GOOD_FOR_S * 1000
        )
        await view_tickets.put(transaction, one, now_ms)
    events.view_allowed(space, caller.partner.origin)
    told: JSONObject = {
        "object": object_,
        "ticket": ticket,
        "mediaType": found.here.media_type,
        "size": found.here.size,
        "seconds": GOOD_FOR_S,
    }
    if found.here.thumbnail:
        told["thumbnail"] = found.here.thumbnail_size
    return outbound.release(context.book, told, "view-ticket")


async def find(
    context: Context, asked: Asked, space: str, ticket: str, *, thumbnail: bool
) -> Viewed:
    """The bytes for a ticket, or those of the small picture. Refuses as `recognise`, and with
    NOT_FOUND any ticket that is not this very node's, or not good any more."""
    caller = await recognise.recognise(context, asked, context.looks)
    async with context.database.write() as transaction:
        await recognise.spend(context, transaction, caller)
    digest = _digest(ticket)

    async def look(reader: Reader) -> tuple[Space, _Shown] | None:
        # What began in time may go on; nothing else begins with this ticket after its time.
        kept = await spaces.find(reader, space)
        node = await spaces.find_member(reader, space, caller.actor)
        partner = await partners.find(reader, caller.partner.origin)
        if kept is None or node is None or partner is None or partner.state != "approved":
            return None
        found = await view_tickets.find(reader, digest, began_ms)
        if found is None or (found.space, found.node) != (space, node):
            return None
        file = await _find(context, reader, kept, found.object)
        return None if file is None or file.here.sha256 != found.sha256 else (kept, file)

    began_ms = context.now_ms()
    async with context.database.read() as reader:
        seen = await look(reader)
        if seen is None:
            raise _absent()
        kept, file = seen
        sha256 = file.here.thumbnail if thumbnail else file.here.sha256
        blob = await blobs.find(reader, space, sha256) if sha256 else None
        stub = await operations.find(reader, space, file.file.head)
    if blob is None or not blob.here or stub is None or not context.shelf.holds(sha256):
        raise _absent()

    async def holds() -> bool:
        async with context.database.read() as reader:
            return await look(reader) is not None

    return Viewed(
        caller.partner.origin,
        outbound.release_view(stub, sha256, blob.size, node=kept.node),
        context.shelf.place_of(sha256),
        blob.media_type,
        holds,
    )


async def _find(context: Context, reader: Reader, space: Space, object_: str) -> _Shown | None:
    try:
        home, name = split(object_)
    except Refused:
        return None
    if home != space.node:
        return None
    file = await contents.find(reader, space.id, home, name, File)
    if file is None or file.standing is not Standing.SHOWN or not file.stays_home:
        return None
    here = await home_files.find(reader, space.id, home, name)
    if here is None or await quarantine.is_locked(reader, here.sha256):
        return None
    blob = await blobs.find(reader, space.id, here.sha256)
    if blob is None or not blob.here or not context.shelf.holds(here.sha256):
        return None
    return _Shown(file, here)


def _digest(ticket: str) -> str:
    return name_of(hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest())


def _absent() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is nothing to see for this.")
