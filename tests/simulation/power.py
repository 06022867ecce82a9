"""A power cut at a COMMIT of one node, in the process of the test.

`Power` stands between a node and its database: the commit that it cuts off happens or does not, and
nothing is written any more until the node starts again from what lies on the disk.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from node.storage import sqlite
from node.storage.sqlite import Connection


class PowerCut(sqlite3.DatabaseError):
    """What a node hears of its disk from that moment on."""


@dataclass
class Power:
    """Which commit of whose database is the last one. `after`: it happens, and nobody hears of it.

    `went_off` says that it came to that.
    """

    database: Path | None = None
    commits: int = 0
    after: bool = False
    went_off: bool = False
    dark: set[int] = field(default_factory=set)

    def cut(self, database: Path, commits: int, *, after: bool) -> None:
        """Plan the next one: at so many commits from now."""
        self.database, self.commits, self.after, self.went_off = database, commits, after, False

    def stay(self) -> None:
        """Plan none."""
        self.database = None

    @contextmanager
    def around(self) -> Iterator[None]:
        """While this lasts a connection is opened as one that can go off."""
        with patch.object(sqlite, "Connection", _mortal(self)):
            yield

    def is_last(self, address: str) -> bool:
        """Count one commit; whether the power goes off at it."""
        if self.database is None or str(self.database.absolute()) not in address:
            return False
        self.commits -= 1
        return self.commits == 0


def _mortal(power: Power) -> type[Connection]:
    class Mortal(Connection):
        def __init__(self, address: str) -> None:
            super().__init__(address)
            self.address = address

        def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
            if id(self) in power.dark:
                raise PowerCut("the power is off")
            off = sql_script.endswith("COMMIT") and power.is_last(self.address)
            if off:
                power.went_off = True
                power.dark.add(id(self))
                power.stay()
            if off and not power.after:
                raise PowerCut("the power went off before this commit")
            cursor = super().executescript(sql_script)
            if off:
                raise PowerCut("the power went off after this commit")
            return cursor

    return Mortal
