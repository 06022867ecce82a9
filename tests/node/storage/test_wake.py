"""News reach whoever waits: in this process at once, in another one through a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from node.storage import wake
from node.storage.database import Database
from node.storage.wake import Waker

SOON_S = 5.0


@asynccontextmanager
async def two_processes(folder: Path) -> AsyncIterator[tuple[Waker, Waker, Database, Database]]:
    """What two processes of one node hold each; here they share an event loop."""
    first, second = [await Database.open(folder / "node.sqlite") for _ in range(2)]
    one, other = Waker(folder, first), Waker(folder, second)
    await one.open()
    await other.open()
    try:
        yield one, other, first, second
    finally:
        for waker in (one, other):
            await waker.close()
        for database in (first, second):
            await database.close()


async def test_news_end_a_wait_and_are_told_once(bare: Database) -> None:
    waker = Waker(bare.path.parent, bare)
    waker.notify("letters")
    assert await waker.wait("letters", SOON_S)
    assert not await waker.wait("letters", 0.01)


async def test_news_of_another_topic_do_not_end_a_wait(bare: Database) -> None:
    waker = Waker(bare.path.parent, bare)
    waker.notify("letters")
    assert not await waker.wait("spaces", 0.01)


async def test_news_travel_to_another_process(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as (one, other, _, _):
        waiting = asyncio.create_task(other.wait("letters", SOON_S))
        await asyncio.sleep(0)
        one.notify("letters")
        assert await waiting


async def test_a_command_that_does_not_listen_can_still_tell(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as (_, other, first, _):
        waiting = asyncio.create_task(other.wait("letters", SOON_S))
        await asyncio.sleep(0)
        Waker(tmp_path, first).notify("letters")
        assert await waiting


@pytest.fixture
def long_folder(tmp_path: Path) -> Path:
    folder = tmp_path / ("a" * 120)
    folder.mkdir()
    return folder


async def test_a_long_folder_name_is_no_hindrance(long_folder: Path) -> None:
    async with two_processes(long_folder) as (one, other, _, _):
        waiting = asyncio.create_task(other.wait("letters", SOON_S))
        await asyncio.sleep(0)
        one.notify("letters")
        assert await waiting


async def test_a_write_of_another_process_is_noticed_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "LOOK_EVERY_S", 0.01)
    async with two_processes(tmp_path) as (_, other, first, second):
        waiting = asyncio.create_task(other.wait("letters", SOON_S))
        await asyncio.sleep(0.03)
        async with second.write() as transaction:
            await transaction.run("CREATE TABLE own (id INTEGER) STRICT")
        await asyncio.sleep(0.03)
        assert not waiting.done()
        async with first.write() as transaction:
            await transaction.run("CREATE TABLE foreign_ (id INTEGER) STRICT")
        assert await waiting


async def test_the_socket_of_a_process_that_died_is_cleared_away(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as (one, other, _, _):
        dead = tmp_path / "wake-1-00000000.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left_behind:
            left_behind.bind(str(dead))
        one.notify("letters")
        assert not dead.exists()
        assert await other.wait("letters", SOON_S)
