"""Notices: how long they run, whose they are, and where they are shown when they arrive."""

from datetime import timedelta
from typing import Any

import pytest

from protocol import activities, notices, objects
from protocol.audience import recipients
from protocol.canonical import JSONObject
from protocol.effects import BuryObject, Nothing, PutFeedItem, PutObject
from protocol.errors import Reason, Refused
from protocol.intake import needs
from protocol.intake_objects import judge_fetched
from protocol.known import Known
from protocol.notices import MAX_AHEAD_S, MAX_DAYS
from protocol.shapes import PUBLIC, kind_of
from tests.protocol.people import (
    ALPHA,
    ANN,
    BEN,
    BETA,
    BOOK,
    EVE,
    GAMMA,
    NOW,
    Actor,
    judged,
    notice,
    opened,
    person,
    stored,
)


def put(
    document: JSONObject, actor: Actor = ANN, before: JSONObject | None = None, **more: Any
) -> Any:
    """What BETA does when `actor` sends `document` in an Update."""
    known = Known(
        base=BETA,
        inner=opened(document),
        stored=stored(before) if before else None,
        **{"followed": True} | more,
    )
    return judged(activities.update(actor.said(), document), actor, known)


def refusal(document: JSONObject, actor: Actor = ANN, before: JSONObject | None = None) -> Reason:
    with pytest.raises(Refused) as caught:
        put(document, actor, before)
    return caught.value.reason


def test_a_notice_is_shown_where_somebody_follows_its_writer() -> None:
    document = notice()
    BOOK.check("notice", document)
    assert needs(activities.create(ANN.said(), document)).followed
    kept, shown = put(document)
    assert kept == PutObject(str(document["id"]), "notice", ANN.url, 1, document)
    assert shown == PutFeedItem(str(document["id"]), ANN.url, NOW)
    assert isinstance(put(document, followed=False)[0], Nothing)


def test_a_notice_that_is_over_when_it_arrives_is_kept_and_not_shown() -> None:
    late = notice(days=3, at=NOW - timedelta(days=4))
    assert [type(effect) for effect in put(late)] == [PutObject]
    assert notices.is_over(late, NOW)
    assert not notices.is_over(late, NOW - timedelta(days=2))


def test_a_notice_runs_ninety_days_at_most() -> None:
    assert put(notice(days=MAX_DAYS))
    long = ANN.sign(notice() | {"expires": "2027-02-21T19:00:01Z"})
    for document in (
        ANN.sign(notice() | {"expires": "2026-11-23T19:00:00Z"}),
        ANN.sign(notice() | {"expires": "2026-11-22T19:00:00Z"}),
        ANN.sign(notice() | {"expires": "9999-12-31T23:59:59Z"}),
        long,
    ):
        assert refusal(document) is Reason.BAD_SHAPE
    for days in (-1, 0, MAX_DAYS + 1):
        with pytest.raises(Refused) as caught:
            notice(days=days)
        assert caught.value.reason is Reason.BAD_INPUT


def test_a_notice_that_was_dated_ahead_does_not_run_longer() -> None:
    assert put(notice(days=MAX_DAYS, at=NOW + timedelta(seconds=MAX_AHEAD_S)))
    ahead = notice(days=MAX_DAYS, at=NOW + timedelta(seconds=MAX_AHEAD_S + 1))
    assert refusal(ahead) is Reason.CLOCK_AHEAD


def test_a_renewed_notice_replaces_the_one_that_is_over() -> None:
    first = notice(days=1, at=NOW - timedelta(days=2))
    again = notice(version=2, published=first["published"])
    [kept] = put(again, before=first)
    assert kept.document is again


def test_only_its_writer_changes_a_notice() -> None:
    before = notice()
    taken = EVE.sign(
        {key: value for key, value in notice(version=2).items() if key != "proof"}
        | {"attributedTo": EVE.url}
    )
    assert refusal(taken, EVE, before) is Reason.NOT_OWNER
    elsewhere = ANN.sign(notice(version=2) | {"school": f"{ALPHA}/schools/other"})
    assert refusal(elsewhere, ANN, before) is Reason.IMMUTABLE_FIELD


def test_a_notice_lies_where_its_writer_lives() -> None:
    foreign = notice() | {"id": f"{GAMMA}/notices/AAAAAAAAAAAAAAAAAAAAAA"}
    assert refusal(ANN.sign(foreign)) is Reason.FOREIGN_ORIGIN
    assert refusal(notice(school=f"{GAMMA}/schools/main")) is Reason.FOREIGN_ORIGIN
    own = ANN.sign(notice() | {"id": f"{BETA}/notices/AAAAAAAAAAAAAAAAAAAAAA"})
    assert refusal(own) in {Reason.OWN_ORIGIN, Reason.FOREIGN_ORIGIN}


def test_a_notice_that_was_taken_back_does_not_return() -> None:
    before = notice()
    tombstone = ANN.sign(objects.tombstone(before, NOW))
    BOOK.check("tombstone", tombstone)
    known = Known(base=BETA, inner=opened(tombstone), stored=stored(before))
    [buried] = judged(activities.delete(ANN.said(), tombstone), ANN, known)
    assert buried == BuryObject(str(before["id"]), "notice", ANN.url, tombstone)
    gone = Known(BETA, opened(notice(version=9)), stored(tombstone, buried=True), followed=True)
    [effect] = judged(activities.update(ANN.said(), notice(version=9)), ANN, gone)
    assert isinstance(effect, Nothing)


def test_a_notice_can_be_fetched() -> None:
    document = notice()
    effects = judge_fetched(str(document["id"]), opened(document), Known(base=BETA), NOW)
    assert [type(effect) for effect in effects] == [PutObject]


@pytest.mark.parametrize("narrowed", [notice(reach="accredited"), person(reach="accredited")])
def test_what_is_for_admitted_nodes_is_said_to_followers_and_not_to_everybody(
    narrowed: JSONObject,
) -> None:
    said = activities.create(ANN.said(), narrowed)
    assert said["to"] == [f"{ANN.url}/followers"]
    assert recipients(said, base=ALPHA, partners=[BETA, GAMMA], followers=[BEN.url]) == {BETA}
    assert activities.create(ANN.said(), notice())["to"] == [PUBLIC, f"{ANN.url}/followers"]


def test_a_notice_tells_its_kind() -> None:
    assert kind_of(notice()) == "notice"
