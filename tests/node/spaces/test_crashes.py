"""Whatever breaks in the middle leaves all of a step or nothing of it; much at once is bounded."""

import asyncio
from contextlib import suppress

import pytest

from node.actions import erase, forum, serve_space
from node.federation import spaces as door
from node.storage import cursors, operations, spaces, views
from node.workers import replication
from protocol.errors import Reason
from tests.node.spaces.schools import Shared, holds_the_same, texts
from tests.node.spaces.speaking import bring, write_threads
from tests.node.spaces.test_lies import write_and_fork
from tests.nodes import settle

QUIET = frozenset({"nonces", "partners", "replication"})


class Broken(Exception):
    """The machine stopped here."""


async def breaks(*_: object, **__: object) -> None:
    raise Broken


async def write(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="t", text=text, language="en"
    )


@pytest.mark.parametrize(
    ("room", "name"),
    [
        (operations, "put_all"),
        (operations, "put_heads"),
        (views, "put_posts"),
        (cursors, "put_due"),
    ],
)
async def test_a_write_that_breaks_off_leaves_nothing(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, room: object, name: str
) -> None:
    before = await shared.alpha.dump()
    monkeypatch.setattr(room, name, breaks)
    with pytest.raises(Broken):
        await write(shared, "one")
    assert await shared.alpha.dump() == before
    monkeypatch.undo()
    await write(shared, "two")
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["two"]]


async def test_an_erasure_that_breaks_off_leaves_the_text_and_no_statement(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await write(shared, "one")
    before = await shared.alpha.dump()
    monkeypatch.setattr(views, "put_posts", breaks)
    with pytest.raises(Broken):
        await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    assert await shared.alpha.dump() == before


async def test_a_batch_that_breaks_off_is_taken_whole_the_next_time(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await write_threads(shared.alpha, shared.space, "one", "two")
    before = await shared.beta.dump(but=QUIET)
    monkeypatch.setattr(views, "put_posts", breaks)
    assert (await bring(shared.alpha, shared.beta, shared.space, batch)).status == 503
    assert await shared.beta.dump(but=QUIET) == before
    monkeypatch.undo()
    assert (await bring(shared.alpha, shared.beta, shared.space, batch)).status == 202
    assert sorted(await texts(shared.beta, shared.space)) == [["one"], ["two"]]


async def test_an_answer_that_was_lost_costs_a_repeat_and_nothing_else(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settle(shared.alpha, shared.beta)
    await write(shared, "one")
    monkeypatch.setattr(cursors, "put_cursors", breaks)
    await replication.step(shared.alpha.context)
    assert await texts(shared.beta, shared.space) == [["one"]]
    monkeypatch.undo()
    shared.alpha.clock.advance(seconds=100)
    await settle(shared.alpha, shared.beta)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_a_receipt_that_was_lost_on_its_way_is_asked_for_again(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await write(shared, "one")
    await settle(shared.alpha, shared.beta)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    monkeypatch.setattr(erase, "keep_receipts", breaks)
    await replication.step(shared.alpha.context)
    monkeypatch.undo()
    shared.alpha.clock.advance(seconds=100)
    await settle(shared.alpha, shared.beta)
    found = await erase.list_confirmations(shared.alpha.context, shared.ana, shared.space, thread)
    assert [one.received_ms is not None for one in found] == [True]


async def test_a_new_log_that_breaks_off_leaves_nothing_of_itself(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alpha's log forked: it opens the next one and says again what was lost, in one step."""
    await write_and_fork(shared)
    shared.alpha.clock.advance(seconds=700)
    opened = "operations WHERE log LIKE 'c/%/1'"
    broken: list[str] = []

    async def breaks_last(_: object, space: str, *__: object) -> None:
        broken.append(space)
        raise Broken

    monkeypatch.setattr(spaces, "put_recovered", breaks_last)
    with suppress(Broken):
        await settle(shared.alpha, shared.beta)
    assert broken
    assert await shared.alpha.count(opened) == 0
    monkeypatch.undo()
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    await settle(shared.alpha, shared.beta)
    assert await shared.alpha.count(opened) > 0
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_a_long_absence_is_made_up_page_by_page(shared: Shared) -> None:
    await shared.beta.close_doors()
    batch = await write_threads(shared.alpha, shared.space, *map(str, range(1100)))
    async with shared.alpha.context.database.write() as transaction:
        taken = await serve_space.take(shared.alpha.context, transaction, shared.space, batch)
    assert taken.stored == 1100
    await shared.beta.open_doors()
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_more_than_a_space_can_hold_at_once_is_put_off(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_WAITING_OPERATIONS", 2)
    batch = await write_threads(shared.alpha, shared.space, "one", "two", "three")
    answer = await bring(shared.alpha, shared.beta, shared.space, batch)
    assert (answer.status, answer.reason) == (429, Reason.TOO_MANY_REQUESTS)
    assert answer.retry_after_s == door.BUSY_RETRY_AFTER_S
    taken = await bring(shared.alpha, shared.beta, shared.space, batch[:1])
    assert taken.status == 202


async def test_two_who_write_at_once_both_find_their_place(shared: Shared) -> None:
    await asyncio.gather(*(write(shared, str(n)) for n in range(8)))
    await settle(shared.alpha, shared.beta)
    assert sorted(await texts(shared.beta, shared.space)) == [[str(n)] for n in range(8)]
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)
