"""Founding, admission, cuts and the end, as the control log says them."""

import msgspec
import pytest

from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.space import arguments, consent, control, genesis, writing
from protocol.space.control import START, State
from protocol.space.genesis import Founder
from protocol.space.operation import Header, Operation, write
from tests.protocol.space.cast import NOW_MS, Cast, changed
from tests.simulation.replica import Replica
from tests.simulation.school import School, found, name_of

ALPHA, BETA = School("alpha", Replica("")), School("beta", Replica(""))
PAIR = (ALPHA.founder, BETA.founder)
SALT = name_of("salt")


@pytest.fixture
def cast() -> Cast:
    return Cast()


def founding(**args: object) -> Operation:
    """A genesis signed by alpha whose arguments are whatever they are."""
    good = found(ALPHA, BETA, NOW_MS)
    return write(changed(good.header, args={**good.header.args, **args}), None, ALPHA.signer)


def test_both_founders_sign_and_the_genesis_names_the_space() -> None:
    opened = genesis.open_genesis(found(ALPHA, BETA, NOW_MS))
    assert opened.space == opened.operation.id
    assert opened.founders == PAIR
    state = control.start(opened)
    assert state.steward == ALPHA.node
    assert state.members == {ALPHA.node, BETA.node}
    assert state.key_of(BETA.log) == BETA.founder.key
    assert state.key_of("c/" + "0" * 32 + "/0") is None


def test_two_spaces_of_the_same_schools_differ_by_their_salt() -> None:
    message = genesis.message(PAIR, SALT)
    assert message != genesis.message(PAIR, name_of("other salt"))
    assert message.startswith(b"schoolgate/genesis/1\n")


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"salt": "short"}, Reason.BAD_OPERATION),
        ({"salt": name_of("other")}, Reason.BAD_SIGNATURE),
        ({"founders": [ALPHA.founder.as_json()]}, Reason.BAD_OPERATION),
        ({"founders": [ALPHA.founder.as_json()] * 2}, Reason.BAD_OPERATION),
        ({"founders": [BETA.founder.as_json(), ALPHA.founder.as_json()]}, Reason.BAD_OPERATION),
        ({"signatures": [genesis.sign(PAIR, SALT, ALPHA.signer)] * 2}, Reason.BAD_SIGNATURE),
        ({"signatures": ["", ""]}, Reason.BAD_SIGNATURE),
        ({"title": "Letters"}, Reason.BAD_OPERATION),
    ],
)
def test_a_genesis_that_is_not_both_founders_is_refused(
    args: dict[str, object], reason: Reason
) -> None:
    with pytest.raises(Refused) as caught:
        genesis.open_genesis(founding(**args))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("founder", "reason"),
    [
        ({"node": "me"}, Reason.BAD_NAME),
        ({"key": "z6MkAnna"}, Reason.BAD_KEY),
        ({"actor": "javascript:alert(1)"}, Reason.BAD_NAME),
        ({"name": "Anna"}, Reason.BAD_OPERATION),
    ],
)
def test_an_entry_that_could_not_sign_is_refused(founder: dict[str, str], reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        genesis.read_founder({**ALPHA.founder.as_json(), **founder})
    assert caught.value.reason == reason


def test_what_is_no_genesis_opens_no_space(cast: Cast) -> None:
    with pytest.raises(Refused):
        genesis.open_genesis(cast.thread(cast.alpha))


def test_a_genesis_signed_by_another_key_is_refused() -> None:
    good = found(ALPHA, BETA, NOW_MS)
    forged = write(good.header, None, BETA.signer)
    with pytest.raises(Refused) as caught:
        genesis.open_genesis(forged)
    assert caught.value.reason == Reason.BAD_SIGNATURE


def test_an_admission_with_invitation_and_acceptance_brings_a_member(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    assert cast.gamma.node in cast.state.members
    assert not cast.receive(cast.thread(cast.gamma)).refused


@pytest.mark.parametrize("broken", ["invite", "acceptance", "key", "actor", "node"])
def test_an_admission_without_either_is_void(cast: Cast, broken: str) -> None:
    good = cast.admit(cast.gamma).header.args
    other = School("delta", Replica("")).founder
    wrong: dict[str, object] = {
        "invite": consent.sign_invitation(
            cast.space, cast.gamma.node, cast.gamma.founder.actor, cast.gamma.signer
        ),
        "acceptance": consent.sign_acceptance(cast.space, cast.gamma.founder, cast.beta.signer),
        **other.as_json(),
    }
    cast.receive(cast.decide("Admit", {**good, broken: wrong[broken]}))
    assert cast.state.members == {cast.alpha.node, cast.beta.node}
    assert cast.state.head[0] == 2


def test_a_second_school_with_a_members_key_is_not_admitted(cast: Cast) -> None:
    thief = Founder(cast.gamma.node, cast.gamma.founder.actor, cast.beta.founder.key)
    args: dict[str, object] = {
        **thief.as_json(),
        "incarnation": 0,
        "invite": consent.sign_invitation(cast.space, thief.node, thief.actor, cast.beta.signer),
        "acceptance": consent.sign_acceptance(cast.space, thief, cast.beta.signer),
    }
    cast.receive(cast.decide("Admit", args))
    assert cast.gamma.node not in cast.state.members


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("Cut", {}),
        ("Cut", {"node": "x", "logs": {"c/x/0": [1, "x"]}}),
        ("Admit", {"node": "x"}),
        ("Checkpoint", {"logs": [1]}),
        ("Checkpoint", {"logs": {}, "name": "Anna"}),
    ],
)
def test_unreadable_arguments_are_refused(cast: Cast, kind: str, args: dict[str, object]) -> None:
    judgement = cast.receive(cast.decide(kind, args))
    assert [one.reason for one in judgement.refused] == [Reason.BAD_OPERATION]


def test_two_members_cannot_expel_each_other_and_the_steward_not_itself(cast: Cast) -> None:
    cast.receive(cast.decide("Cut", {"node": cast.beta.node, "logs": {}}))
    assert cast.beta.node in cast.state.members
    cast.receive(cast.admit(cast.gamma))
    cast.receive(cast.decide("Cut", {"node": cast.alpha.node, "logs": {}}))
    assert cast.alpha.node in cast.state.members


def test_a_cut_ends_every_log_at_the_named_head_but_never_before_a_checkpoint(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    head = cast.head(cast.beta)
    cast.receive(cast.decide("Checkpoint", {"logs": {head.log: [head.seq, head.id]}}))
    cast.receive(cast.thread(cast.beta))
    cast.receive(cast.decide("Cut", {"node": cast.beta.node, "logs": {}}))
    assert cast.beta.node not in cast.state.members
    assert cast.head(cast.beta).seq == head.seq
    assert not cast.replica.posts
    assert cast.state.key_of(cast.beta.log) == cast.beta.founder.key


def test_who_returns_starts_above_every_incarnation_that_it_may_have_opened(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    cast.declare(cast.gamma)
    head = cast.head(cast.gamma)
    logs = {head.log: [head.seq, head.id]}
    cast.receive(cast.decide("Cut", {"node": cast.gamma.node, "logs": logs}))
    back = cast.admit(cast.gamma).header.args
    for used in (0, 1, 7):
        cast.receive(cast.decide("Admit", {**back, "incarnation": used}))
        assert cast.gamma.node not in cast.state.members
    cast.receive(cast.decide("Admit", {**back, "incarnation": 8}))
    assert cast.gamma.node in cast.state.members
    old, new = cast.state.standing(head.log), cast.state.standing(f"c/{cast.gamma.node}/8")
    assert old is not None
    assert new is not None
    assert (old.live, new.live, new.opens) == (False, True, False)
    assert cast.state.standing(f"c/{cast.gamma.node}/16") is None


def test_an_archive_ends_what_has_effect_and_reopening_restores_late_work(cast: Cast) -> None:
    cast.receive(cast.thread(cast.beta, "in time"))
    head = cast.head(cast.beta)
    cast.receive(cast.decide("Archive", {"logs": {head.log: [head.seq, head.id]}}))
    cast.receive(cast.thread(cast.beta, "late"))
    assert [one.title for one in cast.replica.posts.values()] == ["in time"]
    cast.receive(cast.decide("Reopen", {}))
    assert sorted(one.title for one in cast.replica.posts.values()) == ["in time", "late"]


def test_after_a_close_nothing_reopens(cast: Cast) -> None:
    cast.receive(cast.thread(cast.beta))
    cast.receive(cast.decide("Close", {"logs": {}}))
    assert not cast.replica.posts
    cast.receive(cast.decide("Reopen", {}))
    assert cast.state.closed
    assert not cast.replica.posts


def test_the_control_log_stops_at_a_fork_and_what_followed_falls(cast: Cast) -> None:
    one, other = cast.admit(cast.gamma), cast.decide("Checkpoint", {"logs": {}})
    cast.receive(one)
    cast.receive(cast.thread(cast.gamma))
    judgement = cast.receive(other)
    assert judgement.recheck == [cast.gamma.log]
    assert cast.state.members == {cast.alpha.node, cast.beta.node}
    assert cast.replica.heads[cast.state.control_log].fork == tuple(sorted([one.id, other.id]))
    assert not cast.replica.posts


def test_a_state_survives_being_kept_as_json(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    head = cast.head(cast.beta)
    logs = {head.log: [head.seq, head.id]}
    cast.receive(cast.decide("Moderator", {"node": cast.beta.node, "logs": logs}))
    cast.receive(cast.decide("Archive", {"logs": logs}))
    assert msgspec.json.decode(msgspec.json.encode(cast.state), type=State) == cast.state


def test_the_state_is_a_fold_of_the_accepted_chain(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    cast.receive(cast.decide("Checkpoint", {"logs": {}}))
    chain: list[tuple[str, Header]] = [
        (one.id, one.header) for one in cast.replica.all_of(cast.state.control_log)
    ]
    again = control.control_state(genesis.open_genesis(cast.genesis), chain[1:])
    assert again == cast.state
    assert START not in again.anchors.values()


def test_an_invitation_binds_the_invited_node_and_its_actor(cast: Cast) -> None:
    one = consent.invitation(cast.space, cast.gamma.node, cast.gamma.founder.actor)
    assert one != consent.invitation(cast.space, cast.beta.node, cast.gamma.founder.actor)
    assert one.startswith(consent.INVITE_PREFIX)
    assert len(b64(cast.beta.signer.sign(one))) == 86


def test_headers_of_the_steward_are_written_from_a_place(cast: Cast) -> None:
    head = cast.head(cast.beta)
    place = cast.place(cast.alpha, log=cast.state.control_log)
    logs = {head.log: (head.seq, head.id)}
    kinds = [
        writing.checkpoint(place, logs),
        writing.cut(place, cast.beta.node, logs),
        writing.archive(place, logs),
        writing.close(place, logs),
        writing.reopen(place),
    ]
    for header in kinds:
        arguments.check(header)
    assert [one.type for one in kinds] == ["Checkpoint", "Cut", "Archive", "Close", "Reopen"]
