"""Random lives of a space, driven over the product's own decisions, end in one view everywhere."""

from functools import cache

import pytest

from tests.simulation import invariants, rare
from tests.simulation.life import live
from tests.simulation.world import World

STEPS = 180
SEEDS = range(90)


@cache
def lived(seed: int) -> World:
    """A life whose invariants held."""
    world = live(seed, STEPS)
    invariants.check(world)
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_every_replica_sees_the_same_after_any_life(seed: int) -> None:
    lived(seed)


def test_the_lives_reach_every_rare_state() -> None:
    table = rare.table([lived(seed) for seed in SEEDS])
    assert [name for name in (*rare.STATES, *rare.EVENTS) if not table[name]] == []
