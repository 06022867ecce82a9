"""From the directory's documents to the cards of a search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from node.clock import unstamp
from node.storage.database import Reader
from node.storage.listings import Listed
from node.web import cards, views
from node.web.directory import Directory, look_up, path_of
from protocol.fresh import is_to_be_renewed
from protocol.reading import number_of, optional_text_of


@dataclass(frozen=True)
class Result:
    """Something that a search found. `kind`: person, school, project, notice; `stale` asks for
    the availability to be said again; `state` is a project's, `purpose` a notice's."""

    kind: str
    path: str
    name: str
    school: views.School
    places: Sequence[str]
    languages: Sequence[str] = ()
    subjects: Sequence[str] = ()
    types: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    availability: str = ""
    stale: bool = False
    text: str = ""
    language: str = ""
    state: str = ""
    purpose: str = ""
    ends_ms: int | None = None


async def cards_of(
    reader: Reader, base: str, found: Iterable[Listed], now: datetime
) -> list[Result]:
    """The results as cards; their schools are read in one round trip."""
    listed = list(found)
    known = await look_up(reader, base, [one.school for one in listed])
    return [_card(one, known, now) for one in listed]


def _card(one: Listed, known: Directory, now: datetime) -> Result:
    document = one.document
    school = one.document if one.kind == "school" else known.document(one.school)
    about = document.get("about")
    told = about if isinstance(about, dict) else {}
    text = optional_text_of(told, "text")
    for name in ("summary", "content"):
        text = optional_text_of(document, name) or text
    ends = optional_text_of(document, "expires")
    return Result(
        kind=one.kind,
        path=path_of(one.id, known.base),
        name=optional_text_of(document, "name"),
        school=known.school(one.school or one.id),
        places=[
            place
            for place in (optional_text_of(school, "city"), optional_text_of(school, "region"))
            if place
        ],
        languages=cards.listed(document, "languages"),
        subjects=cards.listed(document, "subjects"),
        types=cards.listed(document, "schoolTypes"),
        age_from=number_of(document, "ageFrom"),
        age_to=number_of(document, "ageTo"),
        availability=optional_text_of(document, "availability"),
        stale=one.kind == "person" and is_to_be_renewed(document, now),
        text=text,
        language=optional_text_of(document, "language") or optional_text_of(told, "language"),
        state=optional_text_of(document, "state"),
        purpose=optional_text_of(document, "purpose"),
        ends_ms=unstamp(ends) if ends else None,
    )
