"""`scripts/bench/search`: pages of results out of a large directory, beside the bare index scan.

A real hub with signed documents of people and schools is asked by a real school, over signed
requests on loopback; both are in this process, so a question's time holds the asking, the answering
and the reading of the answer. Beside it stand the search alone (read the query, ask the index, read
a page of documents) and the bare scan: the same questions to the same index through a plain
connection, for the row numbers alone. Each is done twice, and the second round counts for the
ratio, in which all find the file in memory. On a machine that has other things to do, the core's
own time tells more than the clock.
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
from urllib.parse import urlencode

from node import events
from node.actions import accredit, admissions, identity, membership, refresh
from node.actions.context import Context
from node.actions.membership import Request
from node.actions.permission import OPERATOR
from node.storage import admissions as admission_rows
from node.storage import listings
from node.storage.database import Database
from node.storage.listings import Listed
from node.web import words
from protocol import canonical, directory
from protocol.canonical import JSONObject
from protocol.directory import Cursor, Query
from protocol.names import origin
from protocol.reading import owner_of
from scripts.benchmarks import population, report
from scripts.benchmarks.nodes import Clock, running
from scripts.benchmarks.population import Made

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
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        chance = random.Random(chosen.seed)
        asyncio.run(_run(Path(folder), chosen.people, chosen.schools, chosen.queries, chance))


async def _run(folder: Path, people: int, schools: int, count: int, chance: random.Random) -> None:
    clock = Clock()
    async with (
        running(folder / "hub", "Hub", clock, "hub") as hub,
        running(folder / "school", "School", clock) as school,
    ):
        await _accredit(hub, school)
        began = time.perf_counter()
        await fill(hub.database, people, schools, chance)
        filled_s = time.perf_counter() - began
        asked = [_question(chance) for _ in range(count)]
        again = random.Random(1).sample(asked, len(asked))
        await _search(hub.database, asked)
        found_s, results = await _search(hub.database, again)
        _scan(hub.folder.database_file, asked)
        bare_s = _scan(hub.folder.database_file, again)
        over_s, cpu_s = await _ask(hub, school, clock, again)
        size_mb = round(hub.folder.database_file.stat().st_size / 1e6)
    _tell(people, schools, filled_s, size_mb, results, over_s, cpu_s, found_s, bare_s)


async def _accredit(hub: Context, school: Context) -> None:
    """The hub gives a link, the school asks by it, an officer says yes, the school hears of it."""
    link = await admissions.make_link(hub, OPERATOR, label="bench")
    request = Request(register_number="1", reason="A benchmark.", language="en")
    await membership.join(school, OPERATOR, link, request)
    async with hub.database.read() as reader:
        waiting = await admission_rows.find_of_origin(reader, school.base)
    if waiting is None:
        raise RuntimeError("the school's request did not arrive")
    await accredit.accredit(hub, OPERATOR, waiting.id)
    await refresh.refresh_now(school, OPERATOR)


async def fill(database: Database, people: int, schools: int, chance: random.Random) -> None:
    homes = list(population.schools(schools, chance))
    cards = {str(one.document["id"]): one.document for one in homes}
    everybody = [*homes, *population.people(people, homes, chance)]
    for start in range(0, len(everybody), BATCH):
        batch = everybody[start : start + BATCH]
        async with database.write() as transaction:
            pairs = [_pair(one, cards, population.NOW) for one in batch]
            await listings.put_many(transaction, pairs)


def _pair(
    made: Made, cards: dict[str, JSONObject], now: datetime
) -> tuple[Listed, directory.Listing | None]:
    document = made.document
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
        voucher=f"{made.voucher.key_id} {made.voucher.signature}",
        source=origin(id_),
        shown=True,
        buried=False,
        listed_ms=NOW_MS,
    )
    return listed, directory.list_document(document, cards[school], now)


async def _ask(
    hub: Context, school: Context, clock: Clock, asked: Sequence[Query]
) -> tuple[list[float], list[float]]:
    """Each question as a school's node asks it: how long it takes, and how long a core works."""
    speaker = await identity.get_service_identity(school)
    taken, worked = [], []
    for query in asked:
        # At most so often as one school may ask.
        clock.at_ms += 3_000
        began, began_cpu = time.perf_counter(), time.process_time()
        answer = await school.client.get(
            f"{hub.base}/search?{urlencode([*query.pairs(), ('after', '0-0')])}",
            origin=hub.base,
            as_=speaker,
            accept="application/json",
        )
        page = canonical.read_object(answer.body)
        taken.append(time.perf_counter() - began)
        worked.append(time.process_time() - began_cpu)
        if answer.status != 200 or "results" not in page:
            raise RuntimeError(f"the hub answered {answer.status}")
    return taken, worked


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
    people: int,
    schools: int,
    filled_s: float,
    size_mb: int,
    results: int,
    over_s: list[float],
    cpu_s: list[float],
    found_s: list[float],
    bare_s: list[float],
) -> None:
    figures = {
        "over_http": report.milliseconds(over_s),
        "core": report.milliseconds(cpu_s),
        "search": report.milliseconds(found_s),
        "bare": report.milliseconds(bare_s),
    }
    ratios = {
        name: round(figures[name]["p95_ms"] / figures["bare"]["p95_ms"], 2)
        for name in ("over_http", "search")
    }
    titles = ("asked over signed HTTP", "of that a core works", "search alone", "bare index scan")
    rows: list[tuple[str, ...]] = [("", "median ms", "95 % ms", "longest ms")]
    for title, one in zip(titles, figures.values(), strict=True):
        rows.append((title, *(f"{value:.2f}" for value in one.values())))
    report.show(f"{people:,} people and {schools:,} schools, {len(bare_s):,} questions", rows)
    print(f"\nratio of the 95th percentiles to the bare scan: {ratios}; goal: 100 ms over HTTP")
    print(f"{results:,} results shown; filled in {filled_s:.0f} s; {size_mb} MB")
    report.tell(
        {
            "bench": "search",
            "people": people,
            "schools": schools,
            "questions": len(bare_s),
            **figures,
            "ratios_p95": ratios,
            "filled_s": round(filled_s, 1),
            "database_mb": size_mb,
        }
    )


if __name__ == "__main__":
    main()
