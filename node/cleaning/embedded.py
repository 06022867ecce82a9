"""Pictures inside documents, without what they say about themselves; every point stays as it is.

A document names its pictures by format, size and colours, so they cannot be made anew as the
pictures that people bring by themselves are (`node.pictures.child`). The parts of a file that a
reader needs are copied, by a list of what may stay; everything else goes.
"""

import io
import struct
from collections.abc import Iterator
from typing import Final

from PIL import GifImagePlugin, Image, ImageSequence

from node.cleaning.cage import Unfit

LOADED: Final = (GifImagePlugin, ImageSequence)
"""Read before the process may open nothing any more."""
Image.preinit()

_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""Marks without a length: TEM, restarts, the beginning."""
_JPEG_KEPT: Final = frozenset({0xE0, 0xEE, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE})
"""JFIF and Adobe's word on colours, tables, numbers of lines, restarts, hierarchy."""
_JFIF_BYTES: Final = 14
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"}
    | {b"acTL", b"fcTL", b"fdAT", b"bKGD"}
)
_JP2_START: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_DROPPED: Final = frozenset({b"xml ", b"uuid", b"uinf", b"asoc", b"lbl ", b"free", b"skip"})
_ICC_TEXTS: Final = frozenset(
    {b"desc", b"cprt", b"dmnd", b"dmdd", b"vued", b"targ", b"tech", b"view", b"devs", b"calt"}
    | {b"dscm", b"mmod", b"psd0", b"psd1", b"psd2", b"psd3", b"pseq", b"psid", b"scrd", b"meta"}
)


def clean(octets: bytes) -> bytes:
    """A JPEG, PNG or GIF without its metadata. Refuses with inside what is none, or is broken."""
    try:
        if octets.startswith(b"\xff\xd8\xff"):
            return clean_jpeg(octets)
        if octets.startswith(_PNG_START):
            return b"".join((_PNG_START, *_png_chunks(octets)))
        if octets.startswith((b"GIF87a", b"GIF89a")):
            return _clean_gif(octets)
    except (OSError, ValueError, IndexError, struct.error, EOFError, SyntaxError):
        pass
    raise Unfit("inside")


def clean_jpeg(octets: bytes) -> bytes:
    """A JPEG (ITU-T T.81 annex B) up to its end, without comments and applications' segments.

    Raises ValueError, IndexError, struct.error for one that is broken.
    """
    if not octets.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    kept, at = [b"\xff\xd8"], 2
    while at < len(octets):
        if octets[at] != 0xFF:
            raise ValueError("no marker")
        code = octets[at + 1]
        if code == 0xFF:
            at += 1
            continue
        if code == 0xD9:
            break
        if code in _JPEG_BARE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", octets, at + 2)
        segment = octets[at : at + 2 + length]
        if length < 2 or len(segment) < 2 + length:
            raise ValueError("cut off")
        at += 2 + length
        if code == 0xE0:
            kept.append(_jfif(segment))
        elif code == 0xEE:
            kept.append(segment if segment[4:9] == b"Adobe" and length == 14 else b"")
        elif code in _JPEG_KEPT or 0xC0 <= code <= 0xCF:
            kept.append(segment)
        elif code == 0xDA:
            end = _end_of_scan(octets, at)
            kept += [segment, octets[at:end]]
            at = end
    return b"".join((*kept, b"\xff\xd9"))


def _jfif(segment: bytes) -> bytes:
    """JFIF's head without its small picture; nothing of any other application."""
    if segment[4:9] != b"JFIF\0" or len(segment) < 4 + _JFIF_BYTES:
        return b""
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"


def _end_of_scan(octets: bytes, at: int) -> int:
    """Where the points of a scan end: at the next mark that is neither stuffing nor a restart."""
    while True:
        at = octets.find(b"\xff", at)
        if at < 0 or at + 1 >= len(octets):
            return len(octets)
        if octets[at + 1] == 0 or 0xD0 <= octets[at + 1] <= 0xD7:
            at += 2
        elif octets[at + 1] == 0xFF:
            at += 1
        else:
            return at


def _png_chunks(octets: bytes) -> Iterator[bytes]:
    at, seen = len(_PNG_START), b""
    while seen != b"IEND":
        length, seen = struct.unpack_from(">I4s", octets, at)
        chunk = octets[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise ValueError("cut off")
        at += 12 + length
        if seen in _PNG_KEPT:
            yield chunk


def _clean_gif(octets: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(octets), formats=["GIF"]) as image:
        frames, waits = [], []
        for frame in ImageSequence.Iterator(image):
            waits.append(frame.info.get("duration", 0))
            bare = frame.copy()
            bare.info = {key: bare.info[key] for key in ("transparency",) if key in bare.info}
            frames.append(bare)
        loop = image.info.get("loop")
    more = {} if loop is None else {"loop": loop}
    frames[0].save(
        *(out, "GIF"),
        save_all=len(frames) > 1,
        append_images=frames[1:],
        duration=waits if len(frames) > 1 else waits[0],
        **more,
    )
    return out.getvalue()


def clean_jpeg_2000(octets: bytes) -> bytes:
    """A JP2 (ISO 15444-1 annex I) without boxes of text; a bare codestream stays as it is."""
    if not octets.startswith(_JP2_START):
        return octets
    kept, at = [], 0
    while at + 8 <= len(octets):
        length, kind = struct.unpack_from(">I4s", octets, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", octets, at + 8)
        elif length == 0:
            length = len(octets) - at
        if length < 8:
            raise ValueError("no box")
        if kind not in _JP2_DROPPED:
            kept.append(octets[at : at + length])
        at += length
    return b"".join(kept)


def clean_profile(octets: bytes) -> bytes:
    """An ICC profile (ICC.1 section 7) whose texts, makers and times are empty; colours stay."""
    if len(octets) < 132 or octets[36:40] != b"acsp":
        raise ValueError("no profile")
    (count,) = struct.unpack_from(">I", octets, 128)
    out = bytearray(octets)
    for start, end in ((24, 36), (48, 56), (80, 100)):
        out[start:end] = bytes(end - start)
    entries = [struct.unpack_from(">4sII", octets, 132 + 12 * n) for n in range(min(count, 200))]
    for name, at, size in entries:
        if name in _ICC_TEXTS and at >= 132 and size >= 8 and at + size <= len(out):
            out[at + 8 : at + size] = bytes(size - 8)
    return bytes(out)
