"""What a directory lists, in which rank, and how a query reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import directory
from protocol.canonical import JSON, JSONObject
from protocol.directory import Cursor, Query, Rank, place_of, read_cursor, read_query
from protocol.errors import Reason, Refused
from protocol.objects import stamp
from tests.protocol.people import NOW

SUBJECTS, COUNTRIES = frozenset({"art", "physics"}), frozenset({"PT", "GR"})
SCHOOL = "https://alpha.example/schools/main"
CARD: JSONObject = {
    "id": SCHOOL,
    "type": "Organization",
    "name": "Escola da Ponte",
    "country": "PT",
    "city": "Évora",
    "region": "Alentejo",
    "schoolTypes": ["primary"],
    "languages": ["pt"],
    "updated": stamp(NOW),
}


def person(**members: JSON) -> JSONObject:
    return {
        "id": "https://alpha.example/people/ines",
        "type": "Person",
        "preferredUsername": "ines",
        "name": "Inês Łobo",
        "school": SCHOOL,
        "country": "PT",
        "updated": stamp(NOW),
        **members,
    }


def listed(document: JSONObject, now: datetime = NOW) -> directory.Listing:
    found = directory.list_document(document, CARD, now)
    assert found is not None
    return found


def test_a_person_is_found_by_name_by_school_and_by_place() -> None:
    found = listed(
        person(
            languages=["pt-BR", "en"],
            subjects=["art"],
            ageFrom=10,
            ageTo=12,
            about={"text": "We count storks.", "language": "en"},
        )
    )
    assert found.kind == "person"
    assert found.name == "ines lobo ines"
    assert "storks" in found.text.split()
    assert "ponte" in found.text.split()
    assert found.place == "alentejo evora"
    assert set(found.facets.split()) == {
        *("kperson", "lpt", "lptbr", "len", "sart", "cpt", "a10", "a11", "a12")
    }


@pytest.mark.parametrize(
    ("said", "days", "rank"),
    [
        ("looking_for_partners", 0, Rank.LOOKING),
        ("looking_for_partners", 182, Rank.LOOKING),
        ("looking_for_partners", 183, Rank.STALE),
        ("open_to_offers", 10, Rank.OPEN),
        ("open_to_offers", 400, Rank.STALE),
        ("not_now", 400, Rank.NOT_NOW),
        (None, 400, Rank.SILENT),
    ],
)
def test_what_was_said_long_ago_counts_less(said: str | None, days: int, rank: Rank) -> None:
    document = person(**({} if said is None else {"availability": said}))
    now = NOW + timedelta(days=days)
    assert listed(document, now).rank is rank


def test_the_day_on_which_availability_was_said_counts_not_the_last_change() -> None:
    document = person(availability="looking_for_partners", availabilityDate="2026-01-02")
    assert listed(document).rank is Rank.STALE
    fresh = person(availability="looking_for_partners", availabilityDate="2026-11-20")
    due = listed(fresh).due
    assert due is not None
    assert listed(fresh, due - timedelta(seconds=1)).rank is Rank.LOOKING
    assert listed(fresh, due).rank is Rank.STALE


def test_a_day_that_there_is_not_is_not_listed() -> None:
    document = person(availability="looking_for_partners", availabilityDate="2026-02-31")
    assert directory.list_document(document, CARD, NOW) is None


def test_a_date_in_the_future_does_not_lift_a_listing_above_the_present() -> None:
    ahead = person(updated=stamp(NOW + timedelta(days=900)))
    assert listed(ahead).at == NOW


@pytest.mark.parametrize(
    ("state", "rank"), [("active", Rank.OPEN), ("archived", Rank.NOT_NOW), ("closed", Rank.NOT_NOW)]
)
def test_a_running_project_comes_before_one_that_rests(state: str, rank: Rank) -> None:
    project = person(type="Project", attributedTo="https://alpha.example/people/ines", state=state)
    assert listed(project).rank is rank


def test_offers_letters_and_services_are_not_listed() -> None:
    offered = person(type="Project", state="offered")
    assert directory.list_document(offered, CARD, NOW) is None
    for type_ in ("Note", "Application"):
        assert directory.list_document(person(type=type_), CARD, NOW) is None
        assert not directory.is_listed(person(type=type_))
    assert directory.is_listed(person(type="Tombstone", formerType="Person"))


def test_a_notice_is_listed_until_it_is_over() -> None:
    ends = NOW + timedelta(days=3)
    notice = person(
        type="Notice",
        attributedTo="https://alpha.example/people/ines",
        purpose="mobility",
        content="Who joins us?",
        expires=stamp(ends),
    )
    found = listed(notice)
    assert (found.kind, found.rank, found.ends, found.due) == ("notice", Rank.LOOKING, ends, ends)
    assert found.owner == "https://alpha.example/people/ines"
    assert directory.list_document(notice, CARD, ends) is None


def test_places_order_by_rank_and_then_the_latest_first() -> None:
    moments = [NOW - timedelta(seconds=n) for n in (0, 1, 86_400, 400_000_000)]
    places = [place_of(rank, at) for rank in Rank for at in moments]
    assert places == sorted(places)
    gaps = [after - before for before, after in pairwise(places)]
    assert min(gaps) > directory.PLACES
    assert places[-1] < 7 << 56


def read(**asked: Sequence[str]) -> Query:
    return read_query(asked, subjects=SUBJECTS, countries=COUNTRIES)


def test_a_query_reads_again_as_it_was_written() -> None:
    query = Query(
        text="Łódź school",
        kinds=("person",),
        languages=("pt", "en"),
        subjects=("art",),
        countries=("GR",),
        region="Attiki",
        age_from=10,
        age_to=12,
        availability=("open_to_offers",),
    )
    asked: dict[str, list[str]] = {}
    for name, value in query.pairs():
        assert name in directory.PARAMETERS
        asked.setdefault(name, []).append(value)
    assert read(**asked) == query
    assert not query.is_empty
    assert read(q=["  "]).is_empty


def test_facets_ask_for_any_of_a_group() -> None:
    query = Query(languages=("pt-BR", "en"), age_to=4, kinds=("school",))
    assert query.facets == [["kschool"], ["lptbr", "len"], ["a4"]]
    assert Query(age_from=5, age_to=7).facets == [["a5", "a6", "a7"]]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"kind": ["everything"]}, "kind"),
        ({"subject": ["astrology"]}, "subject"),
        ({"country": ["XX"]}, "country"),
        ({"language": ['de" OR']}, "language"),
        ({"availability": ["yes"]}, "availability"),
        ({"age_from": ["2"]}, "age_from"),
        ({"age_to": ["٩"]}, "age_to"),
        ({"age_from": ["12"], "age_to": ["10"]}, "age_to"),
        ({"language": ["a" * 3] * 1 + [f"l{n}" for n in "abcdefghijk"]}, "language"),
    ],
)
def test_what_is_in_no_list_is_refused_by_its_name(
    asked: Mapping[str, Sequence[str]], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(**asked)
    assert refused.value.reason is Reason.BAD_INPUT
    assert refused.value.facts["field"] == field


@given(st.text(alphabet=st.characters()))
def test_any_text_is_a_query(text: str) -> None:
    query = read(q=[text + "\ud800"], region=[text])
    query.text.encode("utf-8")
    assert all(word.isalnum() for word in [*query.words, *query.region_words])


@pytest.mark.parametrize("text", ["1", "2-1", "0-", "0-x", "0--1", "-", "0-²", "0-" + "9" * 19])
def test_a_cursor_that_was_never_given_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_cursor(text)
    assert refused.value.reason is Reason.BAD_INPUT


def test_a_cursor_reads_as_it_was_written() -> None:
    assert read_cursor("") == Cursor()
    assert read_cursor(str(Cursor(1, 7 << 56))) == Cursor(1, 7 << 56)
