"""What lies in a document beside its XML: pictures, sound, films, fonts, other documents."""

import io
import re
from collections.abc import Callable
from typing import Final

from node.cleaning import embedded, films
from node.cleaning.cage import Unfit
from node.cleaning.kinds import FILMS, OFFICE, OPEN_DOCUMENT
from node.pictures import sniff

DEEPEST: Final = 2
"""How many documents may lie in one another."""

Again = Callable[[bytes, str, int], bytes]
"""Cleans a whole document of a media type that lies so deep in others."""

_FONTS: Final = (".odttf", ".fntdata", ".ttf", ".otf")
_FONT_STARTS: Final = (b"\0\1\0\0", b"OTTO", b"true")
_PICTURE_NAME: Final = re.compile(
    r"(?:^|.*[/\\])[^/\\]*\.(?:jpe?g|png|gif|bmp|tiff?|webp|heic|heif|svg|emf|wmf|mp4|mov|avi)\s*$|"
    r"^(?:[A-Za-z]:)?\\.*|^file:.*|^/(?:home|Users)/.*",
    re.IGNORECASE | re.DOTALL,
)


def clean_binary(name: str, octets: bytes, depth: int, again: Again) -> bytes:
    """Refuses with inside what cannot be cleaned, with macros a program."""
    lower = name.lower()
    if lower.endswith(_FONTS) and (lower.endswith(".odttf") or octets[:4] in _FONT_STARTS):
        return octets
    if "vbaproject" in lower or "activex" in lower:
        raise Unfit("macros")
    kind = sniff.look_at(octets[: sniff.HEAD_BYTES])
    try:
        if kind is not None and kind.is_picture:
            return embedded.clean(octets)
        if kind is not None and kind.media_type in FILMS:
            return _clean_film(octets, kind.media_type)
        if kind is not None and kind.media_type.startswith((OFFICE, OPEN_DOCUMENT)):
            if depth >= DEEPEST:
                raise Unfit("inside")
            return again(octets, kind.media_type, depth + 1)
    except (Unfit, *films.BROKEN):
        raise Unfit("inside") from None
    raise Unfit("inside")


def _clean_film(octets: bytes, media_type: str) -> bytes:
    out = io.BytesIO()
    if films.clean(io.BytesIO(octets), out, media_type, "") != media_type:
        raise Unfit("inside")
    return out.getvalue()


def is_of_a_file(words: str) -> bool:
    """Whether what a picture is called, or described by, is where it lay on somebody's disk."""
    return _PICTURE_NAME.fullmatch(words) is not None
