"""The simulation notices: each deliberately broken variant of a rule is caught by an invariant."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from protocol.space import apply, authority, log, recheck, sync
from protocol.space.authority import Void
from protocol.space.effects import Touched
from protocol.space.fold import touched
from protocol.space.known import KnownSpace, Wants
from protocol.space.operation import Header
from tests.simulation import invariants
from tests.simulation.life import live
from tests.simulation.replica import Replica

STEPS = 140
SEEDS = range(60)

Break = Callable[[pytest.MonkeyPatch], None]


def no_role_check(patch: pytest.MonkeyPatch) -> None:
    def anybody(_header: Header, _find_role: authority.FindRole) -> Void | None:
        return None

    patch.setattr(authority, "permits", anybody)


def no_release_check(patch: pytest.MonkeyPatch) -> None:
    real = authority.permits

    def released(header: Header, find_role: authority.FindRole) -> Void | None:
        void = real(header, find_role)
        return None if void is Void.NOT_RELEASED else void

    patch.setattr(authority, "permits", released)


def first_branch_wins(patch: pytest.MonkeyPatch) -> None:
    def walk(self: log.Tree, path: list[log.Entry]) -> tuple[list[log.Entry], log.Fork | None]:
        path = list(path)
        while following := self.successors.get(path[-1].id if path else "", []):
            path.append(self.entries[following[0]])
        return path, None

    patch.setattr(log.Tree, "walk", walk)


def edits_are_not_folded_again(patch: pytest.MonkeyPatch) -> None:
    def forgetful(header: Header) -> Touched | None:
        return None if header.type == "Update" else touched.touched(header)

    patch.setattr(apply, "touched", forgetful)


def a_fork_folds_nothing_again(patch: pytest.MonkeyPatch) -> None:
    def nothing(_header: Header) -> Touched | None:
        return None

    patch.setattr(recheck, "touched", nothing)


def close_without_coordinates(patch: pytest.MonkeyPatch) -> None:
    """Closing stops what arrives later, instead of what was written beyond the named heads."""
    patch.setattr(apply, "changed_logs", lambda *_: [])


def a_fork_is_no_news(patch: pytest.MonkeyPatch) -> None:
    def deaf(here: sync.Head, there: sync.Head, held: bool, waiting: bool) -> tuple[bool, bool]:
        return there.seq > here.seq, there.seq < here.seq and held and not waiting

    patch.setattr(sync, "_difference", deaf)


def erasures_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sync, "erasure_digest", lambda _: "")


def erased_payloads_come_back(patch: pytest.MonkeyPatch) -> None:
    real = Replica.load

    def forgetful(self: Replica, wanted: Wants) -> KnownSpace:
        return replace(real(self, wanted), erased=set())

    patch.setattr(Replica, "load", forgetful)


VARIANTS: list[Break] = [
    no_role_check,
    no_release_check,
    first_branch_wins,
    edits_are_not_folded_again,
    a_fork_folds_nothing_again,
    close_without_coordinates,
    a_fork_is_no_news,
    erasures_are_not_compared,
    erased_payloads_come_back,
]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.__name__)
def test_a_broken_rule_is_noticed(variant: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch)
    for seed in SEEDS:
        try:
            invariants.check(live(seed, STEPS))
        except AssertionError:
            return
    pytest.fail(f"nothing noticed that {variant.__name__}")
