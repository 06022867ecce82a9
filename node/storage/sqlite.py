"""How a connection to an SQLite file is made and spoken to.

Nothing else may open the database file: closing any other handle on it would drop the locks that
SQLite holds for the whole process (POSIX advisory locks, `fcntl(2)`).
"""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import aiosqlite

from node.storage.lane import Lane
from protocol.errors import Reason, Refused

Value: TypeAlias = str | int | float | bytes | None
Row = sqlite3.Row

BUSY_TIMEOUT_MS = 10_000
_CACHED_STATEMENTS = 512
_PLACEHOLDER = re.compile(r"\$(\d+)")

_FOR_ALL = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    # What is sorted may be somebody's letter: it does not spill into a file of its own.
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
_FOR_WRITER = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # SQLite's own checkpoints swallow a failed fsync; the writer makes them itself.
    "PRAGMA wal_autocheckpoint = 0",
    # A dropped payload is overwritten with zeros, not only unlinked.
    "PRAGMA secure_delete = ON",
)
_FOR_READER = ("PRAGMA query_only = ON", "PRAGMA wal_autocheckpoint = 0")


@lru_cache(maxsize=2048)
def spelled(sql: str) -> str:
    """`$1` as SQLite spells it: a tuple for named parameters is refused by newer Pythons.

    Raises ValueError for a double quote: SQLite would take a mistyped name inside it for a text,
    and that can be switched off only from Python 3.12 on.
    """
    if '"' in sql:
        raise ValueError(f"no double quotes in SQL: {sql}")
    return _PLACEHOLDER.sub(r"?\1", sql)


class Connection(sqlite3.Connection):
    """A connection as all of ours are. Made in the thread that owns it."""

    def __init__(self, address: str) -> None:
        super().__init__(
            address, isolation_level=None, cached_statements=_CACHED_STATEMENTS, uri=True
        )
        self.row_factory = sqlite3.Row
        if sys.version_info >= (3, 12):
            self.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DDL, False)
            self.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DML, False)
            self.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)

    def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
        """Statements that hold no semicolon, one after the other in one visit to the thread.

        The library's own method commits first, which would end a transaction by surprise.
        """
        cursor = self.cursor()
        for statement in sql_script.split(";"):
            cursor.execute(statement).fetchall()
        return cursor


async def open_writer(path: Path) -> Lane:
    """The connection that may write to `path`; makes the file, for its owner alone."""
    _make(path)
    return await _open(_address(path), _FOR_WRITER)


async def open_reader(path: Path) -> Lane:
    """A connection that cannot write, nor checkpoint, nor be the last to fold the log away."""
    return await _open(f"{_address(path)}?mode=ro", _FOR_READER)


async def _open(address: str, rules: tuple[str, ...]) -> Lane:
    lane = Lane(lambda: Connection(address))
    _ = await lane
    try:
        await lane.send_script("; ".join(_FOR_ALL + rules))
    except BaseException:
        await lane.close()
        raise
    return lane


def _make(path: Path) -> None:
    """Make the empty file `path`, for its owner alone, unless there is one."""
    if not path.exists():
        path.touch(mode=0o600)


async def open_copy(path: Path) -> aiosqlite.Connection:
    """A connection to a new file that a backup is written to, for its owner alone."""
    _make(path)
    return await aiosqlite.connect(path, isolation_level=None)


def _address(path: Path) -> str:
    return f"file:{quote(str(path.absolute()))}"


@contextmanager
def refusals() -> Iterator[None]:
    """What the disk or another process prevents is refused by name; a defect is raised as it is."""
    try:
        yield
    except sqlite3.OperationalError as error:
        match error.sqlite_errorcode & 0xFF:
            case sqlite3.SQLITE_FULL:
                raise Refused(
                    Reason.STORAGE_FULL, "this node's disk is full; free space, then try again"
                ) from None
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise Refused(
                    Reason.BUSY, "another program keeps the database; close it, then try again"
                ) from None
            case sqlite3.SQLITE_IOERR:
                raise Refused(
                    Reason.STORAGE_FAILED,
                    f"this node's disk failed ({error.sqlite_errorname}); look at it, "
                    "then start the node again",
                ) from None
            case _:
                raise
