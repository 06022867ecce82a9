"""Lives in which founders have things removed for good, and a stolen key is replaced."""

from functools import cache

import pytest

from tests.simulation import invariants
from tests.simulation.life import live
from tests.simulation.world import World

STEPS = 180
SEEDS = (*range(24), 36, 39)
"""In the last two something is erased by two founders."""
EVENTS = (
    *("asked for a purge", "agreed to a purge", "took a purge back", "asked for a new key"),
    "asked for a purge of two rounds",
    *("steward: Purge", "steward: Rekey", "stolen key", "moved in"),
)


@cache
def lived(seed: int) -> World:
    world = live(seed, STEPS, decrees_too=True)
    invariants.check(world)
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_every_replica_sees_the_same_after_a_life_with_decrees(seed: int) -> None:
    lived(seed)


def test_the_lives_know_purges_and_new_keys() -> None:
    worlds = [lived(seed) for seed in SEEDS]
    assert [name for name in EVENTS if not any(one.happened[name] for one in worlds)] == []
    erased = [one for one in worlds if one.eye.replica.erased & _removed(one)]
    assert erased, "nothing was erased by a purge"


def _removed(world: World) -> set[tuple[str, str]]:
    pin = world.eye.replica.pin
    assert pin is not None
    return {(name[:32], name[33:]) for name, one in pin.purges.items() if one.erases}
