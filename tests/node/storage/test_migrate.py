"""A database is brought to this program's schema once, in order, and never by guessing."""

import asyncio
import os
import re
import sqlite3
from pathlib import Path

import pytest

import node
from node.storage import migrate, register
from node.storage.database import Database
from node.storage.migrate import Step
from protocol.errors import Reason, Refused

NOW_MS = 1_795_460_400_000


async def open_migrated(path: Path) -> Database:
    database = await Database.open(path)
    await migrate.migrate(database, now_ms=NOW_MS)
    return database


def copies(folder: Path) -> list[Path]:
    return list(folder.glob("*.before-*"))


def more_steps(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    last = migrate.steps()[-1].number
    steps = [*migrate.steps(), Step(last + 1, f"{last + 1:04}_more.sql", sql)]
    monkeypatch.setattr(migrate, "steps", lambda _=migrate.PACKAGE: steps)
    monkeypatch.setattr(migrate, "PROGRAM", last + 1)


def test_the_program_writes_the_schema_of_its_last_file() -> None:
    assert [step.number for step in migrate.steps()] == list(range(1, migrate.PROGRAM + 1))
    assert migrate.COMPATIBLE <= migrate.PROGRAM


async def test_a_new_database_gets_every_file_once(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "node.sqlite")
    assert await migrate.migrate(database, now_ms=NOW_MS) == [
        step.number for step in migrate.steps()
    ]
    assert await migrate.migrate(database, now_ms=NOW_MS) == []
    assert await database.integrity_check() == []
    assert copies(tmp_path) == []
    await database.close()


async def test_two_programs_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    first = await Database.open(tmp_path / "node.sqlite")
    second = await Database.open(tmp_path / "node.sqlite")
    await asyncio.gather(
        migrate.migrate(first, now_ms=NOW_MS), migrate.migrate(second, now_ms=NOW_MS)
    )
    async with first.read() as reader:
        assert await reader.count("SELECT count(*) FROM migrations") == len(migrate.steps())
    await first.close()
    await second.close()


async def test_an_existing_database_is_copied_before_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    async with database.write() as transaction:
        await transaction.run("INSERT INTO meta (key, value) VALUES ('node', 'abc')")
    more_steps(monkeypatch, "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;\n")
    await migrate.migrate(database, now_ms=NOW_MS)
    copy = await Database.open(tmp_path / f"node.sqlite.before-{migrate.PROGRAM:04}")
    async with copy.read() as reader:
        assert await reader.one("SELECT value FROM meta WHERE key = 'node'") is not None
        assert await reader.one("SELECT 1 FROM sqlite_master WHERE name = 'extra'") is None
    await copy.close()
    await database.close()


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    more_steps(monkeypatch, "CREATE TABLE extra (id INTEGER) STRICT;\nDROP TABLE nowhere;\n")
    with pytest.raises(Exception, match="nowhere"):
        await migrate.migrate(database, now_ms=NOW_MS)
    async with database.read() as reader:
        assert await reader.one("SELECT 1 FROM sqlite_master WHERE name = 'extra'") is None
        assert await reader.count("SELECT count(*) FROM migrations") == migrate.PROGRAM - 1
    await database.close()


async def test_a_migration_may_rebuild_a_table_that_others_point_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(tmp_path / "node.sqlite")
    await migrate.migrate(database, now_ms=NOW_MS)
    more_steps(
        monkeypatch,
        "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;\n"
        "CREATE TABLE children (parent INTEGER REFERENCES parents (id)) STRICT;\n"
        "INSERT INTO parents VALUES (7);\nINSERT INTO children VALUES (7);\n"
        "CREATE TABLE renewed (id INTEGER PRIMARY KEY, name TEXT) STRICT;\n"
        "INSERT INTO renewed (id) SELECT id FROM parents;\n"
        "DROP TABLE parents;\nALTER TABLE renewed RENAME TO parents;\n",
    )
    await migrate.migrate(database, now_ms=NOW_MS)
    assert await database.integrity_check() == []
    async with database.read() as reader:
        assert await reader.count("SELECT count(*) FROM children JOIN parents ON id = parent") == 1
    await database.close()


async def test_a_migration_may_not_leave_rows_that_point_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    more_steps(monkeypatch, "INSERT INTO sessions VALUES (1, 'hash', 99, 1, 1, 1, 'phone');\n")
    with pytest.raises(sqlite3.IntegrityError):
        await migrate.migrate(database, now_ms=NOW_MS)
    assert await database.integrity_check() == []
    with pytest.raises(sqlite3.IntegrityError):
        await orphan(database)
    await database.close()


async def orphan(database: Database) -> None:
    async with database.write() as transaction:
        await transaction.run("INSERT INTO sessions VALUES (1, 'hash', 99, 1, 1, 1, 'phone')")


async def test_a_changed_file_of_the_past_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    first, *rest = migrate.steps()
    changed = Step(first.number, first.name, f"{first.sql}-- one more word\n")
    monkeypatch.setattr(migrate, "steps", lambda _: [changed, *rest])
    with pytest.raises(Refused) as refused:
        await migrate.migrate(database, now_ms=NOW_MS)
    assert refused.value.reason is Reason.BAD_DATA_FOLDER
    await database.close()


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    async with database.write() as transaction:
        await transaction.run(f"PRAGMA user_version = {migrate.PROGRAM + 1}")
    with pytest.raises(Refused) as refused:
        await migrate.migrate(database, now_ms=NOW_MS)
    assert refused.value.reason is Reason.NEWER_DATABASE
    assert str(migrate.PROGRAM + 1) in refused.value.detail
    await database.close()


async def test_a_newer_database_that_this_program_understands_is_opened(tmp_path: Path) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    async with database.write() as transaction:
        await transaction.run(
            "INSERT INTO migrations (number, name, checksum, applied_ms) VALUES ($1, 'x', 'x', 1)",
            migrate.PROGRAM + 1,
        )
    assert await migrate.migrate(database, now_ms=NOW_MS) == []
    await database.close()


async def test_a_file_that_ends_within_a_statement_is_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    more_steps(monkeypatch, "CREATE TABLE extra (id INTEGER) STRICT")
    with pytest.raises(ValueError, match="middle of a statement"):
        await migrate.migrate(database, now_ms=NOW_MS)
    await database.close()


async def test_a_copy_of_an_earlier_try_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    async with database.write() as transaction:
        await transaction.run("INSERT INTO meta (key, value) VALUES ('node', 'abc')")
    stale = tmp_path / f"node.sqlite.before-{migrate.PROGRAM + 1:04}"
    stale.write_bytes(b"of last year")
    more_steps(monkeypatch, "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;\n")
    await migrate.migrate(database, now_ms=NOW_MS)
    assert copies(tmp_path) == [stale]
    with sqlite3.connect(stale) as copy:
        assert copy.execute("SELECT value FROM meta WHERE key = 'node'").fetchone() == ("abc",)
    await database.close()


def test_only_copies_that_are_not_renewed_meanwhile_are_removed(tmp_path: Path) -> None:
    file = tmp_path / "node.sqlite"
    old, renewed = (tmp_path / f"node.sqlite.before-000{n}" for n in (3, 4))
    killed, kept = (tmp_path / f"node.sqlite.before-{end}" for end in ("0004.17.part", "summer"))
    for one in (file, old, renewed, killed, kept):
        one.write_bytes(b"x")
    before = migrate.list_copies(file)
    os.utime(renewed, (NOW_MS, NOW_MS))
    migrate.drop_copies(file, before)
    assert set(tmp_path.iterdir()) == {file, renewed, kept}


async def test_every_table_says_what_it_holds_and_how_long_its_rows_stay(tmp_path: Path) -> None:
    database = await open_migrated(tmp_path / "node.sqlite")
    async with database.read() as reader:
        assert (await register.list_columns(reader)).keys() == register.TABLES.keys()
    async with database.write() as transaction:
        await transaction.run("CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT")
    async with database.read() as reader:
        assert "parents" in await register.list_columns(reader), "what is planted is seen"
    await database.close()
    for name, table in register.TABLES.items():
        assert (table.stays is register.Stays.DAYS) == bool(table.days), name
        assert (table.stays is register.Stays.SETTING) == bool(table.setting), name


def test_what_is_said_to_go_has_a_statement_that_drops_it() -> None:
    program = "".join(file.read_text() for file in Path(node.__file__).parent.rglob("*.py"))
    dropped = set(re.findall(r"DELETE FROM ([a-z_]+)", program))
    going = {
        name for name, table in register.TABLES.items() if table.stays is not register.Stays.KEPT
    }
    assert going - dropped == set()
