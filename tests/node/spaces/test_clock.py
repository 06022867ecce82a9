"""A node whose clock is far from its partners' writes nothing in spaces until it is mended."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import check_up, clocks, forum
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared, open_together, texts
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
