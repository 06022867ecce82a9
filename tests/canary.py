"""Finds a word in a file wherever it may stand: in bytes, in what is packed, in three encodings.

Written apart from the code that cleans: a zip is read by `zipfile`, a PDF by qpdf with every
stream unpacked, and every stretch that unpacks as zlib, deflate or gzip is looked into.
"""

import io
import re
import zipfile
import zlib
from typing import Final

import pikepdf

WORD: Final = "Canary"
_SPELLINGS: Final = tuple(WORD.encode(one) for one in ("utf-8", "utf-16-le", "utf-16-be"))
_PACKED: Final = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
DEEPEST: Final = 5


def find(octets: bytes, where: str = "", depth: int = 0) -> list[str]:
    """Where the word stands, with what follows it."""
    found = [
        f"{where}: {octets[one.start() : one.start() + 40]!r}"
        for spelled in _SPELLINGS
        for one in re.finditer(re.escape(spelled), octets)
    ]
    if depth >= DEEPEST:
        return found
    if octets[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            for entry in archive.infolist():
                said = f"{entry.filename} ".encode() + entry.comment + entry.extra
                found += find(said, f"{where}/{entry.filename} (entry)", DEEPEST)
                found += find(archive.read(entry), f"{where}/{entry.filename}", depth + 1)
    elif octets[:5] == b"%PDF-":
        found += _find_in_pdf(octets, where, depth)
    else:
        for one in _PACKED.finditer(octets):
            try:
                inner = zlib.decompressobj().decompress(octets[one.start() :], 10_000_000)
            except zlib.error:
                continue
            found += find(inner, f"{where}@{one.start()}", depth + 1)
    return found


def _find_in_pdf(octets: bytes, where: str, depth: int) -> list[str]:
    found = []
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        for number, one in enumerate((pdf.trailer, *pdf.objects)):
            if isinstance(one, pikepdf.Stream):
                try:
                    inner = one.read_bytes()
                except pikepdf.PdfError:
                    inner = one.read_raw_bytes()
                found += find(inner, f"{where}/stream {number}", depth + 1)
            # Its own writing of strings may be in hexadecimal or in UTF-16.
            found += find(_spell(one), f"{where}/object {number}", DEEPEST)
    return found


def _spell(one: object) -> bytes:
    words: list[str] = []
    waiting: list[object] = [one]
    while waiting:
        at = waiting.pop()
        if isinstance(at, pikepdf.String | pikepdf.Name):
            words.append(str(at))
        elif isinstance(at, pikepdf.Array):
            waiting += [inner for inner in at if not getattr(inner, "objgen", (0, 0))[0]]
        elif isinstance(at, pikepdf.Dictionary | pikepdf.Stream):
            words += list(at.keys())
            inner = [at.get(key) for key in list(at.keys())]
            waiting += [value for value in inner if not getattr(value, "objgen", (0, 0))[0]]
    return " ".join(words).encode()
