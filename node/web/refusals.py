"""Each Reason in words for the person at the screen.

The machine's sentence (`Refused.detail`) is English and for logs; this one is translated.
"""

from node.web.i18n import later
from protocol.errors import Reason

_SENTENCES = {
    Reason.TOO_LARGE: later("This is too large. Shorten it and send it again."),
    Reason.TOO_MANY_ITEMS: later("There are too many of these already. Close one first."),
    Reason.UNSUPPORTED_MEDIA_TYPE: later("This page takes no files."),
    Reason.BAD_INPUT: later("Something here cannot be read. Look through it and send it again."),
    Reason.BAD_NAME: later("This address is not written correctly."),
    Reason.NOT_PARTNER: later(
        "Your school is not connected with that school yet. Ask your administrator to add it."
    ),
    Reason.BLOCKED: later("The connection with this school or person is blocked."),
    Reason.NOT_SIGNED_IN: later("Sign in first."),
    Reason.NOT_ALLOWED: later("Your account may not do this. Your school's administrator can."),
    Reason.NOT_OWNER: later("Only the person who wrote this can change it."),
    Reason.OWN_ORIGIN: later("This address belongs to your own school."),
    Reason.FOREIGN_ORIGIN: later("This belongs to another school."),
    Reason.CROSS_SITE: later(
        "This form came from another site, so nothing was changed. Open the page and try again."
    ),
    Reason.BAD_CREDENTIALS: later("The name or the password is not right."),
    Reason.NOT_FOUND: later("Nothing was found under this name. Check how it is written."),
    Reason.GONE: later("This was deleted."),
    Reason.IMMUTABLE_FIELD: later("This cannot be changed any more."),
    Reason.CONFLICT: later("Somebody changed this in the meantime. Look at it again."),
    Reason.NEVER_OFFERED: later("There is no open offer to answer."),
    Reason.ALREADY_ANSWERED: later("This was answered already."),
    Reason.LAPSED: later("This has lapsed. Ask for a new one."),
    Reason.READ_ONLY: later("This is closed: it can be read, but not changed."),
    Reason.OVER_QUOTA: later(
        "The share of your school in this space is used up. Delete something for ever, or ask your "
        "administrator."
    ),
    Reason.TOO_MANY_REQUESTS: later("That was too often. Wait a few minutes and try again."),
    Reason.MISDIRECTED: later("This server has another address. Check what you typed."),
    Reason.BUSY: later("The server has much to do just now. Try again in a minute."),
    Reason.STORAGE_FULL: later(
        "The server's disk is full, so nothing can be saved. Tell your administrator."
    ),
    Reason.STORAGE_FAILED: later(
        "The server's disk failed, so nothing was saved. Tell your administrator."
    ),
    Reason.CLOCK_OFF: later(
        "The server's clock is wrong, so nothing can be written here. Tell your administrator."
    ),
    Reason.UNREACHABLE: later("The other school's server does not answer. Try again later."),
    Reason.TOO_SLOW: later("This took too long. Try again."),
    Reason.REDIRECTED: later("The other school's server points elsewhere. Check the address."),
    Reason.FORBIDDEN_ADDRESS: later("This address cannot belong to a school's server."),
    Reason.BAD_KEY: later("The fingerprint is another one than before. Compare it once more."),
    Reason.REVOKED_KEY: later("The other school no longer uses this key."),
}
_OTHERWISE = later("This did not work. Nothing was changed.")
_FROM_AFAR = later("The other school's server gave an answer that cannot be used.")

# A person can do something about these at the form itself; anything else is a page of its own.
MENDABLE = frozenset(
    {
        Reason.TOO_MANY_ITEMS,
        Reason.BAD_INPUT,
        Reason.BAD_NAME,
        Reason.NOT_PARTNER,
        Reason.BLOCKED,
        Reason.OWN_ORIGIN,
        Reason.FOREIGN_ORIGIN,
        Reason.BAD_CREDENTIALS,
        Reason.NOT_FOUND,
        Reason.IMMUTABLE_FIELD,
        Reason.CONFLICT,
        Reason.NEVER_OFFERED,
        Reason.ALREADY_ANSWERED,
        Reason.LAPSED,
        Reason.READ_ONLY,
        Reason.BUSY,
        Reason.STORAGE_FULL,
        Reason.STORAGE_FAILED,
        Reason.OVER_QUOTA,
        Reason.CLOCK_OFF,
        Reason.UNREACHABLE,
        Reason.TOO_SLOW,
        Reason.REDIRECTED,
        Reason.FORBIDDEN_ADDRESS,
        Reason.BAD_KEY,
        Reason.REVOKED_KEY,
        Reason.BAD_ANSWER,
        Reason.BAD_SIGNATURE,
        Reason.BAD_PROOF,
        Reason.BAD_SHAPE,
        Reason.BAD_JSON,
    }
)
_REMOTE = frozenset(
    {
        Reason.BAD_ANSWER,
        Reason.BAD_SIGNATURE,
        Reason.BAD_PROOF,
        Reason.BAD_SHAPE,
        Reason.BAD_JSON,
    }
)


def sentence_of(reason: Reason) -> str:
    """The sentence for `reason`, marked for translation."""
    if reason in _REMOTE:
        return _FROM_AFAR
    return _SENTENCES.get(reason, _OTHERWISE)
