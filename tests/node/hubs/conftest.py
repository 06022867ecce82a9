"""Two hubs that endorse one another, a school under each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.hubs.standing import World
from tests.nodes import Node, VirtualClock, accredit, endorse, refresh, running


@pytest.fixture
async def world(hub_a: Node, hub_b: Node, alpha: Node, beta: Node) -> World:
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    await refresh(alpha, beta)
    return World(hub_a, hub_b, alpha, beta)


@pytest.fixture
async def hub_c(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A hub that nobody endorses."""
    async with running("c", tmp_path / "hub_c", clock, mode="hub", country="GR") as node:
        yield node
