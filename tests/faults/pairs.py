"""Two partner schools as processes, their people, and what lies in their databases.

Writes go through the pages, as raw requests whose status is looked at: *acknowledged* means that a
2xx or 3xx reached the client. What is kept is read from the database files themselves.
"""

import http.client
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urlencode

from scripts.demonstration import journey
from scripts.demonstration.check import Walk
from scripts.demonstration.fleet import free_port
from scripts.demonstration.people import make_schools
from scripts.demonstration.visitor import Visitor
from tests.forked import ForkedSchool
from tests.together import TOGETHER

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = tuple[Value, ...]

PATIENCE_S = 60.0
SETTINGS = {
    "SCHOOLGATE_SIGN_IN__ARGON2_MEMORY_KIB": "8",
    "SCHOOLGATE_SIGN_IN__ARGON2_TIME_COST": "1",
    "SCHOOLGATE_DELIVERY__FIRST_WAIT_S": "0.1",
    "SCHOOLGATE_DELIVERY__LONGEST_WAIT_S": "0.5",
    "SCHOOLGATE_REPLICATION__COALESCE_S": "0.02",
    "SCHOOLGATE_LIMITS__PARTNER_REQUESTS_PER_5_MIN": "1000000",
    "SCHOOLGATE_LIMITS__PARTNER_BURST": "1000000",
    "SCHOOLGATE_LIMITS__FREE_DISK_MIB": "0",
}


@dataclass
class Side:
    """One school and its teacher, who writes there."""

    school: ForkedSchool
    visitor: Visitor
    other: str
    """The other teacher's address, as a page here spells it."""

    def post(self, path: str, *, port: int | None = None, **fields: str) -> int:
        """Send a form; the status, or 0 where no answer came."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "text/html",
            "Origin": self.school.base,
            "Host": self.school.address,
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.visitor.cookies.items()),
        }
        connection = http.client.HTTPConnection(
            self.school.host, port or self.school.port, timeout=20
        )
        try:
            connection.request("POST", path, urlencode(fields), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status

    def write(self, text: str, *, port: int | None = None) -> int:
        """A message to the other teacher."""
        return self.post(f"/messages/{self.other}", port=port, text=text, language="en")

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Rows of this school's database, whether its node runs or was killed."""
        with self._database() as database:
            return list(database.execute(sql, values))

    def texts(self, sql: str, *values: Value) -> list[str]:
        """The first column, in order."""
        return sorted(str(row[0]) for row in self.rows(sql, *values))

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        file = self.school.folder / "node.sqlite"
        if self.school.is_alive:
            with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as opened:
                yield opened
            return
        # Opening what a crash left would mend it; that is the node's own business.
        with tempfile.TemporaryDirectory() as folder:
            for name in ("node.sqlite", "node.sqlite-wal"):
                if (self.school.folder / name).exists():
                    shutil.copy(self.school.folder / name, folder)
            with closing(sqlite3.connect(Path(folder) / "node.sqlite")) as opened:
                yield opened


@dataclass
class Pair:
    """Two approved partners whose teachers are contacts and share a running project."""

    azul: Side
    vert: Side
    space: str
    thread: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.azul, self.vert

    def is_settled(self) -> bool:
        """Nothing is under way, and both hold the same of their space."""
        return not any(self._under_way()) and self._held(self.azul) == self._held(self.vert)

    def settle(self) -> None:
        """Wait until it is so."""
        wait_until(self.is_settled, self._explain)

    def _under_way(self) -> list[Row]:
        return [
            row
            for side in self.sides
            for row in side.rows(
                "SELECT 'delivery', kind, why, attempts FROM deliveries WHERE state = 'waiting' "
                "UNION ALL SELECT 'inbox', id, reason, attempts FROM inbox WHERE state = 'waiting'"
            )
        ]

    def _held(self, side: Side) -> list[list[Row]]:
        return [
            side.rows("SELECT id, accepted, void, lacks FROM operations ORDER BY id"),
            side.rows("SELECT op, payload FROM payloads ORDER BY op"),
            side.rows("SELECT id, statement FROM erasures ORDER BY id"),
            side.rows("SELECT statement, node FROM receipts ORDER BY statement, node"),
            side.rows("SELECT home, object, op, text, standing FROM posts ORDER BY home, object"),
            side.rows("SELECT home, pseudonym, role FROM space_people ORDER BY home, pseudonym"),
            side.rows("SELECT id, statement FROM votes ORDER BY id"),
            side.rows("SELECT id, state FROM spaces ORDER BY id"),
        ]

    def _explain(self) -> str:
        lengths = [[len(part) for part in self._held(side)] for side in self.sides]
        return f"under way: {self._under_way()}, held: {lengths}"


def wait_until(
    holds: Callable[[], bool], explain: Callable[[], str], seconds: float = PATIENCE_S
) -> None:
    """Look again and again; AssertionError says what stood in the way."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(explain())
        time.sleep(0.05)


def make_pair(folder: Path) -> Pair:
    """Start both and walk the way to a shared space."""
    azul, vert = make_schools(folder, free_port, ForkedSchool)
    for school in (azul, vert):
        school.settings |= SETTINGS
    walk = Walk(azul, vert)
    try:
        walk.start()
        walk.approve_partners()
        walk.sign_in()
        walk.become_contacts()
        walk.found_a_project()
        thread = journey.start_thread(walk.ana, walk.space, "Faults", "The thread of the tests.")
    except BaseException:
        walk.stop()
        raise
    ana, luc = (school.people[1].handle for school in (azul, vert))
    pair = Pair(
        Side(azul, walk.ana, f"{luc}@{vert.address}"),
        Side(vert, walk.luc, f"{ana}@{azul.address}"),
        walk.space,
        thread,
    )
    pair.settle()
    return pair


def require_sound(side: Side) -> None:
    """The file is sound, and whatever belongs together is there together."""
    assert side.rows("PRAGMA integrity_check") == [("ok",)]
    assert side.rows("PRAGMA foreign_key_check") == []
    for belongs, sql in TOGETHER.items():
        assert side.rows(sql) == [], belongs
