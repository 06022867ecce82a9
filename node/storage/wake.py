"""News between tasks and processes: something to do was just stored.

Inside a process an event is set; other processes of the same node get a datagram on a Unix socket
in `state/`. News may be lost: whoever waits also looks after a while, and a change of SQLite's
`data_version` counts as news of every kind.
"""

import asyncio
import os
import secrets
import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.storage.database import Database

LOOK_EVERY_S = 2.0
SETTLED_NS = 100_000_000
"""Two changes of a folder may carry the same time: for so long it is not believed."""


class Waker:
    """The news of one process. `open` joins the other processes; without it news stay inside."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._events: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._socket: socket.socket | None = None
        self._name = f"wake-{os.getpid()}-{secrets.token_hex(4)}.sock"
        self._look: asyncio.Task[None] | None = None
        self._others: list[Path] = []
        self._listed_ns = 0

    async def open(self) -> None:
        """Listen to the other processes."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with _short(self._folder) as folder:
            self._socket.bind(f"{folder}/{self._name}")
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket.fileno(), self._heard)
        self._look = loop.create_task(self._look_for_changes())

    async def close(self) -> None:
        """Stop listening."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            (self._folder / self._name).unlink(missing_ok=True)

    def notify(self, topic: str) -> None:
        """Tell whoever waits for `topic`, here and in other processes of this node."""
        self._events[topic].set()
        others = self._list_others()
        if not others:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            with _short(self._folder) as folder:
                for path in others:
                    _tell(sender, path, f"{folder}/{path.name}", topic)

    def _list_others(self) -> list[Path]:
        """The other processes' sockets. The folder is read again when something in it changed."""
        changed_ns = self._folder.stat().st_mtime_ns
        if changed_ns != self._listed_ns or time.time_ns() - changed_ns < SETTLED_NS:
            found = self._folder.glob("wake-*.sock")
            self._others = [one for one in found if one.name != self._name]
            self._listed_ns = changed_ns
        return self._others

    async def wait(self, topic: str, timeout_s: float) -> bool:
        """Wait for news of `topic`, at most `timeout_s`; whether there were any.

        News that came since the last wait end this one at once. A topic has one waiter a process.
        """
        event = self._events[topic]
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def _heard(self) -> None:
        if self._socket is None:
            return
        try:
            topic = self._socket.recv(64).decode("ascii", "replace")
        except BlockingIOError:
            return
        self._events[topic].set()

    async def _look_for_changes(self) -> None:
        seen = await self._database.data_version()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = await self._database.data_version()
            if now != seen:
                seen = now
                for event in self._events.values():
                    event.set()


def _tell(sender: socket.socket, path: Path, address: str, topic: str) -> None:
    try:
        sender.sendto(topic.encode("ascii"), address)
    except ConnectionRefusedError:
        # The process that listened there is gone without a word.
        path.unlink(missing_ok=True)
    except OSError:
        return


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name of `folder`: a socket's address has room for some hundred octets only."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
