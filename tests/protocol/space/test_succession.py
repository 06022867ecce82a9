"""Who writes the control log, what is settled, and who may vote."""

import msgspec
import pytest

from protocol.errors import Reason, Refused
from protocol.space import evidence, statement, succession, writing
from protocol.space.operation import Operation, write
from protocol.space.succession import Chain, Vote, follow, may_vote
from tests.protocol.space.cast import NOW_MS, Cast
from tests.simulation.replica import Replica
from tests.simulation.school import School


@pytest.fixture
def cast() -> Cast:
    """Alpha is the steward; alpha, beta and gamma are members and have said something."""
    made = Cast()
    made.receive(made.admit(made.gamma))
    made.declare(made.gamma)
    return made


def acknowledge(cast: Cast, *schools: School) -> None:
    for school in schools:
        header = writing.acknowledge(cast.place(school))
        header = msgspec.structs.replace(header, control=cast.state.head[1])
        cast.receive(write(header, None, school.signer))


def vote(cast: Cast, voter: School, steward: School, epoch: int = 1, anchor: str = "") -> Vote:
    at = anchor or cast.state.head[1]
    said = Vote(1, cast.space, voter.node, epoch, steward.node, at)
    cast.replica.receive_votes([succession.sign_vote(said, voter.signer)])
    return said


def chain(cast: Cast) -> Chain:
    return follow(cast.replica.tail())


def first_of_epoch(cast: Cast, school: School, epoch: int) -> Operation:
    place = cast.place(school, log=f"k/{school.node}/{epoch}")
    header = writing.checkpoint(place, {})
    header = msgspec.structs.replace(header, base=(cast.state.head[1],))
    return write(header, None, school.signer)


def test_a_control_operation_is_settled_by_more_than_two_thirds(cast: Cast) -> None:
    admitted = cast.state.head[1]
    assert cast.replica.settled == cast.space
    acknowledge(cast, cast.beta)  # with the writer all who are members before and after
    assert cast.replica.settled == admitted


def test_only_members_before_and_after_settle_an_operation(cast: Cast) -> None:
    """A school that is admitted or cut by it, and one that was cut before, says nothing about it;
    what is acknowledged in a log that is cut or forked still counts for who is a member."""
    acknowledge(cast, cast.beta)
    settled = cast.state.head[1]
    assert cast.replica.settled == settled
    end = cast.replica.heads[cast.gamma.log]
    ends = {cast.gamma.log: [end.seq, end.id]}
    args: dict[str, object] = {"node": cast.gamma.node, "logs": ends}
    cast.receive(cast.decide("Cut", args))
    acknowledge(cast, cast.gamma)
    assert cast.replica.settled == settled  # the one who goes and the writer are not enough
    cast.receive(cast.decide("Checkpoint", {"logs": {}}))
    acknowledge(cast, cast.gamma)
    assert cast.replica.settled == settled
    forked = msgspec.structs.replace(
        writing.acknowledge(cast.place(cast.beta)), seq=1, prev="", control=cast.state.head[1]
    )
    cast.receive(write(forked, None, cast.beta.signer))
    assert cast.replica.heads[cast.beta.log].fork is not None
    assert cast.replica.settled == cast.state.head[1]


def test_an_acknowledgement_of_a_stranger_is_refused_wherever_it_comes(cast: Cast) -> None:
    stranger = School("stranger", Replica(""))
    header = msgspec.structs.replace(
        writing.acknowledge(cast.place(stranger)), control=cast.state.head[1]
    )
    said = write(header, None, stranger.signer)
    assert [one.reason for one in cast.receive(said).refused] == [Reason.NOT_ALLOWED]
    with pytest.raises(Refused) as refused:
        evidence.open_acknowledgement(said, cast.state)
    assert refused.value.reason is Reason.UNKNOWN_KEY
    cast.replica.receive_evidence([said], NOW_MS)
    assert stranger.node not in cast.replica.acks.get(cast.state.head[1], {})


def test_an_acknowledgement_may_come_before_what_it_acknowledges(cast: Cast) -> None:
    other = Cast()
    acknowledge(cast, cast.beta)
    late = [one for log in cast.replica.by_log for one in cast.replica.all_of(log)]
    content = [one for one in late if one.header.log.startswith("c/")]
    control = [one for one in late if one.header.log.startswith("k/")]
    other.receive(*content)
    assert other.replica.settled == other.space
    other.receive(*control)
    assert other.replica.settled == cast.replica.settled


def test_the_votes_of_all_but_the_steward_begin_an_epoch(cast: Cast) -> None:
    vote(cast, cast.beta, cast.beta)
    assert cast.state.steward == cast.alpha.node
    vote(cast, cast.gamma, cast.beta)
    assert (cast.state.steward, cast.state.epoch) == (cast.beta.node, 1)
    assert cast.replica.settled == cast.state.head[1]
    first = first_of_epoch(cast, cast.beta, 1)
    cast.receive(first)
    assert cast.state.head == (1, first.id)
    assert cast.replica.heads[first.header.log].seq == 1


def test_what_the_former_steward_writes_after_the_anchor_counts_no_more(cast: Cast) -> None:
    anchor = cast.state.head
    late = cast.decide("Close", {"logs": {}})
    for voter in (cast.beta, cast.gamma):
        vote(cast, voter, cast.gamma)
    cast.receive(late)
    assert not cast.state.closed
    assert cast.state.head == anchor


def test_an_election_whose_anchor_would_undo_what_is_settled_elects_nobody(cast: Cast) -> None:
    acknowledge(cast, cast.beta)
    for voter in (cast.beta, cast.gamma):
        vote(cast, voter, cast.gamma, anchor=cast.space)
    assert cast.state.epoch == 0


def test_a_handover_takes_effect_when_it_is_settled(cast: Cast) -> None:
    cast.receive(cast.decide("Handover", {"node": cast.beta.node}))
    assert (cast.state.steward, cast.state.successor) == (cast.alpha.node, cast.beta.node)
    acknowledge(cast, cast.beta, cast.gamma)
    assert (cast.state.steward, cast.state.epoch) == (cast.beta.node, 1)


def test_nothing_follows_a_handover_in_its_own_log(cast: Cast) -> None:
    cast.receive(cast.decide("Handover", {"node": cast.beta.node}))
    head = cast.state.head
    cast.receive(cast.decide("Checkpoint", {"logs": {}}))
    assert cast.state.head == head


def test_a_handover_to_a_stranger_is_void(cast: Cast) -> None:
    cast.receive(cast.decide("Handover", {"node": School.node_of("stranger")}))
    assert cast.state.successor == ""
    cast.receive(cast.decide("Checkpoint", {"logs": {}}))
    assert cast.state.head[0] == 4


def test_the_settled_branch_of_a_fork_goes_on(cast: Cast) -> None:
    one = cast.decide("Checkpoint", {"logs": {}})
    other = cast.decide("Cut", {"node": cast.gamma.node, "logs": {}})
    cast.receive(one)
    acknowledge(cast, cast.beta, cast.gamma)
    cast.receive(other)
    assert cast.state.head[1] == one.id
    assert cast.gamma.node in cast.state.members
    assert cast.replica.heads[cast.state.control_log].fork is None


def test_a_fork_of_which_nothing_is_settled_stops_the_log(cast: Cast) -> None:
    head = cast.state.head
    one = cast.decide("Checkpoint", {"logs": {}})
    other = cast.decide("Cut", {"node": cast.gamma.node, "logs": {}})
    cast.receive(one, other)
    assert cast.state.head == head
    assert chain(cast).fork == tuple(sorted([one.id, other.id]))


def test_a_vote_is_cast_once_an_epoch_and_upwards(cast: Cast) -> None:
    said = vote(cast, cast.beta, cast.beta)
    tail = cast.replica.tail()
    again = msgspec.structs.replace(said, steward=cast.gamma.node)
    assert not may_vote(tail, follow(tail), again, [])
    assert may_vote(tail, follow(tail), msgspec.structs.replace(again, epoch=2), [])
    assert succession.has_promised(tail.votes, cast.beta.node, cast.state)


def test_a_vote_contains_what_the_voter_has_acknowledged(cast: Cast) -> None:
    below, above = cast.space, cast.state.head[1]
    tail = cast.replica.tail()
    said = Vote(1, cast.space, cast.beta.node, 1, cast.beta.node, below)
    assert not may_vote(tail, follow(tail), said, [above])
    assert may_vote(tail, follow(tail), msgspec.structs.replace(said, anchor=above), [above])


def test_of_too_many_votes_the_lowest_count_and_none_of_a_far_future(cast: Cast) -> None:
    said = Vote(1, cast.space, cast.beta.node, 1, cast.beta.node, cast.space)
    key = cast.beta.founder.key
    many = [(f"{i:02}", said, key) for i in range(20)]
    far = ("far", msgspec.structs.replace(said, epoch=1 + succession.MAX_EPOCHS_AHEAD), key)
    kept = succession.to_keep([*many, far], cast.state)
    assert kept == {f"{i:02}" for i in range(succession.MAX_VOTES_AN_EPOCH)}


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"space": "A" * 43}, Reason.NOT_FOUND),
        ({"node": "0" * 32}, Reason.UNKNOWN_KEY),
        ({"epoch": 0}, Reason.BAD_SHAPE),
        ({"anchor": "x"}, Reason.BAD_SHAPE),
        ({"steward": "me"}, Reason.BAD_SHAPE),
        ({"v": 2}, Reason.BAD_SHAPE),
    ],
)
def test_a_vote_that_cannot_be_is_refused(
    cast: Cast, members: dict[str, object], reason: Reason
) -> None:
    said = Vote(1, cast.space, cast.beta.node, 1, cast.beta.node, cast.space)
    wrong = msgspec.structs.replace(said, **members)
    signed = statement.seal(succession.PREFIX, wrong, cast.beta.signer)
    with pytest.raises(Refused) as caught:
        succession.open_vote(signed, cast.state)
    assert caught.value.reason == reason


def test_a_vote_by_another_key_is_refused(cast: Cast) -> None:
    said = Vote(1, cast.space, cast.beta.node, 1, cast.beta.node, cast.space)
    with pytest.raises(Refused) as caught:
        succession.open_vote(succession.sign_vote(said, cast.gamma.signer), cast.state)
    assert caught.value.reason == Reason.BAD_SIGNATURE


def test_of_many_forks_eight_are_kept_and_those_that_somebody_acknowledged(cast: Cast) -> None:
    forks = [
        cast.decide("Checkpoint", {"logs": {cast.beta.log: [i + 1, cast.space]}}) for i in range(12)
    ]
    cast.receive(*forks[:8])
    assert cast.receive(forks[8]).passed_over == [forks[8].id]
    header = writing.acknowledge(cast.place(cast.beta))
    header = msgspec.structs.replace(header, control=forks[9].id)
    cast.receive(write(header, None, cast.beta.signer))
    assert forks[9].id in cast.replica.unknown()
    assert not cast.receive(forks[9]).passed_over


def test_a_branch_beyond_the_eighth_is_kept_where_somebody_voted_for_its_end(cast: Cast) -> None:
    before = cast.state.head[1]
    forks = [
        cast.decide("Checkpoint", {"logs": {cast.beta.log: [i + 1, cast.space]}}) for i in range(9)
    ]
    header = msgspec.structs.replace(forks[8].header, seq=4, prev=forks[8].id)
    end = write(header, None, cast.alpha.signer)
    cast.receive(*forks[:8])
    assert cast.receive(forks[8], end).passed_over == [forks[8].id]
    for voter in (cast.beta, cast.gamma):
        vote(cast, voter, cast.beta, anchor=end.id)
    assert cast.state.head[1] == before
    assert cast.replica.unknown() == [end.id]
    cast.receive(forks[8], end)
    assert (cast.state.head[1], cast.state.steward) == (end.id, cast.beta.node)


def test_a_refused_branch_holds_back_no_other_of_its_log(cast: Cast) -> None:
    one = cast.decide("Checkpoint", {"logs": {}})
    forged = write(
        msgspec.structs.replace(one.header, time=one.header.time + 1), None, cast.beta.signer
    )
    refused = cast.receive(forged, one).refused
    assert [each.id for each in refused] == [forged.id]
    assert one.id in cast.replica.rows


def test_an_epoch_that_began_at_a_handover_may_end_by_votes(cast: Cast) -> None:
    cast.receive(cast.decide("Handover", {"node": cast.beta.node}))
    handover = cast.state.head[1]
    for voter in (cast.beta, cast.gamma):
        vote(cast, voter, cast.gamma, epoch=2, anchor=handover)
    first = first_of_epoch(cast, cast.gamma, 2)
    pinned = cast.replica.pin
    cast.receive(first)
    for voter in (cast.alpha, cast.beta):
        vote(cast, voter, cast.alpha, epoch=3, anchor=first.id)
    assert (cast.state.steward, cast.state.epoch) == (cast.alpha.node, 3)
    cast.replica.pin = pinned  # the same follows from everything at once
    assert chain(cast).state == cast.state


def test_a_newcomers_chain_begins_before_the_operation_that_its_invitation_named(
    cast: Cast,
) -> None:
    admitted = cast.state.head[1]
    last = cast.decide("Checkpoint", {"logs": {}})
    cast.receive(last)
    late = Replica(cast.space, awaited=admitted)
    late.receive([cast.genesis], NOW_MS)
    assert late.settled == cast.space
    late.receive([cast.replica.rows[key].operation for key in cast.replica.control], NOW_MS)
    assert (late.settled, late.awaited) == (admitted, "")
    assert late.state == cast.state
    assert all(late.rows[key].accepted for key in (cast.space, admitted, last.id))
