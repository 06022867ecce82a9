"""What something costs: time by the clock and of the core, visits to the database, rows read."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Cursor
from unittest.mock import patch

from node.storage.courier import Courier
from node.storage.sqlite import Row, Value

BORDERS = ("BEGIN", "SAVEPOINT action", "RELEASE action")
"""What a transaction begins and ends with asks the database nothing."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """`core_s` is the time of this process' core: other work of the machine does not count."""

    taken_s: float = 0.0
    core_s: float = 0.0
    visits: int = 0
    rows: int = 0


@contextmanager
def spent() -> Iterator[Cost]:
    """What is spent inside the block."""
    cost = Cost()
    began, core = time.perf_counter(), time.process_time()
    try:
        yield cost
    finally:
        cost.taken_s = time.perf_counter() - began
        cost.core_s = time.process_time() - core


@contextmanager
def counted() -> Iterator[Cost]:
    """The same, with every statement that a database is asked and all rows that came back."""
    fetch, run, many = Courier.fetch, Courier.run, Courier.run_many
    with spent() as cost:

        async def fetching(self: Courier, sql: str, values: Sequence[Value] = ()) -> list[Row]:
            found = await fetch(self, sql, values)
            cost.visits += 1
            cost.rows += len(found)
            return found

        async def running(self: Courier, sql: str, values: Sequence[Value] = ()) -> Cursor:
            cost.visits += sql not in BORDERS
            return await run(self, sql, values)

        async def running_many(self: Courier, sql: str, rows: Sequence[tuple[Value, ...]]) -> None:
            cost.visits += 1
            await many(self, sql, rows)

        with (
            patch.object(Courier, "fetch", fetching),
            patch.object(Courier, "run", running),
            patch.object(Courier, "run_many", running_many),
        ):
            yield cost


def core_of(pid: int) -> float:
    """The time of the core that another process has taken so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mib(pid: int) -> float:
    """What another process holds in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
