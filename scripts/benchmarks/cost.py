"""What something costs: time by the clock and of the core, visits to the database, rows read."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite

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
    fetch, run, many = (
        aiosqlite.Connection.execute_fetchall,
        aiosqlite.Connection.execute,
        aiosqlite.Connection.executemany,
    )
    with spent() as cost:

        async def fetching(
            self: aiosqlite.Connection, sql: str, parameters: Iterable[Any] | None = None
        ) -> Iterable[Any]:
            found = list(await fetch(self, sql, parameters))
            cost.visits += 1
            cost.rows += len(found)
            return found

        def running(self: aiosqlite.Connection, *given: Any) -> Any:
            cost.visits += 1
            return run(self, *given)

        def running_many(self: aiosqlite.Connection, *given: Any) -> Any:
            cost.visits += 1
            return many(self, *given)

        named = {
            "execute_fetchall": fetching,
            "execute": running,
            "executemany": running_many,
        }
        for name, method in named.items():
            setattr(aiosqlite.Connection, name, method)
        try:
            yield cost
        finally:
            for name, method in zip(named, (fetch, run, many), strict=True):
                setattr(aiosqlite.Connection, name, method)


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
