"""What actors say: each activity fits its schema and tells its kind."""

import pytest

from protocol import activities
from protocol.canonical import JSONObject
from protocol.objects import tombstone
from protocol.shapes import PUBLIC, kind_of
from tests.protocol.people import (
    ALPHA_ENTRY,
    ANN,
    BEN,
    BETA,
    BETA_ENTRY,
    BIRDS,
    BOOK,
    EVE,
    NOW,
    SALT,
    acceptance_of,
    genesis_of,
    name,
    note,
    person,
    project,
)

OFFER = f"https://alpha.example/activities/{name('an offer')}"


@pytest.mark.parametrize(
    ("kind", "activity"),
    [
        ("create", activities.create(ANN.said(), note())),
        ("create", activities.create(ANN.said(), note(reader=BEN.url))),
        ("update", activities.update(ANN.said(), person())),
        ("update", activities.update(BIRDS.said(), project())),
        ("delete", activities.delete(ANN.said(), ANN.sign(tombstone(note(), NOW)))),
        ("follow", activities.follow(ANN.said(), BEN.url)),
        ("accept", activities.accept(ANN.said(), OFFER, to=BEN.url)),
        ("reject", activities.reject(ANN.said(), OFFER, to=BEN.url, answer="not_now")),
        (
            "reject",
            activities.reject(
                ANN.said(), OFFER, to=BEN.url, answer="no", note="Too late", language="en"
            ),
        ),
        ("undo", activities.undo(ANN.said(), OFFER, to=BEN.url)),
        ("offer-contact", activities.offer_contact(ANN.said(), BEN.url, note="Hi", language="en")),
        (
            "offer-project",
            activities.offer_project(
                ANN.said(),
                project(),
                to=BEN.url,
                note="With us?\r\nPlease",
                language="en",
                founder=ALPHA_ENTRY,
                salt=SALT,
            ),
        ),
        ("accept-project", acceptance_of(OFFER)),
        (
            "invite",
            activities.invite(
                ANN.said(), BIRDS.url, to=BEN.url, acceptance=OFFER, genesis=genesis_of()
            ),
        ),
        (
            "invite-school",
            activities.invite_school(
                ANN.said(),
                project(),
                to=BEN.url,
                genesis=genesis_of(),
                settled="A" * 43,
                invitation="A" * 86,
            ),
        ),
        (
            "join",
            activities.join(
                BEN.said(),
                BIRDS.url,
                to=ANN.url,
                invite=OFFER,
                member=BETA_ENTRY,
                acceptance="A" * 86,
            ),
        ),
        ("remove", activities.remove(ANN.said(), f"{BETA}/actor", BIRDS.url, to=BEN.url)),
        (
            "flag",
            activities.flag(
                ANN.said(),
                f"{'b' * 32}/{'A' * 22}",
                "A" * 43,
                to=BEN.url,
                reason="hate",
                note="",
                language="en",
            ),
        ),
        (
            "escalated-flag",
            activities.escalate_flag(
                ANN.said(),
                OFFER,
                f"{'a' * 32}/{'A' * 22}",
                "A" * 43,
                hub=BEN.url,
                reason="hate",
                note="",
                language="en",
            ),
        ),
        ("accept-flag", activities.decide_flag(ANN.said(), OFFER, to=BEN.url, decision="kept")),
        (
            "move-founding",
            activities.move_founding(ANN.said(), BIRDS.url, to=BEN.url, successor=EVE.url),
        ),
    ],
)
def test_an_activity_fits_its_schema(kind: str, activity: JSONObject) -> None:
    signed = ANN.sign(activity)
    assert kind_of(signed) == kind
    BOOK.check(kind, signed)


def test_an_activity_about_a_document_goes_to_whom_the_document_is_for() -> None:
    public = [PUBLIC, f"{ANN.url}/followers"]
    assert activities.create(ANN.said(), note())["to"] == public
    assert activities.update(ANN.said(), person())["to"] == public
    assert activities.create(ANN.said(), note(reader=BEN.url))["to"] == [BEN.url]
    buried = ANN.sign(tombstone(note(reader=BEN.url), NOW))
    assert activities.delete(ANN.said(), buried, to=[BEN.url])["to"] == [BEN.url]


def test_a_letter_has_line_feeds_alone() -> None:
    offer = activities.offer_contact(ANN.said(), BEN.url, note="a\r\nb", language="en")
    assert offer["content"] == "a\nb"
