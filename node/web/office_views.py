"""What the templates of the administration read: plain values, made by its pages.

Times are milliseconds since 1970 (`*_ms`); `path` is an address on this node.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.classroom.standing_in import Standing as StandingIn
from node.clock import unstamp
from node.storage.role_changes import RoleChange
from node.storage.verifications import Verification as VerificationRow
from node.web import words
from protocol.canonical import JSONObject
from protocol.reading import text_of, whole_of


@dataclass(frozen=True)
class Verification:
    """How somebody stands at the hub; `other_name` where the profile has another name than the one
    that was verified."""

    state: str
    since_ms: int
    reason: str = ""
    language: str = ""
    ends_ms: int | None = None
    other_name: bool = False


@dataclass(frozen=True)
class StaffAccount:
    """An account in the administrator's list. `state`: active, asking, ended. `over`: its last day
    has passed, and it waits for somebody who takes over its projects. `suspended_ms`: since when it
    lets nobody in."""

    id: str
    handle: str
    name: str
    roles: Sequence[str]
    state: str
    self: bool
    note: str
    at_ms: int
    ends_ms: int | None = None
    over: bool = False
    suspended_ms: int | None = None
    verification: Verification | None = None


@dataclass(frozen=True)
class Standing:
    """Somebody stands in for somebody.

    `away`: it is this account that is away. `ends_ms` None: until it is ended. Nobody ended
    (`ended_by`) what ended by itself. `stays` are the projects in which the substitute is for good,
    `path` leads to the account that is away. `own_hand`: whoever appointed stands in himself;
    `is_forsaken`: whoever is away works here no more.
    """

    number: int
    away: bool
    absent: str
    substitute: str
    appointed_by: str
    ended_by: str
    at_ms: int
    ends_ms: int | None
    ended_ms: int | None
    spaces: Sequence[tuple[str, str]]
    classes: Sequence[tuple[int, str]]
    stays: Sequence[str]
    path: str = ""
    own_hand: bool = False
    is_forsaken: bool = False


@dataclass(frozen=True)
class StaffName:
    """An account by its page and name."""

    path: str
    name: str


@dataclass(frozen=True)
class RoleLine:
    """A role was given or taken; `by` is empty where it was the command line."""

    name: str
    role: str
    given: bool
    by: str
    at_ms: int


@dataclass(frozen=True)
class Invitation:
    """An open invitation."""

    handle: str
    name: str
    until_ms: int


@dataclass(frozen=True)
class Mail:
    """A mail that was not taken yet; `why` is the machine's English."""

    address: str
    state: str
    at_ms: int
    attempts: int
    why: str


@dataclass(frozen=True)
class Link:
    """A fresh invitation's link, shown once; `address` is where it also goes by mail."""

    name: str
    url: str
    address: str = ""


@dataclass(frozen=True)
class Partner:
    """A partner school's node. `state`: pending, approved, blocked, suspended; `by_hub` is the name
    of the hub by whose word it is a partner."""

    path: str
    origin: str
    name: str
    country: str
    fingerprint: str
    state: str
    since_ms: int | None
    by_hub: str = ""


@dataclass(frozen=True)
class Delivery:
    """Something on its way. `why` is a marked sentence, `detail` the machine's English words."""

    id: str
    partner: str
    kind: str
    attempts: int
    since_ms: int
    next_ms: int | None
    given_up: bool
    why: str
    detail: str


@dataclass(frozen=True)
class Owed:
    """A school's word about an erasure: when it came, or how its server stands."""

    name: str
    origin: str
    is_member: bool
    received_ms: int | None
    heard_ms: int | None
    trouble: str


@dataclass(frozen=True)
class Left:
    """Something in which another school wrote further on what was deleted; `kind` is a marked word,
    `path` where it stands."""

    school: str
    kind: str
    path: str


@dataclass(frozen=True)
class Erasure:
    """What people of this school deleted for ever at one time, and who has confirmed it."""

    title: str
    path: str
    targets: int
    made_ms: int
    is_open: bool
    is_overdue: bool
    schools: Sequence[Owed]
    purged: bool = False
    left: Sequence[Left] = ()


@dataclass(frozen=True)
class Backup:
    """One backup: being made, made and verified, or failed; `trouble` in the machine's English."""

    file: str
    state: str
    nightly: bool
    at_ms: int
    size: str
    verified_ms: int | None
    trouble: str


@dataclass(frozen=True)
class Setting:
    """An effective setting as text."""

    name: str
    value: str
    description: str


def verification(row: VerificationRow | None, name: str) -> Verification | None:
    """How somebody whose profile has this name stands at the hub."""
    if row is None:
        return None
    stated: JSONObject | None = row.credential
    other = stated is not None and _name_in(stated) != name
    return Verification(
        state=row.state,
        since_ms=row.since_ms,
        reason=row.reason,
        language=row.language,
        ends_ms=None if stated is None else unstamp(text_of(stated, "validUntil")),
        other_name=other,
    )


def _name_in(credential: JSONObject) -> str:
    return text_of(whole_of(credential, "credentialSubject"), "name")


def standing(one: StandingIn) -> Standing:
    """A substitution as a template reads it."""
    row = one.row
    return Standing(
        row.number,
        one.away,
        one.absent,
        one.substitute,
        one.appointed_by,
        one.ended_by,
        row.at_ms,
        row.ends_ms,
        row.ended_ms,
        one.spaces,
        one.classes,
        one.stays,
        f"/school/staff/{row.absent}",
        row.appointed_by == row.substitute,
        one.is_forsaken,
    )


def role_change(one: RoleChange, staff: Mapping[int, str]) -> RoleLine:
    """A change of somebody's roles; `staff` are the names of accounts."""
    return RoleLine(
        staff.get(one.account, ""),
        words.ACCOUNT_ROLES.get(one.role, one.role),
        one.given,
        "" if one.by is None else staff.get(one.by, ""),
        one.at_ms,
    )
