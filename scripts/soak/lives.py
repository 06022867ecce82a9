"""Lives of a space in numbers: `scripts/soak/simulation` calls it.

A seed that is printed is tried again by itself with `--first SEED --lives 1 --examples 0`.
"""

import sys
import traceback
from collections.abc import Iterator

import click
import pytest
from hypothesis import HealthCheck, settings

from protocol.errors import Refused
from protocol.keys import PublicKey
from tests.simulation import invariants, quick, rare
from tests.simulation.life import live
from tests.simulation.test_shrinking_life import LIVES, no_short_life_breaks_an_invariant
from tests.simulation.world import World


@click.command()
@click.option("--lives", default=2500, show_default=True, help="How many random lives.")
@click.option("--steps", default=200, show_default=True, help="How many steps each has.")
@click.option("--first", default=0, show_default=True, help="The seed of the first.")
@click.option("--examples", default=2500, show_default=True, help="How many Hypothesis examples.")
def main(lives: int, steps: int, first: int, examples: int) -> None:
    """Drive many lives; the exit code says whether every invariant held."""
    patch = pytest.MonkeyPatch()
    patch.setattr(PublicKey, "read", staticmethod(quick.read))
    patch.setattr(PublicKey, "verify", quick.remembering)
    broken: list[int] = []
    table = rare.table(_lived(range(first, first + lives), steps, broken))
    if examples:
        many = settings(
            max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck)
        )
        many(LIVES(no_short_life_breaks_an_invariant))()
        click.echo(f"{examples} Hypothesis examples held")
    for name, share in table.items():
        click.echo(f"{100 * share:6.1f} %  {name}")
    click.echo(f"{lives} lives of {steps} steps, {len(broken)} broke an invariant: {broken}")
    sys.exit(bool(broken))


def _lived(seeds: range, steps: int, broken: list[int]) -> Iterator[World]:
    for seed in seeds:
        try:
            world = live(seed, steps)
            invariants.check(world)
        except (AssertionError, LookupError, TypeError, ValueError, Refused):
            # Whatever is wrong, the seed must be told, and the others go on.
            traceback.print_exc()
            click.echo(f"seed {seed} of {steps} steps broke an invariant")
            broken.append(seed)
        else:
            yield world


if __name__ == "__main__":
    main()
