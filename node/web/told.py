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
_BROKEN = later("%(file)s cannot be read. Save the picture anew and bring it again.")


def of_file(refused: Refused) -> str:
    """A marked sentence; it may have a place for the file's name."""
    if refused.facts.get("why") == "broken":
        return _BROKEN
    return OF_FILES.get(refused.reason) or sentence_of(refused.reason)
