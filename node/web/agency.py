"""What the pages of a hub show: requests of schools and projects, nodes and their health."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.actions import accredit, actors
from node.clock import unstamp
from node.storage.admissions import Admission
from node.storage.approvals import Request
from node.storage.hubs import HubRow
from node.storage.issued import Issued
from node.storage.partners import Partner
from node.storage.teachers import Teacher as TeacherRow
from node.web.i18n import later
from protocol.canonical import JSONObject
from protocol.keys import PublicKey, fingerprint
from protocol.reading import optional_text_of, text_of

DAY_MS = 86_400_000
SILENT_MS = 7 * DAY_MS
"""A node that was not heard of for so long is shown as silent."""


SCHOOLS = {
    "waiting": later("Asking to be accredited"),
    "accredited": later("Accredited"),
    "refused": later("Not accredited"),
    "revoked": later("Accreditation taken back"),
}
ASKED_PROJECTS = {
    "waiting": later("To decide"),
    "approved": later("Approved"),
    "refused": later("Not approved"),
    "withdrawn": later("Taken back by the school"),
}
SERVERS = {
    "all": later("All"),
    "trouble": later("Do not answer"),
    "silent": later("Silent for a week"),
}
TEACHERS = {
    "waiting": later("To decide"),
    "verified": later("Verified"),
    "refused": later("Not verified"),
    "revoked": later("Verification taken back"),
    "withdrawn": later("Taken back by the school"),
}
"""The lists of the desk, by the states that rows are in."""


REPORTS = {"waiting": later("Waiting"), "seen": later("Dealt with")}


@dataclass(frozen=True)
class Told:
    """What a school told of a report. `reason` is a marked word; `seen_by` is empty while it
    waits."""

    path: str
    school: str
    host: str
    reason: str
    space: str
    item: str
    note: str
    language: str
    at_ms: int
    seen_by: str


@dataclass(frozen=True)
class School:
    """A school as a hub's officer sees it; `state` is that of its request."""

    path: str
    name: str
    country: str
    place: str
    address: str
    register_number: str
    reason: str
    language: str
    state: str
    since_ms: int
    fingerprint: str
    answer: str
    decided_by: str
    ends_ms: int | None
    ends_soon: bool


@dataclass(frozen=True)
class Project:
    """A project about which a school asks."""

    path: str
    title: str
    summary: str
    language: str
    asked_by: str
    other: str
    state: str
    since_ms: int
    note: str
    decided_by: str
    document: JSONObject


@dataclass(frozen=True)
class Teacher:
    """Somebody whom a school asks to verify, as an officer sees it."""

    path: str
    name: str
    handle: str
    school: str
    school_path: str
    roles: Sequence[str]
    subjects: Sequence[str]
    about: str
    about_language: str
    note: str
    language: str
    state: str
    since_ms: int
    decided_by: str
    reason: str
    ends_ms: int | None


@dataclass(frozen=True)
class Health:
    """A node that this one knows: when it was last heard of, and what is wrong."""

    name: str
    country: str
    address: str
    hub: bool
    state: str
    seen_ms: int | None
    trouble: str
    silent: bool
    endorsed: bool


def path_of(origin: str) -> str:
    """The page of a school that asked; its host stands for it."""
    return f"/agency/schools/{origin.partition('://')[2]}"


def ends_ms(credential: JSONObject) -> int:
    """When a credential ends."""
    return unstamp(text_of(credential, "validUntil"))


def school(one: Admission, now_ms: int, warn_days: int) -> School:
    """A school's request, and until when what was stated of it holds."""
    card = one.school
    places = [optional_text_of(card, name) for name in ("city", "region")]
    end_ms = one.ends_ms if one.state == "accredited" else None
    return School(
        path=path_of(one.origin),
        name=text_of(card, "name"),
        country=text_of(card, "country"),
        place=", ".join(place for place in places if place),
        address=one.origin.partition("://")[2],
        register_number=one.register_number,
        reason=one.reason,
        language=one.language,
        state=one.state,
        since_ms=one.since_ms,
        fingerprint=fingerprint(PublicKey.read(accredit.key_of(one))),
        answer=one.answer,
        decided_by=one.decided_by,
        ends_ms=end_ms,
        ends_soon=end_ms is not None and end_ms - now_ms < warn_days * DAY_MS,
    )


def project(one: Request, names: Mapping[str, str]) -> Project:
    """A project's request; `names` are the schools' by their origins."""
    from_here, from_there = one.founder, one.co_founder
    ours = [actor for actor in (from_here, from_there) if _origin(actor) == _origin(one.actor)]
    others = [actor for actor in (from_here, from_there) if actor not in ours]
    return Project(
        path=f"/agency/projects/{one.asked.rpartition('/')[2]}",
        title=text_of(one.document, "name"),
        summary=text_of(one.document, "summary"),
        language=text_of(one.document, "language"),
        asked_by=names.get(_origin(one.actor), _host(one.actor)),
        other=names.get(_origin(others[0]), _host(others[0])) if others else "",
        state=one.state,
        since_ms=one.since_ms,
        note=one.note,
        decided_by=one.decided_by,
        document=one.document,
    )


def teacher(one: TeacherRow, school_name: str, row: Issued | None) -> Teacher:
    """A teacher's request; `school_name` is the accredited one, `row` what was stated."""
    # Some time after the decision the profile is not here any more.
    profile = actors.profile_of(one.document)
    handle = one.person.rpartition("/")[2]
    return Teacher(
        path=f"/agency/teachers/{one.number}",
        name=profile.name or handle,
        handle=handle,
        school=school_name or _host(one.actor),
        school_path=path_of(one.origin),
        roles=[profile.role] if profile.role else [],
        subjects=profile.subjects,
        about=profile.about,
        about_language=profile.about_language,
        note=one.note,
        language=one.language,
        state=one.state,
        since_ms=one.since_ms,
        decided_by=one.decided_by,
        reason=one.reason,
        ends_ms=row.until_ms if row is not None and one.state == "verified" else None,
    )


def health(partner: Partner, hubs: Mapping[str, HubRow], is_hub: bool, now_ms: int) -> Health:
    """How a node is; `hubs` are the endorsed ones by their service actors."""
    endorsed = hubs.get(partner.actor)
    asked_ms = 0 if endorsed is None else endorsed.asked_ms or 0
    seen_ms = max(partner.seen_ms or 0, asked_ms) or None
    return Health(
        name=partner.name,
        country=partner.country,
        address=partner.origin.partition("://")[2],
        hub=is_hub or endorsed is not None,
        state="suspended" if partner.suspended else partner.state,
        seen_ms=seen_ms,
        trouble=partner.trouble or ("" if endorsed is None else endorsed.trouble),
        silent=partner.state == "approved" and is_silent(seen_ms, now_ms),
        endorsed=endorsed is not None,
    )


def is_silent(seen_ms: int | None, now_ms: int) -> bool:
    """Whether a node that was last heard of then has been silent for long."""
    return seen_ms is None or now_ms - seen_ms > SILENT_MS


def _origin(actor: str) -> str:
    scheme, _, rest = actor.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def _host(actor: str) -> str:
    return _origin(actor).partition("://")[2]
