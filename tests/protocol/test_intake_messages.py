"""Letters between two people: contacts only, and silence for who is blocked."""

from typing import Any

import pytest

from protocol import activities
from protocol.effects import Nothing, PutMessage
from protocol.errors import Reason, Refused
from protocol.known import Known, LocalActor
from tests.protocol.people import (
    ANN,
    BEN,
    BEN_HERE,
    BETA,
    EVE,
    NOW,
    contact,
    judged,
    note,
    opened,
)


def send(**more: Any) -> Any:
    known: dict[str, Any] = {"local": BEN_HERE, "contact": contact(), **more}
    letter = note(reader=BEN.url)
    known |= {"base": BETA, "inner": opened(letter)}
    return judged(activities.create(ANN.said(), letter), ANN, Known(**known))


def test_a_letter_between_contacts_reaches_the_conversation() -> None:
    kept, letter = send()
    assert (kept.kind, letter) == ("message", PutMessage(kept.id, ANN.url, BEN.url, NOW))


def test_it_does_not_matter_who_offered_the_contact() -> None:
    assert len(send(contact=contact(offerer=BEN, offered=ANN))) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"contact": None},
        {"contact": contact("offered")},
        {"contact": contact("ended")},
        {"contact": contact(offerer=EVE)},
    ],
)
def test_who_is_no_contact_does_not_write(more: Any) -> None:
    with pytest.raises(Refused) as caught:
        send(**more)
    assert caught.value.reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize("local", [None, LocalActor(BEN.url, "Organization")])
def test_a_letter_to_nobody_is_refused(local: Any) -> None:
    with pytest.raises(Refused) as caught:
        send(local=local)
    assert caught.value.reason is Reason.NOT_FOUND


def test_who_is_blocked_is_not_told() -> None:
    assert [type(effect) for effect in send(blocked=True, contact=None)] == [Nothing]
