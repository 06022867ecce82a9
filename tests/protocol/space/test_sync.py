"""Two replicas compare heads, ask, send, and come to rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.space import sync
from protocol.space.log import LogHead
from protocol.space.sync import From, Head, Heads
from tests.protocol.space.cast import Cast

CAST = Cast()
LOG, CONTROL = CAST.beta.log, CAST.state.control_log
ONE, OTHER, THIRD = "A" * 43, "B" * 42 + "A", "C" * 42 + "A"


def heads(digest: str, erasures: dict[str, str] | None = None, **logs: Head) -> Heads:
    named = {LOG if name == "content" else CONTROL: head for name, head in logs.items()}
    return Heads(CAST.space, named, CAST.space, erasures or {}, digest, CAST.space, "")


def test_heads_are_read_as_they_are_shown() -> None:
    shown = CAST.replica.shown_heads()
    assert sync.read_heads(shown.as_json(), CAST.space) == shown
    assert set(shown.logs) == {CONTROL, CAST.alpha.log, CAST.beta.log}
    assert shown.control == CAST.space


@pytest.mark.parametrize(
    "members",
    [
        {"space": ONE},
        {"logs": {"c/x/0": {"seq": 1, "id": ONE}}},
        {"logs": {LOG: {"seq": 0, "id": ONE}}},
        {"logs": {LOG: {"seq": -1, "id": ONE}}},
        {"logs": {LOG: {"seq": 1, "id": "x"}}},
        {"logs": {LOG: {"seq": 1, "id": ONE, "fork": [ONE]}}},
        {"erasures": {"Anna": ONE}},
        {"digest": 7},
    ],
)
def test_heads_that_cannot_be_are_refused(members: JSONObject) -> None:
    with pytest.raises(Refused) as caught:
        sync.read_heads({**CAST.replica.shown_heads().as_json(), **members}, CAST.space)
    assert caught.value.reason == Reason.BAD_ANSWER


def test_equal_digests_are_at_rest() -> None:
    same = heads("x", content=Head(1, ONE))
    assert sync.compare(same, same, set()).is_at_rest


def test_who_is_behind_asks_and_who_is_ahead_sends() -> None:
    behind, ahead = heads("x", content=Head(3, ONE)), heads("y", content=Head(5, OTHER))
    assert sync.compare(behind, ahead, set()).ask == [From(LOG, (3, ONE))]
    plan = sync.compare(ahead, behind, {ONE})
    assert (plan.ask, plan.send) == ([], [From(LOG, (3, ONE))])


def test_control_comes_first() -> None:
    nothing, all_ = heads("x"), heads("y", content=Head(1, ONE), control=Head(1, OTHER))
    assert [one.log for one in sync.compare(nothing, all_, set()).ask] == [CONTROL, LOG]


def test_an_unknown_branch_is_asked_for_although_it_is_shorter() -> None:
    mine, theirs = heads("x", content=Head(5, ONE)), heads("y", content=Head(3, OTHER))
    plan = sync.compare(mine, theirs, set())
    assert (plan.ask, plan.send) == ([From(LOG, (5, ONE))], [])


def test_a_forks_proof_travels_both_ways() -> None:
    healthy = heads("x", content=Head(5, ONE))
    forked = heads("y", content=Head(3, OTHER, fork=(ONE, THIRD)))
    assert sync.compare(healthy, forked, {OTHER}).ask == [From(LOG, (3, OTHER))]
    plan = sync.compare(forked, healthy, set())
    assert (plan.ask, plan.send) == ([], [From(LOG, (3, OTHER))])
    here = heads("z", content=Head(3, OTHER))
    assert sync.compare(here, forked, {OTHER}).ask == [From(LOG, (3, OTHER))]
    assert sync.compare(forked, here, {OTHER}).send == [From(LOG, (3, OTHER))]


def test_beyond_an_own_fork_only_a_named_branch_is_asked_for() -> None:
    forked = heads("x", content=Head(3, ONE, fork=(OTHER, THIRD)))
    ahead = heads("y", content=Head(9, OTHER))
    assert not sync.compare(forked, ahead, set()).ask
    assert sync.compare(forked, ahead, set(), waiting={LOG}).ask == [From(LOG, (3, ONE))]


def test_logs_of_strangers_are_not_asked_for() -> None:
    theirs = heads("y", content=Head(9, OTHER))
    assert sync.compare(heads("x"), theirs, set(), storable=set()).is_at_rest


def test_differing_erasures_are_exchanged_by_node() -> None:
    one, other = CAST.alpha.node, CAST.beta.node
    mine, theirs = heads("x", {one: ONE}), heads("y", {one: OTHER, other: ONE})
    plan = sync.compare(mine, theirs, set())
    assert (plan.ask_erasures, plan.send_erasures) == (sorted([one, other]), [one])


def test_which_two_operations_prove_a_fork_makes_no_difference() -> None:
    logs = list(CAST.replica.heads.values())
    digests = set()
    for fork in ((ONE, OTHER), (ONE, THIRD)):
        forked = [type(one)(one.log, one.seq, one.id, one.time, fork) for one in logs]
        digests.add(sync.heads(CAST.state, CAST.space, forked, {}, ()).digest)
    assert len(digests) == 1
    assert digests != {sync.heads(CAST.state, CAST.space, logs, {}, ()).digest}


def test_haves_thin_out_towards_the_beginning() -> None:
    assert sync.haves(0) == []
    assert sync.haves(1) == [1]
    assert sync.haves(100) == [100, 99, 98, 96, 92, 84, 68, 36, 1]


@given(st.integers(2, 50_000))
def test_haves_are_few_and_reach_from_the_tip_to_the_first(seq: int) -> None:
    named = sync.haves(seq)
    assert (named[0], named[-1]) == (seq, 1)
    assert len(named) <= 18
    assert named == sorted(set(named), reverse=True)


def test_the_highest_common_operation_is_found() -> None:
    assert sync.common([(9, ONE), (4, OTHER), (1, THIRD)], {OTHER, THIRD}) == (4, OTHER)
    assert sync.common([(9, ONE)], set()) == (0, "")


def test_a_branch_that_was_named_and_is_missing_is_awaited() -> None:
    cast = Cast()
    head = cast.head(cast.beta)
    cast.receive(cast.decide("Checkpoint", {"logs": {head.log: [head.seq + 2, ONE]}}))
    assert sync.awaiting(cast.state, cast.replica.heads.values()) == {head.log}
    stuck = Cast()
    stuck.receive(stuck.decide("Checkpoint", {"logs": {head.log: [head.seq, ONE]}}))
    assert sync.awaiting(stuck.state, stuck.replica.heads.values()) == {head.log}


def test_a_chosen_branch_that_begins_below_a_fork_is_asked_for() -> None:
    """The chain stopped at a fork before it came to light that the next log names another one."""
    cast = Cast()
    chosen = LogHead(LOG, 2, ONE, fork=(OTHER, THIRD), named=(1, THIRD))
    assert sync.awaiting(cast.state, [chosen]) == {LOG}
    mine = heads("mine", content=Head(2, ONE, (OTHER, THIRD)))
    plan = sync.compare(mine, heads("theirs", content=Head(2, OTHER)), set(), {LOG})
    assert plan.ask == [From(LOG, (2, ONE))]
