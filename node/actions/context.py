"""What every action works with: the node's settings, time and chance, its storage and its voice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from aiohttp import web

from node.actions.viewing import Viewing
from node.clock import Chance, Clock, moment
from node.config import Settings
from node.folder import Folder
from node.limits import RateLimit
from node.metrics import Meter
from node.remote.client import Client
from node.storage.database import Database, Reader
from node.storage.shelf import Shelf
from node.storage.spaces import Space
from node.storage.wake import Waker
from protocol.delivery import Patience
from protocol.shapes import SchemaBook

MIB = 1_048_576


@dataclass(frozen=True)
class Carried:
    """What the site inside a space's file is told: this node's origin, the title, the language of
    its words, when it is made, and under which name the bytes of files lie in it, by hash."""

    base: str
    title: str
    made_ms: int
    language: str
    files: Mapping[str, str]


Put: TypeAlias = Callable[[str, bytes], Awaitable[None]]
"""Takes a page of a site by its relative address."""
Look: TypeAlias = Callable[[], AbstractAsyncContextManager[Reader]]
"""Opens the database for one bounded look: whoever makes something long holds no view open."""
Site: TypeAlias = Callable[[Look, Space, Carried, Put], Awaitable[None]]
"""Writes the site for readers of a space, page by page: the face's own work, named by `app`."""


@dataclass(frozen=True)
class Context:
    """One node's composition, made once by `node.app`."""

    settings: Settings
    clock: Clock
    chance: Chance
    database: Database
    book: SchemaBook
    master: bytes
    client: Client
    viewer: Client
    """Brings what is looked at elsewhere: nothing else waits for a connection of it."""
    wake: Waker
    rates: RateLimit
    batches: RateLimit
    fetches: RateLimit
    questions: RateLimit
    searches: RateLimit
    callbacks: RateLimit
    looks: RateLimit
    folder: Folder
    meter: Meter
    site: Site
    pictures: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """One picture or document is made clean at a time, so that the memory of a small machine is
    bounded."""
    films: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """One film or sound beside it, which may take minutes."""
    viewing: Viewing = field(default_factory=Viewing)
    arriving: set[str] = field(default_factory=set)
    """Uploads whose bytes this process is taking just now."""

    @property
    def base(self) -> str:
        """The public origin under which all of this node's names lie."""
        return self.settings.node.base_url

    @property
    def address(self) -> str:
        """Where this node is reached: its base, unless it has moved to another domain."""
        return self.settings.node.address or self.base

    @property
    def patience(self) -> Patience:
        """How long other nodes are left alone between two tries."""
        asked = self.settings.delivery
        return Patience(int(asked.first_wait_s * 1000), int(asked.longest_wait_s * 1000))

    @property
    def shelf(self) -> Shelf:
        """Where the bytes of files lie."""
        return Shelf(self.folder.path / "blobs", self.settings.limits.free_disk_mib * MIB)

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def now(self) -> datetime:
        return moment(self.clock.now_ms())


CONTEXT = web.AppKey("context", Context)
