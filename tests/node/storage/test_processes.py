"""Several processes write to one database, some die in the middle: nothing told as kept is lost."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from node.storage.database import Database
from node.storage.lock import FileLock
from protocol.errors import Reason, Refused

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("writing.py")


@pytest.fixture
async def counts(tmp_path: Path) -> Path:
    database = await Database.open(tmp_path / "node.sqlite")
    async with database.write() as transaction:
        await transaction.run(
            "CREATE TABLE counts (writer TEXT, number INTEGER, total INTEGER UNIQUE) STRICT"
        )
    await database.close()
    return database.path


async def start(path: Path, name: str, actions: int, *more: str) -> Process:
    arguments = [str(PROGRAM), str(path), name, str(actions), *more]
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    )


async def count(path: Path, sql: str) -> int:
    database = await Database.open(path)
    try:
        assert await database.integrity_check() == []
        async with database.read() as reader:
            return await reader.count(sql)
    finally:
        await database.close()


async def test_processes_that_write_beside_each_other_lose_nothing(counts: Path) -> None:
    processes = [await start(counts, name, 120) for name in ("web", "federation")]
    commands = 12
    for number in range(commands):
        # A command beside `serve` opens, writes, and is often the one that closes last.
        database = await Database.open(counts)
        async with database.write() as transaction:
            total = await transaction.count("SELECT max(total) FROM counts")
            await transaction.run(
                "INSERT INTO counts VALUES ('command', $1, $2)", number, total + 1
            )
        await database.close()
    for process in processes:
        await process.communicate()
        assert process.returncode == 0
    assert await count(counts, "SELECT count(*) FROM counts") == 240 + commands
    # Each action read the highest total and wrote the next: a gap or a repeat is a lost write.
    assert await count(counts, "SELECT max(total) FROM counts") == 240 + commands


async def test_a_process_killed_within_an_action_loses_that_action_only(counts: Path) -> None:
    process = await start(counts, "killed", 8, "hang")
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(9)]
    assert lines[-1] == "begun"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await count(counts, "SELECT count(*) FROM counts") == 8
    assert await count(counts, "SELECT count(*) FROM counts WHERE number = -1") == 0


async def test_a_process_killed_at_any_moment_loses_nothing_that_it_was_told_is_kept(
    counts: Path,
) -> None:
    told = 0
    for attempt in range(4):
        process = await start(counts, f"killed {attempt}", 400)
        assert process.stdout is not None
        heard = 0
        while heard < 5 + 17 * attempt:
            assert (await process.stdout.readline()).startswith(b"written")
            heard += 1
        process.send_signal(signal.SIGKILL)
        rest = (await process.stdout.read()).count(b"written")
        await process.wait()
        told += heard + rest
        kept = await count(counts, "SELECT count(*) FROM counts")
        # At most the four actions of one group were kept without word of it.
        assert told <= kept <= told + 4 * (attempt + 1)
        assert kept == await count(counts, "SELECT max(total) FROM counts")


async def test_a_transaction_keeps_every_other_process_from_writing_until_it_is_kept(
    counts: Path,
) -> None:
    database = await Database.open(counts)
    other = FileLock(counts, timeout_s=0.02)
    async with database.write() as transaction:
        await transaction.run("INSERT INTO counts VALUES ('one', 1, 1)")
        with pytest.raises(Refused) as refused:
            await other.take()
        assert refused.value.reason is Reason.BUSY
    await other.take()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0.02)
    # The last connection to close folds the log away: that is writing too.
    assert not closing.done()
    other.release()
    await closing
    other.close()


async def test_whoever_waits_for_the_lock_gets_it_between_two_actions_of_a_busy_writer(
    tmp_path: Path,
) -> None:
    busy, patient = [FileLock(tmp_path / "node.sqlite", timeout_s=10) for _ in range(2)]
    await busy.take()
    waiting = asyncio.create_task(patient.take())
    await asyncio.sleep(0.01)
    busy.release()
    # The busy one asks again at once, before the patient one has looked.
    again = asyncio.create_task(busy.take())
    await waiting
    assert not again.done()
    patient.release()
    await again
    busy.close()
    patient.close()


async def test_a_lock_that_is_never_given_back_is_refused_as_busy(tmp_path: Path) -> None:
    stuck, hopeful = [FileLock(tmp_path / "node.sqlite", timeout_s=0.05) for _ in range(2)]
    await stuck.take()
    began_s = time.monotonic()
    with pytest.raises(Refused) as refused:
        await hopeful.take()
    assert refused.value.reason is Reason.BUSY
    assert time.monotonic() - began_s < 5
    stuck.release()
    await hopeful.take()
    stuck.close()
    hopeful.close()
