"""Dying at one COMMIT: wrapped around the node in its own process, never part of the product."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from node.storage import sqlite
from node.storage.sqlite import Connection


@dataclass(frozen=True)
class Cut:
    """The process kills itself at the `number`-th COMMIT after `armed` exists."""

    number: int
    after: bool
    armed: Path

    @contextmanager
    def around(self) -> Iterator[None]:
        """While this lasts a connection is opened as one that dies."""
        with patch.object(sqlite, "Connection", _mortal(self)):
            yield


def _mortal(cut: Cut) -> type[Connection]:
    class Mortal(Connection):
        commits = 0

        def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
            dies = False
            if sql_script.endswith("COMMIT") and cut.armed.exists():
                self.commits += 1
                dies = self.commits == cut.number
            if dies and not cut.after:
                os.kill(os.getpid(), signal.SIGKILL)
            cursor = super().executescript(sql_script)
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
            return cursor

    return Mortal
