"""A hub's long lists: page by page every row comes once, and no table is read whole."""

from collections.abc import Awaitable, Callable

import pytest

from node.storage import admissions, approvals, partners, school_map, teachers
from node.storage.database import Database, Reader, Row, Value
from node.storage.paging import START, Place
from node.storage.partners import Partner
from node.storage.teachers import Teacher

SILENT_MS = 1_000
Read = Callable[[Reader], Awaitable[object]]

LISTS: dict[str, Read] = {
    "schools that ask": lambda reader: admissions.list_page(reader, "waiting", START),
    "schools accredited": lambda reader: admissions.list_page(reader, "accredited", START),
    "teachers": lambda reader: teachers.list_in(reader, "verified", START),
    "projects": lambda reader: approvals.list_page(reader, "approved", START),
    "a project": lambda reader: approvals.find_request_named(reader, "A" * 22),
    "servers": lambda reader: partners.list_page(reader, START),
    "servers in trouble": lambda reader: partners.list_in_trouble(reader, Place(0, 7)),
    "silent servers": lambda reader: partners.list_silent(reader, SILENT_MS, Place(5, 7)),
    "blocked servers": partners.list_blocked,
    "servers that hubs admitted": lambda reader: partners.list_admitted(reader, "https://b", 200),
    "schools with a place": lambda reader: school_map.list_placed(reader, limit=300),
}


def _partner(number: int, seen_ms: int | None) -> Partner:
    origin = f"https://s{number:03}.example"
    name = f"School {number % 3}"
    return Partner(
        origin, f"{number:032x}", f"{origin}/actor", name, "PT", f"z{number}", "approved", 0, 0,
        seen_ms, "", "hub",
    )  # fmt: skip


async def _fill(database: Database) -> None:
    """Alike in what they are sorted by, so that a page may end among equals."""
    async with database.write() as transaction:
        for number in range(40):
            seen_ms = None if number % 4 == 0 else 1 + number % 5
            await partners.put(transaction, _partner(number, seen_ms))
            waiting = Teacher(
                0, f"https://a.example/activities/{number:022}",
                f"https://a.example/people/{number}", "https://a.example",
                "https://a.example/actor", {}, "", "", "waiting", 0, number % 3,
            )  # fmt: skip
            await teachers.add(transaction, waiting)


async def test_page_by_page_every_server_comes_once(database: Database) -> None:
    await _fill(database)
    async with database.read() as reader:
        for silent in (False, True):
            found: list[str] = []
            after: Place | None = START
            while after is not None:
                if silent:
                    page, after = await partners.list_silent(reader, SILENT_MS, after, 7)
                else:
                    page, after = await partners.list_page(reader, after, 7)
                assert len(page) <= 7
                found += [one.origin for one in page]
            assert len(found) == 40
            assert len(set(found)) == 40
        longest, _ = await partners.list_silent(reader, SILENT_MS, START, 10)
        assert {one.seen_ms for one in longest} == {None}


async def test_page_by_page_every_teacher_comes_once(database: Database) -> None:
    await _fill(database)
    found: list[int] = []
    after: Place | None = START
    async with database.read() as reader:
        while after is not None:
            page, after = await teachers.list_in(reader, "waiting", after, 7)
            found += [one.since_ms for one in page]
    assert found == sorted(number % 3 for number in range(40))


@pytest.mark.parametrize("read", LISTS.values(), ids=LISTS.keys())
async def test_no_list_of_a_hub_reads_or_sorts_a_whole_table(
    database: Database, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[Value, ...]]] = []
    plain = Reader.all

    async def remember(reader: Reader, sql: str, *values: Value) -> list[Row]:
        asked.append((sql, values))
        return await plain(reader, sql, *values)

    async def remember_one(reader: Reader, sql: str, *values: Value) -> Row | None:
        found = await remember(reader, sql, *values)
        return found[0] if found else None

    async with database.read() as reader:
        monkeypatch.setattr(Reader, "all", remember)
        monkeypatch.setattr(Reader, "one", remember_one)
        await read(reader)
        monkeypatch.undo()
        assert asked
        for sql, values in asked:
            for row in await reader.all(f"EXPLAIN QUERY PLAN {sql}", *values):
                step = str(row["detail"])
                assert "TEMP B-TREE" not in step, (sql, step)
                assert not step.startswith("SCAN") or "USING" in step, (sql, step)
