"""The one byte form of a JSON value (RFC 8785), strict reading (RFC 7493), digests, base64url."""

import base64
import hashlib
import json
import math
from typing import TypeAlias

import orjson
import rfc8785

from protocol.errors import Reason, Refused

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
JSONObject: TypeAlias = dict[str, JSON]

MAX_INTEGER = 2**53 - 1
MAX_DOCUMENT_BYTES = 1_048_576
MAX_DEPTH = 64


def read(data: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES, max_depth: int = MAX_DEPTH) -> JSON:
    """The value of strict I-JSON text (RFC 7493).

    Refuses with TOO_LARGE, TOO_DEEP (both before parsing) and BAD_JSON: invalid UTF-8, a repeated
    member, NaN or Infinity, a number that is not finite, a lone surrogate, an integer beyond
    2^53 - 1.
    """
    if len(data) > max_bytes:
        raise Refused(Reason.TOO_LARGE, f"send at most {max_bytes} bytes", max_bytes=max_bytes)
    _check_depth(data, max_depth)
    try:
        text = data.decode("utf-8")
        value: JSON = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_finite,
        )
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused(Reason.BAD_JSON, "the body is not valid JSON; send I-JSON") from None
    _check_text(value)
    return value


def read_object(
    data: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES, max_depth: int = MAX_DEPTH
) -> JSONObject:
    """As `read`, for a JSON object. Refuses with BAD_JSON any other value."""
    value = read(data, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(value, dict):
        raise Refused(Reason.BAD_JSON, "the body is no JSON object")
    return value


def _check_depth(data: bytes, max_depth: int) -> None:
    """Count brackets outside strings, before a parser could run out of stack."""
    depth, inside, escaped = 0, False, False
    for octet in data:
        if inside:
            if escaped:
                escaped = False
            elif octet == 0x5C:
                escaped = True
            elif octet == 0x22:
                inside = False
        elif octet == 0x22:
            inside = True
        elif octet in {0x5B, 0x7B}:
            depth += 1
            if depth > max_depth:
                raise Refused(Reason.TOO_DEEP, f"nest at most {max_depth} levels")
        elif octet in {0x5D, 0x7D}:
            depth -= 1


def _members(pairs: list[tuple[str, JSON]]) -> JSONObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused(Reason.BAD_JSON, "an object has a member twice; send each once")
    return members


def _no_constant(text: str) -> JSON:
    raise Refused(Reason.BAD_JSON, f"{text} is no JSON number")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > MAX_INTEGER:
        raise Refused(Reason.BAD_JSON, "an integer is beyond 2^53 - 1; send it as a string")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Refused(Reason.BAD_JSON, "a number is too large for a double")
    return value


def _check_text(value: JSON) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Refused(Reason.BAD_JSON, "a string holds half a surrogate pair")
    elif isinstance(value, list):
        for one in value:
            _check_text(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            _check_text(name)
            _check_text(one)


def _is_plain(value: JSON) -> bool:
    """No float, and only integers that a double holds: then orjson writes what RFC 8785 does."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return True
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, list):
        return all(_is_plain(one) for one in value)
    if isinstance(value, dict):
        return all(_is_plain(one) for one in value.values())
    return False


_ASTRAL = frozenset(range(0xEE, 0xF5))


def encode(value: JSON) -> bytes:
    """The RFC 8785 form of `value`. Refuses with BAD_JSON what has none (NaN, big integers)."""
    if _is_plain(value):
        try:
            data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            raise Refused(Reason.BAD_JSON, "the value has no canonical form") from None
        # orjson sorts by code point, RFC 8785 by UTF-16 unit: they differ only above U+DFFF.
        if _ASTRAL.isdisjoint(data):
            return data
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError):
        raise Refused(Reason.BAD_JSON, "the value has no canonical form") from None


def digest(value: JSON) -> bytes:
    """SHA-256 of the canonical form, 32 octets."""
    return hashlib.sha256(encode(value)).digest()


def b64(octets: bytes) -> str:
    """base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The octets of canonical unpadded base64url. Refuses with BAD_NAME anything else."""
    try:
        octets = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
    except ValueError:
        octets = None
    if octets is None or b64(octets) != text:
        raise Refused(Reason.BAD_NAME, "that is no base64url text without padding")
    return octets
