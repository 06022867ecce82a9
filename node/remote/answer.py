"""What another node answered: a status, the few headers that mean something, a bounded body."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp import hdrs

from protocol.canonical import read_object
from protocol.errors import Reason, Refused

DEFAULT_MAX_BYTES = 1 << 20
MAX_RETRY_AFTER_S = 86_400
MAX_HEADER_CHARACTERS = 1024
_KEPT_HEADERS = (hdrs.CONTENT_TYPE, hdrs.ETAG, hdrs.LAST_MODIFIED, hdrs.LINK)


@dataclass(frozen=True)
class Answer:
    """One answer. `headers` has lower-case names; `reason` is set when it is a known refusal."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after_s: int | None
    reason: Reason | None
    clock_ms: int | None = None
    """What the other node's clock showed, to the second."""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


async def read_answer(response: aiohttp.ClientResponse, max_bytes: int, now_ms: int) -> Answer:
    """Read at most `max_bytes` of body. Refuses with REDIRECTED or BAD_ANSWER (`failure`)."""
    status = response.status
    if 300 <= status < 400 and status != 304:
        raise Refused(
            Reason.REDIRECTED,
            "the other node points elsewhere; its administrator must correct its address",
            status=status,
        )
    if status < 200:
        raise _bad_answer("protocol", "it switched to another protocol unasked")
    if response.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() != "identity":
        raise _bad_answer("compressed", "it is compressed although that was not asked for")
    body = await _read_body(response, max_bytes)
    headers = {
        name.lower(): response.headers[name][:MAX_HEADER_CHARACTERS]
        for name in _KEPT_HEADERS
        if name in response.headers
    }
    retry_after_s = _read_retry_after(response.headers.get(hdrs.RETRY_AFTER), now_ms)
    reason = None
    if status >= 400 and response.content_type == "application/problem+json":
        reason = read_reason(body)
    return Answer(status, headers, body, retry_after_s, reason, _read_clock(response))


def require_within(answer: Answer, max_bytes: int) -> Answer:
    """The answer, if its body is no larger. Refuses with BAD_ANSWER."""
    if len(answer.body) > max_bytes:
        raise _too_large(max_bytes)
    return answer


async def _read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    body = bytearray()
    if response.content_length is not None and response.content_length > max_bytes:
        raise _too_large(max_bytes)
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _read_retry_after(text: str | None, now_ms: int) -> int | None:
    """Seconds to wait (RFC 9110 §10.2.3), between 0 and one day, or None when unreadable."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        # A day at most: a partner's slip must not silence it for years.
        return min(int(text), MAX_RETRY_AFTER_S) if len(text) < 10 else MAX_RETRY_AFTER_S
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at_s = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return max(0, min(int(at_s - now_ms / 1000), MAX_RETRY_AFTER_S))


def _read_clock(response: aiohttp.ClientResponse) -> int | None:
    """The Date of an answer (RFC 9110 §6.6.1)."""
    try:
        at = parsedate_to_datetime(response.headers.get(hdrs.DATE, ""))
    except (ValueError, OverflowError):
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def read_reason(body: bytes) -> Reason | None:
    """The `reason` of a problem document (RFC 9457) when it is one that this node knows."""
    try:
        return Reason(str(read_object(body).get("reason")))
    except (Refused, ValueError):
        return None


def _too_large(max_bytes: int) -> Refused:
    return _bad_answer("too_large", f"it is larger than {max_bytes} bytes")


def _bad_answer(failure: str, how: str) -> Refused:
    return Refused(Reason.BAD_ANSWER, f"the other node's answer is refused: {how}", failure=failure)
