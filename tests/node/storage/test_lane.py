"""What is asked side by side is one visit to the database's thread, and each keeps its outcome."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from node.storage import sqlite
from node.storage.database import Database
from node.storage.lane import Errand, Lane

PUT = "INSERT INTO things (name) VALUES ($1)"
COUNT = "SELECT count(*) FROM things"


@contextmanager
def visits() -> Iterator[list[int]]:
    """How many errands each visit had."""
    made: list[int] = []
    visit = Lane.visit

    async def visiting(lane: Lane, errands: Sequence[Errand]) -> None:
        made.append(len(errands))
        await visit(lane, errands)

    with patch.object(Lane, "visit", visiting):
        yield made


async def test_what_is_asked_side_by_side_is_one_visit(bare: Database) -> None:
    async with bare.read() as reader:

        async def two() -> None:
            await asyncio.gather(reader.count(COUNT), reader.count(COUNT))

        with visits() as made:
            await asyncio.gather(reader.count(COUNT), two())
    # The view begins with its first statement.
    assert made == [4]


async def test_what_is_asked_one_after_the_other_waits_each_time(bare: Database) -> None:
    async with bare.read() as reader:
        with visits() as made:
            await reader.count(COUNT)
            await reader.count(COUNT)
    assert made == [2, 1]


async def test_statements_are_run_in_the_order_in_which_they_were_asked(bare: Database) -> None:
    async with bare.write() as transaction:
        found = await asyncio.gather(
            transaction.count(COUNT), transaction.run(PUT, "one"), transaction.count(COUNT)
        )
    assert tuple(found) == (0, 1, 1)


async def test_a_statement_that_fails_is_told_to_whoever_asked_it(bare: Database) -> None:
    async with bare.write() as transaction:
        failed, there = await asyncio.gather(
            transaction.run("INSERT INTO nowhere VALUES (1)"),
            transaction.run(PUT, "one"),
            return_exceptions=True,
        )
    assert isinstance(failed, sqlite3.OperationalError)
    assert there == 1
    async with bare.read() as reader:
        assert await reader.count(COUNT) == 1


async def test_what_a_cancelled_action_asked_last_reaches_nobody_elses_action(
    bare: Database,
) -> None:
    async def put(name: str) -> None:
        async with bare.write() as transaction:
            await transaction.run(PUT, name)

    for turns in range(12):
        cancelled = asyncio.create_task(put(f"cancelled {turns}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        cancelled.cancel()
        (how,) = await asyncio.gather(cancelled, return_exceptions=True)
        await put(f"whole {turns}")
        async with bare.read() as reader:
            kept = await reader.count(f"{COUNT} WHERE name = $1", f"cancelled {turns}")
        assert kept == (how is None)


async def test_a_closed_connection_answers_whoever_still_asks(bare: Database) -> None:
    lane = await sqlite.open_reader(bare.path)
    await lane.close()
    with pytest.raises(ValueError, match="closed"):
        await lane.ask(lambda connection: connection.in_transaction)
