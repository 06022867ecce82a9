"""What to tell somebody whose file was not taken, by name."""

from node.web.i18n import later
from node.web.refusals import sentence_of
from protocol.errors import Reason, Refused

OF_FILES = {
    Reason.UNSUPPORTED_MEDIA_TYPE: later(
        "%(file)s is not taken: bring pictures (JPEG, PNG, WebP, GIF), PDF, office documents, "
        "sound or films."
    ),
    Reason.TOO_LARGE: later("%(file)s is too large."),
    Reason.BAD_INPUT: later("%(file)s is empty."),
    Reason.TOO_MANY_ITEMS: later("Too many files wait to be described. Publish those first."),
}
_WHY = {
    "broken": later("%(file)s cannot be read. Save the picture anew and bring it again."),
    "heic": later(
        "%(file)s is a picture that this server cannot read (HEIC). Save it as JPEG and bring "
        "that; an iPhone takes such pictures with the setting “Most Compatible”."
    ),
    "unreadable": later("%(file)s cannot be read. Save it anew and bring it again."),
    "archive": later("%(file)s is an archive. Unpack it and bring the files that are in it."),
    "old_office": later("%(file)s is of an old kind. Save it as DOCX, XLSX, PPTX or PDF first."),
    "rtf": later("%(file)s is of an old kind. Save it as DOCX, ODT or PDF first."),
    "epub": later("%(file)s cannot be cleaned. Save it as PDF and bring that."),
    "locked": later("%(file)s asks for a password. Save it without one and bring it again."),
    "macros": later("%(file)s has macros. Save it without them and bring it again."),
    "inside": later(
        "Something inside %(file)s might tell who made it, and cannot be cleaned. Save it as PDF "
        "and bring that."
    ),
    "codec": later("%(file)s is a film or sound of a rare kind. Save it as MP4 or MP3 first."),
    "other": later("%(file)s cannot be cleaned. Save it as PDF and bring that."),
    "unpacked": later("Too much is packed in %(file)s. Bring it in parts."),
    "memory": later("%(file)s is too large to be cleaned. Bring it in parts."),
}
"""By what the one who cleans files says of them."""


def of_file(refused: Refused) -> str:
    """A marked sentence; it may have a place for the file's name."""
    why = _WHY.get(str(refused.facts.get("why", "")))
    if why is not None:
        return why
    return OF_FILES.get(refused.reason) or sentence_of(refused.reason)
