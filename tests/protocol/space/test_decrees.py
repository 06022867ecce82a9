"""A new space key, what founders have removed, and how pupils' work comes to others: what the
control log says about them."""

import pytest

from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.space import consent, control, erasure, evidence, succession, writing
from protocol.space.authority import Void
from protocol.space.control import Heads
from protocol.space.effects import Erase, Withhold
from protocol.space.genesis import Founder
from protocol.space.operation import Operation, write
from protocol.space.statement import Signed
from protocol.space.succession import Vote
from protocol.space.vocabulary import Role
from tests.protocol.space.cast import NOW_MS, Cast, changed, person, words
from tests.simulation.replica import Replica
from tests.simulation.school import School

NEW = School("beta with a new key", Replica(""))


@pytest.fixture
def cast() -> Cast:
    """A space of three; beta has lost its key."""
    cast = Cast()
    cast.receive(cast.admit(cast.gamma))
    cast.declare(cast.gamma)
    return cast


def ends(cast: Cast) -> Heads:
    head = cast.head(cast.beta)
    return {head.log: (head.seq, head.id)}


def rekey(cast: Cast, *vouching: School, logs: Heads | None = None, **members: object) -> Operation:
    """The steward, alpha, replaces beta's key, as these schools say."""
    logs = ends(cast) if logs is None else logs
    node, key = cast.beta.node, NEW.signer.public.multikey
    message = consent.rekeying(cast.space, node, key, logs)
    candidate = Founder(node, cast.beta.founder.actor, key)
    args: dict[str, object] = {
        "node": node,
        "key": key,
        "acceptance": consent.sign_acceptance(cast.space, candidate, NEW.signer),
        "words": {one.node: consent.sign(message, one.signer) for one in vouching},
        "logs": {log: list(end) for log, end in logs.items()},
    }
    return cast.decide("Rekey", args | members)


def in_new_log(cast: Cast) -> str:
    return f"c/{cast.beta.node}/8"


def test_two_members_vouch_and_the_school_goes_on_in_a_new_log(cast: Cast) -> None:
    before = cast.thread(cast.beta)
    cast.receive(before)
    cast.receive(rekey(cast, cast.alpha, cast.gamma))
    assert cast.beta.node in cast.state.members
    assert cast.state.base[cast.beta.node] == 8
    assert cast.state.key_of(cast.beta.log) == cast.beta.founder.key
    assert cast.state.key_of(in_new_log(cast)) == NEW.signer.public.multikey
    place = cast.place(cast.beta, log=in_new_log(cast))
    header = writing.role(place, cast.beta.teacher, Role.TEACHER)
    cast.receive(write(header, person("Bob"), NEW.signer))
    place = cast.place(cast.beta, log=in_new_log(cast))
    header = writing.thread(place, writing.By(cast.beta.teacher), "B" * 21 + "A")
    after = write(header, words(title="Goes on"), NEW.signer)
    cast.receive(after)
    assert cast.replica.rows[before.id].void is None
    assert cast.replica.rows[after.id].void is None


def test_what_the_thief_writes_afterwards_counts_nowhere(cast: Cast) -> None:
    cast.receive(rekey(cast, cast.alpha, cast.gamma))
    thefts = cast.thread(cast.beta, "stolen")
    assert cast.receive(thefts).passed_over == [thefts.id]
    place = cast.place(cast.beta, log=in_new_log(cast))
    role = write(
        writing.role(place, cast.beta.teacher, Role.TEACHER), person("Thief"), cast.beta.signer
    )
    assert [one.reason for one in cast.receive(role).refused] == [Reason.BAD_SIGNATURE]
    late = write(
        changed(place.header("Leave"), log=f"c/{cast.beta.node}/7", seq=1, prev=""),
        None,
        cast.beta.signer,
    )
    assert cast.receive(late).passed_over == [late.id]


def test_what_the_thief_wrote_behind_the_named_end_counts_no_more(cast: Cast) -> None:
    logs = ends(cast)
    theft = cast.thread(cast.beta, "stolen")
    cast.receive(theft)
    assert cast.replica.rows[theft.id].void is None
    cast.receive(rekey(cast, cast.alpha, cast.gamma, logs=logs))
    assert cast.replica.rows[theft.id].void is Void.OFF_CHAIN


@pytest.mark.parametrize("vouching", [(), ("alpha",), ("alpha", "beta"), ("beta", "gamma")])
def test_one_school_alone_replaces_nobodys_key(cast: Cast, vouching: tuple[str, ...]) -> None:
    cast.receive(rekey(cast, *(getattr(cast, one) for one in vouching)))
    assert cast.state.base[cast.beta.node] == 0
    assert cast.state.newest_keys()[cast.beta.node] == cast.beta.founder.key


def test_words_for_another_key_or_other_ends_do_not_count(cast: Cast) -> None:
    other: Heads = {cast.beta.log: (1, cast.replica.by_log[cast.beta.log][0])}
    one = rekey(cast, cast.alpha, cast.gamma)
    cast.receive(
        rekey(cast, logs=other, words=one.header.args["words"]),
        rekey(cast, cast.alpha, cast.gamma, acceptance="A" * 86),
        rekey(cast, cast.alpha, cast.gamma, key=cast.gamma.founder.key),
    )
    assert cast.state.base[cast.beta.node] == 0


def test_the_steward_does_not_replace_its_own_key(cast: Cast) -> None:
    node = cast.alpha.node
    logs = {cast.alpha.log: (cast.head(cast.alpha).seq, cast.head(cast.alpha).id)}
    key = NEW.signer.public.multikey
    message = consent.rekeying(cast.space, node, key, logs)
    candidate = Founder(node, cast.alpha.founder.actor, key)
    args: dict[str, object] = {
        "node": node,
        "key": key,
        "acceptance": consent.sign_acceptance(cast.space, candidate, NEW.signer),
        "words": {one.node: consent.sign(message, one.signer) for one in (cast.beta, cast.gamma)},
        "logs": {log: list(end) for log, end in logs.items()},
    }
    cast.receive(cast.decide("Rekey", args))
    assert cast.state.base[node] == 0


def test_in_a_space_of_two_the_other_school_is_enough() -> None:
    cast = Cast()
    cast.receive(rekey(cast, cast.alpha))
    assert cast.state.base[cast.beta.node] == 8


def test_a_vote_counts_with_the_key_that_its_school_has_at_the_anchor(cast: Cast) -> None:
    written = rekey(cast, cast.alpha, cast.gamma)
    cast.receive(written)
    for signer, epoch in ((cast.beta.signer, 0), (NEW.signer, 1)):
        for voter, key in ((cast.beta, signer), (cast.gamma, cast.gamma.signer)):
            vote = Vote(1, cast.space, voter.node, 1, cast.gamma.node, written.id)
            cast.replica.receive_votes([succession.sign_vote(vote, key)])
        assert cast.state.epoch == epoch


def test_votes_by_the_old_key_crowd_out_none_by_the_new_one(cast: Cast) -> None:
    written = rekey(cast, cast.alpha, cast.gamma)
    cast.receive(written)
    thefts = [
        Vote(1, cast.space, cast.beta.node, 1, cast.gamma.node, f"{at:042}A") for at in range(60)
    ]
    stolen = [succession.sign_vote(one, cast.beta.signer) for one in thefts]
    vote = Vote(1, cast.space, cast.beta.node, 1, cast.gamma.node, written.id)
    own = succession.sign_vote(vote, NEW.signer)
    cast.replica.receive_votes([*stolen, own])
    kept = cast.replica.votes
    assert len(kept) == succession.MAX_VOTES_AN_EPOCH
    assert sum(id_ < own.id for id_ in (one.id for one in stolen)) > len(kept), "would be kept"
    assert kept[own.id].key == NEW.signer.public.multikey
    said = Vote(1, cast.space, cast.gamma.node, 1, cast.gamma.node, written.id)
    cast.replica.receive_votes([succession.sign_vote(said, cast.gamma.signer)])
    assert cast.state.epoch == 1


def test_the_same_vote_under_another_key_is_a_difference(cast: Cast) -> None:
    written = rekey(cast, cast.alpha, cast.gamma)
    cast.receive(written)
    vote = Vote(1, cast.space, cast.beta.node, 1, cast.gamma.node, written.id)
    digests = []
    for signer in (cast.beta.signer, NEW.signer):
        cast.replica.receive_votes([succession.sign_vote(vote, signer)])
        digests.append(cast.replica.shown_heads().votes)
    assert len(set(digests)) == 2


def test_an_acknowledgement_counts_with_the_key_that_its_school_has_there(cast: Cast) -> None:
    written = rekey(cast, cast.alpha, cast.gamma)
    cast.receive(written)
    theft = cast.place(cast.beta).header("Acknowledge")
    said = write(changed(theft, control=written.id), None, cast.beta.signer)
    cast.replica.receive_evidence([said], NOW_MS)
    gamma = changed(cast.place(cast.gamma).header("Acknowledge"), control=written.id)
    cast.receive(write(gamma, None, cast.gamma.signer))
    assert cast.replica.settled != written.id
    assert evidence.open_acknowledgement(said, cast.state).number == 0
    place = cast.place(cast.beta, log=in_new_log(cast))
    fresh = changed(place.header("Acknowledge"), control=written.id)
    cast.receive(write(fresh, None, NEW.signer))
    assert cast.replica.settled == written.id


def test_a_receipt_counts_with_the_newest_key_and_a_statement_for_what_its_key_signed(
    cast: Cast,
) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    unheard = cast.state
    cast.receive(rekey(cast, cast.alpha, cast.gamma))
    receipt = erasure.sign_receipt(
        cast.space, cast.beta.node, post.id, time_ms=NOW_MS, signer=cast.beta.signer
    )
    with pytest.raises(Refused) as caught:
        erasure.open_new_receipt(receipt, cast.state)
    assert caught.value.reason is Reason.REVOKED_KEY
    for signer in (cast.beta.signer, NEW.signer):
        erasure.open_statement(_statement(cast, post.header.log, post.id, signer), cast.state)
    late = _statement(cast, in_new_log(cast), post.id, cast.beta.signer)
    for state in (cast.state, unheard):
        with pytest.raises(Refused) as caught:
            erasure.open_statement(late, state)
        assert caught.value.reason is Reason.UNKNOWN_KEY


def _statement(cast: Cast, log: str, id_: str, signer: Signer) -> Signed:
    return erasure.sign_statement(
        cast.space, cast.beta.node, [(log, 1, id_)], time_ms=NOW_MS, signer=signer
    )


# -- removed for good


def purge(cast: Cast, post: Operation, *founders: School, after: str = "") -> Operation:
    targets = ((post.header.log, post.header.seq, post.id),)
    message = consent.purging(cast.space, targets, after)
    said = {one.node: consent.sign(message, one.signer) for one in founders}
    place = cast.place(cast.alpha, log=f"k/{cast.alpha.node}/0")
    return write(writing.purge(place, targets, said, after=after), None, cast.alpha.signer)


def unpurge(cast: Cast, post: Operation, after: str = "") -> Operation:
    targets = ((post.header.log, post.header.seq, post.id),)
    place = cast.place(cast.alpha, log=f"k/{cast.alpha.node}/0")
    return write(writing.unpurge(place, targets, after=after), None, cast.alpha.signer)


def seen(cast: Cast) -> list[tuple[str, str]]:
    return sorted((str(one.standing), one.text) for one in cast.replica.posts.values())


def settle(cast: Cast) -> None:
    """Everybody has heard of the newest control operation."""
    for school in (cast.beta, cast.gamma):
        header = changed(cast.place(school).header("Acknowledge"), control=cast.state.head[1])
        cast.receive(write(header, None, school.signer))


def test_with_one_founders_word_it_is_hidden_and_can_be_shown_again(cast: Cast) -> None:
    post = cast.thread(cast.gamma)
    cast.receive(post)
    hides = purge(cast, post, cast.alpha)
    judged = cast.receive(hides)
    assert Withhold(cast.gamma.node, post.id, True) in judged.effects
    settle(cast)
    assert seen(cast) == [("erased", "")]
    assert post.id in cast.replica.payloads
    cast.receive(unpurge(cast, post))
    assert seen(cast) == [("shown", "Hello")]
    assert not cast.replica.withheld


def test_with_two_founders_words_it_is_erased_once_it_is_settled(cast: Cast) -> None:
    post = cast.thread(cast.gamma)
    cast.receive(post)
    cast.receive(purge(cast, post, cast.alpha, cast.beta))
    assert seen(cast) == [("erased", "")]
    assert post.id in cast.replica.payloads
    settle(cast)
    assert post.id not in cast.replica.payloads
    cast.receive(post)
    assert post.id not in cast.replica.payloads
    cast.receive(unpurge(cast, post))
    assert seen(cast) == [("erased", "")]


def test_what_was_never_heard_of_is_kept_out_when_it_comes(cast: Cast) -> None:
    post = cast.thread(cast.gamma)
    cast.receive(purge(cast, post, cast.alpha, cast.beta))
    settle_before = cast.head(cast.gamma)
    assert settle_before.seq + 1 == post.header.seq
    cast.receive(post)
    settle(cast)
    assert post.id not in cast.replica.payloads


@pytest.mark.parametrize("founders", [(), ("gamma",), ("alpha", "gamma")])
def test_whoever_did_not_found_does_not_help_to_erase(
    cast: Cast, founders: tuple[str, ...]
) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    cast.receive(purge(cast, post, *(getattr(cast, one) for one in founders)))
    settle(cast)
    assert post.id in cast.replica.payloads


def test_words_of_a_round_that_is_over_do_not_count(cast: Cast) -> None:
    post = cast.thread(cast.gamma)
    cast.receive(post)
    cast.receive(purge(cast, post, cast.alpha))
    back = unpurge(cast, post)
    cast.receive(back)
    cast.receive(purge(cast, post, cast.alpha, cast.beta))
    settle(cast)
    assert seen(cast) == [("shown", "Hello")]
    cast.receive(purge(cast, post, cast.alpha, cast.beta, after=back.id))
    settle(cast)
    assert post.id not in cast.replica.payloads


def test_nothing_is_erased_that_another_node_signed(cast: Cast) -> None:
    post, victim = cast.thread(cast.gamma), cast.thread(cast.beta)
    cast.receive(post, victim)
    lie = ((cast.gamma.log, 1, victim.id),)
    message = consent.purging(cast.space, lie, "")
    said = {one.node: consent.sign(message, one.signer) for one in (cast.alpha, cast.beta)}
    place = cast.place(cast.alpha, log=f"k/{cast.alpha.node}/0")
    cast.receive(write(writing.purge(place, lie, said), None, cast.alpha.signer))
    settle(cast)
    assert victim.id in cast.replica.payloads
    assert sorted(seen(cast)) == [("shown", "Hello"), ("shown", "Hello")]


def test_after_the_end_it_still_counts(cast: Cast) -> None:
    post = cast.thread(cast.gamma)
    cast.receive(post)
    heads = {one.log: [one.seq, one.id] for one in cast.replica.heads.values() if one.seq}
    content = {log: end for log, end in heads.items() if log.startswith("c/")}
    cast.receive(cast.decide("Close", {"logs": content}))
    judged = cast.receive(purge(cast, post, cast.alpha, cast.beta))
    assert not any(isinstance(one, Erase) for one in judged.effects)
    settle(cast)
    assert post.id not in cast.replica.payloads


# -- pupils' work


def test_a_policy_is_one_schools_or_everybodys(cast: Cast) -> None:
    assert control.policy(cast.state, cast.beta.node).release == "release-first"
    cast.receive(cast.decide("Policy", {"release": "live"}))
    assert control.policy(cast.state, cast.beta.node).release == "live"
    cast.receive(cast.decide("Policy", {"release": "release-first", "node": cast.beta.node}))
    assert control.policy(cast.state, cast.beta.node).release == "release-first"
    assert control.policy(cast.state, cast.gamma.node).release == "live"
    cast.receive(cast.decide("Policy", {"release": "release-first", "node": "0" * 32}))
    assert "0" * 32 not in cast.state.releases


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("Policy", {"release": "never"}),
        ("Policy", {"release": "live", "school": "x"}),
        ("Purge", {"targets": []}),
        ("Purge", {"targets": [["k/" + "0" * 32 + "/0", 1, "A" * 43]]}),
        ("Purge", {"targets": [["c/" + "0" * 32 + "/0", 1, "A" * 43]] * 2}),
        ("Purge", {"targets": [["c/" + "0" * 32 + "/0", 1, "A" * 43]], "words": {"x": "y"}}),
        ("Rekey", {"node": "0" * 32, "key": "z", "acceptance": "", "words": {}, "logs": {"x": 1}}),
    ],
)
def test_arguments_that_cannot_be_read_are_refused(
    cast: Cast, kind: str, args: dict[str, object]
) -> None:
    judged = cast.receive(cast.decide(kind, args))
    assert [one.reason for one in judged.refused] == [Reason.BAD_OPERATION]
