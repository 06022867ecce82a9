"""A node whose database is older than what it once said first asks before it writes."""

import pytest

from node.actions import forum, refold, replicate
from node.storage import spaces
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared, texts
from tests.nodes import settle


async def write(shared: Shared, text: str) -> None:
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title=text, text=text, language="en"
    )


async def is_closed(shared: Shared) -> bool:
    async with shared.alpha.context.database.read() as reader:
        return (await spaces.get(reader, shared.space)).closed_to_writing != ""


async def test_a_restored_node_writes_again_once_it_heard_a_partner(shared: Shared) -> None:
    await write(shared, "one")
    await settle(shared.alpha, shared.beta)
    # As after a restored backup: the file outside knows of a write that the database does not.
    tips = shared.alpha.folder.tips_file
    later = tips.read_text(encoding="ascii").replace("[2,", "[3,")
    tips.write_text(later, encoding="ascii")
    await replicate.begin(shared.alpha.context)
    assert await is_closed(shared)
    with pytest.raises(Refused) as refused:
        await write(shared, "two")
    assert refused.value.reason is Reason.READ_ONLY
    await settle(shared.alpha, shared.beta)
    assert not await is_closed(shared)
    await write(shared, "two")
    await settle(shared.alpha, shared.beta)
    assert len(await texts(shared.beta, shared.space)) == 2


async def test_a_restored_node_gets_its_own_words_back(shared: Shared) -> None:
    await write(shared, "one")
    await settle(shared.alpha, shared.beta)
    before = {table: await _rows(shared, table) for table in TABLES}
    await write(shared, "two")
    await settle(shared.alpha, shared.beta)
    await _put_back(shared, before)
    await replicate.begin(shared.alpha.context)
    assert await is_closed(shared)
    assert await texts(shared.alpha, shared.space) == [["one"]]
    await settle(shared.alpha, shared.beta)
    assert not await is_closed(shared)
    await write(shared, "three")
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert sorted(await texts(node, shared.space)) == [["one"], ["three"], ["two"]]


TABLES = ("operations", "payloads", "logs", "posts", "cursors")


async def _rows(shared: Shared, table: str) -> list[tuple[str | int | float | bytes | None, ...]]:
    async with shared.alpha.context.database.read() as reader:
        return [tuple(row) for row in await reader.all(f"SELECT * FROM {table}")]


async def _put_back(
    shared: Shared, before: dict[str, list[tuple[str | int | float | bytes | None, ...]]]
) -> None:
    """The tables of the space as they were in the backup."""
    async with shared.alpha.context.database.write() as transaction:
        await transaction.run("DELETE FROM post_search")
        for table, rows in before.items():
            await transaction.run(f"DELETE FROM {table}")
            places = ", ".join(f"${n + 1}" for n in range(len(rows[0])))
            await transaction.many(f"INSERT INTO {table} VALUES ({places})", rows)
    await refold.everything(shared.alpha.context, shared.space)


async def test_a_node_without_the_file_asks_first(shared: Shared) -> None:
    await write(shared, "one")
    shared.alpha.folder.tips_file.unlink()
    await replicate.begin(shared.alpha.context)
    assert await is_closed(shared)
    await settle(shared.alpha, shared.beta)
    assert not await is_closed(shared)


async def test_a_node_that_was_only_stopped_writes_at_once(shared: Shared) -> None:
    await write(shared, "one")
    await replicate.begin(shared.alpha.context)
    assert not await is_closed(shared)
    await write(shared, "two")


async def test_a_file_of_rubbish_counts_as_missing(shared: Shared) -> None:
    shared.alpha.folder.tips_file.write_bytes(b"\xff[]")
    await replicate.begin(shared.alpha.context)
    assert await is_closed(shared)


async def test_a_node_without_the_file_asks_first_where_it_holds_nothing_of_its_own(
    shared: Shared,
) -> None:
    """It joined after the backup was made: what it wrote since is known to partners only."""
    # Beta keeps no control log, which would be something of its own.
    shared = Shared(shared.space, shared.beta, shared.alpha, shared.bob, shared.ana)
    async with shared.alpha.context.database.write() as transaction:
        own = f"c/{(await spaces.get(transaction, shared.space)).node}/%"
        await transaction.run(
            "DELETE FROM payloads WHERE op IN (SELECT id FROM operations WHERE log LIKE $1)", own
        )
        for table in ("operations", "logs", "space_roles"):
            await transaction.run(f"DELETE FROM {table} WHERE log LIKE $1", own)
    await refold.everything(shared.alpha.context, shared.space)
    shared.alpha.folder.tips_file.unlink()
    await replicate.begin(shared.alpha.context)
    assert await is_closed(shared)
    await settle(shared.alpha, shared.beta)
    assert not await is_closed(shared)
    await write(shared, "one")
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["one"]]
