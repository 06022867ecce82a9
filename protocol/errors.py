"""Why something was refused: the protocol's own closed list of reasons.

A `Reason` crosses the wire as its value (RFC 9457 `reason` member); the sentence a person reads is
made at the reader's node, in the reader's language.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Every reason for which a node or the protocol refuses something, once."""

    # The bytes themselves
    BAD_JSON = "bad_json"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BAD_SHAPE = "bad_shape"
    BAD_NAME = "bad_name"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    UNSUPPORTED_VERSION = "unsupported_version"

    # Keys, proofs, signatures
    BAD_KEY = "bad_key"
    BAD_PROOF = "bad_proof"
    BAD_SIGNATURE = "bad_signature"
    MISSING_SIGNATURE = "missing_signature"
    MISSING_COVERAGE = "missing_coverage"
    BAD_DIGEST = "bad_digest"
    OUTSIDE_TIME_WINDOW = "outside_time_window"
    REPLAYED = "replayed"
    UNKNOWN_KEY = "unknown_key"
    REVOKED_KEY = "revoked_key"
    WRONG_ACTOR = "wrong_actor"

    # Who may
    NOT_PARTNER = "not_partner"
    BLOCKED = "blocked"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ALLOWED = "not_allowed"
    NOT_OWNER = "not_owner"
    FOREIGN_ORIGIN = "foreign_origin"
    OWN_ORIGIN = "own_origin"
    CROSS_SITE = "cross_site"
    BAD_CREDENTIALS = "bad_credentials"

    # What is there
    NOT_FOUND = "not_found"
    GONE = "gone"
    IMMUTABLE_FIELD = "immutable_field"
    CONFLICT = "conflict"
    NEVER_OFFERED = "never_offered"
    ALREADY_ANSWERED = "already_answered"
    LAPSED = "lapsed"
    BAD_INPUT = "bad_input"

    # Spaces
    BAD_OPERATION = "bad_operation"
    GAP = "gap"
    UNKNOWN_HEAD = "unknown_head"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_OFF = "clock_off"
    READ_ONLY = "read_only"

    # Room and time
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_MANY_ITEMS = "too_many_items"
    OVER_QUOTA = "over_quota"
    TOO_SLOW = "too_slow"
    BUSY = "busy"
    STORAGE_FULL = "storage_full"
    STORAGE_FAILED = "storage_failed"

    # The way to the other machine
    FORBIDDEN_ADDRESS = "forbidden_address"
    UNREACHABLE = "unreachable"
    REDIRECTED = "redirected"
    MISDIRECTED = "misdirected"
    BAD_ANSWER = "bad_answer"

    # The node's own house
    BAD_SETTING = "bad_setting"
    BAD_DATA_FOLDER = "bad_data_folder"
    NEWER_DATABASE = "newer_database"


class Refused(Exception):
    """Something was refused by name.

    `reason` is what crosses the wire; `detail` is one English sentence for logs and administrators
    that names what was wrong and how to mend it; `facts` are JSON-able values for the machine on
    the other side (for example `{"skew_s": 721}`), never a pupil's datum.
    """

    def __init__(self, reason: Reason, detail: str = "", **facts: object) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.facts = facts
