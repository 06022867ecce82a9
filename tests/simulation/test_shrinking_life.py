"""Hypothesis drives short lives too: what breaks an invariant is shrunk to a few steps."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation import invariants
from tests.simulation.life import WEIGHTS, step
from tests.simulation.world import World


@given(
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(sorted(WEIGHTS)), min_size=5, max_size=50),
)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_short_life_breaks_an_invariant(chance: random.Random, kinds: list[str]) -> None:
    world = World(chance)
    for kind in kinds:
        step(world, kind, chance)
    invariants.check(world)
