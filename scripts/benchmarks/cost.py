"""What something costs: time by the clock and of the core, visits to the database, rows read."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from node.storage.database import Reader, Row, Value
from node.storage.lane import Errand, Lane

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
    """The same, with every visit to a database's thread and all rows that came back."""
    visit, ask = Lane.visit, Reader.all
    with spent() as cost:

        async def visiting(self: Lane, errands: Sequence[Errand]) -> None:
            cost.visits += 1
            await visit(self, errands)

        async def asking(self: Reader, sql: str, *values: Value) -> list[Row]:
            found = await ask(self, sql, *values)
            cost.rows += len(found)
            return found

        with (
            patch.object(Lane, "visit", visiting),
            patch.object(Reader, "all", asking),
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
