"""Lives in which schools write pages: nothing is lost, and the rare things do happen."""

from collections.abc import Callable, Iterable

import pytest

from protocol.space.fold import register
from protocol.space.fold.item import Item
from protocol.space.fold.register import Register
from tests.simulation import invariants
from tests.simulation.life import live

STEPS = 140
SEEDS = range(100, 130)


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_pages_are_the_same_everywhere_after_any_life(seed: int) -> None:
    invariants.check(live(seed, STEPS))


def test_the_lives_reach_what_matters_for_pages() -> None:
    happened = invariants.totals([live(seed, STEPS) for seed in SEEDS])
    for trouble in (
        *("two versions", "versions merged", "block removed", "block brought back"),
        *("version erased", "flood of versions"),
    ):
        assert happened.get(trouble, 0) >= 2, trouble


def an_erased_version_stands(patch: pytest.MonkeyPatch) -> None:
    real = register.read

    def blind(items: Iterable[Item], kind: str, field: str, *, in_header: bool = False) -> Register:
        return real(items, kind, field, in_header=True)

    patch.setattr(register, "read", blind)


def the_first_that_comes_is_shown(patch: pytest.MonkeyPatch) -> None:
    real = register.read

    def early(items: Iterable[Item], kind: str, field: str, *, in_header: bool = False) -> Register:
        items = list(items)
        arrived = [one.id for one in items]
        found = real(items, kind, field, in_header=in_header)
        standing = sorted(found.standing, key=lambda one: arrived.index(one.id))
        return Register(found.versions, tuple(standing))

    patch.setattr(register, "read", early)


def the_last_word_replaces_all(patch: pytest.MonkeyPatch) -> None:
    def greedy(left: Iterable[Item], known: dict[str, Item]) -> set[str]:
        last = max(left, key=register.moment, default=None)
        return {one for one in known if last is not None and one != last.id}

    patch.setattr(register, "_replaced_by", greedy)


VARIANTS = [an_erased_version_stands, the_first_that_comes_is_shown, the_last_word_replaces_all]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.__name__)
def test_a_broken_rule_of_pages_is_noticed(
    variant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    variant(monkeypatch)
    for seed in SEEDS:
        try:
            invariants.check(live(seed, STEPS))
        except AssertionError:
            return
    pytest.fail("nothing noticed it")
