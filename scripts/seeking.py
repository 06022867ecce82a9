"""Words that must not stand somewhere, looked for in every form in which they could."""

import base64
import binascii
import html
import json
import quopri
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote

from protocol.folding import fold

GZIP = b"\x1f\x8b\x08"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
BODY = b"\r\n\r\n"
ZIPPED = b"PK\x03\x04"
MOST_UNPACKED = 1 << 24
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]*)?\r\n")
_BEGIN = 8
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}")


def _base64_at(offset: int) -> Callable[[str], bytes]:
    """The part of base64 that depends on the token alone, `offset` octets into a longer text."""

    def encoded(token: str) -> bytes:
        text = base64.b64encode(b"\0" * offset + token.encode())
        whole = (offset + len(token.encode())) // 3 * 4
        return text[-(-offset * 4 // 3) + (1 if offset else 0) : whole].rstrip(b"=")

    return encoded


def _base32_at(offset: int) -> Callable[[str], bytes]:
    """The same of base32, where eight letters stand for five octets."""

    def encoded(token: str) -> bytes:
        octets = b"\0" * offset + token.encode()
        return base64.b32encode(octets)[-(-offset * 8 // 5) : len(octets) * 8 // 5]

    return encoded


ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": lambda token: token.encode(),
    "utf-16-le": lambda token: token.encode("utf-16-le"),
    "utf-16-be": lambda token: token.encode("utf-16-be"),
    "nfd": lambda token: unicodedata.normalize("NFD", token).encode(),
    "latin-1": lambda token: token.encode("latin-1"),
    "percent": lambda token: quote(token).encode(),
    "percent, all of it": lambda token: "".join(f"%{one:02X}" for one in token.encode()).encode(),
    "quoted-printable": lambda token: quopri.encodestring(token.encode()),
    "hexadecimal": lambda token: binascii.hexlify(token.encode()),
    **{f"base32 at {offset}": _base32_at(offset) for offset in range(5)},
    "JSON escapes": lambda token: json.dumps(token)[1:-1].encode(),
    "JSON escapes, all of it": lambda token: "".join(
        f"\\u{ord(one):04x}" for one in token
    ).encode(),
    "HTML entities": lambda token: html.escape(token).encode("ascii", "xmlcharrefreplace"),
    "HTML entities, all of it": lambda token: "".join(f"&#{ord(one)};" for one in token).encode(),
    "base64 at 0": _base64_at(0),
    "base64 at 1": _base64_at(1),
    "base64 at 2": _base64_at(2),
    "punycode": lambda token: token.encode("punycode"),
}
_CASE = frozenset({"base64 at 0", "base64 at 1", "base64 at 2"})
"""Where a capital is another letter; everywhere else capitals are overlooked."""


def _spellings(token: str) -> Iterable[str]:
    """As it is, in capitals beyond ASCII, and as it stands in the rows of the search."""
    return dict.fromkeys((token, token.upper(), token.lower(), fold(token)))


def find(octets: bytes, tokens: Iterable[str]) -> list[str]:
    """Which tokens stand in `octets`, and how they are written there."""
    found: list[str] = []
    layers = [octets, *_unpacked(octets)]
    for opened in (*_dechunked(octets), *_decoded(octets)):
        layers += [opened, *_unpacked(opened)]
    plain = b"\n".join(layers)
    lowered = plain.lower()
    begins: dict[tuple[bool, bytes], bool] = {}
    for token in tokens:
        for written, name in _forms(token).items():
            is_exact = name in _CASE
            heap, begin = plain if is_exact else lowered, written[:_BEGIN]
            # Tokens of one school begin alike: what begins nowhere is looked for once.
            if (is_exact, begin) not in begins:
                begins[is_exact, begin] = begin in heap
            if begins[is_exact, begin] and written in heap:
                found.append(f"{token} as {name}")
    return found


def _forms(token: str) -> dict[bytes, str]:
    """Every form in which a token may stand there, each once."""
    forms: dict[bytes, str] = {}
    for name, encode in ENCODINGS.items():
        for one in _spellings(token):
            written = encode(one)
            if name in _CASE:
                forms.setdefault(written.replace(b"+", b"-").replace(b"/", b"_"), name)
                forms.setdefault(written, name)
            else:
                forms.setdefault(written.lower(), name)
    return forms


def _unpacked(octets: bytes) -> Iterator[bytes]:
    """What opens as gzip or zlib where it says that it begins; as bare deflate, which says nothing,
    where a body or a file of a zip archive does."""
    begins = [
        *((GZIP, 31, _here), *((one, 15, _here) for one in ZLIB)),
        *((BODY, -15, _behind), (ZIPPED, -15, _behind_name)),
    ]
    for mark, bits, start_of in begins:
        at = octets.find(mark)
        while at >= 0:
            with suppress(zlib.error, struct.error):
                start = start_of(octets, at)
                yield zlib.decompressobj(bits).decompress(octets[start:], MOST_UNPACKED)
            at = octets.find(mark, at + 1)


def _here(_: bytes, at: int) -> int:
    return at


def _behind(_: bytes, at: int) -> int:
    return at + len(BODY)


def _behind_name(octets: bytes, at: int) -> int:
    """Behind the header of a file in a zip archive (APPNOTE 4.3.7)."""
    name, extra = struct.unpack_from("<HH", octets, at + 26)
    return at + 30 + int(name) + int(extra)


def _dechunked(octets: bytes) -> Iterator[bytes]:
    """Bodies that were sent in chunks, in one piece (RFC 9112 \u00a77.1)."""
    at = octets.find(BODY)
    while at >= 0:
        body, here = bytearray(), at + len(BODY)
        while size := _CHUNK.match(octets, here):
            length = int(size[1], 16)
            body += octets[size.end() : size.end() + length]
            here = size.end() + length + 2
            if not length:
                break
        if body:
            yield bytes(body)
        at = octets.find(BODY, at + 1)


def _decoded(octets: bytes) -> Iterator[bytes]:
    """What is packed and stands there in base64, at whichever letter it began."""
    for run in _BASE64.finditer(octets):
        text = run[0].replace(b"-", b"+").replace(b"_", b"/")
        for begin in range(4):
            part = text[begin:]
            opened = base64.b64decode(part[: len(part) // 4 * 4])
            if GZIP in opened or ZIPPED in opened:
                yield opened
