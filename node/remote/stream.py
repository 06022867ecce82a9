"""The bytes of a file as another node sends them: bounded, from where they were asked for."""

import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from aiohttp import hdrs

from node.remote.answer import Answer, read_answer
from protocol.errors import Reason, Refused

MAX_PROBLEM_BYTES = 64 * 1024
CALLED_BYTES = 768 * 1024
"""A piece of a file of a node that accepts no connection: it fits into one request of its own."""
_RANGE = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(\d{1,16})")


@dataclass(frozen=True)
class Stream:
    """`start` is where the bytes begin: as asked, or 0 where the other node sends all of them."""

    start: int
    pieces: AsyncIterator[bytes]


async def read_stream(
    response: aiohttp.ClientResponse, start: int, most_bytes: int, now_ms: int
) -> Stream:
    """Refuses with the other node's reason where it sends no file, with BAD_ANSWER for a range that
    was not asked for or more bytes than `most_bytes`, REDIRECTED as `read_answer`."""
    if response.status not in (200, 206):
        answer = await read_answer(response, MAX_PROBLEM_BYTES, now_ms)
        if answer.status == 416:
            # It has no more bytes than are here already: what is here is not what it has.
            raise _bad("range", "it has not so many bytes")
        facts = {} if answer.retry_after_s is None else {"retry_after_s": answer.retry_after_s}
        raise Refused(
            answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}", **facts
        )
    if response.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() != "identity":
        raise _bad("compressed", "it is compressed although that was not asked for")
    at = 0
    if response.status == 206:
        told = _RANGE.fullmatch(response.headers.get(hdrs.CONTENT_RANGE, "").strip())
        if told is None or int(told[1]) != start:
            raise _bad("range", "it is another part than was asked for")
        at = start
    left = most_bytes + (start - at)
    if response.content_length is not None and response.content_length > left:
        raise _bad("too_large", f"it is larger than {left} bytes")
    return Stream(at, _pieces(response, left))


class Ask(Protocol):
    """A GET with these headers whose answer has at most `max_bytes`."""

    def __call__(self, *, headers: Mapping[str, str], max_bytes: int) -> Awaitable[Answer]: ...


async def called_pieces(ask: Ask, start: int, most_bytes: int) -> AsyncIterator[bytes]:
    """The bytes from `start` on of a node that is called, a piece with each call.

    Refuses with the other node's reason, and with BAD_ANSWER what is no such piece.
    """
    at, end = start, start + most_bytes
    while at < end:
        last = min(at + CALLED_BYTES, end) - 1
        answer = await ask(headers={hdrs.RANGE: f"bytes={at}-{last}"}, max_bytes=CALLED_BYTES)
        if not answer.ok:
            raise Refused(
                answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}"
            )
        if answer.status != 206 or not answer.body:
            raise _bad("range", "it is no part of a file")
        at += len(answer.body)
        yield answer.body


async def _pieces(response: aiohttp.ClientResponse, left: int) -> AsyncIterator[bytes]:
    async for piece in response.content.iter_any():
        left -= len(piece)
        if left < 0:
            raise _bad("too_large", "it has more bytes than were said")
        yield piece


def _bad(failure: str, how: str) -> Refused:
    return Refused(Reason.BAD_ANSWER, f"the other node's answer is refused: {how}", failure=failure)
