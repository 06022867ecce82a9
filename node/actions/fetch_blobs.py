"""Fetching the bytes of files from other members: eagerly where small, on demand where large.

Any member that has them may give them. What came is kept beside the shelf, so that a broken
connection or a killed node goes on where it was; only what has the right hash gets its place, and
what has not is thrown away and asked for elsewhere. Nothing else waits for a file.
"""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from node import events
from node.actions import identity
from node.actions.context import MIB, Context
from node.pictures import sniff
from node.storage import blobs, partners, quarantine, spaces, uploads
from node.storage.blobs import KeptBlob
from node.storage.database import Reader
from node.storage.shelf import Digest, digest_of
from protocol import delivery
from protocol.errors import Reason, Refused
from protocol.space.blobs import name_of

TOPIC = blobs.TOPIC
AT_ONCE = 3
WRITE_BYTES = MIB
AGAIN_MS = 2_000
"""After a connection broke that had brought something."""
UNKNOWN_TYPE = "application/octet-stream"


async def step(context: Context) -> int | None:
    """Fetch everything that is due, a few at a time; when the next one is due, in milliseconds."""
    async with context.database.read() as reader:
        due = await blobs.list_due(reader, context.now_ms())
    room = asyncio.Semaphore(AT_ONCE)

    async def fetch_in_turn(blob: KeptBlob) -> None:
        async with room:
            await fetch(context, blob)

    async with asyncio.TaskGroup() as group:
        for one in due:
            group.create_task(fetch_in_turn(one))
    async with context.database.read() as reader:
        return await blobs.find_next_ms(reader)


async def begin(context: Context) -> None:
    """At start: forget what lies on the shelf and nothing names, for a crash may have left it; and
    fetch again what is named and lies there no more, for a backup may be older."""
    await asyncio.to_thread((context.shelf.path / "part").mkdir, exist_ok=True, mode=0o700)
    # Whoever publishes holds the one transaction at a time, from the link to the row.
    async with context.database.write() as transaction:
        named = await blobs.list_hashes(transaction)
        coming = [
            context.shelf.part_of("upload", one, which)
            for one in await uploads.list_ids(transaction)
            for which in ("", *uploads.PARTS)
        ]
        coming += [
            context.shelf.part_of(space, sha256)
            for space, sha256 in await blobs.list_missing(transaction)
        ]
        for sha256 in named - await _drop_unnamed(context, named):
            await blobs.put_missing(transaction, sha256, context.now_ms())
        for part in set(context.shelf.list_parts()) - set(coming):
            context.shelf.forget(part)


async def forget_unnamed(context: Context) -> None:
    """Drop what lies on the shelf and nothing names, for what was publishing it failed."""
    async with context.database.write() as transaction:
        await _drop_unnamed(context, await blobs.list_hashes(transaction))


async def _drop_unnamed(context: Context, named: AbstractSet[str]) -> AbstractSet[str]:
    """What lies there afterwards. Nothing gets its place meanwhile: a unit is being written."""
    there = set(await asyncio.to_thread(context.shelf.list_places))
    for sha256 in there - named:
        context.shelf.drop(sha256)
    return there & named


async def fetch(context: Context, blob: KeptBlob) -> None:
    """Ask one member for a blob, and keep what comes of it."""
    members = await _list_members(context, blob)
    if not members:
        await _wait(context, blob, "", Refused(Reason.UNREACHABLE, "no member can be asked"), 1)
        return
    node, origin = members[blob.attempts % len(members)]
    part = context.shelf.part_of(blob.space, blob.sha256)
    had = await asyncio.to_thread(_size_of, part)
    try:
        async with context.database.write() as transaction:
            await blobs.put_asked(transaction, blob.space, blob.sha256, origin)
            # A school's word about the size counts for what it gives itself, not against others.
            said = await blobs.find_size(transaction, blob.space, blob.sha256, node)
        sized = blob if said is None else replace(blob, size=said)
        digest = await _download(context, sized, origin, part)
        if name_of(digest.digest()) != blob.sha256:
            raise Refused(Reason.BAD_DIGEST, "what came is not what was asked for")
        await keep(context, blob, part)
        events.blob_fetched(blob.space, origin, blob.size)
    except Refused as refused:
        if refused.reason in {Reason.BAD_DIGEST, Reason.BAD_ANSWER}:
            # Nobody can tell which of those bytes are wrong.
            context.shelf.forget(part)
            had = 0
        async with context.database.read() as reader:
            if not await blobs.list_references(reader, blob.space, blob.sha256):
                # What was erased while it arrived leaves nothing behind.
                context.shelf.forget(part)
                return
        brought = await asyncio.to_thread(_size_of, part) > had
        await _wait(context, blob, origin, refused, len(members), brought=brought)


async def _list_members(context: Context, blob: KeptBlob) -> list[tuple[str, str]]:
    """Node and origin of approved members, first those whose school named the bytes."""
    async with context.database.read() as reader:
        kept = await spaces.get(reader, blob.space)
        named = await blobs.list_homes(reader, blob.space, blob.sha256)
        members = await spaces.list_member_origins(reader, blob.space)
        approved = {
            one.origin for one in await partners.list_all(reader) if one.state == "approved"
        }
    others = [(node, origin) for node, origin in members if node != kept.node]
    ordered = sorted(others, key=lambda one: (one[0] not in named, one[0]))
    return [(node, origin) for node, origin in ordered if origin in approved]


async def _download(context: Context, blob: KeptBlob, origin: str, part: Path) -> Digest:
    """Bring the rest of a blob into `part`; the hash of all of it."""
    start = await asyncio.to_thread(_size_of, part)
    if start > blob.size:
        context.shelf.forget(part)
        start = 0
    if start == blob.size:
        # A crash came between the last byte and the place.
        return await asyncio.to_thread(digest_of, part)
    async with context.database.read() as reader:
        await require_space_room(context, reader, blob.space, blob.size)
    await asyncio.to_thread(context.shelf.check_room, blob.size - start)
    speaker = await identity.get_service_identity(context)
    async with context.client.stream(
        f"{origin}/spaces/{blob.space}/blobs/{blob.sha256}",
        origin=origin,
        as_=speaker,
        start=start,
        most_bytes=blob.size - start,
    ) as stream:
        at = stream.start
        digest = await asyncio.to_thread(_digest_so_far, part, at)
        waiting = bytearray()
        try:
            async for piece in stream.pieces:
                digest.update(piece)
                waiting += piece
                if len(waiting) >= WRITE_BYTES:
                    at = await asyncio.to_thread(_append, context, part, at, bytes(waiting))
                    waiting.clear()
        finally:
            # What came before a connection broke need not come again.
            await asyncio.to_thread(_append, context, part, at, bytes(waiting))
    return digest


async def require_space_room(context: Context, reader: Reader, space: str, more_bytes: int) -> None:
    """Refuses with STORAGE_FULL where the files of a space would take more than they may here."""
    most_mib = context.settings.files.space_mib
    if await blobs.sum_sizes(reader, space) + more_bytes > most_mib * MIB:
        raise Refused(
            Reason.STORAGE_FULL, f"the files of this space may take {most_mib} MiB at this node"
        )


def _append(context: Context, part: Path, at: int, piece: bytes) -> int:
    context.shelf.check_room(len(piece))
    with context.shelf.append_to(part, at) as stream:
        stream.write(piece)
    return at + len(piece)


def _size_of(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _digest_so_far(part: Path, count: int) -> Digest:
    if not part.is_file():
        part.parent.mkdir(exist_ok=True, mode=0o700)
        part.touch(mode=0o600)
    return digest_of(part, count)


async def keep(context: Context, blob: KeptBlob, part: Path) -> None:
    """Give verified bytes their place, unless the last payload that named them is gone by now."""
    size, kind = await asyncio.to_thread(_look_at, part)
    async with context.database.write() as transaction:
        named = await blobs.list_references(transaction, blob.space, blob.sha256)
        if named and not await quarantine.is_locked(transaction, blob.sha256):
            await asyncio.to_thread(context.shelf.put, part, blob.sha256)
            await blobs.put_here(
                transaction,
                blob.space,
                blob.sha256,
                size,
                UNKNOWN_TYPE if kind is None else kind.media_type,
            )
    context.shelf.forget(part)


def _look_at(part: Path) -> tuple[int, sniff.Kind | None]:
    """How many bytes they are, and what: what their school claims of them is not asked."""
    with part.open("rb") as stream:
        return part.stat().st_size, sniff.look_at(stream.read(sniff.HEAD_BYTES))


async def _wait(
    context: Context,
    blob: KeptBlob,
    origin: str,
    refused: Refused,
    members: int,
    *,
    brought: bool = False,
) -> None:
    """When it is tried again: at once with a member that was not asked in this round, soon where a
    broken connection had brought something, else later and later."""
    attempts = blob.attempts + 1
    now_ms = context.now_ms()
    if brought:
        next_ms = now_ms + AGAIN_MS
    elif attempts % members:
        next_ms = now_ms
    else:
        rounds = attempts // members
        next_ms = now_ms + delivery.wait_after(rounds, context.chance.fraction(), context.patience)
    events.blob_waits(blob.space, origin, str(refused.reason))
    async with context.database.write() as transaction:
        await blobs.put_waiting(
            transaction,
            blob.space,
            blob.sha256,
            origin,
            str(refused.reason),
            next_ms,
            0 if brought else attempts,
        )


def received_of(context: Context, hashes: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How many bytes of these (space and hash) have come so far, by hash."""
    return {sha256: _size_of(context.shelf.part_of(space, sha256)) for space, sha256 in hashes}
