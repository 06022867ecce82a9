"""One face for all tests: making it reads every template and catalogue."""

import pytest

from node.web.render import Face
from tests.node.web.faces import make_face


@pytest.fixture(scope="session")
def face() -> Face:
    return make_face()
