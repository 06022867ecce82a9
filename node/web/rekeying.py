"""The form that takes another server's new key, at a hub and at a school."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from node.web.forms import Form
from node.web.i18n import later
from protocol.errors import Reason

MAX_CARD_CHARACTERS = 20_000
SENTENCES = {
    Reason.CONFLICT: later("This is the key that is known here already."),
    Reason.BAD_KEY: later("The fingerprint of the server is another one. Ask the school again."),
    Reason.WRONG_ACTOR: later("That is another server: it was set up anew, or the card is wrong."),
    Reason.UNREACHABLE: later(
        "The school's server does not answer. Ask its administrator for its card."
    ),
    Reason.BLOCKED: later("This server is blocked here. Lift the block first."),
}


@dataclass(frozen=True)
class Asked:
    """What was compared by telephone, and since when the old key may be in other hands."""

    compared: str
    since_ms: int
    card: str


def read(form: Form) -> Asked | None:
    """What the form says; nothing where something in it has to be mended first."""
    compared = form.line("compared", longest=80)
    since = form.day("since")
    card = form.text("card", longest=MAX_CARD_CHARACTERS, required=False)
    if not form.ok or since is None:
        return None
    at = datetime.combine(since, time.min, UTC)
    return Asked(compared, int(at.timestamp() * 1000), card)
