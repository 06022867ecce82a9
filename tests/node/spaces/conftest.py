"""`shared` is a space of alpha and beta."""

import pytest

from tests.node.spaces.schools import Shared, found_together
from tests.nodes import Node


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    return await found_together(*pair)
