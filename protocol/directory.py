"""What a directory lists, how a query reads, and in which order the answer stands.

A document becomes a `Listing`: its folded words, its facets as words of their own, and its rank. A
query becomes the same kinds of words, so that finding is the intersection of lists in the order of
rank, and nothing that anybody types is syntax. Everything here is a function of the documents and
the time; where the lists are kept is the node's business.

The order is explained in PROTOCOL.md (Search): those who look for partners first, then those who
are open to it; what somebody said of that more than six months ago counts less until he says it
again; within each rank what was changed last comes first.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import Final

from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused
from protocol.folding import spaced, words
from protocol.fresh import AVAILABILITY_DAYS, is_to_be_renewed, said_on
from protocol.names import origin
from protocol.reading import optional_text_of, owner_of, text_of, texts_of, time_of, type_of

KINDS: Final[Mapping[str, str]] = {
    "person": "Person",
    "school": "Organization",
    "project": "Project",
    "notice": "Notice",
}
"""What can be searched for, and the type of its documents."""
AVAILABILITY: Final = ("looking_for_partners", "open_to_offers", "not_now")
AGES: Final = range(3, 21)
PAGE: Final = 20
"""Results of one page."""
MAX_TEXT_CHARACTERS: Final = 200
MAX_CHOICES: Final = 8
"""Values of one facet in one query; any of them may hold."""
PARAMETERS: Final = (
    *("q", "kind", "language", "subject", "country", "region", "age_from", "age_to"),
    *("availability", "after"),
)
"""The names of a query's parameters: at `/search` of a hub and on the page of the same name."""

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_LISTED: Final = {type_: kind for kind, type_ in KINDS.items()}


class Rank(IntEnum):
    """The first thing that orders results; smaller comes first."""

    LOOKING = 0
    OPEN = 1
    SILENT = 2
    STALE = 3
    NOT_NOW = 4


@dataclass(frozen=True)
class Listing:
    """One document as a directory keeps it.

    `name`, `text`, `place` and `facets` are folded words with spaces between. `at` orders within a
    rank, the latest first; it is never later than the moment it was listed. `due` is when the rank
    has to be looked at again, `ends` when it is listed no longer.
    """

    id: str
    kind: str
    owner: str
    origin: str
    school: str
    rank: Rank
    at: datetime
    due: datetime | None
    ends: datetime | None
    name: str
    text: str
    place: str
    facets: str


@dataclass(frozen=True)
class Query:
    """What is searched for. Empty facets ask for nothing; of several values any may hold."""

    text: str = ""
    kinds: Sequence[str] = ()
    languages: Sequence[str] = ()
    subjects: Sequence[str] = ()
    countries: Sequence[str] = ()
    region: str = ""
    age_from: int | None = None
    age_to: int | None = None
    availability: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything."""
        return self == Query()

    @property
    def words(self) -> list[str]:
        """The words that all have to be there, the last perhaps only begun."""
        return words(self.text)

    @property
    def region_words(self) -> list[str]:
        return words(self.region)

    @property
    def facets(self) -> list[list[str]]:
        """Groups of facet words: of each group one has to be there."""
        low = self.age_from if self.age_from is not None else self.age_to
        high = self.age_to if self.age_to is not None else self.age_from
        ages = [] if low is None or high is None else [str(age) for age in range(low, high + 1)]
        asked = (
            ("k", self.kinds),
            ("l", self.languages),
            ("s", self.subjects),
            ("c", self.countries),
            ("a", ages),
            ("v", self.availability),
        )
        return [[facet(which, code) for code in codes] for which, codes in asked if codes]

    def pairs(self) -> list[tuple[str, str]]:
        """The query as the parameters of an address, from which `read_query` reads it again."""
        single = (
            ("q", self.text),
            ("region", self.region),
            ("age_from", "" if self.age_from is None else str(self.age_from)),
            ("age_to", "" if self.age_to is None else str(self.age_to)),
        )
        several = (
            ("kind", self.kinds),
            ("language", self.languages),
            ("subject", self.subjects),
            ("country", self.countries),
            ("availability", self.availability),
        )
        found = [(name, value) for name, value in single if value]
        return found + [(name, value) for name, values in several for value in values]


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: `tier` 0 are names that match, 1 all else; then the place in rank."""

    tier: int = 0
    place: int = 0

    def __str__(self) -> str:
        return f"{self.tier}-{self.place}"


def read_cursor(text: str) -> Cursor:
    """The cursor that `text` writes; of none the beginning. Refuses with BAD_INPUT."""
    if not text:
        return Cursor()
    tier, dash, place = text.partition("-")
    if dash and tier in ("0", "1") and place.isascii() and place.isdigit() and len(place) <= 18:
        return Cursor(int(tier), int(place))
    raise Refused(Reason.BAD_INPUT, "after: repeat what the page before gave as `next`")


def read_query(
    asked: Mapping[str, Sequence[str]],
    *,
    subjects: Collection[str],
    countries: Collection[str],
) -> Query:
    """The query that an address's parameters ask; what is empty asks for nothing.

    The vocabularies are arguments because they are data (`schemas/v1/vocabularies.json`). Refuses
    with BAD_INPUT (fact `field`) what is in no list, no age, or too much.
    """

    def several(name: str, allowed: Collection[str] | None) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(one for one in asked.get(name, ()) if one))
        if len(chosen) > MAX_CHOICES:
            raise _wrong(name, f"choose at most {MAX_CHOICES}")
        for one in chosen:
            if one not in allowed if allowed is not None else not _LANGUAGE.fullmatch(one):
                raise _wrong(name, "choose from the list")
        return chosen

    def text(name: str) -> str:
        typed = next(iter(asked.get(name, ())), "")
        # Half of a surrogate pair is no character, and cannot be passed on.
        typed = typed.encode("utf-8", "ignore").decode("utf-8").strip()
        # A text that is pasted whole is no mistake to mend: its first words are searched for.
        return typed[:MAX_TEXT_CHARACTERS]

    def age(name: str) -> int | None:
        typed = next(iter(asked.get(name, ())), "").strip()
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) <= 2 and int(typed) in AGES:
            return int(typed)
        raise _wrong(name, f"write an age between {AGES[0]} and {AGES[-1]}")

    low, high = age("age_from"), age("age_to")
    if low is not None and high is not None and low > high:
        raise _wrong("age_to", "the second age is below the first")
    return Query(
        text=text("q"),
        kinds=several("kind", KINDS),
        languages=several("language", None),
        subjects=several("subject", subjects),
        countries=several("country", countries),
        region=text("region"),
        age_from=low,
        age_to=high,
        availability=several("availability", AVAILABILITY),
    )


def _wrong(name: str, sentence: str) -> Refused:
    return Refused(Reason.BAD_INPUT, f"{name}: {sentence}", field=name)


def is_listed(document: Mapping[str, JSON]) -> bool:
    """Whether a directory lists documents of this type; tombstones of them count as well."""
    return type_of(document) in _LISTED


def list_document(document: JSONObject, school: JSONObject | None, now: datetime) -> Listing | None:
    """How `document`, whose shape was checked, stands in a directory; None where it does not.

    `school` is the card of its school, where that is known: people and projects are found by its
    name, town, region and country. Offers, notices that are over, and what names a day that there
    is not are not listed.
    """
    kind = _LISTED.get(text_of(document, "type"))
    if kind is None:
        return None
    try:
        rank, at, due, ends = _ranked(kind, document, now)
    except Refused:
        # A day that no calendar has fits the pattern; such a document cannot be ranked.
        return None
    if (ends is not None and ends <= now) or optional_text_of(document, "state") == "offered":
        return None
    card: Mapping[str, JSON] = document if kind == "school" else school or {}
    return Listing(
        id=text_of(document, "id"),
        kind=kind,
        owner=owner_of(document),
        origin=origin(text_of(document, "id")),
        school=text_of(document, "id" if kind == "school" else "school"),
        rank=rank,
        at=min(at, now),
        due=due,
        ends=ends,
        name=spaced(_joined(document, ("name", "preferredUsername"))),
        text=spaced(_text_of(document, {} if kind == "school" else card)),
        place=spaced(_joined(card, ("region", "city", "nuts"))),
        facets=" ".join(_facets(kind, document, card)),
    )


def facet(which: str, code: str) -> str:
    """A code of the vocabulary `which` as one word; no two vocabularies share a first letter."""
    return which + "".join(one for one in code.casefold() if one.isalnum())


def place_of(rank: Rank, at: datetime) -> int:
    """The first of 2^20 places in the order of results for what has this rank and moment."""
    seconds = max(0, int(at.timestamp()))
    return (int(rank) << 56) + ((1 << 35) - 1 - min(seconds, (1 << 35) - 1) << 20) + 1


PLACES: Final = (1 << 20) - 1
"""So many listings have room at one rank and second."""


def _ranked(
    kind: str, document: JSONObject, now: datetime
) -> tuple[Rank, datetime, datetime | None, datetime | None]:
    """The rank, what orders within it, when to look at it again, and when it is over."""
    at = time_of(document, "updated")
    match kind:
        case "person":
            said = optional_text_of(document, "availability")
            if said == "not_now":
                return Rank.NOT_NOW, at, None, None
            if said not in AVAILABILITY:
                return Rank.SILENT, at, None, None
            if is_to_be_renewed(document, now):
                return Rank.STALE, at, None, None
            rank = Rank.LOOKING if said == "looking_for_partners" else Rank.OPEN
            return rank, at, _grows_old(document, now), None
        case "notice":
            ends = time_of(document, "expires")
            return Rank.LOOKING, at, ends, ends
        case "project":
            running = optional_text_of(document, "state") == "active"
            return Rank.OPEN if running else Rank.NOT_NOW, at, None, None
        case _:
            return Rank.SILENT, at, None, None


def _grows_old(person: JSONObject, now: datetime) -> datetime | None:
    """The first moment at which what a person says of availability is no longer fresh."""
    day = said_on(person)
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=AVAILABILITY_DAYS + 1), time(), now.tzinfo)


def _joined(document: Mapping[str, JSON], members: Iterable[str]) -> str:
    return " ".join(optional_text_of(document, name) for name in members)


def _text_of(document: Mapping[str, JSON], school: Mapping[str, JSON]) -> str:
    about = document.get("about")
    told = optional_text_of(about, "text") if isinstance(about, dict) else ""
    own = _joined(document, ("summary", "description", "aims", "content", "city", "registerNumber"))
    return f"{own} {told} {_joined(school, ('name', 'city'))}"


def _facets(kind: str, document: Mapping[str, JSON], card: Mapping[str, JSON]) -> list[str]:
    found = [facet("k", kind)]
    for tag in texts_of(document, "languages"):
        # Who asks for Portuguese also means that of Brazil.
        found += {facet("l", tag), facet("l", tag.partition("-")[0])}
    found += [facet("s", code) for code in texts_of(document, "subjects")]
    country = optional_text_of(document, "country") or optional_text_of(card, "country")
    if country:
        found.append(facet("c", country))
    low, high = document.get("ageFrom"), document.get("ageTo")
    if isinstance(low, int) and isinstance(high, int):
        found += [facet("a", str(age)) for age in AGES if low <= age <= high]
    said = optional_text_of(document, "availability")
    if said:
        found.append(facet("v", said))
    return found
