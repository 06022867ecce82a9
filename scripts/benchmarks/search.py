"""`scripts/bench/search`: pages of results out of a large directory, beside the bare index scan.

Searching is what a hub does for each question: read the query, ask the index, read a page of
documents. The bare scan is the same question to the same index through a plain connection, for
the row numbers alone. Each question is asked for the first time, then again in another order, and
so is the scan: the ratio is that of the second rounds, in which both find the file in memory.
"""

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from node.storage import listings, migrate
from node.storage.database import Database
from node.storage.listings import Listed
from node.web import words
from protocol import directory
from protocol.canonical import JSONObject
from protocol.directory import Cursor, Query
from protocol.names import origin
from protocol.reading import owner_of
from scripts.benchmarks import population, report

BATCH = 2_000
NOW_MS = int(population.NOW.timestamp() * 1000)
KINDS = {type_: kind for kind, type_ in directory.KINDS.items()}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--schools", type=int, default=30_000)
    asked.add_argument("--queries", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=3)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        path = Path(folder) / "node.sqlite"
        chance = random.Random(chosen.seed)
        asyncio.run(_run(path, chosen.people, chosen.schools, chosen.queries, chance))


async def _run(path: Path, people: int, schools: int, count: int, chance: random.Random) -> None:
    database = await Database.open(path)
    try:
        await migrate.migrate(database, now_ms=NOW_MS)
        began = time.perf_counter()
        await _fill(database, people, schools, chance)
        filled_s = time.perf_counter() - began
        asked = [_question(chance) for _ in range(count)]
        found_s, results = await _search(database, asked)
        again = random.Random(1).sample(asked, len(asked))
        again_s, _ = await _search(database, again)
    finally:
        await database.close()
    _scan(path, asked)
    bare_s = _scan(path, again)
    _tell(path, people, schools, filled_s, results, {"search": found_s, "again": again_s}, bare_s)


async def _fill(database: Database, people: int, schools: int, chance: random.Random) -> None:
    homes = list(population.schools(schools, chance))
    cards = {str(one["id"]): one for one in homes}
    everybody = [*homes, *population.people(people, homes, chance)]
    for start in range(0, len(everybody), BATCH):
        batch = everybody[start : start + BATCH]
        async with database.write() as transaction:
            await listings.put_many(
                transaction, [_pair(one, cards, population.NOW) for one in batch]
            )


def _pair(
    document: JSONObject, cards: dict[str, JSONObject], now: datetime
) -> tuple[Listed, directory.Listing | None]:
    id_ = str(document["id"])
    school = str(document.get("school", id_))
    listed = Listed(
        id=id_,
        kind=KINDS[str(document["type"])],
        owner=owner_of(document),
        origin=origin(id_),
        school=school,
        version=1,
        document=document,
        voucher="",
        source=origin(id_),
        shown=True,
        buried=False,
        listed_ms=NOW_MS,
    )
    return listed, directory.list_document(document, cards[school], now)


def _question(chance: random.Random) -> Query:
    """What somebody may ask: words, whole or begun, and none to four facets."""
    texts = (
        lambda: "",
        lambda: chance.choice(population.FIRST.split()),
        lambda: chance.choice(population.LAST.split())[: chance.randint(2, 5)],
        lambda: (
            f"{chance.choice(population.FIRST.split())} {chance.choice(population.LAST.split())}"
        ),
        lambda: chance.choice(chance.choice(population.SENTENCES).split()),
        lambda: " ".join(chance.choice(population.SENTENCES).split()[:3]),
        lambda: chance.choice(chance.choice(list(population.COUNTRIES.values()))[1].split()),
        lambda: "nobody writes this",
    )
    low = chance.randint(3, 18) if chance.random() < 0.3 else None
    chosen = set(chance.sample(range(5), chance.randint(0, 4)))
    return Query(
        text=chance.choice(texts)(),
        kinds=(chance.choice(("person", "person", "school")),) if 0 in chosen else (),
        countries=(chance.choice(list(population.COUNTRIES)),) if 1 in chosen else (),
        languages=(chance.choice(("en", "de", "pt", "el")),) if 2 in chosen else (),
        subjects=(chance.choice(list(words.SUBJECTS)),) if 3 in chosen else (),
        availability=(chance.choice(directory.AVAILABILITY),) if 4 in chosen else (),
        region="nord" if chance.random() < 0.1 else "",
        age_from=low,
        age_to=None if low is None else low + 2,
    )


async def _search(database: Database, asked: Sequence[Query]) -> tuple[list[float], int]:
    taken, results = [], 0
    for query in asked:
        pairs: dict[str, list[str]] = {}
        for name, value in query.pairs():
            pairs.setdefault(name, []).append(value)
        began = time.perf_counter()
        read = directory.read_query(pairs, subjects=list(words.SUBJECTS), countries=words.COUNTRIES)
        async with database.read() as reader:
            page = await listings.search(reader, read, Cursor(), now_ms=NOW_MS)
        taken.append(time.perf_counter() - began)
        results += len(page.results)
    return taken, results


def _scan(path: Path, asked: Sequence[Query]) -> list[float]:
    """The bare index: row numbers of the same first page, by a plain connection."""
    bare = sqlite3.connect(path)
    taken = []
    for query in asked:
        tiers = [listings.match_of(query, tier) for tier in ((0, 1) if query.words else (1,))]
        began = time.perf_counter()
        rows: list[object] = []
        for match in tiers:
            left = directory.PAGE + 1 - len(rows)
            if match and left:
                sql = "SELECT rowid FROM listing_search WHERE listing_search MATCH ? "
                rows += bare.execute(f"{sql} ORDER BY rowid LIMIT ?", (match, left)).fetchall()
            elif left:
                sql = "SELECT number FROM listings ORDER BY number LIMIT ?"
                rows += bare.execute(sql, (left,)).fetchall()
        taken.append(time.perf_counter() - began)
    bare.close()
    return taken


def _tell(
    path: Path,
    people: int,
    schools: int,
    filled_s: float,
    results: int,
    taken: dict[str, list[float]],
    bare_s: list[float],
) -> None:
    figures = {name: report.milliseconds(seconds) for name, seconds in taken.items()}
    bare = report.milliseconds(bare_s)
    ratio = round(figures["again"]["p95_ms"] / bare["p95_ms"], 2)
    size_mb = round(path.stat().st_size / 1e6)
    rows: list[tuple[str, ...]] = [("", "median ms", "95 % ms", "longest ms")]
    for name, one in (*figures.items(), ("bare index scan", bare)):
        rows.append((name, *(f"{value:.2f}" for value in one.values())))
    report.show(f"{people:,} people and {schools:,} schools, {len(bare_s):,} questions", rows)
    print(f"\nratio of the 95th percentiles, search to bare scan: {ratio}")
    print(f"{results:,} results shown; filled in {filled_s:.0f} s; {size_mb} MB")
    report.tell(
        {
            "bench": "search",
            "people": people,
            "schools": schools,
            "questions": len(bare_s),
            **figures,
            "bare": bare,
            "ratio_p95": ratio,
            "filled_s": round(filled_s, 1),
            "database_mb": size_mb,
        }
    )


if __name__ == "__main__":
    main()
