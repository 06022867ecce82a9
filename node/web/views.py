"""What the templates read: plain values, made by a page from what the storage knows.

Times are milliseconds since 1970 (`*_ms`); `path` is an address on this node; texts are as people
wrote them and become HTML only in the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class School:
    """A school's mark: its actor, its name, its country (ISO 3166-1, or "")."""

    url: str
    name: str
    country: str


@dataclass(frozen=True)
class SchoolCard:
    """A school's page."""

    url: str
    name: str
    country: str
    path: str
    city: str = ""
    region: str = ""
    types: Sequence[str] = ()
    languages: Sequence[str] = ()
    register_number: str = ""
    about: str = ""
    about_language: str = ""
    nuts: str = ""
    website: str = ""
    sector: str = ""
    age_from: int | None = None
    age_to: int | None = None
    reach: str = "public"


@dataclass(frozen=True)
class Person:
    """Somebody in one line. `role` is that of a space's member, else ""."""

    name: str
    path: str
    address: str
    school: School
    role: str = ""


@dataclass(frozen=True)
class Verified:
    """What a hub states about a person: whose staff, since when."""

    hub: str
    school: str
    since_ms: int


@dataclass(frozen=True)
class Profile:
    """A person's page. `said_on` is when the availability was said, `stale` that it is long ago."""

    name: str
    path: str
    address: str
    school: School
    school_path: str
    role: str = ""
    subjects: Sequence[str] = ()
    languages: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    availability: str = ""
    about: str = ""
    about_language: str = ""
    key_competences: Sequence[str] = ()
    said_on: date | None = None
    stale: bool = False
    reach: str = "public"
    verified: Verified | None = None


@dataclass(frozen=True)
class Relation:
    """How the reader stands to a person. `following`: no, asked, yes; `contact`: no, sent,
    received, yes."""

    following: str
    contact: str
    blocked: bool
    message_path: str


@dataclass(frozen=True)
class Entry:
    """One public update, or a notice that was put up."""

    author: Person
    text: str
    language: str
    at_ms: int
    path: str
    mine: bool = False
    notice: "Notice | None" = None


@dataclass(frozen=True)
class Notice:
    """A notice. `author` is None for a visitor who may not read of its writer.

    `answer` says how the reader may answer: "" (not), offer, message, sent, received.
    """

    path: str
    title: str
    purpose: str
    text: str
    language: str
    languages: Sequence[str]
    school: School
    author: Person | None
    at_ms: int
    expires_ms: int
    over: bool
    reach: str = "public"
    subjects: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    countries: Sequence[str] = ()
    mine: bool = False
    answer: str = ""
    answer_path: str = ""


@dataclass(frozen=True)
class Dot:
    """A school on the map, in the map's units."""

    x: int
    y: int
    url: str
    name: str
    country: str


@dataclass(frozen=True)
class Mark:
    """A number of schools on the map, where their country is."""

    x: int
    y: int
    country: str
    schools: int


@dataclass(frozen=True)
class Day:
    """The entries of one day, newest first."""

    at_ms: int
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader: a marked sentence, its values, since when."""

    path: str
    sentence: str
    since_ms: int | None
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A first step and whether it is done."""

    path: str
    sentence: str
    done: bool


@dataclass(frozen=True)
class Session:
    """A device on which the reader is signed in."""

    id: str
    device: str
    since_ms: int
    seen_ms: int
    current: bool


@dataclass(frozen=True)
class Contact:
    """A contact or an offer of one. `answer`: "" (open), yes, not_now, no, lapsed."""

    id: str
    person: Person
    note: str
    language: str
    sent_ms: int
    lapses_ms: int
    delivered_ms: int | None
    answer: str
    message_path: str


@dataclass(frozen=True)
class Conversation:
    """The line of a conversation in the list."""

    path: str
    person: Person
    last: str
    at_ms: int
    unread: int


@dataclass(frozen=True)
class Message:
    """One message of a conversation."""

    text: str
    language: str
    at_ms: int
    mine: bool
    delivered: bool
    lost: bool = False


@dataclass(frozen=True)
class ProjectCard:
    """A project in a gallery. `state`: draft, offered, active, archived, closed."""

    path: str
    title: str
    summary: str
    language: str
    schools: Sequence[School]
    age_from: int
    age_to: int
    state: str


@dataclass(frozen=True)
class Declined:
    """Who declined a project last, and with which words."""

    name: str
    text: str
    language: str


@dataclass(frozen=True)
class Project:
    """A project's page. `turn` says who is to act: mine, theirs, nobody; `next` is a marked
    sentence with `next_values`. `founder_of` is true for a reader who founds it."""

    path: str
    title: str
    summary: str
    language: str
    schools: Sequence[School]
    age_from: int
    age_to: int
    state: str
    founders: Sequence[Person]
    subjects: Sequence[str]
    languages: Sequence[str]
    scope: str
    mine: bool
    founder_of: bool
    turn: str
    next: str
    next_values: Mapping[str, str]
    since_ms: int | None
    space_path: str
    pupils: int | None = None
    start: date | None = None
    end: date | None = None
    description: str = ""
    aims: str = ""
    work_process: str = ""
    expected_results: str = ""
    tools: Sequence[str] = ()
    key_competences: Sequence[str] = ()
    declined: Declined | None = None
    continues: str = ""
    accepted: bool = False
    letter: str = ""
    letter_language: str = ""


@dataclass(frozen=True)
class News:
    """What a hub told its schools; `name` is the last part of its address."""

    name: str
    text: str
    language: str
    at_ms: int


@dataclass(frozen=True)
class Space:
    """A space as the head of its pages shows it. `standing` says why it can only be read: closed,
    left, removed, or waiting for what a restored node had written. `behind`: not all that is kept
    is shown yet."""

    path: str
    title: str
    summary: str
    language: str
    schools: Sequence[School]
    project_path: str
    may_write: bool
    at_ms: int | None = None
    standing: str = ""
    behind: bool = False


@dataclass(frozen=True)
class Copy:
    """A school's replica of a space: own, or when it last had the same as ours.

    A suspended school is one for which no hub vouches at present; `kept` says that a founder here
    decided to keep it.
    """

    school: School
    own: bool
    trouble: bool
    seen_ms: int | None
    node: str = ""
    suspended: bool = False
    kept: bool = False
    full: bool = False


@dataclass(frozen=True)
class Group:
    """A school's people in a space."""

    school: School
    people: Sequence[Person]
    own: bool
