"""`scripts/bench/desk`: a hub's pages with many schools, beside the bare index scan.

An officer's browser asks a real hub over loopback, page after page; the hub is in this process.
Beside it stand the reading alone (the rows of one page, as the page reads them) and the bare scan:
the same rows from the same index through a plain connection. A page that costs as much at
ten times the schools reads no whole table.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from node import events
from node.actions.context import Context
from node.storage import admissions, approvals, partners, school_map, teachers
from node.storage.database import Database, Reader, Value
from node.storage.paging import START
from protocol import names
from protocol.canonical import b64
from scripts.benchmarks import population, report
from scripts.benchmarks.nodes import Clock, running
from scripts.benchmarks.search import fill
from scripts.demonstration.visitor import Visitor

DAY_MS = 86_400_000
NOW_MS = int(population.NOW.timestamp() * 1000)
BATCH = 2_000
OTHERS = 3_000
"""Teachers and projects that were asked about, of each sort."""


class Looked(NamedTuple):
    """One page: its address, how its rows are read alone, and the bare scan of the same index."""

    title: str
    path: str
    read: Callable[[Reader], Awaitable[object]] | None
    bare: str


LOOKED = (
    Looked("a page without rows", "/agency/announcements", None, ""),
    Looked("desk", "/agency", lambda reader: partners.count(reader, NOW_MS), ""),
    Looked(
        "schools that ask",
        "/agency/schools",
        lambda reader: admissions.list_page(reader, "waiting", START),
        "SELECT * FROM admissions WHERE state = 'waiting' ORDER BY since_ms LIMIT 51",
    ),
    Looked(
        "schools accredited",
        "/agency/schools?state=accredited",
        lambda reader: admissions.list_page(reader, "accredited", START),
        "SELECT * FROM admissions WHERE state = 'accredited' ORDER BY ends_ms LIMIT 51",
    ),
    Looked(
        "teachers",
        "/agency/teachers?state=verified",
        lambda reader: teachers.list_in(reader, "verified", START),
        "SELECT * FROM teacher_requests WHERE state = 'verified' ORDER BY since_ms LIMIT 51",
    ),
    Looked(
        "projects",
        "/agency/projects?state=approved",
        lambda reader: approvals.list_page(reader, "approved", START),
        "SELECT * FROM project_requests WHERE state = 'approved' ORDER BY since_ms LIMIT 51",
    ),
    Looked(
        "servers",
        "/agency/nodes",
        lambda reader: partners.list_page(reader, START),
        "SELECT * FROM partners ORDER BY name LIMIT 51",
    ),
    Looked(
        "silent servers",
        "/agency/nodes?state=silent",
        lambda reader: partners.list_silent(reader, NOW_MS, START),
        "SELECT * FROM partners WHERE state = 'approved' ORDER BY coalesce(seen_ms, 0) LIMIT 51",
    ),
    Looked("administration", "/admin", lambda reader: partners.count(reader, 0), ""),
    Looked(
        "map",
        "/map",
        school_map.count_by_country,
        "SELECT country, count(*) FROM listings WHERE kind = 'school' AND shown = 1 "
        "GROUP BY country",
    ),
    Looked("schools that can be found", "/schools", None, ""),
)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--schools", type=int, default=30_000)
    asked.add_argument("--rounds", type=int, default=50)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.schools, chosen.rounds))


async def _run(folder: Path, schools: int, rounds: int) -> None:
    async with running(folder / "hub", "Hub", Clock(), "hub") as hub:
        began = time.perf_counter()
        await fill(hub.database, 0, schools, random.Random(3))
        await _fill_desk(hub, schools)
        filled_s = time.perf_counter() - began
        browser = Visitor(hub.base)
        await asyncio.to_thread(_sign_in, browser)
        rows: list[tuple[str, ...]] = [
            ("", "page, median ms", "95 % ms", "reading alone", "bare scan", "reading / bare")
        ]
        figures: dict[str, object] = {}
        plain = sqlite3.connect(hub.folder.database_file)
        for one in LOOKED:
            page_s = [await _load(browser, one.path) for _ in range(rounds)]
            read_s = [] if one.read is None else await _read(hub.database, one.read, rounds)
            bare_s = [_scan(plain, one.bare) for _ in range(rounds)] if one.bare else []
            rows.append(_row(one.title, page_s, read_s, bare_s))
            figures[one.path] = {
                "page": report.milliseconds(page_s),
                "reading": report.milliseconds(read_s) if read_s else None,
                "bare": report.milliseconds(bare_s) if bare_s else None,
            }
        plain.close()
        size_mb = round(hub.folder.database_file.stat().st_size / 1e6)
    report.show(f"A hub with {schools:,} schools, {rounds} rounds", rows)
    print(f"\nfilled in {filled_s:.0f} s; {size_mb} MB")
    report.tell({"bench": "desk", "schools": schools, "pages": figures, "database_mb": size_mb})


def _row(
    title: str, page_s: Sequence[float], read_s: Sequence[float], bare_s: Sequence[float]
) -> tuple[str, ...]:
    page = report.milliseconds(page_s)
    read = report.share(read_s, 0.5) * 1000 if read_s else None
    bare = report.share(bare_s, 0.5) * 1000 if bare_s else None
    ratio = "" if read is None or not bare else f"{read / bare:.1f}"
    return (
        title,
        f"{page['p50_ms']:.1f}",
        f"{page['p95_ms']:.1f}",
        "" if read is None else f"{read:.2f}",
        "" if bare is None else f"{bare:.2f}",
        ratio,
    )


def _sign_in(browser: Visitor) -> None:
    page = browser.get("/login")
    browser.send(page, "/login", handle="admin", password="a long enough password")


async def _load(browser: Visitor, path: str) -> float:
    began = time.perf_counter()
    await asyncio.to_thread(browser.download, path)
    return time.perf_counter() - began


async def _read(
    database: Database, read: Callable[[Reader], Awaitable[object]], rounds: int
) -> list[float]:
    taken = []
    async with database.read() as reader:
        for _ in range(rounds):
            began = time.perf_counter()
            await read(reader)
            taken.append(time.perf_counter() - began)
    return taken


def _scan(plain: sqlite3.Connection, sql: str) -> float:
    began = time.perf_counter()
    plain.execute(sql).fetchall()
    return time.perf_counter() - began


async def _fill_desk(hub: Context, schools: int) -> None:
    """What the desk shows, written as rows: nothing of it is verified when it is listed."""
    actor = names.service_actor_id(hub.base)
    tables: tuple[tuple[str, Iterator[tuple[Value, ...]]], ...] = (
        ("partners (origin, node, actor, name, country, public, state, added_ms, changed_ms, "
         "seen_ms, trouble, admitted_by)", _partners(schools)),
        ("issued (number, id, kind, subject, credential, issued_ms, until_ms)",
         _issued(hub.base, schools)),
        ("admissions (id, origin, actor, document, school, register_number, reason, language, "
         "state, applied_ms, since_ms, issued, ends_ms)", _admissions(hub.base, schools)),
        ("accreditations (origin, hub, id, credential, until_ms, presented_ms)",
         _accreditations(hub.base, actor, schools)),
        ("teacher_requests (asked, person, origin, actor, document, note, language, state, "
         "asked_ms, since_ms)", _teachers()),
        ("project_requests (asked, project, actor, founder, co_founder, acceptance, document, "
         "state, asked_ms, since_ms)", _projects()),
    )  # fmt: skip
    for table, rows in tables:
        places = ", ".join(f"${number + 1}" for number in range(table.count(",") + 1))
        while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
            async with hub.database.write() as transaction:
                await transaction.many(f"INSERT INTO {table} VALUES ({places})", batch)


def _home(number: int) -> str:
    return f"https://s{number}.example"


def _name(number: int) -> str:
    return b64(number.to_bytes(16, "big"))


def _partners(schools: int) -> Iterator[tuple[Value, ...]]:
    for number in range(schools):
        home = _home(number)
        seen = None if number % 50 == 0 else NOW_MS - (number % 30) * DAY_MS // 2
        trouble = "unreachable" if number % 97 == 0 else ""
        yield (
            home, f"{number:032x}", f"{home}/actor", f"School {number * 7919 % schools}", "PT",
            f"z6Mk{number}", "approved", NOW_MS, NOW_MS, seen, trouble, "hub",
        )  # fmt: skip


def _credential(base: str, number: int) -> str:
    home = _home(number)
    subject = {"id": f"{home}/actor", "key": f"z6Mk{number}", "name": f"School {number}"}
    filler = {"proof": {"proofValue": "z" * 90}, "issuer": {"id": f"{base}/actor"}}
    return json.dumps({"credentialSubject": subject, **filler})


def _issued(base: str, schools: int) -> Iterator[tuple[Value, ...]]:
    for number in range(schools):
        yield (
            number + 1, names.credential_id(base, _name(number)), "accreditation",
            f"{_home(number)}/actor", _credential(base, number), NOW_MS,
            NOW_MS + (number % 730) * DAY_MS,
        )  # fmt: skip


def _admissions(base: str, schools: int) -> Iterator[tuple[Value, ...]]:
    for number in range(schools):
        home = _home(number)
        card = {"name": f"School {number}", "country": "PT", "city": "Aveiro", "about": "x" * 800}
        key = f"{home}/actor#ed25519-key"
        document = {
            "proof": {"verificationMethod": key},
            "assertionMethod": [{"id": key, "publicKeyMultibase": KEY}],
        }
        waits = number % 100 == 0
        yield (
            names.admission_id(base, _name(number)), home, f"{home}/actor", json.dumps(document),
            json.dumps(card), str(number), "Ask the head.", "en",
            "waiting" if waits else "accredited", NOW_MS, NOW_MS - number,
            None if waits else number + 1, None if waits else NOW_MS + (number % 730) * DAY_MS,
        )  # fmt: skip


KEY = population.key_of("https://s.example/actor")


def _accreditations(base: str, actor: str, schools: int) -> Iterator[tuple[Value, ...]]:
    for number in range(schools):
        id_ = names.credential_id(base, _name(number))
        credential = _credential(base, number)
        yield _home(number), actor, id_, credential, NOW_MS + 730 * DAY_MS, NOW_MS


def _teachers() -> Iterator[tuple[Value, ...]]:
    for number in range(OTHERS):
        home = _home(number)
        person = f"{home}/people/ana"
        document = {"id": person, "name": "Ana Reis", "preferredUsername": "ana"}
        yield (
            names.activity_id(home, _name(number)), person, home, f"{home}/actor",
            json.dumps(document), "Here since 2019.", "en",
            "waiting" if number % 10 == 0 else "verified", NOW_MS, NOW_MS - number,
        )  # fmt: skip


def _projects() -> Iterator[tuple[Value, ...]]:
    for number in range(OTHERS):
        home, other = _home(number), _home(number + 1)
        project = names.project_id(home, _name(number))
        document = {"name": "Two rivers", "summary": "We measure.", "language": "en"}
        yield (
            names.activity_id(home, _name(number)), project, f"{home}/actor",
            f"{home}/people/ana", f"{other}/people/bob", names.activity_id(other, _name(number)),
            json.dumps(document), "waiting" if number % 10 == 0 else "approved", NOW_MS,
            NOW_MS - number,
        )  # fmt: skip


if __name__ == "__main__":
    main()
