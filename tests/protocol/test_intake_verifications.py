"""A hub verifies teachers: who may ask for whom, who answers, and what an answer is worth."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protocol import activities, credentials
from protocol.canonical import JSONObject
from protocol.credentials import Envelope, Issuer, Teacher
from protocol.documents import Verified, open_credential
from protocol.effects import Nothing
from protocol.effects_verifications import ForgetTeacher, KeepVerification, QueueTeacher
from protocol.errors import Reason, Refused
from protocol.intake_verifications import MAX_WAITING
from protocol.known import Known, KnownTeacher, KnownVerification
from tests.protocol.people import ALPHA, ANN, BEN, NOW, Actor, judged, name, opened
from tests.protocol.people import person as person_of

HUB = Actor("https://hub.example/actor")
OTHER_HUB = Actor("https://other-hub.example/actor")
SCHOOL = Actor(f"{ALPHA}/actor")
ASKED = f"{ALPHA}/activities/{name('asked')}"


def refused(activity: JSONObject, actor: Actor, known: Known) -> Reason:
    with pytest.raises(Refused) as caught:
        judged(activity, actor, known)
    return caught.value.reason


def ask(actor: Actor = SCHOOL, person: Actor = ANN) -> JSONObject:
    return activities.offer_verification(
        actor.said(), person_of(person), to=HUB.url, note="She teaches here.", language="en"
    )


def at_hub(person: Actor = ANN, **more: Any) -> Known:
    inner = opened(person_of(person), person)
    base = HUB.url.removesuffix("/actor")
    return Known(base, inner=inner, **{"is_hub": True, "accredits": True, **more})


def stated(about: str = ANN.url, by: Actor = HUB) -> Verified[JSONObject]:
    """What a hub states about somebody, signed and opened."""
    base = by.url.removesuffix("/actor")
    issuer = Issuer(by.url, "A hub", by.keys)
    until = NOW + timedelta(days=700)
    envelope = Envelope(
        f"{base}/credentials/{name('stated')}", issuer, NOW, until, credentials.place(base, 7)
    )
    school = f"{about.partition('/people/')[0]}/actor"
    credential = by.sign(
        credentials.verification(envelope, Teacher(about, "Ann", school, "A school"))
    )
    return open_credential(credential, by.signer.public, issuer=by.url, now=NOW)


def yes(about: str = ANN.url, by: Actor = HUB, person: str = ANN.url) -> JSONObject:
    return activities.verify(
        by.said(), ASKED, to=SCHOOL.url, person=person, credential=stated(about, by).value
    )


def no(by: Actor = HUB) -> JSONObject:
    return activities.disprove(
        by.said(), ASKED, to=SCHOOL.url, person=ANN.url, reason="Unknown there.", language="en"
    )


def at_school(**more: Any) -> Known:
    asked = KnownVerification(ASKED, HUB.url, ANN.url, "waiting", NOW - timedelta(days=1))
    return Known(ALPHA, **{"verification": asked, "credential": stated(), **more})


def test_a_hub_queues_the_people_of_its_schools() -> None:
    (effect,) = judged(ask(), SCHOOL, at_hub())
    assert isinstance(effect, QueueTeacher)
    assert (effect.actor, effect.note) == (SCHOOL.url, "She teaches here.")
    assert effect.person["id"] == ANN.url


def test_a_hub_takes_it_from_accredited_schools_about_their_own_people_only() -> None:
    assert refused(ask(), SCHOOL, at_hub(is_hub=False)) is Reason.NOT_FOUND
    assert refused(ask(), SCHOOL, at_hub(accredits=False)) is Reason.NOT_ALLOWED
    assert refused(ask(ANN), ANN, at_hub()) is Reason.NOT_ALLOWED
    assert refused(ask(person=BEN), SCHOOL, at_hub(BEN)) is Reason.NOT_OWNER
    full = at_hub(open_requests=MAX_WAITING)
    assert refused(ask(), SCHOOL, full) is Reason.TOO_MANY_ITEMS


def test_a_repeat_changes_nothing() -> None:
    known = at_hub(teacher=KnownTeacher(ASKED, SCHOOL.url, "verified"))
    assert isinstance(judged(ask(), SCHOOL, known)[0], Nothing)


def test_only_the_school_that_asked_takes_it_back() -> None:
    known = at_hub(teacher=KnownTeacher(ASKED, SCHOOL.url, "verified"))
    undo = activities.undo(SCHOOL.said(), ASKED, to=HUB.url)
    assert judged(undo, SCHOOL, known) == [ForgetTeacher(ASKED)]
    eve = Actor("https://gamma.example/actor")
    assert refused(activities.undo(eve.said(), ASKED, to=HUB.url), eve, known) is Reason.NOT_OWNER
    over = at_hub(teacher=KnownTeacher(ASKED, SCHOOL.url, "refused"))
    assert isinstance(judged(undo, SCHOOL, over)[0], Nothing)


def test_the_hubs_credential_is_kept() -> None:
    (effect,) = judged(yes(), HUB, at_school())
    assert isinstance(effect, KeepVerification)
    assert (effect.person, effect.state) == (ANN.url, "verified")
    assert effect.credential == stated().value


def test_only_the_hub_that_was_asked_answers_and_about_whom_it_was_asked() -> None:
    assert refused(yes(), HUB, Known(ALPHA)) is Reason.NEVER_OFFERED
    foreign = at_school(credential=stated(by=OTHER_HUB))
    assert refused(yes(by=OTHER_HUB), OTHER_HUB, foreign) is Reason.NOT_ALLOWED
    colleague = f"{ALPHA}/people/eve"
    about_eve = at_school(credential=stated(colleague))
    assert refused(yes(colleague), HUB, about_eve) is Reason.WRONG_ACTOR
    assert refused(yes(person=colleague), HUB, about_eve) is Reason.NEVER_OFFERED
    relayed = at_school(credential=stated(by=OTHER_HUB))
    assert refused(yes(), HUB, relayed) is Reason.WRONG_ACTOR
    assert refused(yes(), HUB, at_school(credential=None)) is Reason.BAD_PROOF


def test_a_no_after_a_yes_takes_it_back_and_an_older_yes_does_not_bring_it_back() -> None:
    known = at_school()
    assert known.verification is not None
    (first,) = judged(no(), HUB, known)
    assert isinstance(first, KeepVerification)
    assert (first.state, first.reason) == ("refused", "Unknown there.")
    verified = replace(known, verification=replace(known.verification, state="verified"))
    (second,) = judged(no(), HUB, verified)
    assert isinstance(second, KeepVerification)
    assert second.state == "revoked"
    later = replace(known.verification, state="revoked", since=NOW + timedelta(days=1))
    assert isinstance(judged(yes(), HUB, replace(known, verification=later))[0], Nothing)
    gone = replace(known.verification, state="withdrawn")
    assert isinstance(judged(yes(), HUB, replace(known, verification=gone))[0], Nothing)
