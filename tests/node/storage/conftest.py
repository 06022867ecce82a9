"""Databases for the tests of storage: real files, the real schema."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.storage import migrate
from node.storage.database import Database

NOW_MS = 1_795_460_400_000


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database, empty of content."""
    opened = await Database.open(tmp_path / "node.sqlite")
    await migrate.migrate(opened, now_ms=NOW_MS)
    yield opened
    await opened.close()


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one table of things that have a name each."""
    opened = await Database.open(tmp_path / "bare.sqlite")
    async with opened.write() as transaction:
        await transaction.run("CREATE TABLE things (name TEXT PRIMARY KEY) STRICT")
    yield opened
    await opened.close()
