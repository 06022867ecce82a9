"""What the scenario does not drive, each with the reason why no pupil's datum can lie there.

Short lists, to be read whole when one grows. `test_scenario` holds that no reason in them is given
where pupils are known.
"""

from collections.abc import Mapping

from protocol.errors import Reason

_SIGNATURE = "said of a request's signature before anything is looked up"
_LOG = "said of signed operations in protocol, which knows pseudonyms and what was released"
_ROAD = "said by remote of an address or an answer, before or after a body that the gate let out"
_ANSWERED = "said of offers between teachers"

REASONS: Mapping[Reason, str] = {
    Reason.TOO_DEEP: "said of another machine's bytes",
    Reason.UNSUPPORTED_VERSION: "said of another machine's document",
    Reason.BAD_PROOF: "said of another school's document",
    Reason.MISSING_COVERAGE: _SIGNATURE,
    Reason.BAD_DIGEST: _SIGNATURE,
    Reason.OUTSIDE_TIME_WINDOW: _SIGNATURE,
    Reason.REPLAYED: _SIGNATURE,
    Reason.REVOKED_KEY: _SIGNATURE,
    Reason.BLOCKED: "said of schools and teachers that are blocked",
    Reason.FOREIGN_ORIGIN: "said of an address of another school",
    Reason.OWN_ORIGIN: "said of an address of the own school",
    Reason.CROSS_SITE: "said of a form's origin before the form is read",
    Reason.IMMUTABLE_FIELD: "said of public documents of teachers and schools",
    Reason.NEVER_OFFERED: _ANSWERED,
    Reason.ALREADY_ANSWERED: _ANSWERED,
    Reason.LAPSED: _ANSWERED,
    Reason.BAD_OPERATION: _LOG,
    Reason.GAP: _LOG,
    Reason.UNKNOWN_HEAD: _LOG,
    Reason.CLOCK_AHEAD: _LOG,
    Reason.CLOCK_OFF: "said of two clocks",
    Reason.READ_ONLY: "said of a space that is closed; the classroom only understands it",
    Reason.OVER_QUOTA: "said of sizes",
    Reason.TOO_SLOW: "said of a connection",
    Reason.STORAGE_FAILED: "said with the system's own words for a disk's fault",
    Reason.FORBIDDEN_ADDRESS: _ROAD,
    Reason.UNREACHABLE: _ROAD,
    Reason.REDIRECTED: _ROAD,
    Reason.MISDIRECTED: _ROAD,
    Reason.BAD_ANSWER: _ROAD,
}
"""Reasons that no room which knows pupils ever gives (a test reads the code)."""

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
    "directory": "moves notices of teachers, which the public may read, with time",
    "lapsing": "ends offers between teachers after a month",
    "portraits": "takes down what could not be taken down at once; nothing failed here",
    "releases": "settles what a failure left; `test_faults` lets releases fail",
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
