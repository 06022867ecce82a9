"""The directory: whatever is typed finds something or nothing, in one order, page by page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from node.storage import listings
from node.storage.database import Database
from node.storage.listings import Listed
from protocol import directory
from protocol.canonical import JSON, JSONObject
from protocol.directory import Cursor, Query
from protocol.objects import stamp
from tests.node.storage.conftest import NOW_MS

NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
BASE = "https://alpha.example"
ANNA = f"{BASE}/people/{b'anna'.hex()}"
CARD: JSONObject = {"name": "Ponte", "country": "PT", "city": "Évora", "region": "Alentejo"}


def person(name: str, **members: JSON) -> JSONObject:
    return {
        "id": f"{BASE}/people/{name.split()[0].lower().encode().hex()[:20]}",
        "type": "Person",
        "name": name,
        "school": f"{BASE}/schools/main",
        "country": "PT",
        "published": stamp(NOW),
        "updated": stamp(NOW),
        "version": 1,
        **members,
    }


async def put(database: Database, *documents: JSONObject, now: datetime = NOW) -> None:
    async with database.write() as transaction:
        for one in documents:
            listing = directory.list_document(one, CARD, now)
            listed = Listed(
                id=str(one["id"]),
                kind="person",
                owner=str(one["id"]),
                origin=BASE,
                school=str(one["school"]),
                version=1,
                document=one,
                voucher="",
                source=BASE,
                shown=listing is not None,
                buried=False,
                listed_ms=NOW_MS,
            )
            await listings.put(transaction, listed, listing)


async def found(database: Database, query: Query, *, limit: int = 20) -> list[str]:
    """All results, page by page, each page from its cursor."""
    names: list[str] = []
    cursor: Cursor | None = Cursor()
    async with database.read() as reader:
        while cursor is not None:
            page = await listings.search(reader, query, cursor, now_ms=NOW_MS, limit=limit)
            assert len(page.results) <= limit
            names += [str(one.document["name"]) for one in page.results]
            cursor = page.next
    return names


PEOPLE = (
    person("Anna Berg", languages=["de"], subjects=["art"], ageFrom=6, ageTo=10),
    person("Łukasz Nowak", languages=["pl", "en"], subjects=["physics"], ageFrom=14, ageTo=18),
    person("Νίκος Παππάς", languages=["el"], country="GR", about={"text": "Anna writes to me"}),
    person("Berta Anna", languages=["pt-BR"], availability="looking_for_partners"),
)


QUERIES: Sequence[tuple[Query, list[str]]] = (
    (Query("lukasz"), ["Łukasz Nowak"]),
    (Query("ΝΙΚΟΣ"), ["Νίκος Παππάς"]),
    (Query("now"), ["Łukasz Nowak"]),
    (Query("n"), []),
    (Query("anna"), ["Berta Anna", "Anna Berg", "Νίκος Παππάς"]),
    (Query("berg anna"), ["Anna Berg"]),
    (Query(languages=("pt",)), ["Berta Anna"]),
    (Query(languages=("de", "pl"), age_from=10), ["Anna Berg"]),
    (Query(age_from=10, age_to=14), ["Łukasz Nowak", "Anna Berg"]),
    (Query(subjects=("art",), countries=("GR",)), []),
    (Query(countries=("GR",)), ["Νίκος Παππάς"]),
    (Query(region="alent"), ["Berta Anna", "Νίκος Παππάς", "Łukasz Nowak", "Anna Berg"]),
    (Query("evora", availability=("looking_for_partners",)), ["Berta Anna"]),
    (Query(kinds=("school",)), []),
    (Query(), ["Berta Anna", "Νίκος Παππάς", "Łukasz Nowak", "Anna Berg"]),
)


@pytest.mark.parametrize("limit", [1, 2, 20])
async def test_a_query_finds_in_order_of_name_rank_and_time(database: Database, limit: int) -> None:
    for number, one in enumerate(PEOPLE):
        changed = stamp(NOW - timedelta(seconds=10 - number))
        await put(database, {**one, "updated": changed})
    for query, names in QUERIES:
        assert await found(database, query, limit=limit) == names, query


HOSTILE: Sequence[str] = (
    *('"', '""', "*", "^", "-", "NOT", "AND OR", "a AND", 'a" OR', "NEAR(", "NEAR(a b)"),
    *("nosuch:abc", "name : x", "{name} : x", "(", "a)", "a + b", "'; DROP TABLE listings --"),
    *(
        "\0",
        "a\0b",
        "\ud800",
        "😀",
        "!",
        "a " * 5_000,
        "x" * 10_240,
        "%",
        "_",
        "\u0301",
        "ᦰ",
        "ᦰ a",
    ),
)


async def test_no_words_are_syntax(database: Database) -> None:
    await put(database, *PEOPLE)
    asked = [
        one
        for typed in HOSTILE
        for one in (
            Query(typed),
            Query(region=typed),
            Query(typed, region=typed, kinds=("person",)),
        )
    ]
    for query in asked:
        assert isinstance(await found(database, query), list), query
    assert await found(database, Query("lukasz")) == ["Łukasz Nowak"]


async def test_what_changed_is_found_by_nothing_that_it_no_longer_says(database: Database) -> None:
    await put(database, person("Anna Berg"))
    await put(database, person("Anna Stein"))
    assert await found(database, Query("berg")) == []
    assert await found(database, Query("stein")) == ["Anna Stein"]
    async with database.write() as transaction:
        await listings.drop_many(transaction, [ANNA])
    assert await found(database, Query("stein")) == []
    async with database.read() as reader:
        assert await reader.count("SELECT count(*) FROM listing_search") == 0


async def test_what_is_not_shown_is_kept_and_not_found(database: Database) -> None:
    await put(database, {**person("Anna Berg"), "type": "Project", "state": "offered"})
    await put(database, {**person("Bela Bo"), "type": "Project", "state": "offered"})
    assert await found(database, Query()) == []
    assert await found(database, Query("anna")) == []
    async with database.read() as reader:
        known = await listings.find(reader, ANNA)
    assert known is not None
    assert not known.shown


async def test_a_notice_that_is_over_is_not_found_before_anybody_tidies(database: Database) -> None:
    over = {**person("Anna Berg"), "type": "Notice", "attributedTo": f"{BASE}/people/x"}
    await put(
        database,
        {**over, "expires": stamp(NOW)},
        now=NOW - timedelta(days=1),
    )
    assert await found(database, Query()) == []
    assert await found(database, Query("anna")) == []


async def test_a_number_of_a_change_never_comes_again(database: Database) -> None:
    await put(database, person("Anna Berg"))
    async with database.read() as reader:
        first = await listings.find(reader, ANNA)
    assert first is not None
    async with database.write() as transaction:
        await listings.drop_many(transaction, [first.id])
    await put(database, person("Anna Berg"))
    async with database.write() as transaction:
        second = await listings.find(transaction, first.id)
        assert second is not None
        assert second.change > first.change
        await listings.put(transaction, replace(second), None)
        moved = await listings.find(transaction, first.id)
    assert moved is not None
    assert moved.change == second.change
