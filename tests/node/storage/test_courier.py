"""Statements are answered where they are asked, and whatever is long keeps nobody waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from node.storage.database import Database

PUT = "INSERT INTO things (name) VALUES ($1)"
LONG = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) "
    "SELECT count(*) FROM n"
)
SHORT = "SELECT count(*) FROM things"


@dataclass
class Others:
    """How often somebody else had a turn."""

    turns: int = 0


@asynccontextmanager
async def beside() -> AsyncIterator[Others]:
    others = Others()

    async def go_on() -> None:
        while True:
            others.turns += 1
            await asyncio.sleep(0.001)

    task = asyncio.create_task(go_on())
    await asyncio.sleep(0)
    try:
        yield others
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_long_query_is_answered_and_others_go_on_meanwhile(bare: Database) -> None:
    async with bare.read() as reader, beside() as others:
        assert await reader.count(LONG) == 400_000
        assert others.turns > 3
        again = others.turns
        assert await reader.count(LONG) == 400_000
        assert others.turns > again + 3


async def test_a_query_that_was_broken_off_leaves_its_view_as_it_was(bare: Database) -> None:
    async with bare.read() as reader:
        assert await reader.count(SHORT) == 0
        async with bare.write() as transaction:
            await transaction.run(PUT, "new")
        assert await reader.count(LONG) == 400_000
        assert await reader.count(SHORT) == 0


async def test_a_query_that_was_broken_off_leaves_what_its_action_wrote(bare: Database) -> None:
    async with bare.write() as transaction:
        await transaction.run(PUT, "before")
        assert await transaction.count(LONG) == 400_000
        await transaction.run(PUT, "after")
    async with bare.read() as reader:
        assert await reader.count(SHORT) == 2


async def test_a_statement_that_changes_much_is_never_broken_off(bare: Database) -> None:
    for number in range(2):
        async with bare.write() as transaction:
            await transaction.run(
                "INSERT INTO things WITH RECURSIVE n (i) AS "
                "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
                "SELECT $1 || '-' || i FROM n",
                str(number),
            )
    async with bare.read() as reader:
        assert await reader.count(SHORT) == 100_000


async def test_whoever_is_cancelled_within_a_long_query_leaves_a_clean_connection(
    bare: Database,
) -> None:
    async def look() -> None:
        async with bare.read() as reader:
            await reader.count(LONG)

    looking = [asyncio.create_task(look()) for _ in range(3)]
    await asyncio.sleep(0.005)
    for one in looking:
        one.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    async with bare.write() as transaction:
        await transaction.run(PUT, "later")
    for _ in range(6):
        async with bare.read() as reader:
            assert await reader.count(SHORT) == 1


async def test_statements_that_are_answered_at_once_let_others_pass(bare: Database) -> None:
    async with bare.read() as reader, beside() as others:
        for _ in range(5_000):
            await reader.count(SHORT)
        assert others.turns > 3


async def test_statements_of_one_connection_keep_their_order(bare: Database) -> None:
    async with bare.write() as transaction:
        found = await asyncio.gather(
            transaction.count(LONG), transaction.run(PUT, "second"), transaction.count(SHORT)
        )
    assert tuple(found) == (400_000, 1, 1)
