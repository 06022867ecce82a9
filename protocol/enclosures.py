"""Documents that a school encloses with its application to a hub: what may be one.

A short list of kinds that every office can open, told by their own first bytes. What a name or a
header claims is not looked at.
"""

from typing import Final

from protocol.errors import Reason, Refused

_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
MEDIA_TYPES: Final = frozenset(media_type for _, media_type in _STARTS)


def read_type(octets: bytes) -> str:
    """The media type of a document. Refuses with UNSUPPORTED_MEDIA_TYPE what is of no kind here."""
    for start, media_type in _STARTS:
        if octets.startswith(start):
            return media_type
    raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "Enclose a PDF, a JPEG or a PNG.")
