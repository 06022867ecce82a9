"""Tokens that stand for what must not leave, and every form in which they could."""

import base64
import binascii
import gzip
import html
import json
import quopri
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote

GZIP = b"\x1f\x8b\x08"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
MOST_UNPACKED = 1 << 24


def _base64_at(offset: int) -> Callable[[str], bytes]:
    """The part of base64 that depends on the token alone, `offset` octets into a longer text."""

    def encoded(token: str) -> bytes:
        text = base64.b64encode(b"\0" * offset + token.encode())
        whole = (offset + len(token.encode())) // 3 * 4
        return text[-(-offset * 4 // 3) + (1 if offset else 0) : whole].rstrip(b"=")

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
    "base32": lambda token: base64.b32encode(token.encode()).rstrip(b"=")[:-1],
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


def find(octets: bytes, tokens: Iterable[str]) -> list[str]:
    """Which tokens stand in `octets`, and how they are written there."""
    found: list[str] = []
    layers = [octets, *_unpacked(octets)]
    lowered = [one.lower() for one in layers]
    for token in tokens:
        for name, encode in ENCODINGS.items():
            written = encode(token)
            plain = written if name in _CASE else written.lower()
            url_safe = written.replace(b"+", b"-").replace(b"/", b"_")
            searched = layers if name in _CASE else lowered
            if any(plain in one or (name in _CASE and url_safe in one) for one in searched):
                found.append(f"{token} as {name}")
    return found


def _unpacked(octets: bytes) -> Iterator[bytes]:
    """What opens as gzip, zlib or bare deflate where it says that it begins."""
    for mark, bits in ((GZIP, 31), *((one, 15) for one in ZLIB)):
        at = octets.find(mark)
        while at >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(bits).decompress(octets[at:], MOST_UNPACKED)
            at = octets.find(mark, at + 1)


def packed(text: str) -> bytes:
    """As a body that is sent with gzip."""
    return gzip.compress(text.encode())
