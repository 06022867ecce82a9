"""Hypothesis drives short lives too: what breaks an invariant is shrunk to a few steps."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation import invariants
from tests.simulation.life import WEIGHTS, step
from tests.simulation.world import CASTS, World

EXAMPLES = 40


def no_short_life_breaks_an_invariant(cast: str, chance: random.Random, kinds: list[str]) -> None:
    """The property; `scripts/soak/simulation` tries it oftener."""
    world = World(chance, cast)
    for kind in kinds:
        step(world, kind)
    invariants.check(world)


LIVES = given(
    st.sampled_from(sorted(CASTS)),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(sorted(WEIGHTS)), min_size=5, max_size=50),
)


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@LIVES
def test_no_short_life_breaks_an_invariant(
    cast: str, chance: random.Random, kinds: list[str]
) -> None:
    no_short_life_breaks_an_invariant(cast, chance, kinds)
