"""Whole nodes in one event loop: real servers on loopback, real SQLite files, a virtual clock.

`settle(alpha, beta)` does, step by step and without waiting, all that the workers would do.
"""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import schemas
from node.actions import accredit as accrediting
from node.actions import (
    admissions,
    endorsements,
    introductions,
    membership,
    partners,
    people,
    set_up,
)
from node.actions import refresh as refreshing
from node.actions.context import Context
from node.actions.membership import Request
from node.actions.permission import OPERATOR
from node.actions.set_up import FirstAdmin, NewSchool
from node.app import make_folder, open_context, open_doors
from node.classroom.room import Classroom, open_classroom
from node.clock import Chance
from node.folder import Folder
from node.listener import Listening
from node.storage import accounts, migrate
from node.storage import admissions as admission_rows
from node.storage import membership as membership_rows
from node.storage.accounts import Account
from node.storage.database import Database
from node.workers.rota import WORKERS
from protocol.canonical import JSONObject
from protocol.shapes import SchemaBook

PASSWORD = "a long enough password"
CHEAP = {
    "SCHOOLGATE_SIGN_IN__ARGON2_MEMORY_KIB": "8",
    "SCHOOLGATE_SIGN_IN__ARGON2_TIME_COST": "1",
    "SCHOOLGATE_LIMITS__FREE_DISK_MIB": "0",
    "SCHOOLGATE_REPLICATION__COALESCE_S": "0",
}
START_MS = 1_795_000_000_000
MAX_ROUNDS = 60
FLEETING = frozenset({"nonces", "partners", "clocks", "harvests", "harvest_look"})
"""Tables that every signed question changes, also one that has no other effect."""


@dataclass
class VirtualClock:
    """A clock that stands still until a test moves it."""

    at_ms: int = START_MS

    def now_ms(self) -> int:
        return self.at_ms

    def advance(self, *, seconds: float = 0, days: float = 0) -> None:
        self.at_ms += int(seconds * 1000 + days * 86_400_000)


@dataclass
class SeededChance:
    """Chance that repeats itself from run to run."""

    seed: str
    source: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.source = random.Random(self.seed)

    def octets(self, count: int) -> bytes:
        return self.source.randbytes(count)

    def fraction(self) -> float:
        return self.source.random()


@dataclass
class Node:
    """One running node and its people."""

    name: str
    context: Context
    listening: Listening
    clock: VirtualClock
    admin: Account
    folder: Folder
    fingerprint: str
    classroom: Classroom | None = None

    @property
    def url(self) -> str:
        return self.context.base

    async def account(self, handle: str, name: str = "", roles: str = "teacher") -> Account:
        """A person of this school who can sign in with `PASSWORD`."""
        return await people.add_account(
            self.context,
            OPERATOR,
            handle=handle,
            name=name or handle.title(),
            roles=frozenset(roles.split()),
            password=PASSWORD,
        )

    async def get(self, handle: str) -> Account:
        """The account as it is now."""
        return await _find(self.context, handle)

    async def close_doors(self) -> None:
        """Be unreachable, as a node is that was stopped."""
        await self.listening.close()

    async def open_doors(self) -> None:
        """Be reachable again at the same address."""
        self.listening = await open_doors(self.context, "all", None, self.classroom)

    @property
    def room(self) -> Classroom:
        """The classroom of a school."""
        assert self.classroom is not None
        return self.classroom

    async def count(self, table: str) -> int:
        """Rows of a table."""
        async with self.context.database.read() as reader:
            return await reader.count(f"SELECT count(*) FROM {table}")

    async def dump(
        self, *, but: frozenset[str] = frozenset()
    ) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, for asserting that nothing changed."""
        return await _rows(self.context.database, but)

    async def dump_vault(self) -> dict[str, list[tuple[object, ...]]]:
        """As `dump`, of the vault; nothing where there is none."""
        if self.classroom is None:
            return {}
        return await _rows(self.classroom.vault.database, frozenset())


async def _rows(database: Database, but: frozenset[str]) -> dict[str, list[tuple[object, ...]]]:
    async with database.read() as reader:
        tables = await reader.all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        names = [table[0] for table in tables if table[0] not in but]
        # Side by side: one visit to the database, however many tables.
        rows = await asyncio.gather(*(reader.all(f"SELECT * FROM {name}") for name in names))
    return {
        name: sorted(map(tuple, some), key=repr) for name, some in zip(names, rows, strict=True)
    }


@cache
def shared_book() -> SchemaBook:
    """The compiled schemas, once for all nodes of a test run."""
    return SchemaBook(schemas.read_all())


_blank: list[bytes] = []


async def _ensure_blank() -> None:
    """Make a database with all its tables and nothing in them, once in a process: the migrations
    take longer than all the rest of a node's start."""
    if _blank:
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "node.sqlite"
        database = await Database.open(file)
        await migrate.migrate(database, now_ms=START_MS)
        await database.close()
        _keep_blank(file)


def _keep_blank(file: Path) -> None:
    _blank.append(file.read_bytes())


def _write_blank(folder: Folder) -> None:
    folder.database_file.touch(0o600)
    folder.database_file.write_bytes(_blank[0])


def free_port() -> int:
    """A port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running(
    name: str,
    path: Path,
    clock: VirtualClock,
    environment: dict[str, str] | None = None,
    base: str = "",
    *,
    mode: str = "school",
    country: str = "PT",
    port: int = 0,
    draw: Callable[[str], Chance] = SeededChance,
) -> AsyncIterator[Node]:
    """A new node called `name` in `path`, set up and listening; a proxy speaks for its `base`."""
    port = port or free_port()
    base = base or f"http://127.0.0.1:{port}"
    make_folder(path, base, development=True, host="127.0.0.1", port=port, mode=mode)
    folder = Folder(path)
    await _ensure_blank()
    _write_blank(folder)
    school = NewSchool(f"{mode.title()} {name.title()}", country, "Town")
    admin = FirstAdmin("admin", f"Admin {name.title()}", PASSWORD)
    settings = CHEAP | (environment or {})
    chance = draw(name)
    async with (
        open_context(folder, settings, clock=clock, chance=chance, book=shared_book()) as context,
        # What the vault draws does not change what the node draws.
        open_classroom(replace(context, chance=draw(f"vault {name}"))) as classroom,
    ):
        fingerprint = await set_up.set_up(context, school, admin)
        node = Node(
            name,
            context,
            await open_doors(context, "all", None, classroom),
            clock,
            await _find(context, "admin"),
            folder,
            fingerprint,
            classroom,
        )
        try:
            yield node
        finally:
            await node.listening.close()


async def _find(context: Context, handle: str) -> Account:
    async with context.database.read() as reader:
        found = await accounts.find_by_handle(reader, handle)
    assert found is not None
    return found


async def settle(*nodes: Node) -> None:
    """Let every worker of every node do what is due, until a whole round changes nothing."""
    before: list[object] = []
    for _ in range(MAX_ROUNDS):
        for node in nodes:
            for worker in WORKERS:
                await worker.step(node.context)
        after: list[object] = [await node.dump(but=FLEETING) for node in nodes]
        if after == before:
            return
        before = after
    raise AssertionError("the nodes do not come to rest")


async def make_partners(one: Node, other: Node) -> None:
    """Both administrators add the other's address, compare fingerprints and approve."""
    for here, there in ((one, other), (other, one)):
        found = await partners.add(here.context, OPERATOR, there.url)
        assert found.fingerprint == there.fingerprint
        await partners.approve(here.context, OPERATOR, found.origin, found.fingerprint)


REQUEST = Request(register_number="402345", reason="Ask the head.", language="en")


async def apply_to(hub: Node, school: Node) -> str:
    """The school pastes a join link of the hub and asks; the request's id."""
    link = await admissions.make_link(hub.context, OPERATOR, label=school.name)
    await membership.join(school.context, OPERATOR, link, REQUEST)
    async with hub.context.database.read() as reader:
        asked = await admission_rows.find_of_origin(reader, school.url)
    assert asked is not None
    return asked.id


async def accredit(hub: Node, *schools: Node) -> None:
    """The hub accredits schools that asked by its link, and they know it."""
    for school in schools:
        await accrediting.accredit(hub.context, OPERATOR, await apply_to(hub, school))
        await refresh(school)


async def endorse(one: Node, other: Node) -> None:
    """Two hubs become partners and endorse one another; schools know it when they `refresh`."""
    await make_partners(one, other)
    await endorsements.endorse(one.context, OPERATOR, other.url)
    await endorsements.endorse(other.context, OPERATOR, one.url)
    await refresh(one, other)


async def refresh(*nodes: Node) -> None:
    """Each asks its hubs now."""
    for node in nodes:
        await refreshing.refresh_now(node.context, OPERATOR)


async def credential_of(school: Node) -> JSONObject:
    """What its hub states about a school."""
    async with school.context.database.read() as reader:
        own = await membership_rows.find(reader)
    assert own is not None
    assert own.credential is not None
    return own.credential


async def present(here: Node, school: Node) -> None:
    """The school's accreditation comes to `here` in a hub's answer."""
    credential = await credential_of(school)
    async with here.context.database.write() as transaction:
        await introductions.put_presented(here.context, transaction, credential)
