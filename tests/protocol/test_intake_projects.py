"""Founding a project: who may offer, answer, withdraw and invite, and what both schools sign."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as with_

from protocol import activities
from protocol.canonical import JSONObject
from protocol.effects import (
    ChangeFounder,
    ChangeProject,
    FoundSpace,
    JoinSpace,
    Nothing,
    PutObject,
    PutProjectOffer,
)
from protocol.errors import Reason, Refused
from protocol.intake import needs
from protocol.known import Known
from protocol.space.genesis import Founder
from tests.protocol.people import (
    ALPHA,
    ALPHA_ENTRY,
    ANN,
    BEN,
    BEN_HERE,
    BETA,
    BETA_ENTRY,
    BIRDS,
    EVE,
    GAMMA,
    NOW,
    SALT,
    Actor,
    acceptance_of,
    contact,
    founding,
    genesis_of,
    judged,
    name,
    opened,
    project,
    stored,
)

ACCEPTANCE = f"{BETA}/activities/{name('acceptance')}"


def offer(document: JSONObject | None = None, entry: Founder = ALPHA_ENTRY) -> JSONObject:
    return activities.offer_project(
        ANN.said(),
        document or project(),
        to=BEN.url,
        note="With us?",
        language="en",
        founder=entry,
        salt=SALT,
    )


def offered(activity: JSONObject, **more: Any) -> Any:
    document: Any = activity["object"]
    known: dict[str, Any] = {
        "base": BETA,
        "inner": opened(document),
        "local": BEN_HERE,
        "contact": contact(),
    }
    return judged(activity, ANN, Known(**{**known, **more}))


def refusal(activity: JSONObject, actor: Actor, known: Known) -> Reason:
    with pytest.raises(Refused) as caught:
        judged(activity, actor, known)
    return caught.value.reason


def offer_refusal(activity: JSONObject, **more: Any) -> Reason:
    with pytest.raises(Refused) as caught:
        offered(activity, **more)
    return caught.value.reason


def test_an_offer_to_a_contact_keeps_the_project_and_waits_for_him() -> None:
    activity = offer()
    needed = needs(activity)
    assert (needed.object, needed.local, needed.contact_with) == (BIRDS.url, BEN.url, BEN.url)
    assert needed.project == BIRDS.url
    assert offered(activity) == [
        PutObject(BIRDS.url, "project", BIRDS.url, 1, project()),
        PutProjectOffer(
            project=BIRDS.url,
            offer=str(activity["id"]),
            founder=ANN.url,
            co_founder=BEN.url,
            entry=ALPHA_ENTRY,
            salt=SALT,
            note="With us?",
            language="en",
            at=NOW,
        ),
    ]


def test_a_project_known_already_is_only_offered() -> None:
    (effect,) = offered(offer(), stored=stored(project()))
    assert isinstance(effect, PutProjectOffer)


@pytest.mark.parametrize("state", ["offered", "no", "ended"])
def test_only_contacts_found_together(state: Any) -> None:
    assert offer_refusal(offer(), contact=contact(state)) is Reason.NOT_ALLOWED


def test_nobody_offers_the_project_of_another() -> None:
    assert offer_refusal(offer(project(founder=EVE))) is Reason.NOT_OWNER
    others = replace(founding("declined"), founder=EVE.url)
    assert offer_refusal(offer(), project=others) is Reason.NOT_OWNER


def test_an_active_project_is_not_offered() -> None:
    assert offer_refusal(offer(project(state="active"))) is Reason.NOT_OWNER


def test_the_founders_entry_is_of_his_own_school_with_a_valid_key() -> None:
    foreign = with_(ALPHA_ENTRY, actor=f"{BETA}/actor")
    assert offer_refusal(offer(entry=foreign)) is Reason.FOREIGN_ORIGIN
    broken = with_(ALPHA_ENTRY, key="z6Mk" + "1" * 44)
    assert offer_refusal(offer(entry=broken)) is Reason.BAD_KEY


@pytest.mark.parametrize("state", ["offered", "accepted", "active"])
def test_a_project_has_one_offer_at_a_time(state: Any) -> None:
    assert offer_refusal(offer(), project=founding(state)) is Reason.CONFLICT


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_a_declined_or_withdrawn_project_may_be_offered_anew(state: Any) -> None:
    assert isinstance(offered(offer(), project=founding(state))[-1], PutProjectOffer)


def test_a_repeated_offer_does_nothing_and_a_block_is_silent() -> None:
    activity = offer()
    same = replace(founding(), offer=str(activity["id"]))
    assert isinstance(offered(activity, project=same)[0], Nothing)
    assert isinstance(offered(activity, blocked=True)[0], Nothing)
    assert offer_refusal(activity, local=None) is Reason.NOT_FOUND


def test_a_signed_yes_founds_the_space() -> None:
    row = founding()
    activity = acceptance_of(row.offer)
    assert needs(activity).answered == row.offer
    space, change = judged(activity, BEN, Known(base=ALPHA, project=row))
    assert space == FoundSpace(
        project=BIRDS.url,
        offer=row.offer,
        acceptance=str(activity["id"]),
        co_founder=BEN.url,
        founders=(ALPHA_ENTRY, BETA_ENTRY),
        salt=SALT,
        signature=str(activity["genesisSignature"]),
    )
    assert change == ChangeProject(BIRDS.url, row.offer, "active", None, NOW)


def test_a_yes_that_signs_something_else_is_refused() -> None:
    other = acceptance_of(founding().offer, with_(BETA_ENTRY, node="c" * 32))
    other["founder"] = BETA_ENTRY.as_json()
    known = Known(base=ALPHA, project=founding())
    assert refusal(other, BEN, known) is Reason.BAD_SIGNATURE
    resalted = Known(base=ALPHA, project=replace(founding(), salt=name("other")))
    assert refusal(acceptance_of(founding().offer), BEN, resalted) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("member", ["node", "actor", "key"])
def test_nobody_founds_with_the_founders_own_part(member: str) -> None:
    entry = with_(BETA_ENTRY, **{member: getattr(ALPHA_ENTRY, member)})
    known = Known(base=ALPHA, project=founding())
    reasons = {Reason.NOT_ALLOWED, Reason.FOREIGN_ORIGIN}
    assert refusal(acceptance_of(founding().offer, entry), BEN, known) in reasons


def test_only_the_one_who_was_asked_answers() -> None:
    known = Known(base=ALPHA, project=replace(founding(), co_founder=f"{BETA}/people/other"))
    yes = acceptance_of(founding().offer)
    no = activities.reject(BEN.said(), founding().offer, to=ANN.url, answer="no")
    for activity in (yes, no):
        assert refusal(activity, BEN, known) is Reason.NOT_ALLOWED
        assert refusal(activity, BEN, Known(base=ALPHA)) is Reason.NEVER_OFFERED


def test_a_plain_accept_does_not_found() -> None:
    activity = activities.accept(BEN.said(), founding().offer, to=ANN.url)
    assert refusal(activity, BEN, Known(base=ALPHA, project=founding())) is Reason.BAD_SHAPE


def test_an_answer_comes_once() -> None:
    activity = acceptance_of(founding().offer)
    again = Known(base=ALPHA, project=founding("active", str(activity["id"])))
    assert isinstance(judged(activity, BEN, again)[0], Nothing)
    for state in ("active", "declined"):
        other = Known(base=ALPHA, project=founding(state, ACCEPTANCE))
        assert refusal(activity, BEN, other) is Reason.ALREADY_ANSWERED
    withdrawn = Known(base=ALPHA, project=founding("withdrawn"))
    assert isinstance(judged(activity, BEN, withdrawn)[0], Nothing)


def test_no_gives_the_project_back_to_its_founder_with_the_reason() -> None:
    activity = activities.reject(
        BEN.said(), founding().offer, to=ANN.url, answer="no", note="Two already", language="en"
    )
    assert judged(activity, BEN, Known(base=ALPHA, project=founding())) == [
        ChangeProject(BIRDS.url, founding().offer, "declined", ANN.url, NOW, "Two already", "en")
    ]
    active = Known(base=ALPHA, project=founding("active"))
    assert refusal(activity, BEN, active) is Reason.ALREADY_ANSWERED


@pytest.mark.parametrize("state", ["offered", "accepted"])
def test_the_founder_withdraws_before_it_is_founded(state: Any) -> None:
    undo = activities.undo(ANN.said(), founding().offer, to=BEN.url)
    known = Known(base=BETA, project=founding(state, ACCEPTANCE))
    (effect,) = judged(undo, ANN, known)
    assert isinstance(effect, ChangeProject)
    assert (effect.state, effect.waiting_for) == ("withdrawn", None)


def test_nobody_else_withdraws_and_nobody_once_it_is_founded() -> None:
    row = founding()
    undo = activities.undo(EVE.said(), row.offer, to=BEN.url)
    assert refusal(undo, EVE, Known(base=BETA, project=row)) is Reason.NOT_OWNER
    mine = activities.undo(ANN.said(), row.offer, to=BEN.url)
    active = Known(base=BETA, project=founding("active"))
    assert refusal(mine, ANN, active) is Reason.ALREADY_ANSWERED


def invite(genesis_: JSONObject, actor: Actor = ANN, acceptance: str = ACCEPTANCE) -> JSONObject:
    return activities.invite(
        actor.said(), BIRDS.url, to=BEN.url, acceptance=acceptance, genesis=genesis_
    )


def test_an_invite_opens_the_space_that_was_accepted() -> None:
    known = Known(base=BETA, project=founding("accepted", ACCEPTANCE))
    activity = invite(genesis_of())
    assert needs(activity).project == BIRDS.url
    join, change = judged(activity, ANN, known)
    assert isinstance(join, JoinSpace)
    assert (join.project, join.genesis.founders) == (BIRDS.url, (ALPHA_ENTRY, BETA_ENTRY))
    assert isinstance(change, ChangeProject)
    assert change.state == "active"


def test_an_invite_to_what_nobody_accepted_is_refused() -> None:
    for row in (None, founding("offered"), founding("accepted", "https://beta.example/x")):
        known = Known(base=BETA, project=row)
        assert refusal(invite(genesis_of()), ANN, known) is Reason.NEVER_OFFERED


def test_only_the_founder_invites_and_once() -> None:
    known = Known(base=BETA, project=founding("accepted", ACCEPTANCE))
    assert refusal(invite(genesis_of(), EVE), EVE, known) is Reason.NOT_ALLOWED
    active = Known(base=BETA, project=founding("active", ACCEPTANCE))
    assert isinstance(judged(invite(genesis_of()), ANN, active)[0], Nothing)


@pytest.mark.parametrize(
    "wrong",
    [
        genesis_of(with_(BETA_ENTRY, node="c" * 32)),
        genesis_of(salt=name("other salt")),
        {"header": "{}", "signature": "A" * 86, "payload": None},
    ],
)
def test_a_genesis_that_was_not_agreed_opens_nothing(wrong: JSONObject) -> None:
    known = Known(base=BETA, project=founding("accepted", ACCEPTANCE))
    assert refusal(invite(wrong), ANN, known) is Reason.BAD_OPERATION


def test_a_founder_hands_his_part_to_a_colleague_only() -> None:
    known = Known(base=BETA, project=founding("active"))
    move = activities.move_founding(ANN.said(), BIRDS.url, to=BEN.url, successor=EVE.url)
    assert judged(move, ANN, known) == [ChangeFounder(BIRDS.url, ANN.url, EVE.url)]
    away = activities.move_founding(
        ANN.said(), BIRDS.url, to=BEN.url, successor=f"{GAMMA}/people/c"
    )
    assert refusal(away, ANN, known) is Reason.FOREIGN_ORIGIN
    stranger = activities.move_founding(EVE.said(), BIRDS.url, to=BEN.url, successor=ANN.url)
    assert refusal(stranger, EVE, known) is Reason.NOT_ALLOWED
    assert isinstance(judged(move, ANN, Known(base=BETA))[0], Nothing)


def test_a_genesis_that_was_changed_on_the_road_opens_nothing() -> None:
    known = Known(base=BETA, project=founding("accepted", ACCEPTANCE))
    forged = {**genesis_of(), "signature": "A" * 86}
    assert refusal(invite(forged), ANN, known) is Reason.BAD_SIGNATURE
