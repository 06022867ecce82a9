"""The steward fixes the past soon after what a fork must not undo, and forgets it over nothing."""

from node.actions import moderation
from node.storage import spaces
from protocol.space.control import State
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import start
from tests.nodes import Node, settle


async def state_at(node: Node, space: str) -> State:
    async with node.context.database.read() as reader:
        return (await spaces.get(reader, space)).state


async def hide(shared: Shared, thread: str) -> None:
    await moderation.hide(
        shared.beta.context,
        shared.bob,
        shared.space,
        thread,
        reason="hate",
        text="",
        language="en",
    )


async def test_a_checkpoint_that_had_to_wait_is_written_when_the_silent_school_is_back(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    thread = await start(shared, "A word.")
    await settle(alpha, beta, gamma)
    before = await state_at(alpha, space)
    await gamma.close_doors()
    alpha.clock.advance(seconds=2 * 3600)
    await hide(shared, thread)
    await settle(alpha, beta)
    # In a space of three a checkpoint that one school never confirms would stand in the way.
    assert (await state_at(alpha, space)).anchors == before.anchors
    await gamma.open_doors()
    alpha.clock.advance(seconds=7 * 3600)
    await settle(alpha, beta, gamma)
    alpha.clock.advance(seconds=700)
    await settle(alpha, beta, gamma)
    anchors = (await state_at(alpha, space)).anchors
    assert any(log.startswith("c/") and seq > 1 for log, (seq, _) in anchors.items())
    async with alpha.context.database.read() as reader:
        assert not await spaces.is_checkpoint_due(reader, space)
