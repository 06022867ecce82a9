"""Group commit: actions take turns on the one connection that writes, and share a COMMIT.

One task drives the connection, so that an action which is cancelled or fails can leave nothing half
done. A group begins when an action asks for its turn and ends when nobody is waiting, when it is
large, or when it is old. Each action runs in a SAVEPOINT: what it raises undoes itself alone. An
action has happened when the COMMIT of its group has; if that fails, none of the group has.

After an fsync that failed the kernel takes for written what is not, so a later one that succeeds
proves nothing (Rebello et al., "Can applications recover from fsync failures?", USENIX ATC 2020).
A writer to which that happens, at a COMMIT or while it folds the log into the file, takes nothing
more: only a new start reads what is really on the disk.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from node.storage import sqlite
from node.storage.lane import Lane
from node.storage.lock import FileLock
from protocol.errors import Reason, Refused

ACTIONS_PER_COMMIT = 64
LONGEST_GROUP_S = 0.05
EMPTYING_PATIENCE_MS = 100
CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"
LONG_LOG_BYTES = 4 << 20
"""Whenever the log has grown by so much it is folded into the file."""


class Ask:
    """One action's wish to write, and how far it came.

    `alone` is for an action that rebuilds tables: it shares its COMMIT with nobody, and foreign
    keys are not looked at while it runs. `small` is for one that must go on when the disk is nearly
    full.
    """

    def __init__(self, *, alone: bool, small: bool) -> None:
        self.alone = alone
        self.small = small
        loop = asyncio.get_running_loop()
        self.turn: asyncio.Future[None] = loop.create_future()
        self.left: asyncio.Future[bool] = loop.create_future()
        self.kept: asyncio.Future[None] = loop.create_future()

    def leave(self, *, keep: bool) -> None:
        """The action is over: it is kept with its group, or undone."""
        if not self.left.done():
            self.left.set_result(keep)

    def fail(self, error: BaseException) -> None:
        """Tell the action that it did not happen."""
        for future in (self.turn, self.kept):
            if not future.done():
                future.set_exception(error)
                future.exception()  # it may be gone: nobody has to have heard it


class Writer:
    """The writing connection of one process and the actions that wait for it."""

    def __init__(
        self,
        lane: Lane,
        lock: FileLock,
        check_room: Callable[[bool], None],
        log: Path,
    ) -> None:
        self.lane = lane
        self.failed = asyncio.Event()
        """The disk failed at a write."""
        self.wipe_due = False
        """Something was erased: its traces in the log are to be overwritten after the COMMIT."""
        self._lock = lock
        self._check_room = check_room
        self._log = log
        self._long_bytes = LONG_LOG_BYTES
        self._waiting: deque[Ask] = deque()
        self._news = asyncio.Event()
        self._closing = False
        self._looks = True
        self._task = asyncio.get_running_loop().create_task(self._drive(), name="database writer")

    def ask(self, *, alone: bool = False, small: bool = False) -> Ask:
        """Queue up. The action runs between `turn` and `leave`, and has happened at `kept`."""
        if self._closing or self._task.done():
            raise RuntimeError("the database is closed")
        ask = Ask(alone=alone, small=small)
        self._waiting.append(ask)
        self._news.set()
        return ask

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """As `sqlite.refusals`, for what writes: a disk that failed is asked nothing more."""
        try:
            with sqlite.refusals():
                yield
        except Refused as refused:
            if refused.reason is Reason.STORAGE_FAILED:
                self.failed.set()
            raise

    async def close(self) -> None:
        """Let those who wait have their turn, then stop."""
        self._closing = True
        self._news.set()
        await self._task

    async def _drive(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while (first := self._next()) is not None:
                    await self._run_group(first)
                if self._closing:
                    return
        finally:
            while self._waiting:
                self._waiting.popleft().fail(RuntimeError("the database is closed"))

    async def _run_group(self, first: Ask) -> None:
        try:
            await self._lock.take()
        except (Refused, OSError) as error:
            first.fail(error)
            return
        group: list[Ask] = []
        try:
            await self._look_at_foreign_keys(not first.alone)
            with self.refusals():
                await self._take_turns(first, group)
                if self.wipe_due or self._is_log_long():
                    await self._fold_log()
        except (Refused, sqlite3.Error) as error:
            for ask in group:
                ask.fail(error)
            with suppress(sqlite3.OperationalError):
                await self.lane.ask(_roll_back)
        else:
            for ask in group:
                if not ask.kept.done():
                    ask.kept.set_result(None)
        finally:
            self._lock.release()
            await self._look_at_foreign_keys(True)

    async def _look_at_foreign_keys(self, look: bool) -> None:
        """SQLite changes its mind on that between transactions only."""
        if look != self._looks:
            await self.lane.send_script(f"PRAGMA foreign_keys = {int(look)}")
            self._looks = look

    async def _take_turns(self, first: Ask, group: list[Ask]) -> None:
        """Begin, let actions run one after the other, commit. `group` holds whom it concerns."""
        began_s = time.monotonic()
        steps = "BEGIN IMMEDIATE"
        action: Ask | None = first
        while action is not None:
            group.append(action)
            await self.lane.send_script(f"{steps}; SAVEPOINT action")
            if not action.turn.done():
                action.turn.set_result(None)
            if await action.left:
                steps = "RELEASE action"
            else:
                group.remove(action)
                steps = "ROLLBACK TO action; RELEASE action"
            if not self.lane.in_transaction:
                # SQLite gave the whole group up, for want of room as a rule.
                raise Refused(
                    Reason.STORAGE_FULL, "the database took nothing more; free space on the disk"
                )
            full = len(group) >= ACTIONS_PER_COMMIT or time.monotonic() - began_s > LONGEST_GROUP_S
            apart = first.alone or (self._waiting and self._waiting[0].alone)
            action = None if full or apart else self._next()
        await self.lane.send_script(f"{steps}; {'COMMIT' if group else 'ROLLBACK'}")

    def _next(self) -> Ask | None:
        """The first who still waits and for whom there is room on the disk; whoever was cancelled
        meanwhile went away.
        """
        while self._waiting:
            ask = self._waiting.popleft()
            if ask.turn.done():
                continue
            if self.failed.is_set():
                ask.fail(
                    Refused(Reason.STORAGE_FAILED, "this node's disk failed; start the node again")
                )
                continue
            try:
                self._check_room(ask.small)
            except (Refused, OSError) as error:
                ask.fail(error)
            else:
                return ask
        return None

    def _is_log_long(self) -> bool:
        return self._log.stat().st_size >= self._long_bytes

    async def _fold_log(self) -> None:
        """Fold the log into the file and empty it.

        Where somebody reads in the log or there is no room, what was erased is wiped after the next
        group, and the rest waits until the log has grown once more.
        """
        self._long_bytes = self._log.stat().st_size + LONG_LOG_BYTES
        await self.lane.send_script(f"PRAGMA busy_timeout = {EMPTYING_PATIENCE_MS}")
        try:
            rows = list(await self.lane.execute_fetchall(CHECKPOINT))
            if rows[0][0] == 0:
                self.wipe_due, self._long_bytes = False, LONG_LOG_BYTES
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
                raise
        finally:
            await self.lane.send_script(f"PRAGMA busy_timeout = {sqlite.BUSY_TIMEOUT_MS}")


def _roll_back(connection: sqlite3.Connection) -> None:
    connection.rollback()
