"""What is over is dropped after three months; what waits, and what people see, stays."""

from node.actions import messages, people, tidy
from node.storage import messages as message_rows
from tests.node.actions.pairs import meet
from tests.nodes import Node, VirtualClock, settle

QUEUES = ("inbox", "outbox", "deliveries")


async def counts(node: Node) -> list[int]:
    return [await node.count(table) for table in QUEUES]


async def test_what_is_over_is_dropped_after_three_months_and_what_waits_stays(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await people.publish_update(them.alpha.context, them.ana, text="Storks!", language="en")
    await them.settle()
    began = await counts(them.alpha), await counts(them.beta)
    await them.beta.close_doors()
    await messages.send(them.alpha.context, them.ana, them.bob.actor, text="Hello", language="en")
    clock.advance(days=89)
    await settle(them.alpha)
    await settle(them.beta)
    assert await counts(them.beta) == began[1]
    clock.advance(days=2)
    await settle(them.alpha)
    await settle(them.beta)
    async with them.alpha.context.database.read() as reader:
        assert await reader.count("SELECT count(*) FROM deliveries") == 1
        assert await reader.count("SELECT count(*) FROM outbox WHERE public = 0") == 1
        assert await reader.count("SELECT count(*) FROM outbox WHERE public = 1") == 1
    assert await them.beta.count("inbox") == 0
    await them.beta.open_doors()
    clock.advance(seconds=6 * 3600)
    await them.settle()
    clock.advance(days=91)
    await them.settle()
    async with them.alpha.context.database.read() as reader:
        [sent] = await message_rows.list_with(reader, them.ana.actor, them.bob.actor)
    # The letter's row is gone, and the page still says that it arrived.
    assert await them.alpha.count("deliveries") == 0
    assert sent.travel == "done"


async def test_more_than_one_portion_is_dropped(alpha: Node, clock: VirtualClock) -> None:
    rows = tidy.ROWS_AT_ONCE + 3
    async with alpha.context.database.write() as transaction:
        await transaction.many(
            "INSERT INTO inbox (id, origin, actor, key_id, activity, received_ms, state) "
            "VALUES ($1, '', '', '', '{}', $2, 'done')",
            [(str(number), clock.now_ms()) for number in range(rows)],
        )
    clock.advance(days=91)
    await tidy.tidy_up(alpha.context)
    assert await alpha.count("inbox") == 0
