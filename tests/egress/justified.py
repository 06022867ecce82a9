"""What the scenario does not drive, each with the reason why no pupil's datum can lie there.

Short lists, to be read whole when one grows. `test_scenario` holds that no reason in them is given
where pupils are known.
"""

from collections.abc import Mapping

from protocol.errors import Reason

_TAKEN_IN = "said of a letter between schools and teachers that lies in the inbox, to nobody"
_PEOPLE = "said to people, at pages"
_HOUSE = "said of the node's own disk, clock and settings, to whoever runs it"
_ASKING = "said by remote of another machine's address or answer"
_LOG = "said of signed operations in protocol, which knows pseudonyms and what was released"
_HUBS = "said between hubs and schools, of schools"
_DOORS = "said of a request at a door"
_KEY = "said of another school's key"

REASONS: Mapping[Reason, str] = {
    Reason.UNSUPPORTED_VERSION: _LOG,
    Reason.BAD_PROOF: _TAKEN_IN,
    Reason.REVOKED_KEY: _KEY,
    Reason.FOREIGN_ORIGIN: _ASKING,
    Reason.CROSS_SITE: _DOORS,
    Reason.IMMUTABLE_FIELD: _TAKEN_IN,
    Reason.NEVER_OFFERED: _TAKEN_IN,
    Reason.ALREADY_ANSWERED: _TAKEN_IN,
    Reason.LAPSED: _TAKEN_IN,
    Reason.GAP: _LOG,
    Reason.CLOCK_AHEAD: _LOG,
    Reason.CLOCK_OFF: _HOUSE,
    Reason.OVER_QUOTA: _LOG,
    Reason.TOO_SLOW: _ASKING,
    Reason.STORAGE_FAILED: _HOUSE,
    Reason.REDIRECTED: _ASKING,
    Reason.MISDIRECTED: _ASKING,
}
"""Reasons that the product has no cause to give here, and no room which knows pupils ever gives (a
test reads the code)."""

PAIRS: Mapping[str, Mapping[Reason, str]] = {
    "document": {
        Reason.ALREADY_ANSWERED: _TAKEN_IN,
        Reason.NEVER_OFFERED: _TAKEN_IN,
        Reason.LAPSED: _TAKEN_IN,
        Reason.IMMUTABLE_FIELD: _TAKEN_IN,
        Reason.BAD_PROOF: _TAKEN_IN,
        Reason.NOT_OWNER: _TAKEN_IN,
        Reason.FOREIGN_ORIGIN: _TAKEN_IN,
        Reason.BAD_KEY: _TAKEN_IN,
        Reason.REVOKED_KEY: _TAKEN_IN,
        Reason.CROSS_SITE: _PEOPLE,
        Reason.NOT_SIGNED_IN: _PEOPLE,
        Reason.BAD_CREDENTIALS: _PEOPLE,
        Reason.BAD_SETTING: _HOUSE,
        Reason.BAD_DATA_FOLDER: _HOUSE,
        Reason.NEWER_DATABASE: _HOUSE,
        Reason.CLOCK_OFF: _HOUSE,
        Reason.STORAGE_FAILED: _HOUSE,
        Reason.STORAGE_FULL: _HOUSE,
        Reason.BAD_ANSWER: _ASKING,
        Reason.FORBIDDEN_ADDRESS: _ASKING,
        Reason.UNREACHABLE: _ASKING,
        Reason.REDIRECTED: _ASKING,
        Reason.MISDIRECTED: _ASKING,
        Reason.TOO_SLOW: _ASKING,
        Reason.CLOCK_AHEAD: _LOG,
        Reason.GAP: _LOG,
        Reason.UNSUPPORTED_VERSION: _LOG,
        Reason.OVER_QUOTA: _LOG,
        Reason.READ_ONLY: _LOG,
        Reason.CONFLICT: _HUBS,
        Reason.NOT_ALLOWED: _HUBS,
    },
    "command": {
        Reason.BAD_DIGEST: _DOORS,
        Reason.BAD_SIGNATURE: _DOORS,
        Reason.CROSS_SITE: _DOORS,
        Reason.MISSING_COVERAGE: _DOORS,
        Reason.MISSING_SIGNATURE: _DOORS,
        Reason.NOT_SIGNED_IN: _DOORS,
        Reason.OUTSIDE_TIME_WINDOW: _DOORS,
        Reason.REPLAYED: _DOORS,
        Reason.TOO_MANY_REQUESTS: _DOORS,
        Reason.UNSUPPORTED_MEDIA_TYPE: _DOORS,
        Reason.WRONG_ACTOR: _DOORS,
        Reason.TOO_MANY_ITEMS: _DOORS,
        Reason.TOO_LARGE: _DOORS,
        Reason.TOO_SLOW: _DOORS,
        Reason.OWN_ORIGIN: _DOORS,
        Reason.UNKNOWN_HEAD: _DOORS,
        Reason.NOT_OWNER: _DOORS,
        Reason.ALREADY_ANSWERED: _TAKEN_IN,
        Reason.NEVER_OFFERED: _TAKEN_IN,
        Reason.LAPSED: _TAKEN_IN,
        Reason.IMMUTABLE_FIELD: _TAKEN_IN,
        Reason.FOREIGN_ORIGIN: _TAKEN_IN,
        Reason.BAD_OPERATION: _LOG,
        Reason.BAD_PROOF: _LOG,
        Reason.CLOCK_AHEAD: _LOG,
        Reason.GAP: _LOG,
        Reason.GONE: _LOG,
        Reason.OVER_QUOTA: _LOG,
        Reason.READ_ONLY: _LOG,
        Reason.UNSUPPORTED_VERSION: _LOG,
        Reason.BAD_SHAPE: _LOG,
        Reason.BAD_JSON: _LOG,
        Reason.TOO_DEEP: _LOG,
        Reason.BAD_ANSWER: _ASKING,
        Reason.BLOCKED: _ASKING,
        Reason.MISDIRECTED: _ASKING,
        Reason.REDIRECTED: _ASKING,
        Reason.REVOKED_KEY: _ASKING,
        Reason.UNKNOWN_KEY: _ASKING,
        Reason.BUSY: _HOUSE,
        Reason.CLOCK_OFF: _HOUSE,
        Reason.NEWER_DATABASE: _HOUSE,
        Reason.STORAGE_FAILED: _HOUSE,
        Reason.STORAGE_FULL: _HOUSE,
        Reason.BAD_CREDENTIALS: _HOUSE,
        Reason.NOT_ALLOWED: _HOUSE,
    },
}
"""Reasons that are told to nobody on a surface, by surface. On pages each one is told, with tokens
in what is refused (`refusing`)."""

COLUMNS: Mapping[str, str] = {
    "places.pseudonym": "an id of chance for one space: it is what others are to know",
    "places.alias": "drawn for one space: it is what others are to know",
    "decisions.words": "what a teacher let pass by name: it left on purpose",
    "evidence.copy": "of what was reported, which others wrote or which was released before",
    "works.parts": "a card's column and colour, which are chosen from a list",
}
"""Columns of the vault that say something, and hold no token."""

WORKERS: Mapping[str, str] = {
    "addresses": "carries signed addresses of schools that moved",
    "backups": "makes at night what is made by hand, unpacked and read here",
    "calling": "carries to a partner that calls what the door for machines answers, asked here too",
    "copies": "copies the vault at night, sealed; `vault backup` is typed here",
    "directory": "moves notices of teachers, which the public may read, with time",
    "lapsing": "ends offers between teachers after a month",
    "portraits": "takes down what could not be taken down at once; nothing failed here",
    "releases": "settles what a failure left; `test_faults` lets releases fail",
    "substitutes": "ends what an administrator appointed until a day; no such day comes here",
    "views": "folds what arrived into rows; whoever writes or reads here has folded it before",
}
"""Workers that are stepped here and change no row, and what runs without steps."""

COMMANDS: Mapping[str, str] = {
    "init": "a folder that is begun is not begun anew without a password",
    "setup-address": "the node is set up",
    "partner add": "the partner is known",
    "partner add-card": "an empty card is none",
    "partner approve": "a wrong fingerprint",
    "partner rekey": "a wrong fingerprint",
    "partner block": "of a school that is not there",
    "partner unblock": "of a school that is not there",
    "hub join": "no link",
    "hub leave": "the school has no hub",
    "hub accredit": "nobody asked",
    "hub rekey": "nobody asked",
    "hub refuse": "nobody asked",
    "hub renew": "nobody asked",
    "hub revoke": "nobody asked",
    "hub endorse": "its fingerprint is not compared",
    "hub unendorse": "it is not endorsed",
    "space rekey": "another school has to take over first",
    "doctor": "it tells of what is not well, after having looked at everything",
    "vault restore": "a vault is there; `provoke` and tests of vaults restore",
    "move": "the new name leads nowhere",
}
"""Commands that end with a refusal in the scenario."""
