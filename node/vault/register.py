"""What the vault keeps: the class of every column, and for every table how long its rows stay.

The one place that says it. Retention works from it, and a test compares it with the database, so
that a column or a table which somebody adds without saying what it is fails the build.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds."""

    IDENTITY = "identity"  # says who a pupil is: sealed, and never anywhere else
    WORK = "work"  # what a pupil made or was told about it, before it is released: sealed
    ALIAS = "alias"  # a name that the school chose: inside the class, or for one space
    SECRET = "secret"  # a hash of what opens a session
    SCHOOL = "school"  # about a class or its staff
    ORDER = "order"  # numbers, times and words of this program


SEALED = frozenset({Kind.IDENTITY, Kind.WORK})


class Ends(StrEnum):
    """When a table's row goes."""

    AFTER = "after"  # so many days after the moment in its column
    WITH = "with"  # with the row that it belongs to
    NEVER = "never"  # holds nothing about anybody


@dataclass(frozen=True)
class Table:
    """A table's columns and its rule; `column` and `days` for `Ends.AFTER`."""

    columns: Mapping[str, Kind]
    ends: Ends
    column: str = ""
    days: int = 0


DAYS_AFTER_THE_YEAR = 90
DAYS_OF_READS = 3 * 365
DAYS_OF_EVIDENCE = 90

TABLES: Mapping[str, Table] = {
    "migrations": Table(
        dict.fromkeys(("number", "name", "checksum", "applied_ms"), Kind.ORDER), Ends.NEVER
    ),
    "proof": Table({"id": Kind.ORDER, "sealed": Kind.ORDER}, Ends.NEVER),
    "classes": Table(
        {
            "id": Kind.ORDER,
            "code": Kind.SCHOOL,
            "name": Kind.SCHOOL,
            "language": Kind.SCHOOL,
            "created_ms": Kind.ORDER,
            "ends_ms": Kind.ORDER,
            "decides": Kind.SCHOOL,
            "style": Kind.SCHOOL,
            "second_step": Kind.SCHOOL,
        },
        Ends.AFTER,
        "ends_ms",
        DAYS_AFTER_THE_YEAR,
    ),
    "class_teachers": Table(
        {"class": Kind.ORDER, "account": Kind.SCHOOL, "since_ms": Kind.ORDER}, Ends.WITH
    ),
    "class_substitutes": Table(
        {
            "substitution": Kind.ORDER,
            "class": Kind.ORDER,
            "account": Kind.SCHOOL,
            "since_ms": Kind.ORDER,
            "ended_ms": Kind.ORDER,
        },
        Ends.AFTER,
        "ended_ms",
        DAYS_OF_READS,
    ),
    "pupils": Table(
        {
            "id": Kind.ORDER,
            "name": Kind.ORDER,
            "class": Kind.ORDER,
            "alias": Kind.ALIAS,
            "alias_key": Kind.ALIAS,
            "display": Kind.IDENTITY,
            "given": Kind.IDENTITY,
            "family": Kind.IDENTITY,
            "login": Kind.IDENTITY,
            "created_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "cards": Table(
        {
            "pupil": Kind.ORDER,
            "token_hash": Kind.SECRET,
            "word_mac": Kind.SECRET,
            "made_ms": Kind.ORDER,
            "expires_ms": Kind.ORDER,
        },
        Ends.AFTER,
        "expires_ms",
    ),
    "sessions": Table(
        {
            "id": Kind.ORDER,
            "token_hash": Kind.SECRET,
            "pupil": Kind.ORDER,
            "created_ms": Kind.ORDER,
            "seen_ms": Kind.ORDER,
            "expires_ms": Kind.ORDER,
        },
        Ends.AFTER,
        "expires_ms",
    ),
    "failures": Table({"pupil": Kind.ORDER, "at_ms": Kind.ORDER}, Ends.AFTER, "at_ms", 1),
    "second_steps": Table(
        {
            "pupil": Kind.ORDER,
            "way": Kind.ORDER,
            "secret_hash": Kind.SECRET,
            "set_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "halfway": Table(
        {"token_hash": Kind.SECRET, "pupil": Kind.ORDER, "expires_ms": Kind.ORDER},
        Ends.AFTER,
        "expires_ms",
    ),
    "missteps": Table(dict.fromkeys(("id", "pupil", "at_ms"), Kind.ORDER), Ends.AFTER, "at_ms", 1),
    "places": Table(
        {
            "pupil": Kind.ORDER,
            "space": Kind.ORDER,
            "pseudonym": Kind.ALIAS,
            "alias": Kind.ALIAS,
            "since_ms": Kind.ORDER,
            "ended_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "works": Table(
        {
            "id": Kind.ORDER,
            "pupil": Kind.ORDER,
            "space": Kind.ORDER,
            "kind": Kind.ORDER,
            "thread": Kind.ORDER,
            "object": Kind.ORDER,
            "state": Kind.ORDER,
            "language": Kind.ORDER,
            "body": Kind.WORK,
            "note": Kind.WORK,
            "created_ms": Kind.ORDER,
            "changed_ms": Kind.ORDER,
            "parts": Kind.WORK,
        },
        Ends.WITH,
    ),
    "files": Table(
        {
            "work": Kind.ORDER,
            "kept": Kind.ORDER,
            "media_type": Kind.ORDER,
            "octets": Kind.ORDER,
            "width": Kind.ORDER,
            "height": Kind.ORDER,
            "small_octets": Kind.ORDER,
            "name": Kind.WORK,
            "words": Kind.WORK,
        },
        Ends.WITH,
    ),
    "brought_works": Table(
        {
            "id": Kind.ORDER,
            "pupil": Kind.ORDER,
            "language": Kind.ORDER,
            "body": Kind.WORK,
            "kept": Kind.ORDER,
            "media_type": Kind.ORDER,
            "octets": Kind.ORDER,
            "small_octets": Kind.ORDER,
            "name": Kind.WORK,
            "account": Kind.SCHOOL,
            "created_ms": Kind.ORDER,
            "changed_ms": Kind.ORDER,
            "brought_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "decisions": Table(
        {
            "id": Kind.ORDER,
            "work": Kind.ORDER,
            "account": Kind.SCHOOL,
            "what": Kind.ORDER,
            "words": Kind.IDENTITY,
            "at_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "consents": Table(
        {
            "id": Kind.ORDER,
            "pupil": Kind.ORDER,
            "space": Kind.ORDER,
            "said": Kind.ORDER,
            "way": Kind.ORDER,
            "signed_by": Kind.ORDER,
            "signer": Kind.IDENTITY,
            "signed_ms": Kind.ORDER,
            "until_ms": Kind.ORDER,
            "account": Kind.SCHOOL,
            "at_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "deciders": Table(
        {"pupil": Kind.ORDER, "account": Kind.SCHOOL, "at_ms": Kind.ORDER}, Ends.WITH
    ),
    "slips": Table(
        {
            "code_hash": Kind.SECRET,
            "pupil": Kind.ORDER,
            "space": Kind.ORDER,
            "made_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "portraits": Table(
        {
            "space": Kind.ORDER,
            "object": Kind.ORDER,
            "pupil": Kind.ORDER,
            "account": Kind.SCHOOL,
            "at_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    # Names of chance, and that there was somebody. Gone when the picture is, or is marked anew.
    "blocked_pictures": Table(dict.fromkeys(("space", "object", "at_ms"), Kind.ORDER), Ends.NEVER),
    "withdrawals": Table(
        {
            "work": Kind.ORDER,
            "asked_ms": Kind.ORDER,
            "done_ms": Kind.ORDER,
            "seen_by": Kind.SCHOOL,
            "seen_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "reminders": Table({"work": Kind.ORDER, "at_ms": Kind.ORDER}, Ends.WITH),
    "allowed_words": Table(
        {
            "class": Kind.ORDER,
            "word_mac": Kind.SECRET,
            "word": Kind.IDENTITY,
            "account": Kind.SCHOOL,
            "at_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "reads": Table(
        {
            "id": Kind.ORDER,
            "account": Kind.SCHOOL,
            "class": Kind.ORDER,
            "pupil": Kind.ORDER,
            "why": Kind.ORDER,
            "at_ms": Kind.ORDER,
            "evidence": Kind.ORDER,
        },
        Ends.AFTER,
        "at_ms",
        DAYS_OF_READS,
    ),
    # `ends_ms` is 90 days after it was sealed, and later where somebody said why.
    "evidence": Table(
        {
            "id": Kind.ORDER,
            "report": Kind.ORDER,
            "space": Kind.ORDER,
            "item": Kind.ORDER,
            "reason": Kind.ORDER,
            "copy": Kind.WORK,
            "kept": Kind.ORDER,
            "media_type": Kind.ORDER,
            "octets": Kind.ORDER,
            "about": Kind.SCHOOL,
            "at_ms": Kind.ORDER,
            "ends_ms": Kind.ORDER,
            "closed_ms": Kind.ORDER,
            "closed_by": Kind.SCHOOL,
            "told_ms": Kind.ORDER,
            "told_by": Kind.SCHOOL,
        },
        Ends.AFTER,
        "ends_ms",
    ),
    "voices": Table(
        {
            "id": Kind.ORDER,
            "evidence": Kind.ORDER,
            "pupil": Kind.ORDER,
            "account": Kind.SCHOOL,
            "who": Kind.IDENTITY,
            "words": Kind.WORK,
            "at_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
    "extensions": Table(
        {
            "id": Kind.ORDER,
            "evidence": Kind.ORDER,
            "account": Kind.SCHOOL,
            "why": Kind.WORK,
            "until_ms": Kind.ORDER,
            "at_ms": Kind.ORDER,
        },
        Ends.WITH,
    ),
}


class Part(StrEnum):
    """What a table is about, as the record of processing has it."""

    ROSTER = "roster"  # who is in a class
    ENTRY = "entry"  # cards, what is shown after them, and who is signed in
    PLACES = "places"  # where pupils take part
    WORK = "work"  # what they make, and what teachers decide about it
    CONSENTS = "consents"  # consents to pictures, and whom pictures show
    READS = "reads"  # who read what
    REPORTS = "reports"  # what was reported, sealed for the safeguarding persons
    ORDER = "order"  # this program's own


PARTS: Mapping[str, Part] = {
    **dict.fromkeys(("classes", "class_teachers", "class_substitutes", "pupils"), Part.ROSTER),
    **dict.fromkeys(("cards", "sessions", "failures"), Part.ENTRY),
    **dict.fromkeys(("second_steps", "halfway", "missteps"), Part.ENTRY),
    "places": Part.PLACES,
    **dict.fromkeys(("works", "files", "decisions", "reminders", "allowed_words"), Part.WORK),
    **dict.fromkeys(("brought_works", "withdrawals"), Part.WORK),
    **dict.fromkeys(
        ("consents", "deciders", "slips", "portraits", "blocked_pictures"), Part.CONSENTS
    ),
    "reads": Part.READS,
    **dict.fromkeys(("evidence", "voices", "extensions"), Part.REPORTS),
    **dict.fromkeys(("migrations", "proof"), Part.ORDER),
}
"""What each table is about."""
