"""Whoever signs one place of a log many times leaves little behind."""

import pytest

from protocol.space import control
from protocol.space.apply import PROOFS
from protocol.space.operation import Operation, write
from protocol.space.succession import MAX_SIBLINGS
from tests.protocol.space.cast import Cast, changed, words

MANY = 10_000


@pytest.fixture
def cast() -> Cast:
    return Cast()


def forks(cast: Cast, of: Operation, many: int) -> list[Operation]:
    """So many other operations in the place of one."""
    return [
        write(changed(of.header, time=of.header.time + 1 + at), words(), cast.beta.signer)
        for at in range(many)
    ]


def follow(cast: Cast, head: Operation, many: int) -> list[Operation]:
    """A branch that goes on from `head`."""
    found = [head]
    for _ in range(many):
        last = found[-1]
        header = changed(last.header, seq=last.header.seq + 1, prev=last.id)
        found.append(write(header, words(), cast.beta.signer))
    return found[1:]


def checkpoint(cast: Cast, at: Operation) -> None:
    args: dict[str, object] = {"logs": {at.header.log: [at.header.seq, at.id]}}
    cast.receive(cast.decide("Checkpoint", args))


def stored_at(cast: Cast, seq: int) -> int:
    rows = (cast.replica.rows[key] for key in cast.replica.by_log[cast.beta.log])
    return sum(row.operation.header.seq == seq for row in rows)


def send(cast: Cast, batch: list[Operation]) -> None:
    for start in range(0, len(batch), 500):
        cast.receive(*batch[start : start + 500])


def test_ten_thousand_forks_below_a_checkpoint_leave_one_proof(cast: Cast) -> None:
    first = cast.thread(cast.beta)
    cast.receive(first)
    later = follow(cast, first, 3)
    cast.receive(*later)
    checkpoint(cast, later[-1])
    before = len(cast.replica.rows)
    send(cast, forks(cast, first, MANY))
    assert stored_at(cast, first.header.seq) == PROOFS
    assert len(cast.replica.rows) == before + 1
    assert cast.head(cast.beta).id == later[-1].id
    assert cast.head(cast.beta).fork is None


def test_of_forks_at_many_places_each_leaves_one_and_nothing_goes_on_from_it(cast: Cast) -> None:
    first = cast.thread(cast.beta)
    later = [first, *follow(cast, first, 20)]
    cast.receive(*later)
    checkpoint(cast, later[-1])
    before = len(cast.replica.rows)
    for one in later:
        other, *_ = forks(cast, one, 1)
        cast.receive(other, *follow(cast, other, 5))
    assert len(cast.replica.rows) == before + len(later)


def test_before_the_named_branch_has_come_few_are_kept_and_it_still_finds_its_way(
    cast: Cast,
) -> None:
    first = cast.thread(cast.beta)
    way = [first, *follow(cast, first, 3)]
    checkpoint(cast, way[-1])
    send(cast, forks(cast, first, MANY))
    assert stored_at(cast, first.header.seq) == MAX_SIBLINGS
    assert cast.head(cast.beta).fork is not None
    assert cast.head(cast.beta).seq == first.header.seq - 1
    # Alone nobody could tell it from the others; with what it leads to it is taken.
    cast.receive(way[0])
    assert way[0].id not in cast.replica.rows
    cast.receive(*way)
    assert cast.head(cast.beta).id == way[-1].id
    assert cast.head(cast.beta).fork is None


def test_a_cut_bounds_them_too(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    first = cast.thread(cast.beta)
    later = [first, *follow(cast, first, 2)]
    cast.receive(*later)
    ends = {cast.beta.log: [later[-1].header.seq, later[-1].id]}
    cast.receive(cast.decide("Cut", {"node": cast.beta.node, "logs": ends}))
    assert cast.state.standing(cast.beta.log) == control.Standing(
        live=False, anchor=(later[-1].header.seq, later[-1].id)
    )
    send(cast, forks(cast, first, 1_000))
    assert stored_at(cast, first.header.seq) == PROOFS
