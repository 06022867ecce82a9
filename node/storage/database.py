"""The database as two types: a `Reader` that cannot write, a `Transaction` that only actions open.

SQLite by these rules, each for a known way to lose data:

- Across processes every write transaction, checkpoint and close of a writing connection holds an
  exclusive `flock` on `<database>.lock` (`lock`). Within a process one connection writes and it
  alone checkpoints: two that reset a write-ahead log at once can corrupt it (3.7.0-3.51.2).
- `BEGIN IMMEDIATE`, `synchronous=FULL`, foreign keys on, no trusted schema, no double quotes in
  SQL (`sqlite`).
- What is asked side by side is one visit to the connection's thread (`lane`).
- Group commit: actions that wait for each other share one COMMIT, and `write()` returns only
  after it (`writer`).
"""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from node.storage import sqlite
from node.storage.lane import Lane
from node.storage.lock import FileLock
from node.storage.sqlite import spelled
from node.storage.writer import CHECKPOINT, Writer
from protocol.errors import Reason, Refused

READERS = 3
LOCK_TIMEOUT_S = 30.0
RESERVE = 4
"""Small actions leave this part of the disk floor free: a quarter."""

DatabaseError = sqlite3.Error
"""What SQLite raises for a statement that cannot be run."""
Row = sqlite.Row
Value = sqlite.Value


class Reader:
    """One consistent view of the database, for as long as its block lasts.

    What is asked side by side (`asyncio.gather`) costs one visit to the connection's thread.
    """

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._over = False

    async def all(self, sql: str, *values: Value) -> list[Row]:
        """All rows."""
        self._require_open()
        asked = partial(_fetch, self._check, spelled(sql), values)
        with self._refusals():
            return await self._lane.ask(asked)

    async def one(self, sql: str, *values: Value) -> Row | None:
        """The first row, if there is one."""
        rows = await self.all(sql, *values)
        return rows[0] if rows else None

    async def count(self, sql: str, *values: Value) -> int:
        """The first column of the first row as a whole number; 0 where there is none."""
        row = await self.one(sql, *values)
        return int(row[0] or 0) if row is not None else 0

    def _refusals(self) -> AbstractContextManager[None]:
        return sqlite.refusals()

    @staticmethod
    def _check(connection: sqlite3.Connection) -> None:
        """In the connection's thread, before each statement."""
        if not connection.in_transaction:
            raise RuntimeError("this view has not begun")

    def end(self) -> None:
        """The block is over: whoever kept this must not see or change what others do next."""
        self._over = True

    def _require_open(self) -> None:
        if self._over:
            raise RuntimeError("this view or transaction is over")


class Transaction(Reader):
    """One action's unit: all of it is kept, or nothing."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer.lane)
        self._writer = writer

    async def run(self, sql: str, *values: Value) -> int:
        """Run a statement; how many rows it changed."""
        return (await self._execute(sql, values)).rowcount

    async def insert(self, sql: str, *values: Value) -> int:
        """Run an INSERT; the new row's number."""
        number = (await self._execute(sql, values)).lastrowid
        if number is None:
            raise RuntimeError("the statement inserted no row")
        return number

    async def many(self, sql: str, rows: Iterable[tuple[Value, ...]]) -> None:
        """Run a statement once for each tuple of values; the database is not visited for none."""
        self._require_open()
        rows = list(rows)
        if not rows:
            return
        asked = partial(_run_many, self._check, spelled(sql), rows)
        with self._refusals():
            await self._lane.ask(asked)

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of the action that may fail by itself: what it wrote is undone, the rest stays."""
        await self._execute("SAVEPOINT part", ())
        try:
            yield
        except BaseException:
            await self._execute("ROLLBACK TO part", ())
            await self._execute("RELEASE part", ())
            raise
        await self._execute("RELEASE part", ())

    def wipe(self) -> None:
        """What this erases is to be nowhere on the disk once `write()` returns, the log included.

        A reader that looks at the log at that moment delays it to the next write.
        """
        self._writer.wipe_due = True

    async def _execute(self, sql: str, values: tuple[Value, ...]) -> sqlite3.Cursor:
        self._require_open()
        asked = partial(_run, self._check, spelled(sql), values)
        with self._refusals():
            return await self._lane.ask(asked)

    def _refusals(self) -> AbstractContextManager[None]:
        return self._writer.refusals()

    @staticmethod
    def _check(connection: sqlite3.Connection) -> None:
        if not connection.in_transaction:
            # A full disk ends a transaction behind our back; what came next would stand alone.
            raise Refused(Reason.STORAGE_FULL, "the database took nothing more; free space")


_Check: TypeAlias = Callable[[sqlite3.Connection], None]


def _fetch(
    check: _Check, sql: str, values: Sequence[Value], connection: sqlite3.Connection
) -> list[Row]:
    check(connection)
    return connection.execute(sql, values).fetchall()


def _run(
    check: _Check, sql: str, values: Sequence[Value], connection: sqlite3.Connection
) -> sqlite3.Cursor:
    check(connection)
    return connection.execute(sql, values)


def _run_many(
    check: _Check,
    sql: str,
    rows: Sequence[tuple[Value, ...]],
    connection: sqlite3.Connection,
) -> None:
    check(connection)
    connection.executemany(sql, rows)


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")


def _roll_back(connection: sqlite3.Connection) -> None:
    connection.rollback()


def free_bytes(folder: Path) -> int:
    """Room that is left on the disk of `folder`."""
    return shutil.disk_usage(folder).free


class Database:
    """One node's database file, opened once per process."""

    def __init__(
        self,
        path: Path,
        writer: Writer,
        readers: list[Lane],
        lock: FileLock,
    ) -> None:
        self.path = path
        self._writer = writer
        self._all_readers = readers
        self._readers: asyncio.Queue[Lane] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._lock = lock
        self._writing: asyncio.Task[object] | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        min_free_bytes: int = 0,
        room: Callable[[Path], int] = free_bytes,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
    ) -> "Database":
        """Open the file, making it if it does not exist. Its tables are `migrate`'s business.

        Refuses with BAD_DATA_FOLDER what cannot be opened, BUSY where another process keeps it.
        """

        def check_room(small: bool) -> None:
            if room(path.parent) < (min_free_bytes // RESERVE if small else min_free_bytes):
                raise Refused(
                    Reason.STORAGE_FULL,
                    "this node's disk is nearly full; free space, then try again",
                )

        opened: list[Lane] = []
        try:
            lock = FileLock(path, timeout_s=lock_timeout_s)
        except OSError as error:
            raise _unopenable(path, error.strerror) from None
        try:
            await lock.take()
            opened.append(await sqlite.open_writer(path))
            # What a crash left in the log may be what somebody had erased.
            await opened[0].execute_fetchall(CHECKPOINT)
            opened.extend([await sqlite.open_reader(path) for _ in range(READERS)])
        except BaseException as error:
            for lane in opened:
                await lane.close()
            lock.close()
            if isinstance(error, sqlite3.Error):
                raise _unopenable(path, error) from None
            raise
        lock.release()
        log = path.with_name(f"{path.name}-wal")
        return cls(path, Writer(opened[0], lock, check_room, log), opened[1:], lock)

    @property
    def failed(self) -> asyncio.Event:
        """Set when the disk failed at a write: nothing more is taken, the node has to end."""
        return self._writer.failed

    async def close(self) -> None:
        """Close all connections, under the lock: the last one to close checkpoints."""
        await self._writer.close()
        try:
            await self._lock.take()
        finally:
            for reader in self._all_readers:
                await reader.close()
            await self._writer.lane.close()
            self._lock.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A consistent view; several at a time."""
        lane = await self._readers.get()
        reader = Reader(lane)
        # Nobody waits for these two: they go with the first statement, and after the last.
        lane.tell_first(_begin)
        try:
            yield reader
        finally:
            reader.end()
            lane.tell(_roll_back)
            self._readers.put_nowait(lane)

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """One action's unit. When the block is left, what it did is on the disk.

        An exception undoes this action alone. Refuses with STORAGE_FULL below the disk floor, with
        BUSY where another program keeps the database.
        """
        return self._unit(alone=False, small=False)

    def write_small(self) -> AbstractAsyncContextManager[Transaction]:
        """As `write`, for what people need in order to make room: signing in, taking back.

        It may use most of the space below the disk floor, and is a few rows at most.
        """
        return self._unit(alone=False, small=True)

    def rebuild(self) -> AbstractAsyncContextManager[Transaction]:
        """As `write`, for migrations: foreign keys are looked at only when the block is left."""
        return self._unit(alone=True, small=False)

    @asynccontextmanager
    async def _unit(self, *, alone: bool, small: bool) -> AsyncIterator[Transaction]:
        task = asyncio.current_task()
        if self._writing is not None and self._writing is task:
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        ask = self._writer.ask(alone=alone, small=small)
        keep = False
        try:
            await ask.turn
            self._writing = task
            transaction = Transaction(self._writer)
            try:
                yield transaction
                if alone and await transaction.one("PRAGMA foreign_key_check") is not None:
                    raise sqlite3.IntegrityError("a row names a row that is missing now")
                keep = True
            finally:
                transaction.end()
                self._writing = None
        finally:
            ask.leave(keep=keep)
        await ask.kept

    async def data_version(self) -> int:
        """A number that changes when another process has written."""
        # The number belongs to a connection: it says what has changed since it last looked.
        rows = list(await self._writer.lane.execute_fetchall("PRAGMA data_version"))
        return int(rows[0][0])

    async def integrity_check(self) -> list[str]:
        """SQLite's own findings and broken foreign keys; an empty list is a sound file."""
        async with self.read() as reader:
            found = [str(row[0]) for row in await reader.all("PRAGMA integrity_check")]
            broken = await reader.all("PRAGMA foreign_key_check")
        return [one for one in found if one != "ok"] + [
            f"{row[0]} row {row[1]} names a missing row of {row[2]}" for row in broken
        ]

    async def backup(self, target: Path) -> None:
        """Copy the database through SQLite's backup API to `target`, whole or not at all."""
        unfinished = target.with_name(f"{target.name}.part")
        unfinished.unlink(missing_ok=True)
        copy = await sqlite.open_copy(unfinished)
        try:
            lane = await self._readers.get()
            try:
                await lane.backup(copy)
            finally:
                self._readers.put_nowait(lane)
        finally:
            await copy.close()
        unfinished.replace(target)


def _unopenable(path: Path, why: object) -> Refused:
    return Refused(Reason.BAD_DATA_FOLDER, f"{path} cannot be opened: {why}; restore a backup")
