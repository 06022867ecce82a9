"""Two hubs that endorse one another, a school under each."""

import pytest

from tests.node.hubs.standing import World
from tests.nodes import Node, accredit, endorse, refresh


@pytest.fixture
async def world(hub_a: Node, hub_b: Node, alpha: Node, beta: Node) -> World:
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    await refresh(alpha, beta)
    return World(hub_a, hub_b, alpha, beta)
