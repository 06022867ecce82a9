"""Hubs approve a project: who may ask, who answers, and what a passed on answer is worth."""

from dataclasses import replace
from typing import Any

import pytest

from protocol import activities
from protocol.canonical import JSONObject
from protocol.effects import ChangeProject, Effect, FoundSpace, JoinSpace, Nothing
from protocol.effects_approvals import (
    ApprovalState,
    AwaitApprovals,
    DropRequest,
    PassApproval,
    PutApproval,
    PutRequest,
    Side,
)
from protocol.errors import Reason, Refused
from protocol.known import Known, KnownApproval, KnownProject, KnownRequest
from tests.protocol.people import (
    ALPHA,
    ANN,
    BEN,
    BETA,
    BETA_ENTRY,
    BIRDS,
    Actor,
    acceptance_of,
    founding,
    genesis_of,
    judged,
    name,
    opened,
    project,
)

HUB_A = Actor("https://hub-a.example/actor")
HUB_B = Actor("https://hub-b.example/actor")
SCHOOL = Actor(f"{ALPHA}/actor")
ASKED = f"{ALPHA}/activities/{name('asked')}"
ACCEPTANCE = f"{BETA}/activities/{name('acceptance')}"


def accepted() -> KnownProject:
    """At the founder's node, when the co-founder's acceptance waits for hubs."""
    signature = str(acceptance_of(founding().offer)["genesisSignature"])
    return replace(
        founding("accepted", ACCEPTANCE), co_founder_entry=BETA_ENTRY, genesis_signature=signature
    )


def asked(side: Side, state: ApprovalState = "waiting") -> KnownApproval:
    hub = HUB_A if side == "own" else HUB_B
    return KnownApproval(side, hub.url, ASKED if side == "own" else "", state)


def answer(
    hub: Actor,
    *,
    no: str = "",
    about: str = BIRDS.url,
    object_: str = ASKED,
    acceptance: str = ACCEPTANCE,
) -> JSONObject:
    said, to = hub.said(), SCHOOL.url
    if no:
        return activities.disapprove(
            said,
            object_,
            to=to,
            project=about,
            acceptance=acceptance,
            reason=no,
            language="en",
        )
    return activities.approve(said, object_, to=to, project=about, acceptance=acceptance)


def at_founder(*approvals: KnownApproval, **more: Any) -> Known:
    return Known(ALPHA, project=accepted(), approvals=approvals, **more)


def passed(signed: JSONObject) -> JSONObject:
    return activities.announce_approval(BEN.said(), signed, to=ANN.url)


def kinds(effects: list[Effect]) -> list[type]:
    return [type(one) for one in effects]


def refused(activity: JSONObject, actor: Actor, known: Known) -> Reason:
    with pytest.raises(Refused) as caught:
        judged(activity, actor, known)
    return caught.value.reason


def ask(target: Actor = BEN, actor: Actor = SCHOOL, acceptance: str = ACCEPTANCE) -> JSONObject:
    return activities.offer_approval(
        actor.said(), project(), to=HUB_A.url, other=target.url, acceptance=acceptance
    )


def at_hub(**more: Any) -> Known:
    inner = opened(project())
    return Known(HUB_A.url.removesuffix("/actor"), inner=inner, **{"is_hub": True, **more})


def test_a_hub_takes_what_its_schools_ask() -> None:
    (effect,) = judged(ask(), SCHOOL, at_hub(accredits=True))
    assert isinstance(effect, PutRequest)
    assert (effect.actor, effect.founder, effect.co_founder) == (SCHOOL.url, ANN.url, BEN.url)
    assert effect.acceptance == ACCEPTANCE


def test_a_hub_is_asked_about_an_acceptance_by_the_co_founder() -> None:
    elsewhere = f"https://gamma.example/activities/{name('acceptance')}"
    asked_about = ask(acceptance=elsewhere)
    assert refused(asked_about, SCHOOL, at_hub(accredits=True)) is Reason.FOREIGN_ORIGIN


def test_a_hub_decides_for_its_own_schools_and_their_projects() -> None:
    assert refused(ask(), SCHOOL, at_hub()) is Reason.NOT_ALLOWED
    assert refused(ask(), SCHOOL, at_hub(accredits=True, is_hub=False)) is Reason.NOT_FOUND
    other = Actor("https://gamma.example/actor")
    assert refused(ask(actor=other), other, at_hub(accredits=True)) is Reason.NOT_OWNER


def test_only_who_asked_takes_it_back() -> None:
    undo = activities.undo(SCHOOL.said(), ASKED, to=HUB_A.url)
    known = at_hub(request=KnownRequest(ASKED, SCHOOL.url))
    assert judged(undo, SCHOOL, known) == [DropRequest(ASKED)]
    other = Actor("https://gamma.example/actor")
    again = activities.undo(other.said(), ASKED, to=HUB_A.url)
    assert refused(again, other, known) is Reason.NOT_OWNER


@pytest.mark.parametrize(("own", "theirs"), [(HUB_A.url, ""), ("", HUB_B.url)])
def test_an_acceptance_waits_while_any_hub_has_to_decide(own: str, theirs: str) -> None:
    activity = {**acceptance_of(founding().offer), **({"hub": theirs} if theirs else {})}
    first, second = judged(activity, BEN, Known(ALPHA, project=founding(), own_hub=own))
    assert isinstance(first, AwaitApprovals)
    assert (first.own_hub, first.their_hub) == (own, theirs)
    assert isinstance(second, ChangeProject)
    assert (second.state, second.waiting_for) == ("accepted", own or theirs)


def test_a_school_that_a_hub_admitted_does_not_leave_its_hub_out() -> None:
    known = Known(ALPHA, project=founding(), their_hub=HUB_B.url)
    assert refused(acceptance_of(founding().offer), BEN, known) is Reason.NOT_ALLOWED


def test_a_school_names_no_other_hub_than_the_one_that_admitted_it() -> None:
    known = Known(ALPHA, project=founding(), their_hub=HUB_B.url)
    invented = {**acceptance_of(founding().offer), "hub": "https://invented.example/actor"}
    assert refused(invented, BEN, known) is Reason.NOT_ALLOWED
    honest = {**acceptance_of(founding().offer), "hub": HUB_B.url}
    assert isinstance(judged(honest, BEN, known)[0], AwaitApprovals)


def test_the_space_is_founded_by_the_last_approval() -> None:
    first = judged(answer(HUB_A), HUB_A, at_founder(asked("own"), asked("other")))
    assert kinds(first) == [PutApproval, ChangeProject]
    assert isinstance(first[1], ChangeProject)
    assert (first[1].state, first[1].waiting_for) == ("accepted", HUB_B.url)
    last = judged(answer(HUB_A), HUB_A, at_founder(asked("own"), asked("other", "approved")))
    assert kinds(last) == [PutApproval, FoundSpace, ChangeProject]


def test_a_refusal_ends_it_with_the_hubs_words() -> None:
    effects = judged(answer(HUB_A, no="Too soon."), HUB_A, at_founder(asked("own")))
    assert kinds(effects) == [PutApproval, ChangeProject]
    assert isinstance(effects[1], ChangeProject)
    assert (effects[1].state, effects[1].note) == ("declined", "Too soon.")


def test_only_the_hub_that_was_asked_answers_what_was_asked() -> None:
    known = at_founder(asked("own"), asked("other"))
    assert refused(answer(HUB_B), HUB_B, known) is Reason.NOT_ALLOWED
    elsewhere = answer(HUB_A, about=f"{ALPHA}/projects/{name('other')}")
    assert refused(elsewhere, HUB_A, known) is Reason.NEVER_OFFERED
    never = answer(HUB_A, object_=f"{ALPHA}/activities/{name('never')}")
    assert refused(never, HUB_A, known) is Reason.NEVER_OFFERED


def test_an_approval_of_an_earlier_acceptance_does_not_count_for_a_later_one() -> None:
    earlier = f"{BETA}/activities/{name('earlier')}"
    old = answer(HUB_A, acceptance=earlier)
    at_alpha = at_founder(asked("own"), asked("other"))
    assert refused(old, HUB_A, at_alpha) is Reason.NEVER_OFFERED
    signed = HUB_B.sign(answer(HUB_B, acceptance=earlier))
    known = at_founder(asked("own", "approved"), asked("other"), trusts_hub=True)
    known = replace(known, answer=opened(signed, HUB_B))
    assert refused(passed(signed), BEN, known) is Reason.NEVER_OFFERED
    invite = activities.invite(
        ANN.said(),
        BIRDS.url,
        to=BEN.url,
        acceptance=ACCEPTANCE,
        genesis=genesis_of(),
        approval=HUB_A.sign(old),
    )
    at_beta = Known(BETA, project=accepted(), their_hub=HUB_A.url)
    assert refused(invite, ANN, at_beta) is Reason.NEVER_OFFERED


def test_a_second_answer_changes_nothing() -> None:
    effects = judged(answer(HUB_A, no="No."), HUB_A, at_founder(asked("own", "approved")))
    assert kinds(effects) == [Nothing]


def test_the_co_founders_node_passes_its_hubs_answer_on() -> None:
    known = Known(BETA, project=accepted(), approvals=(asked("own"),))
    effects = judged(answer(HUB_A), HUB_A, known)
    assert kinds(effects) == [PutApproval, PassApproval, ChangeProject]
    assert isinstance(effects[2], ChangeProject)
    assert (effects[2].state, effects[2].waiting_for) == ("accepted", ANN.url)
    no = judged(answer(HUB_A, no="No."), HUB_A, known)
    assert kinds(no) == [PutApproval, PassApproval, ChangeProject]
    assert isinstance(no[2], ChangeProject)
    assert no[2].state == "declined"


def test_an_answer_that_was_passed_on_counts_as_the_hubs_own_where_it_is_trusted() -> None:
    signed = HUB_B.sign(answer(HUB_B))
    known = at_founder(asked("own", "approved"), asked("other"), trusts_hub=True)
    true = replace(known, answer=opened(signed, HUB_B))
    assert kinds(judged(passed(signed), BEN, true)) == [PutApproval, FoundSpace, ChangeProject]
    assert refused(passed(signed), BEN, known) is Reason.BAD_PROOF
    another = HUB_B.sign(answer(HUB_B, no="No."))
    swapped = replace(known, answer=opened(another, HUB_B))
    assert refused(passed(signed), BEN, swapped) is Reason.BAD_PROOF


def test_nobody_but_the_co_founder_passes_on_and_no_other_hub_counts() -> None:
    known = at_founder(asked("own", "approved"), asked("other"))
    signed = HUB_B.sign(answer(HUB_B))
    eve = Actor(f"{BETA}/people/eve")
    told = activities.announce_approval(eve.said(), signed, to=ANN.url)
    assert refused(told, eve, known) is Reason.NOT_ALLOWED
    assert refused(passed(HUB_A.sign(answer(HUB_A))), BEN, known) is Reason.WRONG_ACTOR
    assert refused(passed(signed), BEN, at_founder(asked("own"))) is Reason.NEVER_OFFERED


def test_a_founder_whom_a_hub_admitted_brings_its_approval() -> None:
    invite = activities.invite(
        ANN.said(), BIRDS.url, to=BEN.url, acceptance=ACCEPTANCE, genesis=genesis_of()
    )
    known = Known(BETA, project=accepted(), their_hub=HUB_A.url, trusts_hub=True)
    assert refused(invite, ANN, known) is Reason.NOT_ALLOWED
    signed = HUB_A.sign(answer(HUB_A))
    brought: JSONObject = {**invite, "approval": signed}
    assert refused(brought, ANN, known) is Reason.BAD_PROOF
    effects = judged(brought, ANN, replace(known, answer=opened(signed, HUB_A)))
    assert kinds(effects) == [JoinSpace, ChangeProject]
