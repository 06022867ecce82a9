"""A node whose clock is far from its partners' writes nothing in spaces until it is mended."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import check_up, clocks, forum, replicate
from node.workers import duties
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared, discussions, holds_the_same, open_together, texts
from tests.nodes import Node, VirtualClock, make_partners, running, settle


@pytest.fixture
async def late(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node with a clock of its own."""
    async with running("late", tmp_path / "late", VirtualClock(clock.at_ms)) as node:
        yield node


async def look_at_clock(node: Node, other: Node) -> None:
    """Any answer of the other tells what its clock shows."""
    await node.context.client.discover(f"{other.url}/.well-known/schoolgate", origin=other.url)
    async with node.context.database.write() as transaction:
        await clocks.note(node.context, transaction, other.url)


async def write(shared: Shared, text: str) -> None:
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title=text, text=text, language="en"
    )


async def told(node: Node) -> list[str]:
    return [
        one.sentence for one in await check_up.check_up(node.context) if "clock" in one.sentence
    ]


@pytest.mark.parametrize("off_s", [700, -700])
async def test_a_node_with_a_wrong_clock_signs_nothing_until_it_is_set(
    late: Node, beta: Node, gamma: Node, off_s: int
) -> None:
    for other in (beta, gamma):
        await make_partners(late, other)
    shared = await open_together(late, beta)
    await write(shared, "in time")
    late.clock.advance(seconds=off_s)
    await settle(late)
    await look_at_clock(late, beta)
    # One partner alone may be wrong itself: it is told, and nobody is held up.
    await write(shared, "one differs")
    assert any("BAD" not in one and "700" in one for one in await told(late))
    await look_at_clock(late, gamma)
    with pytest.raises(Refused) as refused:
        await write(shared, "too late")
    assert refused.value.reason is Reason.CLOCK_OFF
    late.clock.advance(seconds=-off_s)
    for other in (beta, gamma):
        await look_at_clock(late, other)
    await write(shared, "in time again")
    assert not any("700" in one for one in await told(late))
    seen = [thread[0] for thread in await texts(late, shared.space)]
    assert "too late" not in seen
    assert "in time again" in seen


@pytest.mark.parametrize("days", [2, 400])
@pytest.mark.parametrize("first", [False, True])
async def test_what_was_written_by_a_clock_that_was_ahead_is_said_again_in_time(
    late: Node, beta: Node, days: int, first: bool
) -> None:
    """Nobody had been heard when the clock jumped: nothing told that it was wrong. `first`: it
    wrote the first word of its log, after the people."""
    await make_partners(late, beta)
    shared = await open_together(late, beta)
    if not first:
        await write(shared, "in time")
    await settle(late, beta)
    await beta.close_doors()
    await replicate.begin(late.context)
    late.clock.advance(days=days)
    await write(shared, "from next year")
    await write(shared, "and more")
    late.clock.advance(days=-days)
    with pytest.raises(Refused) as refused:
        await write(shared, "not yet")
    assert refused.value.reason is Reason.CLOCK_OFF
    assert any("was ahead" in one for one in await told(late))
    await duties.step(late.context)
    assert await texts(beta, shared.space) == ([] if first else [["in time"]])
    await beta.open_doors()
    for _ in range(3):
        late.clock.advance(seconds=3600)
        beta.clock.advance(seconds=3600)
        await settle(late, beta)
    await write(shared, "now")
    await settle(late, beta)
    said = [["from next year"], ["and more"], ["now"]] + ([] if first else [["in time"]])
    for node in (late, beta):
        assert sorted(await texts(node, shared.space)) == sorted(said)
        shown = [one.thread.time for one in await discussions(node, shared.space)]
        assert max(shown) <= late.clock.at_ms
    assert await holds_the_same(late, beta, shared.space)
    assert not any("ahead" in one for one in await told(late))
