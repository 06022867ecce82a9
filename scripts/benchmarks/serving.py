"""Two nodes with a space in common: one in this process, the other in a process of its own."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from node.actions import partners
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.app import open_context, open_doors, spare_collector
from node.clock import SystemClock
from node.folder import Folder
from node.storage import cursors
from protocol.space.operation import Operation
from scripts.benchmarks import space
from scripts.benchmarks.nodes import CHEAP, running
from scripts.benchmarks.space import MadeSchool, MadeSpace

PATIENCE_S = 120
LOOK_EVERY_S = 0.02
MANY_REQUESTS = {
    "SCHOOLGATE_LIMITS__PARTNER_REQUESTS_PER_5_MIN": "60000",
    "SCHOOLGATE_LIMITS__PARTNER_BURST": "20000",
}
"""What two nodes say to each other in a benchmark is more than a partner may ask for."""


@dataclass
class Setting:
    """`context` is the node in this process, the space's first member; the second is served."""

    context: Context
    space: MadeSpace
    introduced: Sequence[Operation]
    served: Path
    pid: int = 0

    def held(self) -> int:
        """How many operations the served node holds."""
        return count_held(self.served, self.space.id)


def count_held(folder: Path, space_id: str) -> int:
    """How many operations a node holds, looked at from outside."""
    with sqlite3.connect(f"file:{Folder(folder).database_file}?mode=ro", uri=True) as plain:
        row = plain.execute("SELECT count(*) FROM operations WHERE space = ?", (space_id,))
        return int(row.fetchone()[0])


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """A node run by `schoolgate serve`; its process. It finds its modules compiled, as an installed
    program does from its second start on."""
    command = [sys.executable, "-m", "node", "serve", "--folder", str(folder)]
    environment = {**os.environ, **CHEAP, **MANY_REQUESTS}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


async def answers(base: str) -> float:
    """Wait until a node answers; the seconds that it took."""
    host, _, port = base.rpartition("/")[2].partition(":")
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_S:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, int(port))) == 0:
                return time.perf_counter() - began
        await asyncio.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"{base} does not answer")


async def make_partners(one: Context, other: Context) -> None:
    """Both administrators approve the other's node."""
    for here, there in ((one, other), (other, one)):
        found = await partners.add(here, OPERATOR, there.base)
        await partners.approve(here, OPERATOR, found.origin, found.fingerprint)


@asynccontextmanager
async def prepared(folder: Path, members: int = 2) -> AsyncIterator[tuple[MadeSpace, Path, Path]]:
    """Folders of two partner nodes that are members of a space; the second has its beginning, the
    first also what every school says first. Nobody runs."""
    clock = SystemClock()
    async with (
        running(folder / "one", "One", clock) as one,
        running(folder / "other", "Other", clock) as other,
    ):
        await make_partners(one, other)
        project = f"{one.base}/projects/{space.name_of('a project')}"
        schools = [await space.enter(one, project), await space.enter(other, project)]
        schools += [MadeSchool.made_up(number) for number in range(2, members)]
        made = space.make(project, schools, clock.now_ms())
        for context, school in zip((one, other), schools, strict=False):
            await space.open_replica(context, made, school.founder.node)
    yield made, folder / "one", folder / "other"


@asynccontextmanager
async def opened(folder: Path, *, doors: bool = True) -> AsyncIterator[Context]:
    """A node in this process, its doors open if so wished, and nobody who works by himself."""
    async with open_context(Folder(folder), CHEAP | MANY_REQUESTS) as context:
        open_ = await open_doors(context, "all", None) if doors else None
        spare_collector()
        try:
            yield context
        finally:
            if open_ is not None:
                await open_.close()


@asynccontextmanager
async def a_pair(folder: Path) -> AsyncIterator[Setting]:
    """Both members hold the same, and the second is served in a process of its own."""
    async with prepared(folder) as (made, first, second), opened(first) as context:
        introduced = list(made.introduce())
        await space.keep(context, made, iter(introduced))
        with serving(second) as pid:
            setting = Setting(context, made, introduced, second, pid)
            await _agree(setting)
            yield setting


async def _agree(setting: Setting) -> None:
    """Until the served node has brought itself up to date."""
    expected = len(setting.space.control) + len(setting.introduced)
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_S:
        async with setting.context.database.read() as reader:
            exchanges = await cursors.list_of_space(reader, setting.space.id)
        if exchanges and setting.held() >= expected:
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise TimeoutError("the nodes do not agree")
