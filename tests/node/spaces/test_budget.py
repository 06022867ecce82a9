"""Batches of operations are counted apart: who catches up is not held up."""

import pytest

from node.limits import Rate, RateLimit
from node.storage import cursors
from node.workers import replication
from protocol.errors import Reason
from protocol.space import sync
from tests.node.spaces.schools import Shared, holds_the_same
from tests.node.spaces.test_refold import write

FEW = Rate(requests=12, window_s=300, burst=12)


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are so small that few operations make many of them."""
    monkeypatch.setattr(sync, "MAX_BATCH_OPERATIONS", 1)


def limit(shared: Shared, **rates: RateLimit) -> None:
    """What alpha lets its partners ask."""
    for name, rate in rates.items():
        object.__setattr__(shared.alpha.context, name, rate)


async def catch_up(shared: Shared) -> None:
    """Beta asks alpha, as after a long absence."""
    context = shared.beta.context
    async with context.database.write() as transaction:
        await cursors.put_all_due(transaction, context.now_ms())
    await replication.step(context)


async def test_catching_up_takes_no_more_of_a_partners_requests_than_one_page(
    shared: Shared, one_at_a_time: None
) -> None:
    await shared.beta.close_doors()
    await write(shared, 30)
    limit(shared, rates=RateLimit(FEW))
    await catch_up(shared)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_beyond_the_budget_catching_up_goes_on_when_it_was_told(
    shared: Shared, one_at_a_time: None
) -> None:
    await shared.beta.close_doors()
    await write(shared, 30)
    limit(shared, batches=RateLimit(FEW))
    waited_s = []
    for _ in range(40):
        await catch_up(shared)
        async with shared.beta.context.database.read() as reader:
            (exchange,) = await cursors.list_of_space(reader, shared.space)
        if await holds_the_same(shared.alpha, shared.beta, shared.space):
            break
        assert exchange.why == Reason.TOO_MANY_REQUESTS
        waited_s.append((exchange.next_ms - shared.beta.clock.now_ms()) / 1000)
        shared.beta.clock.advance(seconds=waited_s[-1])
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)
    # It did not double: the partner said when.
    assert waited_s
    assert max(waited_s) <= FEW.window_s
