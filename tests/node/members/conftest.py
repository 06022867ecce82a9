"""`begun` is a project of alpha and beta, founded by letters; `three` the same with gamma in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.members.joining import Joined, join, project_of
from tests.node.spaces.schools import found_together
from tests.nodes import Node, VirtualClock, running


@pytest.fixture
async def begun(pair: tuple[Node, Node]) -> Joined:
    shared = await found_together(*pair)
    people = {"alpha": shared.ana, "beta": shared.bob}
    return Joined(shared, await project_of(shared), list(pair), people)


@pytest.fixture
async def three(begun: Joined, gamma: Node) -> Joined:
    await join(begun, begun.shared.alpha, begun.shared.ana, gamma, "cleo")
    return begun


@pytest.fixture
async def delta(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    async with running("delta", tmp_path / "delta", clock) as node:
        yield node
