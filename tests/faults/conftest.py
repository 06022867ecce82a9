"""Each file of faults that asks for them has two running schools of its own."""

from collections.abc import Iterator

import pytest

from tests.faults.pairs import Pair, make_pair


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Approved partners, contacts, a running project; running at the start of each test."""
    made = make_pair(tmp_path_factory.mktemp("pair"))
    try:
        yield made
    finally:
        for side in made.sides:
            side.school.stop()


@pytest.fixture(autouse=True)
def _running(request: pytest.FixtureRequest) -> None:
    if "pair" not in request.fixturenames:
        return
    pair: Pair = request.getfixturevalue("pair")
    for side in pair.sides:
        if not side.school.is_alive:
            side.school.start()
