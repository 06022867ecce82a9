"""Attackers that tests can ask for: `mallory` is a partner of alpha, `stranger` is nobody's."""

from collections.abc import AsyncIterator

import pytest

from tests.attacks.hostile import Rogue, befriend, rogue
from tests.nodes import Node, VirtualClock


@pytest.fixture
async def mallory(alpha: Node, clock: VirtualClock) -> AsyncIterator[Rogue]:
    async with rogue(clock) as here:
        await befriend(alpha, here)
        yield here


@pytest.fixture
async def stranger(clock: VirtualClock) -> AsyncIterator[Rogue]:
    async with rogue(clock, "d" * 32) as here:
        yield here
