"""The database as two types: a `Reader` that cannot write, a `Transaction` that only actions open.

SQLite by these rules, each for a known way to lose data:

- Across processes every write transaction, checkpoint and close of a writing connection holds an
  exclusive `flock` on `<database>.lock`. Within a process one connection writes and it alone
  checkpoints: two connections that reset a write-ahead log at once can corrupt it (3.7.0-3.51.2).
- `BEGIN IMMEDIATE`, `synchronous=FULL`, foreign keys on, no double-quoted strings where the
  library can be told so, no trusted schema.
- Group commit: each action runs in a SAVEPOINT of its own, actions that wait for each other share
  one COMMIT, and `write()` returns only after it.
"""

import asyncio
import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import aiosqlite

from protocol.errors import Reason, Refused

Value: TypeAlias = "str | int | float | bytes | None"
Row = sqlite3.Row

READERS = 3
ACTIONS_PER_COMMIT = 64
_PLACEHOLDER = re.compile(r"\$(\d+)")


@lru_cache(maxsize=1024)
def _spelled(sql: str) -> str:
    """`$1` as SQLite spells it: a tuple for named parameters is refused by newer Pythons."""
    return _PLACEHOLDER.sub(r"?\1", sql)


class Reader:
    """One consistent view of the database, for as long as its block lasts."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def all(self, sql: str, *values: Value) -> list[Row]:
        """All rows."""
        return list(await self._connection.execute_fetchall(_spelled(sql), values))

    async def one(self, sql: str, *values: Value) -> Row | None:
        """The first row, if there is one."""
        rows = await self.all(sql, *values)
        return rows[0] if rows else None

    async def count(self, sql: str, *values: Value) -> int:
        """The first column of the first row as a whole number; 0 where there is none."""
        row = await self.one(sql, *values)
        return int(row[0] or 0) if row is not None else 0


class Transaction(Reader):
    """One action's unit: all of it is kept, or nothing."""

    async def run(self, sql: str, *values: Value) -> int:
        """Run a statement; how many rows it changed."""
        cursor = await self._connection.execute(_spelled(sql), values)
        changed = cursor.rowcount
        await cursor.close()
        return changed

    async def insert(self, sql: str, *values: Value) -> int:
        """Run an INSERT; the new row's number."""
        cursor = await self._connection.execute(_spelled(sql), values)
        number = cursor.lastrowid
        await cursor.close()
        if number is None:
            raise RuntimeError("the statement inserted no row")
        return number

    async def many(self, sql: str, rows: Iterable[tuple[Value, ...]]) -> None:
        """Run a statement once for each tuple of values."""
        await self._connection.executemany(_spelled(sql), rows)


class _Batch:
    """Actions that share one COMMIT."""

    def __init__(self) -> None:
        self.actions = 0
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Database:
    """One node's database file, opened once per process."""

    def __init__(
        self,
        path: Path,
        writer: aiosqlite.Connection,
        readers: list[aiosqlite.Connection],
        lock: int,
        min_free_bytes: int,
    ) -> None:
        self.path = path
        self._writer = writer
        self._all_readers = readers
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._file_lock = lock
        self._min_free_bytes = min_free_bytes
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self._settling: set[asyncio.Task[None]] = set()
        self._changes = 0
        self.writes = 0
        """Transactions committed by this process that changed a row."""

    @classmethod
    async def open(cls, path: Path, *, min_free_bytes: int = 0) -> "Database":
        """Open the file, making it if it does not exist. Its tables are `migrate`'s business."""
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await _take(lock)
            try:
                writer = await _connect(path)
                await writer.execute_fetchall("PRAGMA journal_mode = WAL")
                await writer.execute_fetchall("PRAGMA synchronous = FULL")
                readers = [await _connect(path) for _ in range(READERS)]
                for reader in readers:
                    await reader.execute_fetchall("PRAGMA wal_autocheckpoint = 0")
                    await reader.execute_fetchall("PRAGMA query_only = 1")
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)
        except sqlite3.DatabaseError as error:
            os.close(lock)
            raise Refused(
                Reason.BAD_DATA_FOLDER, f"{path} cannot be opened: {error}; restore a backup"
            ) from None
        return cls(path, writer, readers, lock, min_free_bytes)

    async def close(self) -> None:
        """Close all connections, under the lock: the last one to close checkpoints."""
        async with self._turn:
            await _take(self._file_lock)
            try:
                for reader in self._all_readers:
                    await reader.close()
                await self._writer.close()
            finally:
                os.close(self._file_lock)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A consistent view; several at a time."""
        connection = await self._readers.get()
        try:
            await connection.execute("BEGIN")
            yield Reader(connection)
        finally:
            try:
                await asyncio.shield(_rollback(connection))
            finally:
                self._readers.put_nowait(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """One action's unit. When the block is left, what it did is on the disk.

        An exception undoes this action alone. Refuses with STORAGE_FULL below the disk floor.
        """
        if shutil.disk_usage(self.path.parent).free < self._min_free_bytes:
            raise Refused(
                Reason.STORAGE_FULL, "this node's disk is nearly full; free space, then try again"
            )
        self._waiting += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._waiting -= 1
            self._settle_later()
            raise
        self._waiting -= 1
        try:
            batch = await self._begin()
            await self._writer.execute("SAVEPOINT action")
            try:
                yield Transaction(self._writer)
            except BaseException:
                await asyncio.shield(self._undo_action())
                raise
            await self._writer.execute("RELEASE action")
            batch.actions += 1
        finally:
            try:
                await asyncio.shield(self._settle())
            finally:
                self._turn.release()
        await asyncio.shield(batch.committed)

    async def data_version(self) -> int:
        """A number that changes when another connection has written."""
        connection = await self._readers.get()
        try:
            rows = list(await connection.execute_fetchall("PRAGMA data_version"))
            return int(rows[0][0])
        finally:
            self._readers.put_nowait(connection)

    async def integrity_check(self) -> list[str]:
        """SQLite's own findings and broken foreign keys; an empty list is a sound file."""
        async with self.read() as reader:
            found = [str(row[0]) for row in await reader.all("PRAGMA integrity_check")]
            broken = await reader.all("PRAGMA foreign_key_check")
        return [one for one in found if one != "ok"] + [
            f"{row[0]} row {row[1]} names a missing row of {row[2]}" for row in broken
        ]

    async def backup(self, target: Path) -> None:
        """Copy the database to a new file through SQLite's backup API."""
        connection = await _connect(target)
        try:
            async with self._turn:
                if self._batch is not None:
                    await self._commit(self._batch)
                await _take(self._file_lock)
                try:
                    await self._writer.backup(connection)
                finally:
                    fcntl.flock(self._file_lock, fcntl.LOCK_UN)
        finally:
            await connection.close()

    async def _begin(self) -> _Batch:
        if self._batch is None:
            await _take(self._file_lock)
            try:
                await self._writer.execute("BEGIN IMMEDIATE")
            except BaseException:
                fcntl.flock(self._file_lock, fcntl.LOCK_UN)
                raise
            self._batch = _Batch()
        return self._batch

    async def _undo_action(self) -> None:
        await self._writer.execute("ROLLBACK TO action")
        await self._writer.execute("RELEASE action")

    async def _settle(self) -> None:
        """Commit the batch unless another action is waiting to join it."""
        batch = self._batch
        if batch is not None and not (self._waiting and batch.actions < ACTIONS_PER_COMMIT):
            await self._commit(batch)

    async def _commit(self, batch: _Batch) -> None:
        self._batch = None
        try:
            changes = self._writer.total_changes
            await self._writer.execute("COMMIT")
            self.writes += changes != self._changes
            self._changes = changes
        except sqlite3.Error as error:
            await _rollback(self._writer)
            refused = Refused(Reason.BUSY, f"the database did not take the change: {error}")
            batch.committed.set_exception(refused)
            batch.committed.exception()
        else:
            batch.committed.set_result(None)
        finally:
            fcntl.flock(self._file_lock, fcntl.LOCK_UN)

    def _settle_later(self) -> None:
        """An action that was to join the batch went away: somebody must still commit it."""

        async def settle() -> None:
            async with self._turn:
                await self._settle()

        task = asyncio.get_running_loop().create_task(settle())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=30)
    connection.row_factory = sqlite3.Row
    await connection.execute_fetchall("PRAGMA foreign_keys = ON")
    await connection.execute_fetchall("PRAGMA trusted_schema = OFF")
    await connection.execute_fetchall("PRAGMA busy_timeout = 30000")
    return connection


async def _rollback(connection: aiosqlite.Connection) -> None:
    if connection.in_transaction:
        await connection.execute("ROLLBACK")


async def _take(lock: int) -> None:
    """Take the lock file; other processes hold it for milliseconds."""
    wait_s = 0.001
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, 0.02)
        else:
            return
