"""Showing a file that stays at another school to one of this school's people, and keeping nothing.

This school has checked who asks; the other one is told the file alone. What comes is passed on
piece by piece: it is never written to a disk here, and never more than a few pieces of it are in
memory. Nothing of what the other school claims about it is believed further than it can be looked
at.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from node import events
from node.actions import identity
from node.actions.context import MIB, Context
from node.actions.give import Elsewhere
from node.actions.viewing import Held
from node.pictures import sniff
from node.remote.stream import Stream
from node.storage import partners
from protocol import canonical, outbound
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import text_of

TICKET_TIMEOUT_S = 3.0
FIRST_BYTES_TIMEOUT_S = 10.0
MAX_THUMBNAIL_BYTES = MIB
MAX_TICKET_BYTES = 2_000
SPARE_MS = 10_000
"""A ticket is not used in its last seconds."""
_THUMBNAIL = "image/webp"
_VOID = frozenset({Reason.NOT_FOUND, Reason.GONE})
_SAID = _VOID | {Reason.BUSY, Reason.TOO_MANY_REQUESTS, Reason.BAD_INPUT, Reason.BAD_ANSWER}
"""Refusals that say something to whoever looks; in any other case the school was not reached."""


@dataclass(frozen=True)
class Range:
    """Which bytes are asked for: from `first` to `last`, or the last `suffix` of them."""

    first: int = 0
    last: int | None = None
    suffix: int = 0

    def within(self, size: int) -> tuple[int, int]:
        """The first byte, and the one behind the last. Refuses with BAD_INPUT what lies beyond."""
        start = max(0, size - self.suffix) if self.suffix else self.first
        end = size if self.last is None else min(self.last + 1, size)
        if not 0 <= start < end:
            raise Refused(Reason.BAD_INPUT, "this file has no such bytes", size=size)
        return start, end


@dataclass(frozen=True)
class View:
    """Bytes on their way from another school: `start` to `end` of `size`, in pieces.

    `media_type` is empty where nobody may show them. Reading `pieces` refuses where they break off.
    """

    media_type: str
    size: int
    start: int
    end: int
    pieces: AsyncIterator[bytes]


@asynccontextmanager
async def opened(
    context: Context, where: Elsewhere, wanted: Range, *, thumbnail: bool = False
) -> AsyncIterator[View]:
    """The bytes of a file at its school, or of its small picture, as they come.

    Refuses with UNREACHABLE a school that does not answer, rests, or is no partner or member at
    present, with BUSY, NOT_FOUND what the school does not show any more, BAD_INPUT a range beyond
    the end, and BAD_ANSWER what is not what the school says that it is.
    """
    origin = where.origin
    async with context.database.read() as reader:
        partner = await partners.find(reader, origin) if origin else None
    if partner is None or partner.state != "approved":
        raise Refused(Reason.UNREACHABLE, "this school is not connected with this node at present")
    viewing, object_ = context.viewing, where.file.reference
    async with viewing.room(origin, small=thumbnail), AsyncExitStack() as stack:
        viewing.require_awake(origin, context.now_ms())
        try:
            view = await _begin_again(context, stack, where, wanted, thumbnail)
            if view is None:
                viewing.forget(where.space, object_)
                held = await _ask(context, where)
                view = await _begin(context, stack, where, held, wanted, thumbnail)
        except Refused as refused:
            events.view_failed(where.space, origin, str(refused.reason))
            if refused.reason in _VOID or "size" in refused.facts:
                viewing.answered(origin)
            else:
                viewing.failed(origin, context.now_ms())
            if refused.reason in _SAID:
                raise
            raise Refused(Reason.UNREACHABLE, refused.detail) from None
        viewing.answered(origin)
        yield view


async def _begin_again(
    context: Context, stack: AsyncExitStack, where: Elsewhere, wanted: Range, thumbnail: bool
) -> View | None:
    """With a ticket that lies here; None where there is none, or the school has voided it."""
    reference = where.file.reference
    held = context.viewing.find(where.space, reference, context.now_ms() + SPARE_MS)
    if held is None:
        return None
    try:
        return await _begin(context, stack, where, held, wanted, thumbnail)
    except Refused as refused:
        if refused.reason not in _VOID:
            raise
        return None


async def _ask(context: Context, where: Elsewhere) -> Held:
    """A ticket from the school, in three seconds or not at all."""
    object_ = where.file.reference
    speaker = await identity.get_service_identity(context)
    asked = outbound.release(context.book, {"object": object_}, "view-request")
    url = f"{where.origin}/spaces/{where.space}/views"
    try:
        async with asyncio.timeout(TICKET_TIMEOUT_S):
            answer = await context.viewer.post(
                url, asked, origin=where.origin, as_=speaker, max_bytes=MAX_TICKET_BYTES
            )
    except TimeoutError:
        raise Refused(Reason.UNREACHABLE, "no ticket came in time", failure="timeout") from None
    if answer.status != 201:
        raise Refused(answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}")
    try:
        told = canonical.read_object(answer.body, max_bytes=MAX_TICKET_BYTES)
        context.book.check("view-ticket", told)
    except Refused:
        raise Refused(Reason.BAD_ANSWER, "what the partner answered is no ticket") from None
    size, small = _count(told, "size"), _count(told, "thumbnail")
    most = context.settings.files.video_mib * MIB
    if told["object"] != object_ or size > most or small > MAX_THUMBNAIL_BYTES:
        raise Refused(Reason.BAD_ANSWER, "the ticket is for something else, or for too much")
    held = Held(
        text_of(told, "ticket"),
        text_of(told, "mediaType"),
        size,
        small,
        context.now_ms() + _count(told, "seconds") * 1000,
    )
    context.viewing.keep(where.space, object_, held)
    return held


def _count(told: JSONObject, name: str) -> int:
    value = told.get(name, 0)
    return value if isinstance(value, int) else 0


async def _begin(
    context: Context,
    stack: AsyncExitStack,
    where: Elsewhere,
    held: Held,
    wanted: Range,
    thumbnail: bool,
) -> View:
    """The answer's beginning, looked at; the rest comes while it is read."""
    size = held.thumbnail_size if thumbnail else held.size
    if not size:
        raise Refused(Reason.NOT_FOUND, "This file has no small picture.")
    start, end = wanted.within(size)
    speaker = await identity.get_service_identity(context)
    url = f"{where.origin}/spaces/{where.space}/views/{held.ticket}"
    try:
        async with asyncio.timeout(FIRST_BYTES_TIMEOUT_S):
            stream = await stack.enter_async_context(
                context.viewer.stream(
                    f"{url}/thumbnail" if thumbnail else url,
                    origin=where.origin,
                    as_=speaker,
                    start=start,
                    most_bytes=end - start,
                    in_part=True,
                )
            )
            if stream.start != start:
                raise Refused(Reason.BAD_ANSWER, "it is another part than was asked for")
            head = await _read_head(stream, end - start)
    except TimeoutError:
        raise Refused(Reason.UNREACHABLE, "nothing came in time", failure="timeout") from None
    except Refused as refused:
        if refused.reason is Reason.BAD_INPUT:
            raise Refused(Reason.BAD_ANSWER, "it knows no such part of it") from None
        raise
    media_type = _THUMBNAIL if thumbnail else held.media_type
    if media_type not in sniff.INLINE:
        media_type = ""
    elif start == 0 and end >= min(sniff.HEAD_BYTES, size):
        kind = sniff.look_at(head)
        if kind is None or kind.media_type != media_type:
            raise Refused(Reason.BAD_ANSWER, "it is not what the school says that it is")
    return View(media_type, size, start, end, _pieces(head, stream, end - start))


async def _read_head(stream: Stream, count: int) -> bytes:
    """Enough of the beginning to tell what it is."""
    head = bytearray()
    async for piece in stream.pieces:
        head += piece
        if len(head) >= min(sniff.HEAD_BYTES, count):
            break
    return bytes(head)


async def _pieces(head: bytes, stream: Stream, count: int) -> AsyncIterator[bytes]:
    left = count - len(head)
    yield head
    async for piece in stream.pieces:
        left -= len(piece)
        yield piece
    if left:
        raise Refused(Reason.BAD_ANSWER, "it has not as many bytes as were said")
