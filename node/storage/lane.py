"""The way to a connection's thread: what is asked in the same turn goes there in one visit.

A visit costs some ninety microseconds, several times what most statements take. So statements that
are asked side by side (`asyncio.gather`) travel together and are run in the order in which they
were asked; each has its own outcome. What was cancelled before the visit begins is left out.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

import aiosqlite

_Said = TypeVar("_Said")
_CHUNK = 64


class Errand(Protocol):
    """Something to do in the thread, and what to tell afterwards to whoever asked."""

    def run(self, connection: sqlite3.Connection) -> None: ...

    def tell(self, failed: BaseException | None) -> None: ...


class _Asked(Generic[_Said]):
    """Something to do with the connection, and whoever waits for what comes of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], _Said]) -> None:
        self._work = work
        self.answered: asyncio.Future[_Said] = asyncio.get_running_loop().create_future()
        self._said: list[_Said] = []
        self._failed: BaseException | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        if self.answered.cancelled():
            return
        with self:
            self._said.append(self._work(connection))

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        # Whatever went wrong is told to whoever asked, and concerns nobody else of this visit.
        self._failed = error
        return True

    def tell(self, failed: BaseException | None) -> None:
        failed = self._failed or failed
        if self.answered.done():
            return
        if failed is not None:
            self.answered.set_exception(failed)
            self.answered.exception()  # perhaps nobody waits
        elif self._said:
            self.answered.set_result(self._said[0])
        else:
            self.answered.cancel()


class Lane(aiosqlite.Connection):
    """A connection, and what is to be asked at the next visit to its thread."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, _CHUNK)
        self._waiting: list[Errand] = []
        self._sets_out = False
        self._visits: set[asyncio.Task[None]] = set()

    def tell_first(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Have `work` done before whatever is asked next, and not before that."""
        self._waiting.append(_Asked(work))

    def tell(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Have `work` done in its turn, without waiting for it."""
        self._put(_Asked(work))

    async def ask(self, work: Callable[[sqlite3.Connection], _Said]) -> _Said:
        """What comes of `work`, done in its turn."""
        asked = _Asked(work)
        self._put(asked)
        return await asked.answered

    def _put(self, errand: Errand) -> None:
        if not self._sets_out:
            self._sets_out = True
            # Two turns: what is gathered within what is gathered is asked one turn later.
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._set_out)
        self._waiting.append(errand)

    async def send_script(self, statements: str) -> None:
        """Statements one after the other."""
        await self.ask(lambda connection: connection.executescript(statements))

    def _set_out(self) -> None:
        errands, self._waiting, self._sets_out = self._waiting, [], False
        visit = asyncio.get_running_loop().create_task(self.visit(errands))
        self._visits.add(visit)
        visit.add_done_callback(partial(self._came_back, errands))

    async def visit(self, errands: Sequence[Errand]) -> None:
        """Run errands in the connection's thread: one way there and back."""
        # The library's own way to its thread has no types.
        way: Callable[[Callable[[], None]], Awaitable[None]] = self._execute
        await way(partial(self._run_all, errands))

    def _run_all(self, errands: Sequence[Errand]) -> None:
        connection = self._conn
        for one in errands:
            one.run(connection)

    def _came_back(self, errands: list[Errand], visit: asyncio.Task[None]) -> None:
        self._visits.discard(visit)
        failed = asyncio.CancelledError() if visit.cancelled() else visit.exception()
        for one in errands:
            one.tell(failed)
