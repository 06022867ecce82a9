"""One face for all tests: making it reads every template and catalogue."""

import pytest

from node.web.render import Face
from tests.node.spaces.schools import Shared, open_together
from tests.node.web.faces import make_face
from tests.nodes import Node


@pytest.fixture(scope="session")
def face() -> Face:
    return make_face()


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    """A space of alpha and beta, in which Ana and Bob are."""
    return await open_together(*pair)
