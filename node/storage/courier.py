"""Carries statements to SQLite: at once where they are short, through a thread where they may wait.

A visit to another thread and back costs some ninety microseconds and, on a busy node, a quarrel
about the interpreter's lock; most statements take ten. So a statement is run where it is asked. A
query that looks at too many rows is broken off and asked again in the connection's own thread, and
goes there at once from then on. Whatever waits for the disk or for another program (BEGIN
IMMEDIATE, COMMIT, checkpoints) is always sent there.

What is long by its nature (SQL that changes many rows, a search through a text index) is noticed
when it has kept the core for too long, and the next one is sent.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from node.storage import sqlite
from node.storage.sqlite import Connection, Row, Value

STEP = 1_000
BRIEF_STEPS = 20
"""A query may do so many thousand steps of SQLite's machine (half a millisecond or so) at once."""
BRIEF_S = 0.004
BRIEF_ROWS = 128
LONGEST_TURN_S = 0.005
_Said = TypeVar("_Said")


class Turn:
    """How long one task has kept the event loop from all others: statements that are answered at
    once would else let nobody pass."""

    def __init__(self) -> None:
        self._began_s: float | None = None

    async def pass_on(self) -> None:
        """Let others go on where this turn has been a long one."""
        now_s = time.perf_counter()
        if self._began_s is None:
            self._began_s = now_s
            asyncio.get_running_loop().call_soon(self._end)
        elif now_s - self._began_s > LONGEST_TURN_S:
            await asyncio.sleep(0)

    def _end(self) -> None:
        self._began_s = None


class Courier:
    """The way to one connection. Statements reach it one after the other, in their order."""

    def __init__(self, connection: Connection, thread: ThreadPoolExecutor, turn: Turn) -> None:
        self._connection = connection
        self._thread = thread
        self._turn = turn
        self._away = 0
        """Statements that are in the thread, or wait for it: whatever comes next comes after."""
        self._long: set[str] = set()
        self._steps = 0
        connection.set_progress_handler(self._is_spent, STEP)

    @classmethod
    async def open(cls, connect: Callable[[], Connection], turn: Turn) -> "Courier":
        """Make the connection, in its own thread: a new one may wait for a lock."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        try:
            made = asyncio.get_running_loop().run_in_executor(thread, connect)
            return cls(await asyncio.shield(made), thread, turn)
        except BaseException:
            thread.shutdown(wait=False)
            raise

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    async def fetch(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """All rows of a query."""
        await self._turn.pass_on()
        if self._away or sql in self._long or not sql.startswith(("SELECT", "WITH")):
            return await self.send(partial(self._fetch, sql, values))
        self._steps = BRIEF_STEPS
        began_s = time.thread_time()
        try:
            found = self._fetch(sql, values)
        except sqlite3.OperationalError as error:
            # A query that is interrupted leaves its transaction as it is.
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        else:
            self._note(sql, began_s)
            return found
        self._long.add(sql)
        return await self.send(partial(self._fetch, sql, values))

    async def run(self, sql: str, values: Sequence[Value] = ()) -> sqlite3.Cursor:
        """Run a statement that changes something; it is never broken off."""
        await self._turn.pass_on()
        if self._away or sql in self._long:
            return await self.send(partial(self._connection.execute, sql, values))
        self._steps = 0
        began_s = time.thread_time()
        done = self._connection.execute(sql, values)
        self._note(sql, began_s)
        return done

    async def run_many(self, sql: str, rows: Sequence[tuple[Value, ...]]) -> None:
        """Run a statement once for each tuple of values."""
        await self._turn.pass_on()
        if self._away or len(rows) > BRIEF_ROWS:
            await self.send(partial(self._connection.executemany, sql, rows))
        else:
            self._steps = 0
            self._connection.executemany(sql, rows)

    async def send_script(self, statements: str) -> None:
        """Statements that wait for the disk or for other programs."""
        await self.send(partial(self._connection.executescript, statements))

    async def roll_back(self) -> None:
        """End a transaction without a trace, after whatever is still under way in it."""
        if self._away:
            await self.send(self._connection.rollback)
        else:
            self._connection.rollback()

    async def copy_to(self, path: Path) -> None:
        """Copy the database to a new file."""
        await self.send(partial(sqlite.copy, self._connection, path))

    async def close(self) -> None:
        """Close the connection after whatever is under way."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def send(self, work: Callable[[], _Said]) -> _Said:
        """Do `work` in the connection's thread, also if whoever asked is cancelled meanwhile."""
        self._away += 1
        under_way = asyncio.get_running_loop().run_in_executor(self._thread, self._patiently, work)
        under_way.add_done_callback(self._came_back)
        return await asyncio.shield(under_way)

    def _patiently(self, work: Callable[[], _Said]) -> _Said:
        self._connection.set_progress_handler(None, STEP)
        try:
            return work()
        finally:
            self._connection.set_progress_handler(self._is_spent, STEP)

    def _came_back(self, done: "asyncio.Future[_Said]") -> None:
        self._away -= 1
        if not done.cancelled():
            done.exception()  # whoever asked may be gone: nobody has to have heard it

    def _fetch(self, sql: str, values: Sequence[Value]) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def _note(self, sql: str, began_s: float) -> None:
        if time.thread_time() - began_s > BRIEF_S:
            self._long.add(sql)

    def _is_spent(self) -> int:
        """SQLite asks this every thousand steps: whether the query is to be broken off."""
        self._steps -= 1
        return int(self._steps == 0)
