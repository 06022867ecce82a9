"""One writer among all processes of a node: an exclusive `flock` on `<database>.lock`.

Whoever wants the lock first takes `<database>.lock-next`, waits there for the lock, and lets go of
it when the lock is won. A process that writes without pause therefore cannot take the lock twice
while another one waits: it finds the second file taken.
"""

import asyncio
import fcntl
import os
import time
from pathlib import Path

from protocol.errors import Reason, Refused

SHORTEST_NAP_S = 0.0005
LONGEST_NAP_S = 0.005


class FileLock:
    """The lock as one process holds it. Waiting leaves the event loop free."""

    def __init__(self, database: Path, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._lock = os.open(f"{database}.lock", flags, 0o600)
        self._next = os.open(f"{database}.lock-next", flags, 0o600)

    async def take(self) -> None:
        """Wait for the lock. Refuses with BUSY where another process keeps it for too long."""
        deadline = time.monotonic() + self._timeout_s
        await self._take(self._next, deadline)
        try:
            await self._take(self._lock, deadline)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of everything for good."""
        os.close(self._lock)
        os.close(self._next)

    @staticmethod
    async def _take(descriptor: int, deadline: float) -> None:
        nap_s = SHORTEST_NAP_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Refused(
                        Reason.BUSY,
                        "another process of this node keeps the database; try again, "
                        "or stop the process that hangs",
                    ) from None
                await asyncio.sleep(nap_s)
                nap_s = min(nap_s * 2, LONGEST_NAP_S)
            else:
                return
