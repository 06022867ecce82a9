"""Which process cleans what, and what is not taken because nothing cleans it."""

from typing import Final, Literal

OFFICE: Final = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
PDF: Final = "application/pdf"

FILMS: Final = {
    "video/mp4": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "video/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/aac": "aac",
}
"""Sound and films, and which of the library's readers may look at each; no other ever does."""

Uncleaned = Literal["archive", "old_office", "rtf", "epub", "other"]

_UNCLEANED: Final[dict[str, Uncleaned]] = {
    "application/zip": "archive",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "application/x-ole-storage": "old_office",
}


def program_for(media_type: str) -> str | None:
    """The module that cleans a file of this type; None where none does."""
    if media_type in FILMS:
        return "node.cleaning.films"
    if media_type == PDF:
        return "node.cleaning.pdf"
    if media_type.startswith((OFFICE, OPEN_DOCUMENT)):
        return "node.cleaning.documents"
    return None


def is_bare(media_type: str) -> bool:
    """Whether a file of this type is its words and nothing else, so that nothing can be removed."""
    return media_type == "text/plain"


def uncleaned(media_type: str) -> Uncleaned:
    """Why a file of a type without a program is not taken."""
    return _UNCLEANED.get(media_type, "other")
