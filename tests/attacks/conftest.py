"""Attackers that tests can ask for: `mallory` is a partner of alpha, `stranger` is nobody's."""

from collections.abc import AsyncIterator

import pytest

from node.actions import forum
from tests.attacks.founding import Shared, found
from tests.attacks.hand import Hand
from tests.attacks.hostile import Rogue, befriend, rogue
from tests.nodes import Node, VirtualClock, settle


@pytest.fixture
async def mallory(alpha: Node, clock: VirtualClock) -> AsyncIterator[Rogue]:
    async with rogue(clock) as here:
        await befriend(alpha, here)
        yield here


@pytest.fixture
async def stranger(clock: VirtualClock) -> AsyncIterator[Rogue]:
    async with rogue(clock, "d" * 32) as here:
        yield here


@pytest.fixture
async def shared(alpha: Node, mallory: Rogue) -> Shared:
    """A space of alpha and mallory, in which Ana has begun a thread."""
    made = await found(alpha, mallory)
    await forum.start_thread(
        alpha.context, made.ana, made.space, title="Welcome", text="We begin.", language="en"
    )
    await settle(alpha)
    return made


@pytest.fixture
async def hand(mallory: Rogue, shared: Shared) -> Hand:
    return Hand(mallory, shared)


@pytest.fixture
async def third(alpha: Node, clock: VirtualClock) -> AsyncIterator[Rogue]:
    """Another partner, who has no part in the space."""
    async with rogue(clock, "c" * 32) as here:
        await befriend(alpha, here)
        yield here
