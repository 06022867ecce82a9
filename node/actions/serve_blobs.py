"""Giving the bytes of files to other members' nodes: whoever holds them may, whoever wrote them."""

from dataclasses import dataclass
from pathlib import Path

from node.actions import serve_space
from node.actions.context import Context
from node.actions.recognise import Asked
from node.storage import blobs, operations
from protocol import outbound
from protocol.errors import Reason, Refused
from protocol.outbound import OutboundBlob
from protocol.space.vocabulary import is_hash


@dataclass(frozen=True)
class Served:
    """What the gate let out, and where its bytes lie."""

    blob: OutboundBlob
    path: Path


async def find(context: Context, asked: Asked, space: str, sha256: str) -> Served:
    """The bytes of a shared file, for a member's node. Refuses as `serve_space.ask`, NOT_FOUND
    what is not here."""
    _, kept = await serve_space.ask(context, asked, space)
    absent = Refused(Reason.NOT_FOUND, "These bytes are not here.")
    if not is_hash(sha256):
        raise absent
    async with context.database.read() as reader:
        blob = await blobs.find(reader, kept.id, sha256)
        named = await blobs.list_references(reader, kept.id, sha256)
        naming = await operations.list_by_id(reader, kept.id, named)
    if blob is None or not blob.here or not context.shelf.holds(sha256):
        raise absent
    # What only a file names that stays here is here for nobody.
    shared = [one for one in naming if one.payload is not None and one.header.residency == "shared"]
    if not shared:
        raise absent
    return Served(outbound.release_blob(shared[0], sha256), context.shelf.place_of(sha256))
