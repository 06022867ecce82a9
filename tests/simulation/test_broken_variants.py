"""The simulation notices: each deliberately broken variant of a rule is caught by an invariant."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import msgspec
import pytest

from protocol.errors import Reason, Refused
from protocol.space import (
    apply,
    authority,
    control,
    erasure,
    genesis,
    log,
    recheck,
    steering,
    succession,
    sync,
)
from protocol.space.authority import Void
from protocol.space.control import Position, State
from protocol.space.effects import Effect, PutAcknowledgement, Touched
from protocol.space.fold import touched
from protocol.space.known import KnownSpace, Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.statement import Signed
from protocol.space.succession import Tail
from tests.simulation import invariants, lost
from tests.simulation.life import live
from tests.simulation.replica import Replica
from tests.simulation.school import School
from tests.simulation.world import World

STEPS = 160
SEEDS = range(60)
FOUND = {"small_quorum": [(101, 220), (109, 220)]}
"""Lives that notice what is rarely noticed: seed and steps."""

Break = Callable[[pytest.MonkeyPatch], None]


# -- rights


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


def control_goes_back(patch: pytest.MonkeyPatch) -> None:
    """A moderator's right is read from what its operation acknowledges, not from its own place."""

    def moderates(state: State, header: Header, _on_path: Callable[[Position], bool]) -> bool:
        return bool(header.control and header.node in state.moderators)

    patch.setattr(authority, "moderates", moderates)


# -- content logs


def first_branch_wins(patch: pytest.MonkeyPatch) -> None:
    def walk(self: log.Tree, path: list[log.Entry]) -> tuple[list[log.Entry], log.Fork | None]:
        path = list(path)
        while following := self.successors.get(path[-1].id if path else "", []):
            path.append(self.entries[following[0]])
        return path, None

    patch.setattr(log.Tree, "walk", walk)


def cut_by_arrival(patch: pytest.MonkeyPatch) -> None:
    """A cut stops what arrives after it, instead of what was written beyond it."""
    real = steering.changed_logs

    def unless_cut(
        old: State, new: State, heads: Mapping[str, LogHead], stored: Mapping[str, Stored]
    ) -> list[str]:
        found = real(old, new, heads, stored)
        return [one for one in found if new.cuts.get(one[2:34]) == old.cuts.get(one[2:34])]

    patch.setattr(steering, "changed_logs", unless_cut)


def close_without_coordinates(patch: pytest.MonkeyPatch) -> None:
    """Closing stops what arrives later, instead of what was written beyond the named heads."""
    patch.setattr(steering, "changed_logs", lambda *_: [])


def a_checkpoint_brings_hidden_things_back(patch: pytest.MonkeyPatch) -> None:
    """What a moderator hid is forgotten where the past of its log is fixed."""
    real = authority.moderates

    def moderates(state: State, header: Header, on_path: Callable[[Position], bool]) -> bool:
        return real(state, header, on_path) and header.log not in state.anchors

    patch.setattr(authority, "moderates", moderates)


# -- folding and erasing


def edits_are_not_folded_again(patch: pytest.MonkeyPatch) -> None:
    def forgetful(header: Header) -> Touched | None:
        return None if header.type == "Update" else touched.touched(header)

    patch.setattr(apply, "touched", forgetful)


def a_fork_folds_nothing_again(patch: pytest.MonkeyPatch) -> None:
    def nothing(_header: Header) -> Touched | None:
        return None

    patch.setattr(recheck, "touched", nothing)


def erased_payloads_come_back(patch: pytest.MonkeyPatch) -> None:
    real = Replica.load

    def forgetful(self: Replica, batch: Sequence[Operation]) -> KnownSpace:
        return replace(real(self, batch), erased=set())

    patch.setattr(Replica, "load", forgetful)


def erasures_end_with_membership(patch: pytest.MonkeyPatch) -> None:
    """What an expelled school erased is refused."""
    real = erasure.open_statement

    def open_statement(signed: Signed, state: State) -> erasure.Erasure:
        opened = real(signed, state)
        if opened.said.node not in state.members:
            raise Refused(Reason.UNKNOWN_KEY)
        return opened

    patch.setattr(erasure, "open_statement", open_statement)


# -- meeting


def a_fork_is_no_news(patch: pytest.MonkeyPatch) -> None:
    def deaf(here: sync.Head, there: sync.Head, held: bool, waiting: bool) -> tuple[bool, bool]:
        return there.seq > here.seq, there.seq < here.seq and held and not waiting

    patch.setattr(sync, "_difference", deaf)


def erasures_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sync, "erasure_digest", lambda _: "")


def heads_without_ids(patch: pytest.MonkeyPatch) -> None:
    """A log is asked for and served by number, whatever it says there."""
    real = Replica.page

    def page(self: Replica, log: str, after: Position) -> list[Operation] | None:
        found = real(self, log, (0, "")) or []
        return [one for one in found if one.header.seq > after[0]]

    patch.setattr(Replica, "page", page)


def a_restored_school_asks_nobody_back(patch: pytest.MonkeyPatch) -> None:
    """What only another school has of a lost branch stays there."""

    def nothing(_world: World, _school: School, _other: School) -> bool:
        return False

    patch.setattr(lost, "ask_back", nothing)


# -- the control log


def small_quorum(patch: pytest.MonkeyPatch) -> None:
    """More than half is enough."""

    def is_quorum(some: AbstractSet[str], members: AbstractSet[str]) -> bool:
        return 2 * len(some & members) > len(members)

    patch.setattr(succession, "is_quorum", is_quorum)


def old_majority(patch: pytest.MonkeyPatch) -> None:
    """Whoever were members at an old anchor may take the space over, whatever is settled since."""
    real_tail = Replica.tail
    carries: Callable[[AbstractSet[str], State, str], bool] = vars(succession)["_carries"]
    way_to: Callable[[Tail, State, str], list[log.Entry] | None] = vars(succession)["_way_to"]

    def tail(self: Replica) -> Tail:
        pin, self.pin = (
            self.pin,
            control.start(genesis.open_genesis(self.rows[self.space].operation)),
        )
        try:
            return real_tail(self)
        finally:
            self.pin = pin

    def elected(
        tail: Tail, begin: State, segment: succession._Segment
    ) -> Iterator[tuple[succession.Vote, list[log.Entry]]]:
        for ballot, voters in _ballots(tail):
            way = way_to(tail, begin, ballot.anchor)
            if way is None or ballot.epoch <= begin.epoch:
                continue
            at = tail.state_at(way[-1].id) if way else begin
            if carries(voters, at, begin.steward):
                yield ballot, way

    patch.setattr(Replica, "tail", tail)
    patch.setattr(succession, "_elected", elected)


def _ballots(tail: Tail) -> list[tuple[succession.Vote, set[str]]]:
    found: dict[succession.Vote, set[str]] = {}
    for vote in tail.votes:
        found.setdefault(msgspec.structs.replace(vote, node=""), set()).add(vote.node)
    return sorted(found.items())


def an_acknowledgement_is_skipped(patch: pytest.MonkeyPatch) -> None:
    """Every third acknowledgement is forgotten, by each replica another one."""
    real = Replica.perform

    def perform(self: Replica, effects: Iterable[Effect]) -> None:
        kept = [
            one for one in effects if not isinstance(one, PutAcknowledgement) or len(self.rows) % 3
        ]
        real(self, kept)

    patch.setattr(Replica, "perform", perform)


def one_founder_erases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(control, "FOUNDERS_TO_ERASE", 1)


DECREES: list[Break] = [one_founder_erases]
VARIANTS: list[Break] = [
    no_role_check,
    no_release_check,
    control_goes_back,
    first_branch_wins,
    cut_by_arrival,
    close_without_coordinates,
    edits_are_not_folded_again,
    a_fork_folds_nothing_again,
    erased_payloads_come_back,
    erasures_end_with_membership,
    a_fork_is_no_news,
    erasures_are_not_compared,
    heads_without_ids,
    a_restored_school_asks_nobody_back,
    small_quorum,
    old_majority,
    a_checkpoint_brings_hidden_things_back,
    an_acknowledgement_is_skipped,
]


@pytest.mark.parametrize("variant", DECREES, ids=lambda one: one.__name__)
def test_a_broken_decree_is_noticed(variant: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch)
    for seed in SEEDS:
        try:
            invariants.check(live(seed, STEPS, decrees_too=True))
        except AssertionError:
            return
    pytest.fail(f"nothing noticed that {variant.__name__}")


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.__name__)
def test_a_broken_rule_is_noticed(variant: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch)
    lives = [*FOUND.get(variant.__name__, ()), *((seed, STEPS) for seed in SEEDS)]
    for seed, steps in lives:
        try:
            invariants.check(live(seed, steps))
        except AssertionError:
            return
    pytest.fail(f"nothing noticed that {variant.__name__}")
