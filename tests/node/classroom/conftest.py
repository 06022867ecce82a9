"""A class of alpha in a space that it shares with beta."""

import pytest

from tests.node.classroom.classes import School, Twinned, make_class, twin
from tests.node.spaces.schools import open_together
from tests.nodes import Node


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


@pytest.fixture
async def school(alpha: Node) -> School:
    return await make_class(alpha, await alpha.account("ana", "Ana Alves"))
