"""Who hears of it: partners only, each once."""

from protocol import activities
from protocol.audience import recipients
from tests.protocol.people import ALPHA, ANN, BEN, BETA, EVE, GAMMA, note, person

PARTNERS = [BETA, GAMMA]
ZOE = f"{GAMMA}/people/zoe"


def test_a_letter_goes_to_its_reader_alone() -> None:
    letter = activities.create(ANN.said(), note(reader=BEN.url))
    found = recipients(letter, base=ALPHA, partners=PARTNERS, followers=[ZOE], contacts=[ZOE])
    assert found == {BETA}


def test_an_update_goes_to_every_followers_node_once() -> None:
    update = activities.create(ANN.said(), note())
    followers = [BEN.url, f"{BETA}/people/bea", ZOE, EVE.url]
    assert recipients(update, base=ALPHA, partners=PARTNERS, followers=followers) == {BETA, GAMMA}


def test_a_changed_profile_is_told_to_contacts_too() -> None:
    update = activities.update(ANN.said(), person())
    found = recipients(update, base=ALPHA, partners=PARTNERS, followers=[ZOE], contacts=[BEN.url])
    assert found == {BETA, GAMMA}


def test_nothing_goes_to_this_node_to_strangers_or_to_who_is_blocked() -> None:
    update = activities.create(ANN.said(), note())
    assert recipients(update, base=ALPHA, partners=[ALPHA, BETA], followers=[EVE.url, ZOE]) == set()
    blocked = recipients(
        update, base=ALPHA, partners=PARTNERS, followers=[BEN.url, ZOE], blocked=[BEN.url]
    )
    assert blocked == {GAMMA}


def test_without_followers_nobody_hears() -> None:
    assert recipients(activities.create(ANN.said(), note()), base=ALPHA, partners=PARTNERS) == set()
