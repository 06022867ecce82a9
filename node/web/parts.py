"""The parts of a form with files, as they come: what is no form is refused, and no mistake of this
node is taken for one."""

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web

from node.web.forms import UNREADABLE
from protocol.errors import Reason, Refused

PIECE_BYTES = 65_536
MULTIPART = "multipart/form-data"


class NoForm(Refused):
    """What was sent is no form; no file in it is to blame."""

    def __init__(self) -> None:
        super().__init__(Reason.BAD_INPUT, f"the form is no {MULTIPART}")


async def each(request: web.Request) -> AsyncIterator[BodyPartReader]:
    """One after the other, those that have a name. Raises NoForm."""
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name is not None:
                yield part
    except UNREADABLE:
        raise NoForm from None


async def pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    """What is in it, as it comes. Raises NoForm."""
    try:
        while piece := await part.read_chunk(PIECE_BYTES):
            yield bytes(piece)
    except UNREADABLE:
        raise NoForm from None


async def text(part: BodyPartReader, most: int) -> str:
    """What was typed, at most so many bytes. Refuses with TOO_LARGE; raises NoForm."""
    octets = b""
    async for piece in pieces(part):
        octets += piece
        if len(octets) > most:
            raise Refused(Reason.TOO_LARGE, f"this field holds at most {most} bytes")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise NoForm from None


async def pass_over(part: BodyPartReader) -> None:
    """The rest of it, so that the answer is heard. Raises NoForm."""
    try:
        await part.release()
    except UNREADABLE:
        raise NoForm from None
