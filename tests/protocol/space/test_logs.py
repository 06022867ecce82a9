"""Chains that fork, are anchored, cut, or go on in a new incarnation."""

import pytest

from protocol.errors import Reason
from protocol.space import writing
from protocol.space.authority import Void
from protocol.space.log import Entry, LogHead, Tree, accepted
from protocol.space.operation import Operation, write
from protocol.space.succession import Vote, sign_vote
from tests.protocol.space.cast import Cast, changed
from tests.simulation.replica import Replica
from tests.simulation.school import School


@pytest.fixture
def cast() -> Cast:
    return Cast()


def branch(cast: Cast, school: School, after: Operation, word: str) -> Operation:
    """Another successor of `after`."""
    post = cast.thread(school, word)
    header = changed(post.header, seq=after.header.seq + 1, prev=after.id)
    return write(header, post.payload, school.signer)


def grow(cast: Cast, school: School, count: int) -> list[Operation]:
    posts = []
    for number in range(count):
        posts.append(cast.thread(school, f"{school.word} {number}"))
        cast.receive(posts[-1])
    return posts


def test_a_log_stops_at_two_successors_whichever_came_first(cast: Cast) -> None:
    one, other = cast.thread(cast.beta, "one"), cast.thread(cast.beta, "other")
    replicas = []
    for first, second in ((one, other), (other, one)):
        replica = Replica(cast.space)
        replica.receive([cast.genesis], 0)
        for operation in cast.replica.all_of(cast.beta.log):
            replica.receive([operation], operation.header.time)
        replica.receive([first], first.header.time)
        assert len(replica.posts) == 1
        replica.receive([second], second.header.time)
        assert not replica.posts
        replicas.append(replica)
    heads = [replica.heads[cast.beta.log] for replica in replicas]
    assert heads[0] == heads[1]
    assert heads[0].fork == tuple(sorted([one.id, other.id]))


def test_what_was_seen_beyond_a_fork_vanishes_and_nothing_more_is_kept(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 4)
    judgement = cast.receive(branch(cast, cast.beta, posts[0], "forked"))
    assert judgement.recheck == [cast.beta.log]
    assert [one.title for one in cast.replica.posts.values()] == ["beta 0"]
    assert cast.head(cast.beta).id == posts[0].id
    third = cast.receive(branch(cast, cast.beta, posts[0], "third"))
    beyond = cast.receive(branch(cast, cast.beta, posts[3], "beyond"))
    assert (len(third.passed_over), len(beyond.passed_over)) == (1, 1)
    assert not third.effects
    assert not beyond.effects


def test_what_cannot_be_stored_of_one_branch_holds_back_no_other(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 2)
    lost = branch(cast, cast.beta, branch(cast, cast.beta, posts[0], "lost"), "beyond what is lost")
    bad = changed(branch(cast, cast.beta, posts[1], "bad").header, time=posts[1].header.time - 1)
    late = write(bad, None, cast.beta.signer)
    following = branch(cast, cast.beta, posts[1], "2")
    last = branch(cast, cast.beta, following, "3")
    judgement = cast.receive(lost, late, branch(cast, cast.beta, late, "4"), following, last)
    assert [one.id for one in judgement.refused] == [lost.id, late.id]
    assert cast.head(cast.beta).id == last.id


def test_of_several_forks_the_lowest_counts(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 4)
    cast.receive(branch(cast, cast.beta, posts[2], "high"))
    assert cast.head(cast.beta).id == posts[2].id
    cast.receive(branch(cast, cast.beta, posts[0], "low"))
    assert cast.head(cast.beta).id == posts[0].id


def test_a_fork_in_one_log_leaves_every_other_alone(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 2)
    grow(cast, cast.alpha, 2)
    cast.receive(branch(cast, cast.beta, posts[0], "forked"))
    assert sorted(one.title for one in cast.replica.posts.values()) == [
        "alpha 0",
        "alpha 1",
        "beta 0",
    ]


def test_a_checkpoint_names_the_branch_on_which_a_forked_log_goes_on(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    cast.receive(branch(cast, cast.beta, posts[0], "forked"))
    logs = {cast.beta.log: [posts[1].header.seq, posts[1].id]}
    cast.receive(cast.decide("Checkpoint", {"logs": logs}))
    assert cast.head(cast.beta).id == posts[2].id
    assert len(cast.replica.posts) == 3
    cast.receive(cast.thread(cast.beta, "goes on"))
    assert len(cast.replica.posts) == 4


def test_a_checkpoint_of_what_is_accepted_anyway_looks_at_no_log_again(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    logs = {cast.beta.log: [posts[1].header.seq, posts[1].id]}
    assert not cast.receive(cast.decide("Checkpoint", {"logs": logs})).recheck


def test_a_fork_is_open_again_where_the_checkpoint_that_answered_it_falls(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    early = cast.decide("Checkpoint", {"logs": {cast.beta.log: [3, posts[0].id]}})
    cast.receive(early)
    cast.receive(branch(cast, cast.beta, posts[0], "forked"))
    late = cast.decide("Checkpoint", {"logs": {cast.beta.log: [4, posts[1].id]}})
    cast.receive(late)
    assert cast.head(cast.beta).id == posts[2].id
    vote = Vote(1, cast.space, cast.beta.node, 1, cast.beta.node, early.id)
    cast.replica.receive_votes([sign_vote(vote, cast.beta.signer)])
    assert cast.state.head[1] == early.id
    assert cast.head(cast.beta).id == posts[0].id
    assert cast.head(cast.beta).fork is not None


def test_until_a_named_branch_arrives_nothing_beyond_it_counts(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 2)
    other = [branch(cast, cast.beta, posts[0], "other")]
    other.append(branch(cast, cast.beta, other[0], "other 2"))
    logs = {cast.beta.log: [other[0].header.seq, other[0].id]}
    cast.receive(cast.decide("Checkpoint", {"logs": logs}))
    assert cast.head(cast.beta).id == posts[1].id
    cast.receive(branch(cast, cast.beta, posts[1], "wrong way"))
    assert cast.head(cast.beta).id == posts[1].id
    cast.receive(*other)
    assert cast.head(cast.beta).id == other[1].id
    assert sorted(one.title for one in cast.replica.posts.values()) == [
        "beta 0",
        "other",
        "other 2",
    ]


def test_operations_of_an_expelled_school_up_to_its_cut_are_still_learned(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    cast.declare(cast.gamma)
    posts = grow(cast, cast.gamma, 3)
    logs = {cast.gamma.log: [posts[1].header.seq, posts[1].id]}
    cut = cast.decide("Cut", {"node": cast.gamma.node, "logs": logs})
    cast.receive(cut)
    late = Replica(cast.space)
    late.receive(cast.replica.all_of(cast.state.control_log), cut.header.time)
    for operation in cast.replica.all_of(cast.gamma.log):
        late.receive([operation], operation.header.time)
    assert late.posts.keys() == cast.replica.posts.keys()
    assert late.heads[cast.gamma.log].seq == posts[1].header.seq
    assert posts[2].id not in late.rows


def test_a_new_incarnation_chooses_a_branch_of_the_one_before(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    cast.receive(branch(cast, cast.beta, posts[0], "forked by a restored backup"))
    assert len(cast.replica.posts) == 1
    best = LogHead(cast.beta.log, posts[2].header.seq, posts[2].id)
    cast.beta.incarnation = 1
    header = writing.open_incarnation(cast.place(cast.beta), branch=best)
    judgement = cast.receive(write(header, None, cast.beta.signer))
    assert judgement.recheck == [best.log]
    assert len(cast.replica.posts) == 3
    cast.declare(cast.beta)
    cast.receive(cast.thread(cast.beta, "after all"))
    assert len(cast.replica.posts) == 4


def test_a_checkpoint_overrules_the_branch_that_an_incarnation_chose(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    forked = branch(cast, cast.beta, posts[0], "forked")
    cast.receive(forked)
    old = cast.beta.log
    cast.beta.incarnation = 1
    chosen = LogHead(old, forked.header.seq, forked.id)
    header = writing.open_incarnation(cast.place(cast.beta), branch=chosen)
    cast.receive(write(header, None, cast.beta.signer))
    assert cast.replica.heads[old].id == forked.id
    logs = {old: [posts[2].header.seq, posts[2].id]}
    cast.receive(cast.decide("Checkpoint", {"logs": logs}))
    assert cast.replica.heads[old].id == posts[2].id


def test_a_new_incarnation_begins_with_open(cast: Cast) -> None:
    cast.beta.incarnation = 1
    judgement = cast.receive(cast.thread(cast.beta))
    assert [one.reason for one in judgement.refused] == [Reason.BAD_OPERATION]


def test_an_open_that_is_forked_itself_chooses_nothing(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    cast.receive(branch(cast, cast.beta, posts[0], "forked"))
    old = cast.beta.log
    cast.beta.incarnation = 1
    opens = [
        write(
            writing.open_incarnation(
                cast.place(cast.beta), branch=LogHead(old, one.header.seq, one.id)
            ),
            None,
            cast.beta.signer,
        )
        for one in posts[1:]
    ]
    cast.receive(opens[0])
    assert cast.replica.heads[old].seq == posts[2].header.seq
    cast.receive(opens[1])
    assert cast.replica.heads[old].seq == posts[0].header.seq
    assert cast.head(cast.beta).fork == tuple(sorted(one.id for one in opens))


def test_a_log_forked_at_its_first_operation_has_nothing(cast: Cast) -> None:
    first = cast.replica.all_of(cast.beta.log)[0]
    header = changed(first.header, time=first.header.time + 1)
    cast.receive(write(header, first.payload, cast.beta.signer))
    assert cast.head(cast.beta).seq == 0
    assert not [one for one in cast.replica.people.values() if one.home == cast.beta.node]


def test_a_path_is_known_only_as_a_whole(cast: Cast) -> None:
    posts = grow(cast, cast.beta, 3)
    entries = [Entry(one.id, one.header) for one in cast.replica.all_of(cast.beta.log)]
    tip = (posts[2].header.seq, posts[2].id)
    assert Tree.of(entries).path_to(tip) == entries
    assert Tree.of(entries[1:]).path_to(tip) is None
    standing = cast.state.standing(cast.beta.log)
    assert standing is not None
    assert accepted(Tree.of(entries), standing) == (entries, None)
    assert Void.OFF_CHAIN not in {row.void for row in cast.replica.rows.values()}
