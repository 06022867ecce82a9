"""What a transaction promises: alone or not at all, on the disk when it says so."""

import asyncio
import sqlite3
import stat
from pathlib import Path

import pytest

from node.storage.database import Database, Reader, Transaction
from protocol.errors import Reason, Refused

PUT = "INSERT INTO things (name) VALUES ($1)"


async def put(database: Database, *names: str) -> None:
    async with database.write() as transaction:
        for name in names:
            await transaction.run(PUT, name)


async def names(database: Database) -> list[str]:
    async with database.read() as reader:
        return [row["name"] for row in await reader.all("SELECT name FROM things ORDER BY name")]


async def test_what_an_action_wrote_is_there_for_every_reader(bare: Database) -> None:
    await put(bare, "one")
    assert await names(bare) == ["one"]


async def test_an_action_that_raises_undoes_itself_and_nobody_else(bare: Database) -> None:
    async def fail() -> None:
        async with bare.write() as transaction:
            await transaction.run(PUT, "bad")
            raise LookupError

    results = await asyncio.gather(
        put(bare, "before"), fail(), put(bare, "after"), return_exceptions=True
    )
    assert [type(one) for one in results] == [type(None), LookupError, type(None)]
    assert await names(bare) == ["after", "before"]


async def test_a_lone_action_that_raises_leaves_nothing(bare: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await put(bare, "one", "one")
    assert await names(bare) == []


async def test_an_action_may_go_on_after_a_broken_constraint(bare: Database) -> None:
    await put(bare, "taken")
    async with bare.write() as transaction:
        with pytest.raises(sqlite3.IntegrityError):
            await transaction.run(PUT, "taken")
        await transaction.run(PUT, "free")
    assert await names(bare) == ["free", "taken"]


async def test_a_cancelled_action_is_undone_and_the_next_one_goes_on(bare: Database) -> None:
    begun, forever = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        async with bare.write() as transaction:
            await transaction.run(PUT, "hung")
            begun.set()
            await forever.wait()

    hanging = asyncio.create_task(hang())
    await begun.wait()
    waiting = asyncio.create_task(put(bare, "gave up waiting"))
    next_ = asyncio.create_task(put(bare, "next"))
    await asyncio.sleep(0)
    waiting.cancel()
    hanging.cancel()
    await next_
    assert hanging.cancelled() or await asyncio.gather(hanging, return_exceptions=True)
    assert await names(bare) == ["next"]


async def test_cancelling_at_any_step_leaves_the_database_usable(bare: Database) -> None:
    for steps in range(40):
        task = asyncio.create_task(put(bare, f"cancelled after {steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await put(bare, f"whole {steps}")
        reading = asyncio.create_task(names(bare))
        for _ in range(steps):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert sum(name.startswith("whole") for name in await names(bare)) == 40


async def test_actions_that_wait_share_a_commit(bare: Database) -> None:
    before = (bare.path.parent / "bare.sqlite-wal").stat().st_size
    await asyncio.gather(*[put(bare, f"thing {number}") for number in range(50)])
    grown = (bare.path.parent / "bare.sqlite-wal").stat().st_size - before
    assert len(await names(bare)) == 50
    # A COMMIT of its own would have written at least a page of 4 kB for each of the fifty.
    assert grown < 25 * 4096


async def test_when_a_commit_fails_nobody_of_the_group_is_told_otherwise(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "node.sqlite")
    async with database.write() as transaction:
        await transaction.run("CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT")
        await transaction.run(
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id) "
            "DEFERRABLE INITIALLY DEFERRED) STRICT"
        )

    async def adopt(parent: int | None) -> None:
        async with database.write() as transaction:
            await transaction.run("INSERT INTO children VALUES ($1)", parent)

    results = await asyncio.gather(adopt(None), adopt(7), adopt(None), return_exceptions=True)
    assert all(isinstance(one, sqlite3.IntegrityError) for one in results)
    await adopt(None)
    async with database.read() as reader:
        assert await reader.count("SELECT count(*) FROM children") == 1
    await database.close()


async def test_a_full_database_refuses_by_name_and_recovers(bare: Database) -> None:
    async with bare.write() as transaction:
        pages = await transaction.count("PRAGMA page_count")
        await transaction.run(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(Refused) as refused:
        await put(bare, *[f"{number}" + "x" * 1000 for number in range(1000)])
    assert refused.value.reason is Reason.STORAGE_FULL
    async with bare.write() as transaction:
        await transaction.run("PRAGMA max_page_count = 4294967294")
    await put(bare, "room again")
    assert await names(bare) == ["room again"]


async def test_after_sqlite_gave_a_transaction_up_no_statement_stands_alone(
    bare: Database,
) -> None:

    async def write_on() -> None:
        async with bare.write() as transaction:
            await transaction.run(PUT, "first")
            with pytest.raises(sqlite3.IntegrityError):
                await transaction.run("INSERT OR ROLLBACK INTO things VALUES ('first')")
            await transaction.run(PUT, "second")

    with pytest.raises(Refused) as refused:
        await write_on()
    assert refused.value.reason is Reason.STORAGE_FULL
    assert await names(bare) == []
    await put(bare, "next")
    assert await names(bare) == ["next"]


async def test_below_the_disk_floor_writing_is_refused_and_reading_goes_on(tmp_path: Path) -> None:
    free = [1000]
    database = await Database.open(
        tmp_path / "node.sqlite", min_free_bytes=500, room=lambda folder: free[0]
    )
    async with database.write() as transaction:
        await transaction.run("CREATE TABLE things (name TEXT PRIMARY KEY) STRICT")
    free[0] = 499
    with pytest.raises(Refused) as refused:
        await put(database, "too much")
    assert refused.value.reason is Reason.STORAGE_FULL
    assert await names(database) == []
    free[0] = 500
    await put(database, "fits")
    assert await names(database) == ["fits"]
    await database.close()


async def test_below_the_disk_floor_small_actions_go_on_until_their_reserve_is_gone(
    tmp_path: Path,
) -> None:
    free = [1000]
    database = await Database.open(
        tmp_path / "node.sqlite", min_free_bytes=400, room=lambda folder: free[0]
    )
    async with database.write() as transaction:
        await transaction.run("CREATE TABLE things (name TEXT PRIMARY KEY) STRICT")

    async def sign_in(name: str) -> None:
        async with database.write_small() as transaction:
            await transaction.run(PUT, name)

    free[0] = 399
    # Side by side in one group, the large one is refused and the small one is kept.
    large, small = await asyncio.gather(
        put(database, "too much"), sign_in("small"), return_exceptions=True
    )
    assert isinstance(large, Refused)
    assert small is None
    free[0] = 99
    with pytest.raises(Refused) as refused:
        await sign_in("too late")
    assert refused.value.reason is Reason.STORAGE_FULL
    assert await names(database) == ["small"]
    await database.close()


async def test_a_reader_cannot_write(bare: Database) -> None:
    async with bare.read() as reader:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.all("INSERT INTO things VALUES ('x') RETURNING name")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.all("PRAGMA user_version = 9")
        # Not even where it undoes the rule: the file itself is open for reading only.
        await reader.all("PRAGMA query_only = OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.all("INSERT INTO things VALUES ('x') RETURNING name")


async def test_a_reader_sees_one_state_until_its_block_ends(bare: Database) -> None:
    async with bare.read() as reader:
        assert await reader.count("SELECT count(*) FROM things") == 0
        await put(bare, "new")
        assert await reader.count("SELECT count(*) FROM things") == 0
    assert await names(bare) == ["new"]


async def test_a_view_or_transaction_is_dead_after_its_block(bare: Database) -> None:
    kept: list[Reader] = []
    async with bare.read() as reader:
        kept.append(reader)
    async with bare.write() as transaction:
        kept.append(transaction)
    for one in kept:
        with pytest.raises(RuntimeError, match="over"):
            await one.all("SELECT 1")


async def test_a_transaction_inside_a_transaction_fails_instead_of_waiting_for_itself(
    bare: Database,
) -> None:
    async with bare.write():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await put(bare, "inner")
    await put(bare, "later")


async def test_a_name_in_double_quotes_is_never_taken_for_a_text(bare: Database) -> None:
    async with bare.read() as reader:
        with pytest.raises(ValueError, match="double quotes"):
            await reader.all('SELECT "no such column" FROM things')


async def test_foreign_keys_hold(bare: Database) -> None:
    async with bare.write() as transaction:
        await transaction.run(
            "CREATE TABLE owners (thing TEXT NOT NULL REFERENCES things (name)) STRICT"
        )
    with pytest.raises(sqlite3.IntegrityError):
        async with bare.write() as transaction:
            await transaction.run("INSERT INTO owners VALUES ('nothing')")


async def test_every_connection_keeps_the_rules(bare: Database) -> None:
    async def rules(reader: Reader) -> dict[str, int | str]:
        asked = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "query_only")
        return {name: (await reader.all(f"PRAGMA {name}"))[0][0] for name in asked}

    async with bare.write() as transaction:
        assert await rules(transaction) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "query_only": 0,
        }
    async with bare.read() as first, bare.read() as second, bare.read() as third:
        for reader in (first, second, third):
            found = await rules(reader)
            assert (found["foreign_keys"], found["trusted_schema"], found["query_only"]) == (
                1,
                0,
                1,
            )
            assert await reader.count("PRAGMA wal_autocheckpoint") == 0


async def test_only_the_owner_may_read_the_files(bare: Database) -> None:
    await put(bare, "one")
    for file in bare.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name


async def test_what_was_wiped_is_in_no_file_when_the_action_returns(bare: Database) -> None:
    await put(bare, "Anna wrote this")
    async with bare.write() as transaction:
        await transaction.run("DELETE FROM things")
        transaction.wipe()
    for file in bare.path.parent.iterdir():
        assert b"Anna" not in file.read_bytes(), file.name


async def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "node.sqlite").write_bytes(b"not a database, not at all" * 100)
    with pytest.raises(Refused) as refused:
        await Database.open(tmp_path / "node.sqlite")
    assert refused.value.reason is Reason.BAD_DATA_FOLDER


async def test_a_folder_that_is_missing_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        await Database.open(tmp_path / "missing" / "node.sqlite")
    assert refused.value.reason is Reason.BAD_DATA_FOLDER


async def test_a_backup_is_whole_and_beside_it_writing_goes_on(bare: Database) -> None:
    await put(bare, "one")
    async with bare.write() as transaction:
        await transaction.run(PUT, "not yet committed")
        await bare.backup(bare.path.with_name("copy.sqlite"))
    copy = await Database.open(bare.path.with_name("copy.sqlite"))
    assert await names(copy) == ["one"]
    assert await copy.integrity_check() == []
    await copy.close()


async def test_integrity_check_names_a_row_that_points_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT")
        connection.execute("CREATE TABLE children (parent INTEGER REFERENCES parents (id)) STRICT")
        connection.execute("INSERT INTO children VALUES (7)")
    connection.close()
    database = await Database.open(path)
    assert await database.integrity_check() == ["children row 1 names a missing row of parents"]
    await database.close()


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "node.sqlite")
    await database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await put(database, "late")


def test_a_transaction_is_a_reader() -> None:
    assert issubclass(Transaction, Reader)
