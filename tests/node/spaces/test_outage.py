"""A school that was not there catches up by itself, and what comes twice changes nothing."""

import pytest

from node.actions import debts, forum
from node.actions.talk import Talk
from node.storage import cursors, payloads
from node.workers import replication
from tests.node.spaces.schools import Shared, holds_the_same, texts
from tests.node.spaces.speaking import bring, own_log, write_threads
from tests.nodes import settle


async def start(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title=text, text=text, language="en"
    )


async def test_a_node_that_was_down_for_the_whole_exchange_catches_up(shared: Shared) -> None:
    await shared.beta.close_doors()
    thread = await start(shared, "one")
    await forum.reply(
        shared.alpha.context, shared.ana, shared.space, thread, text="two", language="en"
    )
    await settle(shared.alpha)
    await forum.edit(
        shared.alpha.context, shared.ana, shared.space, thread, text="three", language="en"
    )
    shared.alpha.clock.advance(days=40)
    await settle(shared.alpha)
    await shared.beta.open_doors()
    shared.alpha.clock.advance(seconds=7 * 3600)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["three", "two"]]
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_a_sign_of_life_hastens_what_waits_for_a_silent_school(shared: Shared) -> None:
    await shared.beta.close_doors()
    await start(shared, "one")
    for _ in range(12):
        shared.alpha.clock.advance(seconds=6 * 3600)
        await settle(shared.alpha)
    await shared.beta.open_doors()
    await settle(shared.alpha, shared.beta)
    await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="t", text="two", language="en"
    )
    await settle(shared.beta, shared.alpha)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_an_exchange_that_failed_says_why_until_it_succeeds(shared: Shared) -> None:
    await shared.beta.close_doors()
    await start(shared, "one")
    await settle(shared.alpha)
    async with shared.alpha.context.database.read() as reader:
        waiting = (await cursors.list_of_space(reader, shared.space))[0]
    await shared.beta.open_doors()
    shared.alpha.clock.advance(seconds=60)
    await settle(shared.alpha, shared.beta)
    async with shared.alpha.context.database.read() as reader:
        agreed = (await cursors.list_of_space(reader, shared.space))[0]
    assert (waiting.why, waiting.attempts) == ("unreachable", 1)
    assert (agreed.why, agreed.attempts) == ("", 0)
    assert agreed.agreed_ms == shared.alpha.clock.now_ms()


async def test_what_is_missed_on_the_way_is_found_by_comparing(shared: Shared) -> None:
    batch = await write_threads(shared.alpha, shared.space, "one", "two", "three")
    answer = await bring(shared.alpha, shared.beta, shared.space, batch)
    assert answer.status == 202
    # Alpha itself never kept what it said: it learns it from its partner.
    shared.beta.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    assert sorted(await texts(shared.alpha, shared.space)) == [["one"], ["three"], ["two"]]
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_batches_that_come_twice_or_out_of_order_change_nothing(shared: Shared) -> None:
    await start(shared, "one")
    await start(shared, "two")
    await settle(shared.alpha, shared.beta)
    written = await own_log(shared.alpha, shared.space)
    before = await shared.beta.dump(but=frozenset({"nonces", "partners"}))
    for batch in (written, written[::-1], written[1:], [*written, *written]):
        answer = await bring(shared.alpha, shared.beta, shared.space, batch)
        assert answer.status == 202
    assert await shared.beta.dump(but=frozenset({"nonces", "partners"})) == before


async def test_the_partners_answer_to_a_gap_says_where_to_resume(shared: Shared) -> None:
    batch = await write_threads(shared.alpha, shared.space, "one", "two", "three")
    answer = await bring(shared.alpha, shared.beta, shared.space, batch[1:])
    log = batch[0].header.log
    assert answer.status == 409
    assert str(answer.reason) == "gap"
    assert f'"{log}":{batch[0].header.seq - 1}'.encode() in answer.body
    assert await texts(shared.beta, shared.space) == []
    assert (await bring(shared.alpha, shared.beta, shared.space, batch)).status == 202
    assert sorted(await texts(shared.beta, shared.space)) == [["one"], ["three"], ["two"]]


async def test_a_defect_in_one_conversation_delays_that_exchange_only(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Talk) -> None:
        raise ValueError("a defect")

    await start(shared, "one")
    with monkeypatch.context() as broken:
        broken.setattr(debts, "settle", fail)
        next_ms = await replication.step(shared.alpha.context)
    async with shared.alpha.context.database.read() as reader:
        (exchange,) = await cursors.list_of_space(reader, shared.space)
    assert exchange.attempts == 1
    assert next_ms == exchange.next_ms
    assert exchange.next_ms > shared.alpha.clock.now_ms()
    shared.alpha.clock.advance(seconds=100)
    await settle(shared.alpha, shared.beta)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_payloads_that_never_come_keep_no_others_from_their_turn(shared: Shared) -> None:
    await start(shared, "one")
    async with shared.alpha.context.database.write() as transaction:
        count = await transaction.run("UPDATE operations SET lacks = 1")
    asked = set()
    async with shared.alpha.context.database.read() as reader:
        for _ in range(100):
            asked |= set(await payloads.list_lacking(reader, shared.space, limit=1))
    assert len(asked) == count > 1
