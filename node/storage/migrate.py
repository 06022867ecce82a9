"""Brings a database to its program's schema: numbered files, each applied once, never changed.

A file's checksum is kept with its number, so a changed past is noticed. Before an existing database
is changed it is copied beside itself, until a later start went well. `COMPATIBLE` is the oldest
program that may open what this one leaves behind; a database that asks for a newer program than
this one is refused.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from node.storage.database import Database, Reader
from protocol.errors import Reason, Refused

PROGRAM = 29
"""Version of the schema that this program writes: the number of the last file."""
COMPATIBLE = 29
"""A program with this version or a later one may open it."""

PACKAGE = "node.storage.migrations"
_FILE = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True)
class Schema:
    """The schema of one database: where its files lie, and the two versions as above."""

    package: str
    program: int
    compatible: int


@dataclass(frozen=True)
class Step:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def steps(package: str = PACKAGE) -> list[Step]:
    """All files, in order."""
    found = []
    for file in files(package).iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            found.append(Step(int(match[1]), file.name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda step: step.number)


async def migrate(database: Database, *, now_ms: int, schema: Schema | None = None) -> list[int]:
    """Apply what is missing, by default the node's own schema; the numbers applied.

    Refuses with NEWER_DATABASE a database that needs a newer program, and with BAD_DATA_FOLDER one
    whose past is not this program's past.
    """
    schema = schema or Schema(PACKAGE, PROGRAM, COMPATIBLE)
    applied = await _check(database, schema)
    missing = _missing(schema, applied)
    if missing and applied:
        await _copy(database, missing[0].number)
    for step in missing:
        # A table that others point at is rebuilt by dropping it.
        async with database.rebuild() as transaction:
            if await _is_applied(transaction, step.number):
                continue
            for statement in _statements(step):
                await transaction.run(statement)
            await transaction.run(
                "INSERT INTO migrations (number, name, checksum, applied_ms) "
                "VALUES ($1, $2, $3, $4)",
                step.number,
                step.name,
                step.checksum,
                now_ms,
            )
            await transaction.run(f"PRAGMA user_version = {schema.compatible:d}")
    return [step.number for step in missing]


async def list_missing(database: Database, schema: Schema) -> list[Step]:
    """What `migrate` would apply; nothing is changed. Refuses as it does."""
    return _missing(schema, await _check(database, schema))


def _missing(schema: Schema, applied: Mapping[int, str]) -> list[Step]:
    return [step for step in steps(schema.package) if step.number not in applied]


async def is_current(reader: Reader) -> bool:
    """Whether every file of this program has been applied."""
    applied = await reader.count("SELECT count(*) FROM migrations")
    return applied >= len(steps())


def list_copies(database_file: Path) -> dict[Path, int]:
    """The copies that migrations left beside the database, and when each was made, in ns."""
    name = re.compile(re.escape(database_file.name) + r"\.before-\d{4}(\.\d+)?(\.part)?")
    found = [one for one in database_file.parent.glob("*.before-*") if name.fullmatch(one.name)]
    return {one: one.stat().st_mtime_ns for one in found}


def drop_copies(database_file: Path, old: Mapping[Path, int]) -> None:
    """Remove those copies that are still the `old` ones: they hold what was erased since."""
    for copy, made_ns in list_copies(database_file).items():
        if old.get(copy) == made_ns:
            copy.unlink(missing_ok=True)


async def _copy(database: Database, number: int) -> None:
    """Copy the database as it is before file `number`; a copy of an earlier try is replaced."""
    copy = database.path.with_name(f"{database.path.name}.before-{number:04}")
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    await database.backup(fresh)
    async with database.read() as reader:
        late = await _is_applied(reader, number)
    if late:
        fresh.unlink()  # Another process was quicker: its copy is the one of before.
    else:
        fresh.replace(copy)


async def _check(database: Database, schema: Schema) -> dict[int, str]:
    async with database.read() as reader:
        needed = await reader.count("PRAGMA user_version")
        if needed > schema.program:
            raise Refused(
                Reason.NEWER_DATABASE,
                f"{database.path} was written by a newer Schoolgate (schema {needed}); "
                "install that version, or restore a backup made before it",
            )
        if not await reader.one("SELECT 1 FROM sqlite_master WHERE name = 'migrations'"):
            return {}
        rows = await reader.all("SELECT number, checksum FROM migrations")
    applied = {int(row["number"]): str(row["checksum"]) for row in rows}
    for step in steps(schema.package):
        if applied.get(step.number, step.checksum) != step.checksum:
            raise Refused(
                Reason.BAD_DATA_FOLDER,
                f"{step.name} is not the file that made {database.path}; "
                "install the release that this database was made with",
            )
    return applied


async def _is_applied(reader: Reader, number: int) -> bool:
    """Another process may have been quicker between our look and our turn."""
    if not await reader.one("SELECT 1 FROM sqlite_master WHERE name = 'migrations'"):
        return False
    found = await reader.one("SELECT 1 FROM migrations WHERE number = $1", number)
    return found is not None


def _statements(step: Step) -> list[str]:
    """The statements of a file; a trigger's inner semicolons do not end it."""
    statements, current = [], ""
    for line in step.sql.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    if current.strip():
        raise ValueError(f"{step.name} ends in the middle of a statement")
    return statements
