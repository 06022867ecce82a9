"""A further school is invited into a running project: who may, who answers, what is signed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protocol import activities
from protocol.canonical import JSONObject
from protocol.effects import (
    ChangeJoining,
    Effect,
    EndMembership,
    JoiningState,
    Nothing,
    ProposeSchool,
    PutInvitation,
    PutObject,
)
from protocol.errors import Reason, Refused
from protocol.intake import needs
from protocol.known import Known, KnownJoining, LocalActor
from protocol.space import consent
from protocol.space.genesis import Founder, open_genesis
from protocol.space.operation import read_json
from tests.protocol.people import (
    ALPHA,
    ANN,
    BEN,
    BETA,
    BIRDS,
    EVE,
    GAMMA,
    NOW,
    Actor,
    contact,
    founding,
    genesis_of,
    judged,
    name,
    opened,
    project,
    stored,
)

CLEO = Actor(f"{GAMMA}/people/cleo")
SPACE = open_genesis(read_json(genesis_of())).space
NODE, SERVICE = "c" * 32, f"{GAMMA}/actor"
ENTRY = Founder(NODE, SERVICE, Actor("space gamma").signer.public.multikey)
HERE = LocalActor(CLEO.url, "Person")
INVITE = f"{ALPHA}/activities/{name('an invitation')}"


def invitation(actor: Actor = ANN, key: str = "space alpha", node: str = NODE) -> JSONObject:
    signature = consent.sign_invitation(SPACE, node, SERVICE, Actor(key).signer)
    return activities.invite_school(
        actor.said(),
        project(state="active"),
        to=CLEO.url,
        genesis=genesis_of(),
        settled=SPACE,
        invitation=signature,
        note="Join us?",
        language="en",
    )


def known_at_gamma(activity: JSONObject, inviter: Actor = ANN) -> Known:
    inner = activity["object"]
    assert isinstance(inner, dict)
    return Known(
        base=GAMMA,
        node=NODE,
        inner=opened(inner, BIRDS),
        local=HERE,
        contact=contact(offerer=inviter, offered=CLEO),
    )


def joining(state: JoiningState = "invited", days_ago: int = 0) -> KnownJoining:
    at = NOW - timedelta(days=days_ago)
    return KnownJoining(INVITE, BIRDS.url, SPACE, ANN.url, CLEO.url, state, NODE, SERVICE, at)


def join(entry: Founder = ENTRY, key: str = "space gamma", actor: Actor = CLEO) -> JSONObject:
    agreed = consent.sign_acceptance(SPACE, entry, Actor(key).signer)
    return activities.join(
        actor.said(), BIRDS.url, to=ANN.url, invite=INVITE, member=entry, acceptance=agreed
    )


def refusal(activity: JSONObject, actor: Actor, known: Known) -> Reason:
    with pytest.raises(Refused) as caught:
        judged(activity, actor, known)
    return caught.value.reason


def test_an_invitation_is_kept_with_the_project_that_lies_at_the_inviters_school() -> None:
    sent = invitation()
    put, kept = judged(sent, ANN, known_at_gamma(sent))
    assert isinstance(put, PutObject)
    assert isinstance(kept, PutInvitation)
    assert (kept.project, kept.invited, kept.note) == (BIRDS.url, CLEO.url, "Join us?")
    assert needs(sent).contact_with == CLEO.url


def test_a_project_of_a_third_school_is_shown_and_not_believed() -> None:
    sent = invitation(BEN, "space beta")
    (kept,) = judged(sent, BEN, known_at_gamma(sent, BEN))
    assert isinstance(kept, PutInvitation)


@pytest.mark.parametrize(
    ("sent", "actor", "changes", "reason"),
    [
        (invitation(), ANN, {"local": None}, Reason.NOT_FOUND),
        (invitation(), ANN, {"contact": None}, Reason.NOT_ALLOWED),
        (invitation(), ANN, {"contact": contact(offered=CLEO, state="ended")}, Reason.NOT_ALLOWED),
        (invitation(), ANN, {"joining": joining("member")}, Reason.CONFLICT),
        (invitation(), ANN, {"joining": joining()}, Reason.CONFLICT),
        (invitation(), ANN, {"project": founding("active")}, Reason.CONFLICT),
        (invitation(), ANN, {"node": "d" * 32}, Reason.BAD_SIGNATURE),
        (invitation(node="d" * 32), ANN, {}, Reason.BAD_SIGNATURE),
        (invitation(key="space beta"), ANN, {}, Reason.BAD_SIGNATURE),
        (invitation(), ANN, {"node": "a" * 32}, Reason.CONFLICT),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(
    sent: JSONObject, actor: Actor, changes: Any, reason: Reason
) -> None:
    known = replace(known_at_gamma(sent), **changes)
    assert refusal(sent, actor, known) is reason


def test_an_old_invitation_stands_in_nobodys_way() -> None:
    sent = invitation()
    for earlier in (joining("declined"), joining("over"), joining("invited", days_ago=31)):
        known = replace(known_at_gamma(sent), joining=earlier)
        assert isinstance(judged(sent, ANN, known)[-1], PutInvitation)


def test_whoever_blocked_the_inviter_hears_nothing() -> None:
    sent = invitation()
    (nothing,) = judged(sent, ANN, replace(known_at_gamma(sent), blocked=True))
    assert isinstance(nothing, Nothing)


def test_an_acceptance_asks_the_steward() -> None:
    for state in ("invited", "lapsed"):
        propose, changed = judged(join(), CLEO, Known(base=ALPHA, joining=joining(state)))
        assert isinstance(propose, ProposeSchool)
        assert propose.candidate == ENTRY
        assert isinstance(changed, ChangeJoining)
        assert changed.state == "accepted"


@pytest.mark.parametrize(
    ("sent", "actor", "known", "reason"),
    [
        (join(), CLEO, None, Reason.NEVER_OFFERED),
        (join(actor=BEN), BEN, joining(), Reason.NOT_ALLOWED),
        (join(), CLEO, joining("declined"), Reason.ALREADY_ANSWERED),
        (join(), CLEO, joining("member"), Reason.ALREADY_ANSWERED),
        (join(), CLEO, joining(days_ago=31), Reason.LAPSED),
        (join(key="space beta"), CLEO, joining(), Reason.BAD_SIGNATURE),
        (
            join(Founder("d" * 32, SERVICE, ENTRY.key)),
            CLEO,
            joining(),
            Reason.FOREIGN_ORIGIN,
        ),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    sent: JSONObject, actor: Actor, known: KnownJoining | None, reason: Reason
) -> None:
    assert refusal(sent, actor, Known(base=ALPHA, joining=known)) is reason


def test_an_acceptance_after_a_withdrawal_comes_to_nothing() -> None:
    for state in ("withdrawn", "over"):
        (nothing,) = judged(join(), CLEO, Known(base=ALPHA, joining=joining(state)))
        assert isinstance(nothing, Nothing)


def test_the_guest_declines_and_the_inviter_withdraws() -> None:
    no = activities.reject(
        CLEO.said(), INVITE, to=ANN.url, answer="no", note="Sorry", language="en"
    )
    (declined,) = judged(no, CLEO, Known(base=ALPHA, joining=joining()))
    assert declined == ChangeJoining(INVITE, "declined", NOW, "Sorry")
    assert refusal(no, CLEO, Known(base=ALPHA, joining=joining("member"))) is (
        Reason.ALREADY_ANSWERED
    )
    undo = activities.undo(ANN.said(), INVITE, to=CLEO.url)
    at_gamma = Known(base=GAMMA, joining=joining("accepted"))
    assert judged(undo, ANN, at_gamma) == [ChangeJoining(INVITE, "withdrawn", NOW)]
    assert refusal(activities.undo(EVE.said(), INVITE, to=CLEO.url), EVE, at_gamma) is (
        Reason.NOT_OWNER
    )
    (nothing,) = judged(undo, ANN, Known(base=GAMMA, joining=joining("member")))
    assert isinstance(nothing, Nothing)


def test_only_a_founders_school_removes_and_only_this_one() -> None:
    founders = (f"{ALPHA}/actor", f"{BETA}/actor")
    known = Known(base=GAMMA, founders=founders)
    told = activities.remove(ANN.said(), SERVICE, BIRDS.url, to=CLEO.url)
    assert judged(told, ANN, known) == [EndMembership(BIRDS.url, NOW)]
    other = activities.remove(ANN.said(), f"{BETA}/actor", BIRDS.url, to=CLEO.url)
    assert isinstance(judged(other, ANN, known)[0], Nothing)
    assert isinstance(judged(told, ANN, Known(base=GAMMA))[0], Nothing)
    mallory = Actor("https://delta.example/people/mallory")
    forged = activities.remove(mallory.said(), SERVICE, BIRDS.url, to=CLEO.url)
    assert refusal(forged, mallory, known) is Reason.NOT_ALLOWED


def test_a_project_goes_to_a_colleague_and_to_no_other_school() -> None:
    def judged_with(founder: Actor) -> list[Effect]:
        handed = BIRDS.sign({**project(), "attributedTo": founder.url, "version": 2})
        known = Known(base=BETA, inner=opened(handed), stored=stored(project()))
        return judged(activities.update(BIRDS.said(), handed), BIRDS, known)

    assert isinstance(judged_with(EVE)[0], PutObject)
    with pytest.raises(Refused) as caught:
        judged_with(BEN)
    assert caught.value.reason is Reason.FOREIGN_ORIGIN
