"""An availability holds for half a year from the day on which it was said."""

from datetime import timedelta

import pytest

from protocol.errors import Reason, Refused
from protocol.fresh import AVAILABILITY_DAYS, is_fresh, is_to_be_renewed, said_on
from tests.protocol.people import ANN, NOW, person

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("days_ago", "fresh"), [(0, True), (AVAILABILITY_DAYS, True), (AVAILABILITY_DAYS + 1, False)]
)
def test_an_availability_is_fresh_for_half_a_year(days_ago: int, fresh: bool) -> None:
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    one = person(availability="looking_for_partners", availabilityDate=day)
    assert is_fresh(one, NOW) is fresh
    assert is_to_be_renewed(one, NOW) is not fresh


def test_who_does_not_look_for_partners_is_not_asked_again() -> None:
    one = person(availability="not_now", availabilityDate="2020-01-01")
    assert not is_fresh(one, NOW)
    assert not is_to_be_renewed(one, NOW)
    assert is_fresh(person(), NOW)
    assert not is_to_be_renewed(person(), NOW)


def test_without_a_day_the_last_change_counts() -> None:
    one = person(availability="open_to_offers")
    assert said_on(one) == TODAY
    assert not is_fresh(one, NOW + timedelta(days=AVAILABILITY_DAYS + 1))


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        said_on(person(ANN, availability="not_now", availabilityDate="2026-02-30"))
    assert caught.value.reason is Reason.BAD_SHAPE
