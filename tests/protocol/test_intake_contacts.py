"""Contacts: offered, answered, lapsed, taken back, and silence for who is blocked."""

from datetime import timedelta
from typing import Any

import pytest

from protocol import activities
from protocol.canonical import JSONObject
from protocol.effects import ContactState, Nothing, PutContact
from protocol.errors import Reason, Refused
from protocol.intake import needs
from protocol.intake_contacts import due
from protocol.known import Known, LocalActor
from tests.protocol.people import (
    ALPHA,
    ANN,
    BEN,
    BEN_HERE,
    BETA,
    EVE,
    NOW,
    contact,
    judged,
    name,
)


def offer(actor: Any = ANN, to: str = BEN.url) -> JSONObject:
    return activities.offer_contact(actor.said(), to, note="We met in Porto.", language="en")


def offered(activity: JSONObject, **more: Any) -> Any:
    known = Known(**{"base": BETA, "local": BEN_HERE, **more})
    return judged(activity, ANN, known)


def refusal(activity: JSONObject, actor: Any, known: Known) -> Reason:
    with pytest.raises(Refused) as caught:
        judged(activity, actor, known)
    return caught.value.reason


def test_an_offer_waits_for_its_answer_with_its_letter() -> None:
    activity = offer()
    url = str(activity["id"])
    assert (needs(activity).local, needs(activity).contact_with) == (BEN.url, BEN.url)
    assert offered(activity) == [
        PutContact(url, ANN.url, BEN.url, "offered", NOW, url, "We met in Porto.", "en")
    ]


def test_nobody_offers_in_the_name_of_another() -> None:
    activity = {**offer(), "object": offer(EVE)["object"]}
    assert refusal(activity, ANN, Known(base=BETA, local=BEN_HERE)) is Reason.NOT_OWNER


@pytest.mark.parametrize("local", [None, LocalActor(BEN.url, "Project")])
def test_who_does_not_live_here_is_not_asked(local: Any) -> None:
    assert refusal(offer(), ANN, Known(base=BETA, local=local)) is Reason.NOT_FOUND


def test_a_block_is_silent() -> None:
    assert isinstance(offered(offer(), blocked=True)[0], Nothing)
    known = Known(base=ALPHA, contact=contact("offered"), blocked=True)
    yes = activities.accept(BEN.said(), contact().offer, to=ANN.url)
    assert isinstance(judged(yes, BEN, known)[0], Nothing)


def test_ten_open_offers_are_enough() -> None:
    assert len(offered(offer(), open_offers=9)) == 1
    known = Known(base=BETA, local=BEN_HERE, open_offers=10)
    assert refusal(offer(), ANN, known) is Reason.TOO_MANY_ITEMS


@pytest.mark.parametrize(
    ("earlier", "heard"),
    [
        (contact("offered", days_ago=29), False),
        (contact("offered", days_ago=30), True),
        (contact("contacts"), False),
        (contact("no", days_ago=400), False),
        (contact("not_now", days_ago=29), False),
        (contact("not_now", days_ago=30), True),
        (contact("withdrawn"), True),
        (contact("lapsed"), True),
        (contact("ended"), True),
        (contact("no", offerer=BEN, offered=ANN), True),
        (contact("not_now", offerer=BEN, offered=ANN), True),
    ],
)
def test_a_further_offer_is_heard_where_the_last_one_is_over(earlier: Any, heard: bool) -> None:
    (effect,) = offered(offer(), contact=earlier)
    assert isinstance(effect, PutContact) == heard


def test_a_repeated_offer_does_nothing() -> None:
    activity = offer()
    activity["id"] = contact().offer
    assert isinstance(offered(activity, contact=contact("withdrawn"))[0], Nothing)


def test_two_offers_that_cross_make_contacts() -> None:
    bens = contact("offered", offerer=BEN, offered=ANN)
    activity = offer()
    (effect,) = offered(activity, contact=bens)
    assert (effect.offer, effect.state, effect.said) == (bens.offer, "contacts", activity["id"])


@pytest.mark.parametrize(
    ("answer", "state"), [("yes", "contacts"), ("not_now", "not_now"), ("no", "no")]
)
def test_the_one_who_was_asked_answers(answer: str, state: ContactState) -> None:
    open_ = contact("offered", days_ago=3)
    activity = (
        activities.accept(BEN.said(), open_.offer, to=ANN.url)
        if answer == "yes"
        else activities.reject(BEN.said(), open_.offer, to=ANN.url, answer=answer)
    )
    (effect,) = judged(activity, BEN, Known(base=ALPHA, contact=open_))
    assert isinstance(effect, PutContact)
    assert (effect.offer, effect.state, effect.said) == (open_.offer, state, activity["id"])
    given = contact(state)
    assert isinstance(judged(activity, BEN, Known(base=ALPHA, contact=given))[0], Nothing)


def test_nobody_else_answers_not_even_the_offerer_himself() -> None:
    open_ = contact("offered")
    known = Known(base=ALPHA, contact=open_)
    other = activities.accept(EVE.said(), open_.offer, to=ANN.url)
    assert refusal(other, EVE, Known(base=BETA, contact=open_)) is Reason.NOT_ALLOWED
    stranger = activities.accept(BEN.said(), open_.offer, to=ANN.url)
    third = contact("offered", offered=EVE)
    assert refusal(stranger, BEN, Known(base=ALPHA, contact=third)) is Reason.NOT_ALLOWED
    own = activities.accept(ANN.said(), open_.offer, to=BEN.url)
    assert refusal(own, ANN, Known(base=BETA, contact=open_)) is Reason.NOT_ALLOWED
    assert known.contact is open_


def test_an_answer_may_be_late_on_the_road_but_not_given_late() -> None:
    open_ = contact("lapsed", days_ago=60)
    known = Known(base=ALPHA, contact=open_)
    in_time = activities.accept(BEN.said(NOW - timedelta(days=31)), open_.offer, to=ANN.url)
    assert isinstance(judged(in_time, BEN, known)[0], PutContact)
    late = activities.accept(BEN.said(NOW - timedelta(days=29)), open_.offer, to=ANN.url)
    assert refusal(late, BEN, known) is Reason.LAPSED


def test_yes_may_follow_on_not_now_but_nothing_follows_on_yes_or_no() -> None:
    yes = activities.accept(BEN.said(), contact().offer, to=ANN.url)
    no = activities.reject(BEN.said(), contact().offer, to=ANN.url, answer="no")
    known = Known(base=ALPHA, contact=contact("not_now", days_ago=3))
    assert isinstance(judged(yes, BEN, known)[0], PutContact)
    after_no = Known(base=ALPHA, contact=contact("no"))
    after_yes = Known(base=ALPHA, contact=contact("contacts"))
    assert refusal(yes, BEN, after_no) is Reason.ALREADY_ANSWERED
    assert refusal(no, BEN, after_yes) is Reason.ALREADY_ANSWERED


def test_an_answer_to_a_withdrawn_offer_crossed_on_the_road() -> None:
    yes = activities.accept(BEN.said(), contact().offer, to=ANN.url)
    (effect,) = judged(yes, BEN, Known(base=ALPHA, contact=contact("withdrawn")))
    assert isinstance(effect, Nothing)


@pytest.mark.parametrize(
    ("state", "after"),
    [("offered", "withdrawn"), ("not_now", "withdrawn"), ("contacts", "ended"), ("ended", None)],
)
def test_the_offerer_takes_his_offer_back(state: Any, after: Any) -> None:
    row = contact(state)
    undo = activities.undo(ANN.said(), row.offer, to=BEN.url)
    (effect,) = judged(undo, ANN, Known(base=BETA, contact=row))
    assert (effect.state if isinstance(effect, PutContact) else None) == after


def test_the_other_ends_the_contact_by_taking_back_his_acceptance() -> None:
    acceptance = f"{BETA}/activities/{name('yes')}"
    row = contact(acceptance=acceptance)
    undo = activities.undo(BEN.said(), acceptance, to=ANN.url)
    (effect,) = judged(undo, BEN, Known(base=ALPHA, contact=row))
    assert isinstance(effect, PutContact)
    assert effect.state == "ended"


def test_nobody_takes_back_what_another_said() -> None:  # A009
    row = contact("offered", acceptance=f"{BETA}/activities/{name('yes')}")
    undo = activities.undo(BEN.said(), row.offer, to=ANN.url)
    assert refusal(undo, BEN, Known(base=ALPHA, contact=row)) is Reason.NOT_OWNER
    other = activities.undo(EVE.said(), row.offer, to=BEN.url)
    assert refusal(other, EVE, Known(base=BETA, contact=row)) is Reason.NOT_OWNER


@pytest.mark.parametrize(
    ("days", "reminded", "what"),
    [
        (19, False, None),
        (20, False, "remind"),
        (20, True, None),
        (30, False, "lapse"),
        (30, True, "lapse"),
    ],
)
def test_an_offer_is_brought_to_mind_once_and_then_lapses(
    days: int, reminded: bool, what: str | None
) -> None:
    assert due("offered", NOW - timedelta(days=days), NOW, reminded=reminded) == what
    assert due("contacts", NOW - timedelta(days=days), NOW, reminded=reminded) is None
