"""Random lives of a space, driven over the product's own decisions, end in one view everywhere."""

from functools import cache

import pytest

from tests.simulation import invariants
from tests.simulation.life import live

STEPS = 140
SEEDS = range(40)

MATTERS = [
    *("forked", "Cut", "Archive", "Reopen", "restored", "opened an incarnation", "Checkpoint"),
    *("Moderator", "erased", "invited", "invited back", "moved in", "left", "proposed a cut"),
    *("two versions of a card", "a card taken off", "out of the trash"),
    *("steward: Admit", "steward: Cut", "steward: Close"),
]

lived = cache(lambda seed: live(seed, STEPS))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_replica_sees_the_same_after_any_life(seed: int) -> None:
    invariants.check(lived(seed))


def test_the_lives_reach_the_states_that_matter() -> None:
    happened = invariants.totals([lived(seed) for seed in SEEDS])
    for trouble in MATTERS:
        assert happened.get(trouble, 0) >= 2, trouble
