"""The one byte form of a value (RFC 8785), and the strict reading of JSON (I-JSON, RFC 7493).

A signature covers bytes, so every node has to agree on them. `read` therefore refuses whatever two
readers could understand differently (repeated keys, numbers that no double holds, halves of a
surrogate pair), before anything else looks at the value; `encode` writes the one form that is
hashed and signed.
"""

import base64
import binascii
import hashlib
import json
import re
from typing import Final, NoReturn, TypeAlias

import orjson
import rfc8785

from protocol.errors import Reason, Refused

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
JSONObject: TypeAlias = dict[str, JSON]

MAX_INTEGER: Final = 2**53 - 1
MAX_DOCUMENT_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 64

# A string (closed or cut off, so that scanning stays linear) or a bracket.
_STRING_OR_BRACKET: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{\]}]', re.DOTALL)
# From U+E000 on, order by UTF-8 bytes and order by UTF-16 units differ (RFC 8785 §3.2.3).
_PERHAPS_MISSORTED: Final = bytes(range(0xEE, 0xF5))
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


def read(data: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES, max_depth: int = MAX_DEPTH) -> JSON:
    """Read JSON from received bytes, strictly (RFC 7493 §2).

    Refuses with TOO_LARGE, TOO_DEEP and BAD_JSON. Stricter than I-JSON in one point: a number
    beyond ±(2^53-1) is refused however it is spelled, because its canonical form would be an
    integer that I-JSON forbids.
    """
    if len(data) > max_bytes:
        raise Refused(
            Reason.TOO_LARGE,
            f"send at most {max_bytes} bytes, these are {len(data)}",
            max_bytes=max_bytes,
        )
    _check_depth(data, max_depth)
    try:
        value: JSON = orjson.loads(data)
        # Whoever writes without spaces and escapes gets his own bytes back, and then no key can
        # have been repeated: the common case, several times quicker than the hooks below.
        if orjson.dumps(value) == data and _is_plain(value):
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return _read_slowly(data)


def read_object(
    data: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES, max_depth: int = MAX_DEPTH
) -> JSONObject:
    """Read a JSON object as `read` does; any other value is refused with BAD_JSON."""
    value = read(data, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(value, dict):
        raise Refused(Reason.BAD_JSON, "send a JSON object, not another value")
    return value


def encode(value: JSON) -> bytes:
    """Write the canonical form (RFC 8785) of a value.

    Refuses with BAD_JSON what has none: NaN, Infinity, integers beyond ±(2^53-1), lone surrogates.
    """
    try:
        quick = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if _is_plain(value) and len(quick.translate(None, _PERHAPS_MISSORTED)) == len(quick):
            return quick
    except orjson.JSONEncodeError:
        pass
    try:
        return rfc8785.dumps(value)
    except RecursionError as why:
        raise Refused(Reason.TOO_DEEP, "nest the value less deeply") from why
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as why:
        raise Refused(Reason.BAD_JSON, f"the value has no canonical form: {why}") from why


def digest(value: JSON) -> bytes:
    """SHA-256 of the canonical form, 32 bytes."""
    return hashlib.sha256(encode(value)).digest()


def b64(data: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """Read base64url without padding; every value has exactly one spelling, else BAD_NAME."""
    if _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise Refused(Reason.BAD_NAME, "write bytes as base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as why:
        raise Refused(Reason.BAD_NAME, "write bytes as base64url without padding") from why
    if b64(data) != text:
        raise Refused(Reason.BAD_NAME, "set the unused bits of the last base64url letter to zero")
    return data


def _check_depth(data: bytes, max_depth: int) -> None:
    # Counting looks into strings too, so it can only be too careful.
    if data.count(b"[") + data.count(b"{") <= max_depth:
        return
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(data):
        first = data[found.start()]
        if first in b"[{":
            depth += 1
            if depth > max_depth:
                raise Refused(
                    Reason.TOO_DEEP, f"nest at most {max_depth} deep", max_depth=max_depth
                )
        elif first in b"]}":
            depth -= 1


def _read_slowly(data: bytes) -> JSON:
    try:
        text = data.decode("utf-8")
        value: JSON = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_double,
            parse_constant=_constant,
        )
        # json accepts halves of a surrogate pair in escapes; UTF-8 has no bytes for them.
        if "\\u" in text:
            orjson.dumps(value)
    except UnicodeDecodeError as why:
        raise Refused(Reason.BAD_JSON, "send UTF-8") from why
    except orjson.JSONEncodeError as why:
        raise Refused(Reason.BAD_JSON, "a \\u escape names half of a surrogate pair") from why
    except (ValueError, RecursionError) as why:
        raise Refused(Reason.BAD_JSON, f"send JSON as RFC 8259 defines it: {why}") from why
    return value


def _object(pairs: list[tuple[str, JSON]]) -> JSONObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Refused(Reason.BAD_JSON, "name every member of an object once")
    return value


def _integer(text: str) -> int:
    # Seventeen characters hold every allowed number, and int() of a million digits is slow.
    value = int(text) if len(text) <= 17 else MAX_INTEGER + 1
    if abs(value) > MAX_INTEGER:
        raise Refused(Reason.BAD_JSON, "keep numbers within ±(2^53-1)")
    return value


def _double(text: str) -> float:
    value = float(text)
    if abs(value) > MAX_INTEGER:
        raise Refused(Reason.BAD_JSON, "keep numbers within ±(2^53-1)")
    return value


def _constant(text: str) -> NoReturn:
    raise Refused(Reason.BAD_JSON, f"{text} is not JSON")


def _is_plain(value: JSON) -> bool:
    """Whether no part of this value is one that orjson and RFC 8785 write differently."""
    parts = [value]
    for part in parts:
        if type(part) is str or type(part) is bool or part is None:
            continue
        if isinstance(part, dict):
            parts += part.values()
        elif isinstance(part, list):
            parts += part
        elif type(part) is not int or not -MAX_INTEGER <= part <= MAX_INTEGER:
            return False
    return True
