"""`shared` is a space of alpha and beta; `founded` the same, founded by letters."""

import pytest

from tests.node.spaces.schools import Shared, found_together, open_together
from tests.nodes import Node


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    return await open_together(*pair)


@pytest.fixture
async def founded(pair: tuple[Node, Node]) -> Shared:
    return await found_together(*pair)
