"""What a child is told whose file was not taken: what is wrong, and what to do now."""

from node.web.i18n import later
from protocol.errors import Reason, Refused

_OF_FILES = {
    Reason.UNSUPPORTED_MEDIA_TYPE: later(
        "This kind of file cannot be brought. Bring a photo, a sound, a film, a PDF or a text."
    ),
    Reason.TOO_LARGE: later("This file is too big: %(most)s MB are the most."),
    Reason.BAD_INPUT: later("There is nothing in this file. Choose another one."),
    Reason.TOO_MANY_ITEMS: later("Much of yours still waits. Ask your teacher to look at it."),
    Reason.BUSY: later("Another file of yours is still coming. Wait until it is here."),
}
_PACKED = later("This is a packed folder. Bring what is in it, one file after the other.")
_AS_PDF = later(
    "Something in this file may tell who made it, and cannot be taken out. Save it as PDF and "
    "bring that, or ask your teacher."
)
_DAMAGED = later("This file cannot be opened; maybe it is damaged. Try another one.")
_TOO_FULL = later("There is too much in this file. Make it smaller, or ask your teacher.")
_WHY = {
    "picture": later("This is no picture. Choose a photo or a drawing."),
    "broken": _DAMAGED,
    "unreadable": _DAMAGED,
    "heic": later(
        "This photo is of a kind that cannot be opened here (HEIC). Ask your teacher: a telephone "
        "can take photos as JPEG too."
    ),
    "locked": later("This file asks for a password. Save it without one and bring it again."),
    "archive": _PACKED,
    "old_office": _AS_PDF,
    "rtf": _AS_PDF,
    "epub": _AS_PDF,
    "macros": _AS_PDF,
    "inside": _AS_PDF,
    "other": _AS_PDF,
    "codec": later("This film or sound is of a rare kind. Ask your teacher to save it as MP4."),
    "points": _TOO_FULL,
    "unpacked": _TOO_FULL,
    "memory": _TOO_FULL,
}
"""By what the one who cleans files says of them."""


_NO_PICTURE = _WHY["picture"]
_OF_PICTURES = {
    Reason.STORAGE_FULL: later(
        "There is no room for pictures at your school just now. Hand in your words without one, or "
        "ask your teacher."
    ),
    Reason.UNSUPPORTED_MEDIA_TYPE: _NO_PICTURE,
}
_OF_SOME_PICTURES = frozenset({"broken", "unreadable", "heic"})


def of_picture(refused: Refused) -> str | None:
    """As `of_file`, where only a picture can be taken: what is none need not be saved otherwise."""
    if str(refused.facts.get("why", "")) in _OF_SOME_PICTURES:
        return of_file(refused)
    return _OF_PICTURES.get(refused.reason) or of_file(refused)


def of_file(refused: Refused) -> str | None:
    """A marked sentence with a place for `most`; None for what is not about the file."""
    return _WHY.get(str(refused.facts.get("why", ""))) or _OF_FILES.get(refused.reason)
