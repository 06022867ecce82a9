"""Whole nodes for benchmarks: real folders, real doors on loopback, a clock moved by hand."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from node.actions import set_up
from node.actions.context import Context
from node.actions.set_up import FirstAdmin, NewSchool
from node.app import make_folder, open_context, open_doors, spare_collector
from node.clock import Clock as Ticking
from node.folder import Folder
from protocol.shapes import SchemaBook
from scripts.benchmarks import population

CHEAP = {"SCHOOLGATE_SIGN_IN__ARGON2_MEMORY_KIB": "8", "SCHOOLGATE_SIGN_IN__ARGON2_TIME_COST": "1"}


@dataclass
class Clock:
    """A clock that is moved on, so that nothing has to be waited for."""

    at_ms: int = int(population.NOW.timestamp() * 1000)

    def now_ms(self) -> int:
        return self.at_ms


@asynccontextmanager
async def running(
    path: Path,
    name: str,
    clock: Ticking,
    mode: str = "school",
    *,
    environment: Mapping[str, str] = MappingProxyType({}),
    book: SchemaBook | None = None,
) -> AsyncIterator[Context]:
    """A new node, set up and listening."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    make_folder(path, base, development=True, host="127.0.0.1", port=port, mode=mode)
    async with open_context(
        Folder(path), CHEAP | dict(environment), clock=clock, book=book
    ) as context:
        admin = FirstAdmin("admin", "Admin", "a long enough password")
        await set_up.set_up(context, NewSchool(name, "PT", "Town"), admin)
        doors = await open_doors(context, "all", None)
        spare_collector()
        try:
            yield context
        finally:
            await doors.close()
