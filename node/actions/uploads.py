"""Bringing files: begun, sent in pieces that can be resumed, looked at when all has arrived.

Nothing of it is in a space before its owner publishes it (`node.actions.materials`). What has
arrived is flushed to the disk before it counts, so that a browser that asks after a broken
connection, or after this node was killed, goes on where it is true. At the end a picture is made
anew and any other file cleaned; what came from the camera or the office is gone at once.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from node.actions import publish
from node.actions.context import MIB, Context
from node.actions.spaces import require_member
from node.cleaning import workshop as cleaning
from node.cleaning.kinds import FILMS
from node.pictures import sniff, workshop
from node.pictures.names import clean_name
from node.storage import uploads
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.shelf import digest_of, refusals
from node.storage.uploads import Upload
from protocol.errors import Reason, Refused
from protocol.space.blobs import name_of

MAX_OPEN = 100
"""Files that one person may be bringing at a time."""
FLUSH_BYTES = 8 * MIB
WRITE_BYTES = MIB
BUSY_RETRY_AFTER_S = 2
MOST_POINTS = 1_000_000
HOUR_MS = 3_600_000
_NEVER = frozenset({Reason.UNSUPPORTED_MEDIA_TYPE, Reason.TOO_LARGE})
"""Refusals after which nobody need bring more of it."""


def part_of(context: Context, upload: Upload, which: str = "") -> Path:
    """Where the bytes lie: as they come (""), the clean `picture`, its `thumbnail`, or what is
    `clean` of any other file."""
    return context.shelf.part_of("upload", upload.id, which)


def cleaned(upload: Upload) -> str:
    """Which of its parts is what others may see."""
    return "picture" if upload.is_picture else "clean"


async def begin(context: Context, account: Account, space: str, *, name: str, size: int) -> Upload:
    """Announce a file of `size` bytes.

    Refuses with TOO_LARGE, STORAGE_FULL, TOO_MANY_ITEMS, BAD_INPUT an empty one.
    """
    most = context.settings.files.video_mib * MIB
    if size < 1:
        raise Refused(Reason.BAD_INPUT, "this file is empty; choose another")
    if size > most:
        raise _too_large(context.settings.files.video_mib)
    await asyncio.to_thread(context.shelf.check_room, size)
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        kept, _ = await require_member(transaction, account, space)
        if await uploads.count_of_account(transaction, account.id) >= MAX_OPEN:
            raise Refused(
                Reason.TOO_MANY_ITEMS,
                f"{MAX_OPEN} of your files wait to be published; do that first",
            )
        upload = Upload(
            id=publish.new_name(context),
            space=kept.id,
            account=account.id,
            name=clean_name(name),
            size=size,
            received=0,
            state="coming",
            began_ms=now_ms,
            touched_ms=now_ms,
        )
        await uploads.put(transaction, upload)
    return upload


async def find(context: Context, account: Account, space: str, id_: str) -> Upload:
    """An upload of this very person. Refuses with NOT_FOUND, NOT_OWNER somebody else's."""
    async with context.database.read() as reader:
        found = await _get(reader, account, space, id_)
    if found.state == "ready":
        return found
    # A restored backup has no parts: what is not on the disk has to come again.
    there = await asyncio.to_thread(_size_of, part_of(context, found))
    return replace(found, received=min(found.received, there))


async def _get(reader: Reader, account: Account, space: str, id_: str) -> Upload:
    await require_member(reader, account, space)
    found = await uploads.find(reader, id_)
    if found is None or found.space != space:
        raise Refused(Reason.NOT_FOUND, "nothing of this name is being brought; begin anew")
    if found.account != account.id:
        raise Refused(Reason.NOT_OWNER, "somebody else is bringing this")
    return found


async def take(
    context: Context,
    account: Account,
    space: str,
    id_: str,
    at: int,
    pieces: AsyncIterator[bytes],
) -> int:
    """Take the bytes from `at` on, as they come; how many are safe then.

    What arrived before a connection broke is kept. Refuses with CONFLICT (fact `offset`) where `at`
    is not what is safe, BUSY while another request brings the same, TOO_LARGE what is more than was
    announced, UNSUPPORTED_MEDIA_TYPE and TOO_LARGE by what the bytes show themselves to be.
    """
    upload = await find(context, account, space, id_)
    with _alone(context, id_):
        upload = await find(context, account, space, id_)
        if upload.state != "coming" or at != upload.received:
            raise Refused(
                Reason.CONFLICT,
                f"{upload.received} bytes of this are here; go on there",
                offset=upload.received,
            )
        try:
            return await _Taking(context, upload).run(pieces)
        except Refused as refused:
            if refused.reason in _NEVER:
                await _drop(context, [upload])
            raise


class _Taking:
    """One request's bytes on their way to the disk."""

    def __init__(self, context: Context, upload: Upload, *, is_announced: bool = True) -> None:
        """Without an announcement `upload.size` is only a bound."""
        self._context = context
        self._is_announced = is_announced
        self._upload = upload
        self._part = part_of(context, upload)
        self._safe = upload.received
        self._waiting = bytearray()
        self._written = upload.received
        self._most = upload.size
        self._looked = upload.received >= min(sniff.HEAD_BYTES, upload.size)

    async def run(self, pieces: AsyncIterator[bytes]) -> int:
        try:
            async for piece in pieces:
                self._waiting += piece
                if self._written + len(self._waiting) > self._most:
                    raise Refused(Reason.TOO_LARGE, "this has more bytes than it may have")
                if len(self._waiting) >= WRITE_BYTES:
                    await self._write()
                if self._written - self._safe >= FLUSH_BYTES:
                    await self._note()
        finally:
            # Also after a connection broke, so that its bytes need not come again.
            await self._write()
            await self._note()
        return self._safe

    async def _write(self) -> None:
        if not self._waiting:
            return
        piece, self._waiting = bytes(self._waiting), bytearray()
        await asyncio.to_thread(self._append, piece)
        self._written += len(piece)
        if not self._looked and self._written >= min(sniff.HEAD_BYTES, self._upload.size):
            self._looked = True
            kind = await look_at(self._part)
            most = most_of(self._context, kind)
            if self._is_announced and self._upload.size > most:
                raise _too_large(most // MIB)
            self._most = min(self._most, most)

    def _append(self, piece: bytes) -> None:
        shelf = self._context.shelf
        shelf.check_room(len(piece))
        with shelf.append_to(self._part, self._written) as stream:
            stream.write(piece)

    async def _note(self) -> None:
        if self._written == self._safe:
            return
        async with self._context.database.write() as transaction:
            await uploads.put_received(
                transaction, self._upload.id, self._written, self._context.now_ms()
            )
        self._safe = self._written


async def look_at(part: Path) -> sniff.Kind:
    """What the bytes in `part` are. Refuses with UNSUPPORTED_MEDIA_TYPE what is not taken."""
    return kind_of(await asyncio.to_thread(_head_of, part))


def kind_of(head: bytes) -> sniff.Kind:
    """What begins with `head` is. Refuses as `look_at`."""
    kind = sniff.look_at(head)
    if kind is None:
        raise Refused(
            Reason.UNSUPPORTED_MEDIA_TYPE,
            "bring pictures (JPEG, PNG, WebP, GIF), PDF, office documents, sound or films",
            why="kind",
        )
    return kind


def most_of(context: Context, kind: sniff.Kind) -> int:
    """How many bytes something of this kind may have."""
    files = context.settings.files
    if kind.is_picture:
        return files.image_mib * MIB
    return (files.video_mib if kind.is_film else files.file_mib) * MIB


async def finish(context: Context, account: Account, space: str, id_: str) -> Upload:
    """All has been sent: look at it, clean it, and compute its hash.

    Refuses with CONFLICT (fact `offset`) where something is missing, and as `take`. What is refused
    for what it is, is gone.
    """
    upload = await find(context, account, space, id_)
    if upload.state == "ready":
        return upload
    with _alone(context, id_):
        if upload.received < upload.size:
            raise Refused(
                Reason.CONFLICT,
                f"only {upload.received} bytes of this are here; go on there",
                offset=upload.received,
            )
        try:
            ready = await _make_ready(context, upload)
        except Refused as refused:
            if refused.reason in _NEVER:
                await _drop(context, [upload])
            raise
        async with context.database.write() as transaction:
            await uploads.put_ready(transaction, ready, context.now_ms())
        # The original knows where it was made, and by whom; it goes before anybody is told.
        context.shelf.forget(part_of(context, upload))
    return ready


async def _make_ready(context: Context, upload: Upload) -> Upload:
    part = part_of(context, upload)
    kind = await look_at(part)
    if upload.size > most_of(context, kind):
        raise _too_large(most_of(context, kind) // MIB)
    media_type, width, height, thumbnail, thumbnail_octets = kind.media_type, 0, 0, "", 0
    await asyncio.to_thread(context.shelf.check_room, 2 * upload.size)
    if kind.is_picture:
        bare, small = part_of(context, upload, "picture"), part_of(context, upload, "thumbnail")
        async with context.pictures:
            made = await workshop.make(
                part,
                bare,
                small,
                max_pixels=context.settings.files.image_megapixels * MOST_POINTS,
            )
        media_type, width, height = "image/webp", made.width, made.height
        thumbnail, thumbnail_octets = await asyncio.to_thread(_measure, small)
    else:
        bare = part_of(context, upload, "clean")
        async with context.films if media_type in FILMS else context.pictures:
            media_type = await cleaning.clean(part, bare, media_type)
    sha256, octets = await asyncio.to_thread(_measure, bare)
    return replace(
        upload,
        state="ready",
        name=clean_name(upload.name, sniff.ending_for(media_type, upload.name)),
        media_type=media_type,
        sha256=sha256,
        octets=octets,
        width=width,
        height=height,
        thumbnail=thumbnail,
        thumbnail_octets=thumbnail_octets,
    )


async def bring(
    context: Context, account: Account, space: str, *, name: str, pieces: AsyncIterator[bytes]
) -> Upload:
    """A whole file of unknown length at once, as a form without scripts sends it.

    Refuses as `begin`, `take` and `finish`; what was refused is gone.
    """
    most = context.settings.files.video_mib * MIB
    first = await anext(aiter(pieces), b"")
    if not first:
        raise Refused(Reason.BAD_INPUT, "this file is empty; choose another")
    upload = await begin(context, account, space, name=name, size=1)
    whole = replace(upload, size=most)
    try:
        with _alone(context, upload.id):
            received = await _Taking(context, whole, is_announced=False).run(_after(first, pieces))
            async with context.database.write() as transaction:
                await uploads.put_size(transaction, upload.id, received)
        return await finish(context, account, space, upload.id)
    except BaseException:
        # Also when the connection broke: nobody can go on with what has no length.
        await _drop(context, [upload])
        raise


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for one in pieces:
        yield one


async def list_own(context: Context, account: Account, space: str) -> list[Upload]:
    """What somebody has brought or is bringing to a space, in order."""
    async with context.database.read() as reader:
        await require_member(reader, account, space)
        return await uploads.list_of_account(reader, account.id, space)


async def discard(context: Context, account: Account, space: str, id_: str) -> None:
    """Throw away what was brought. Refuses as `find`, BUSY while it is arriving."""
    found = await find(context, account, space, id_)
    with _alone(context, id_):
        await _drop(context, [found])


async def forget_old(context: Context) -> int | None:
    """Forget what was brought long ago and never published; when to look again."""
    now_ms = context.now_ms()
    kept_ms = context.settings.files.upload_hours * HOUR_MS
    async with context.database.read() as reader:
        old = await uploads.list_untouched(reader, now_ms - kept_ms)
    if old:
        await _drop(context, old)
    return now_ms + HOUR_MS


async def _drop(context: Context, old: list[Upload]) -> None:
    async with context.database.write_small() as transaction:
        await uploads.drop(transaction, [one.id for one in old])
    for one in old:
        forget_parts(context, one)


def forget_parts(context: Context, upload: Upload) -> None:
    """Remove all bytes of an upload that are not published."""
    for which in ("", *uploads.PARTS):
        context.shelf.forget(part_of(context, upload, which))


@contextmanager
def _alone(context: Context, id_: str) -> Iterator[None]:
    if id_ in context.arriving:
        raise Refused(
            Reason.BUSY,
            "this is arriving already; ask how much of it is here, then go on",
            retry_after_s=BUSY_RETRY_AFTER_S,
        )
    context.arriving.add(id_)
    try:
        yield
    finally:
        context.arriving.discard(id_)


def _head_of(part: Path) -> bytes:
    with refusals(), part.open("rb") as stream:
        return stream.read(sniff.HEAD_BYTES)


def _size_of(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _measure(part: Path) -> tuple[str, int]:
    """Hash and number of a part's bytes."""
    with refusals():
        return name_of(digest_of(part).digest()), part.stat().st_size


def _too_large(most_mib: int) -> Refused:
    return Refused(
        Reason.TOO_LARGE, f"a file of this kind has at most {most_mib} MiB", most_mib=most_mib
    )
