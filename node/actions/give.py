"""Giving the bytes of a file to a member's browser, and fetching them first where they are away.

A file is given only when its bytes lie here, with the hash and the number that its metadata state
(whatever else a school may have claimed of them). Whoever is no member of the space gets the answer
that a space gets which does not exist.
"""

from dataclasses import dataclass
from pathlib import Path

from node.actions import fetch_blobs, materials, sight
from node.actions.context import MIB, Context
from node.actions.spaces import require_member
from node.storage import blobs, home_files
from node.storage.accounts import Account
from node.storage.blobs import KeptBlob
from node.storage.spaces import Space
from protocol import names
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.fold.wall import Card

PICTURES = "image/"
"""What the types of pictures begin with."""


@dataclass(frozen=True)
class Elsewhere:
    """A file that stays at another school. `origin` is empty where that school is no member any
    more."""

    space: str
    file: File
    origin: str


@dataclass(frozen=True)
class Given:
    """Bytes to give: where they lie, what they are, what they are called, and their hash."""

    path: Path
    media_type: str
    name: str
    sha256: str


async def find(
    context: Context, account: Account, space: str, file: str, *, thumbnail: bool = False
) -> Given:
    """The bytes of a file, or its thumbnail. Refuses with NOT_FOUND what is not here to give."""
    found = await locate(context, account, space, file, thumbnail=thumbnail)
    if isinstance(found, Elsewhere):
        raise Refused(Reason.NOT_FOUND, "The bytes of this file are not here.")
    return found


async def locate(
    context: Context, account: Account, space: str, file: str, *, thumbnail: bool = False
) -> Given | Elsewhere:
    """As `find`; of a file that stays at another school, where that is. Refuses with NOT_FOUND what
    is neither, and what an administrator has locked."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        found = await materials.get_file(reader, kept, file)
    return await _locate(context, kept, found, thumbnail=thumbnail)


async def locate_for_pupil(
    context: Context, space: Space, item: str, *, thumbnail: bool = False
) -> Given | Elsewhere:
    """As `locate`, the picture of a reply or a card which pupils see. Refuses as `sight.get`, and
    with NOT_FOUND what comes with no picture."""
    async with context.database.read() as reader:
        made = await sight.get(reader, space, item)
        named = made.file if isinstance(made, Post | Card) else ""
        found = await sight.get(reader, space, named) if named else None
    if not isinstance(found, File) or not found.media_type.startswith(PICTURES):
        raise _no_picture()
    given = await _locate(context, space, found, thumbnail=thumbnail)
    # What was said of the bytes is one thing, what they are another.
    if isinstance(given, Given) and not given.media_type.startswith(PICTURES):
        raise _no_picture()
    return given


def _no_picture() -> Refused:
    return Refused(Reason.NOT_FOUND, "No picture comes with this.")


async def _locate(
    context: Context, kept: Space, found: File, *, thumbnail: bool
) -> Given | Elsewhere:
    async with context.database.read() as reader:
        sha256 = found.thumbnail if thumbnail else found.sha256
        size = found.thumbnail_size if thumbnail else found.size
        blob = await blobs.find(reader, kept.id, sha256) if sha256 else None
        shown = found.standing is Standing.SHOWN
        if shown and found.stays_home and found.home != kept.node:
            if await home_files.is_locked(reader, kept.id, found.reference):
                raise Refused(Reason.NOT_FOUND, "An administrator has locked this file here.")
            return Elsewhere(kept.id, found, origin_of(kept, found.home))
    if found.standing is not Standing.SHOWN or not is_whole(blob, size) or blob is None:
        raise Refused(Reason.NOT_FOUND, "The bytes of this file are not here.")
    if not context.shelf.holds(sha256):
        async with context.database.write() as transaction:
            await blobs.put_missing(transaction, sha256, context.now_ms())
        context.wake.notify(fetch_blobs.TOPIC)
        raise Refused(Reason.NOT_FOUND, "The bytes of this file are not here.")
    return Given(context.shelf.place_of(sha256), blob.media_type, found.name, sha256)


def origin_of(space: Space, node: str) -> str:
    """Where a member's node is asked; empty for a school that is no member any more."""
    actor = space.state.actors.get(node) if node in space.state.members else None
    return "" if actor is None else names.origin(actor)


def is_whole(blob: KeptBlob | None, size: int) -> bool:
    """Whether the bytes are here and as many as was said of them."""
    return blob is not None and blob.here and blob.size == size


async def want(context: Context, account: Account, space: str, file: str) -> File:
    """Fetch the bytes of a file from a school that has them. Refuses with TOO_LARGE what this node
    takes from nobody."""
    async with context.database.write() as transaction:
        kept, _ = await require_member(transaction, account, space)
        found = await materials.get_file(transaction, kept, file)
        if found.stays_home:
            raise Refused(Reason.NOT_FOUND, "This file stays at its school.")
        if found.size > context.settings.files.video_mib * MIB:
            raise Refused(Reason.TOO_LARGE, "This file is larger than this node takes.")
        for sha256 in filter(None, (found.sha256, found.thumbnail)):
            await blobs.put_wanted(transaction, kept.id, sha256, context.now_ms())
    context.wake.notify(fetch_blobs.TOPIC)
    return found
