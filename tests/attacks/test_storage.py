"""A disk that fails, two writers at once, a copy under load: what is kept stays whole."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import aiosqlite
import pytest

from node.actions import people, verify
from node.storage import sqlite, writer
from node.storage.database import Database
from node.storage.sqlite import Connection
from protocol.errors import Reason, Refused
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import send
from tests.attacks.visiting import Visitor
from tests.node.restored import PASSPHRASE, back_up, restored
from tests.nodes import Node

LOAD = 60
MOST_LOG_BYTES = 100_000


def make_failing(patch: pytest.MonkeyPatch, word: str, broken: list[bool]) -> None:
    """Connections whose fsync at `word` fails while something is in `broken`."""
    fetch = aiosqlite.Connection.execute_fetchall

    class Failing(Connection):
        def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
            if broken and word in sql_script:
                self.rollback()
                raise io_error()
            return super().executescript(sql_script)

    async def fetch_or_fail(
        connection: aiosqlite.Connection, sql: str, parameters: Iterable[object] = ()
    ) -> Iterable[sqlite3.Row]:
        if broken and word in sql:
            raise io_error()
        return await fetch(connection, sql, tuple(parameters))

    patch.setattr(sqlite, "Connection", Failing)
    patch.setattr(aiosqlite.Connection, "execute_fetchall", fetch_or_fail)


def io_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    return error


@pytest.mark.parametrize("word", ["COMMIT", "wal_checkpoint"])
async def test_a151_after_a_failed_fsync_nothing_is_acknowledged_nor_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    broken: list[bool] = []
    make_failing(monkeypatch, word, broken)
    monkeypatch.setattr(writer, "LONG_LOG_BYTES", 1)
    database = await Database.open(tmp_path / "bare.sqlite")
    async with database.write() as transaction:
        await transaction.run("CREATE TABLE things (name TEXT)")
    broken.append(True)
    with pytest.raises(Refused) as refused:
        await put(database, "while the disk failed")
    assert refused.value.reason is Reason.STORAGE_FAILED
    broken.clear()
    # A disk that says it is well again is not believed: the node has to start anew.
    assert database.failed.is_set()
    with pytest.raises(Refused) as refused:
        await put(database, "afterwards")
    assert refused.value.reason is Reason.STORAGE_FAILED
    await database.close()
    again = await Database.open(tmp_path / "bare.sqlite")
    await put(again, "after a new start")
    assert "after a new start" in await names(again)
    assert "afterwards" not in await names(again)
    assert await again.integrity_check() == []
    await again.close()


async def test_a151_a_letter_is_not_taken_by_a_node_whose_disk_failed(
    alpha: Node, mallory: Rogue
) -> None:
    eve = mallory.person("eve")
    letter = mallory.follow(eve, alpha.admin.actor)
    before = await alpha.count("inbox")
    alpha.context.database.failed.set()
    told = await send(alpha, mallory.letter(alpha, letter))
    assert (told.status, told.reason) == (503, "storage_failed"), told.body
    assert (await Visitor(alpha).get("/readyz")).status == 503
    assert await alpha.count("inbox") == before
    alpha.context.database.failed.clear()
    assert (await send(alpha, mallory.letter(alpha, letter))).status == 202
    assert await alpha.count("inbox") == before + 1
    assert (await Visitor(alpha).get("/readyz")).status == 200


async def put(database: Database, name: str) -> None:
    async with database.write() as transaction:
        await transaction.run("INSERT INTO things (name) VALUES ($1)", name)


async def names(database: Database) -> list[str]:
    async with database.read() as reader:
        return [str(row["name"]) for row in await reader.all("SELECT name FROM things")]


def watched(is_held: Callable[[], bool], seen: list[tuple[str, bool]]) -> type[Connection]:
    """A connection that notes of each COMMIT and checkpoint whether the lock was held."""

    def note(sql: str) -> None:
        words = [word for word in ("COMMIT", "wal_checkpoint") if word in sql]
        seen.extend((word, is_held()) for word in words)

    class Watched(Connection):
        def __init__(self, address: str) -> None:
            super().__init__(address)
            self.set_trace_callback(note)

    return Watched


async def test_a152_of_two_writers_one_alone_commits_and_checkpoints_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bare.sqlite"
    seen: list[tuple[str, bool]] = []

    def is_held() -> bool:
        probe = os.open(f"{path}.lock", os.O_RDWR)
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(probe)
        return False

    monkeypatch.setattr(sqlite, "Connection", watched(is_held, seen))
    monkeypatch.setattr(writer, "LONG_LOG_BYTES", MOST_LOG_BYTES)
    one, other = await Database.open(path), await Database.open(path)
    async with one.write() as transaction:
        await transaction.run("CREATE TABLE things (name TEXT)")
    for number in range(LOAD):
        await asyncio.gather(
            *(put(each, f"{number} {'x' * 5000}") for each in (one, other)), names(one)
        )
    assert [word for word, held in seen if not held] == []
    counted = {word: sum(word == one for one, _ in seen) for word in ("COMMIT", "wal_checkpoint")}
    assert counted["COMMIT"] >= 2 * LOAD
    assert counted["wal_checkpoint"] > 4
    for each in (one, other):
        assert len(await names(each)) == 2 * LOAD
        assert await each.integrity_check() == []
        async with each.read() as reader, each.write() as transaction:
            # SQLite itself never decides to checkpoint, in no connection.
            assert await reader.count("PRAGMA wal_autocheckpoint") == 0
            assert await transaction.count("PRAGMA wal_autocheckpoint") == 0
    await one.close()
    await other.close()


async def test_a153_a_backup_under_load_is_read_back_and_holds_what_was_acknowledged(
    alpha: Node,
) -> None:
    acknowledged: list[str] = []
    ready = asyncio.Event()

    async def write_on() -> None:
        for number in range(LOAD):
            text = f"Update {number:03}."
            await people.publish_update(alpha.context, alpha.admin, text=text, language="en")
            acknowledged.append(text)
            if number == LOAD // 3:
                ready.set()

    writing = asyncio.create_task(write_on())
    await ready.wait()
    before = list(acknowledged)
    file = await back_up(alpha)
    assert len(before) < LOAD
    await writing
    async with restored(alpha, file) as again:
        assert await again.context.database.integrity_check() == []
        async with again.context.database.read() as reader:
            rows = await reader.all("SELECT document FROM objects")
        kept = " ".join(str(row["document"]) for row in rows)
        assert [text for text in before if text not in kept] == []
        await people.publish_update(again.context, again.admin, text="We go on.", language="en")


async def test_a153_a_file_copied_by_hand_or_damaged_is_no_backup(alpha: Node) -> None:
    file = await back_up(alpha)
    copied = file.with_name("by-hand.backup")
    copied.write_bytes(alpha.folder.database_file.read_bytes())
    damaged = file.with_name("damaged.backup")
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2] ^= 1
    damaged.write_bytes(octets)
    for attack in (copied, damaged):
        with pytest.raises(Refused) as refused:
            await verify.verify(attack, PASSPHRASE, alpha.folder.path / "state")
        assert refused.value.reason in {Reason.BAD_DATA_FOLDER, Reason.BAD_INPUT}
    await verify.verify(file, PASSPHRASE, alpha.folder.path / "state")
