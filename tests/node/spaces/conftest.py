"""`shared` is a space of alpha and beta; `founded` the same, founded by letters; `three` the space
with gamma in it, `joint` a page that the three write."""

import pytest

from tests.node.spaces.joint import Joint, begin_joint
from tests.node.spaces.schools import Shared, found_together, open_together
from tests.node.spaces.third import join
from tests.nodes import Node


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    return await open_together(*pair)


@pytest.fixture
async def founded(pair: tuple[Node, Node]) -> Shared:
    return await found_together(*pair)


@pytest.fixture
async def three(shared: Shared, gamma: Node) -> tuple[Shared, Node]:
    return await join(shared, gamma)


@pytest.fixture
async def joint(three: tuple[Shared, Node]) -> Joint:
    return await begin_joint(three)
