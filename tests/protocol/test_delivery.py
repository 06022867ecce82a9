"""Deliveries: what is tried again, when, and the few answers after which nothing is."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.delivery import (
    TOLD_FAILURES,
    Done,
    GiveUp,
    Outcome,
    Patience,
    WaitUntil,
    is_final,
    next_step,
    wait_after,
)
from protocol.errors import Reason
from protocol.statuses import status_of

NOW_MS = 1_795_460_400_000
SECOND_MS, HOUR_MS = 1000, 3_600_000
FEW = settings(max_examples=100, deadline=None)
CHANCES = st.floats(0, 1, exclude_max=True)
FINAL = [reason for reason in Reason if is_final(reason)]
PASSING = [reason for reason in Reason if not is_final(reason)]


def step(outcome: Outcome, attempts: int = 1, chance: float = 0.0) -> Done | WaitUntil | GiveUp:
    return next_step(outcome, attempts, NOW_MS, chance)


def waits(outcome: Outcome, attempts: int = 1, chance: float = 0.0) -> WaitUntil:
    result = step(outcome, attempts, chance)
    assert isinstance(result, WaitUntil)
    return result


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_the_partner_took_is_done(status: int) -> None:
    assert step(Outcome(status)) == Done()


@pytest.mark.parametrize("reason", FINAL)
def test_a_document_refused_by_name_is_given_up(reason: Reason) -> None:
    for status in (status_of(reason), 400, 422):
        if 400 <= status < 500:
            assert step(Outcome(status, reason), attempts=1) == GiveUp(reason)


@pytest.mark.parametrize("reason", PASSING)
def test_what_time_or_an_administrator_may_heal_waits_for_ever(reason: Reason) -> None:
    for attempts in (1, 20, 10_000):
        wait = waits(Outcome(status_of(reason), reason), attempts)
        assert wait.why == reason
        assert wait.holds_queue


@pytest.mark.parametrize("status", [500, 502, 503, 504, 507, 599])
def test_a_partner_in_trouble_loses_nothing_even_if_it_names_a_final_reason(status: int) -> None:
    for reason in (None, Reason.BAD_SHAPE, Reason.BUSY):
        assert waits(Outcome(status, reason), 10_000).holds_queue


@pytest.mark.parametrize("reason", [None, *Reason])
def test_a_partner_that_cannot_be_reached_loses_nothing(reason: Reason | None) -> None:
    # Without an answer the reason is our own client's, and says nothing about the document.
    assert waits(Outcome(None, reason), 10_000).holds_queue


@pytest.mark.parametrize("failure", sorted(TOLD_FAILURES))
def test_a_failure_that_tells_an_administrator_more_is_kept_by_its_own_name(failure: str) -> None:
    assert waits(Outcome(None, Reason.UNREACHABLE, failure=failure), 3).why == failure
    assert waits(Outcome(None, Reason.REDIRECTED, failure=failure), 3).why == "redirected"
    assert waits(Outcome(None, Reason.UNREACHABLE, failure="timeout"), 3).why == "unreachable"


@pytest.mark.parametrize(
    "status", [301, 302, 307, 308, 401, 403, 404, 405, 407, 408, 425, 429, 451]
)
def test_an_unnamed_refusal_before_the_partner_waits_for_all(status: int) -> None:
    wait = waits(Outcome(status), 10_000)
    assert wait.why == f"http_{status}"
    assert wait.holds_queue


# I13: one bad object never delays others.
@pytest.mark.parametrize("status", [400, 409, 410, 413, 415, 422])
def test_an_unnamed_refusal_of_one_body_waits_but_lets_others_pass(status: int) -> None:
    assert not waits(Outcome(status), 10_000).holds_queue


def test_only_the_service_actors_own_farewell_ends_a_partner() -> None:
    assert isinstance(step(Outcome(410)), WaitUntil)
    assert step(Outcome(410, actor_gone=True)) == GiveUp(Reason.GONE)


def test_waiting_starts_at_half_a_minute_and_doubles_up_to_hours() -> None:
    bare = [wait_after(attempts, 0.0) for attempts in range(1, 12)]
    assert bare[:4] == [30 * SECOND_MS, 60 * SECOND_MS, 120 * SECOND_MS, 240 * SECOND_MS]
    assert bare[-1] == bare[-2] == 4 * HOUR_MS
    assert wait_after(1, 0.999) < 45 * SECOND_MS
    assert 5 * HOUR_MS < wait_after(10**9, 0.999) <= 6 * HOUR_MS


@FEW
@given(st.integers(-3, 10**6), CHANCES)
def test_a_wait_lies_between_half_a_minute_and_six_hours(attempts: int, chance: float) -> None:
    wait_ms = waits(Outcome(None, Reason.UNREACHABLE), attempts, chance).at_ms - NOW_MS
    assert 30 * SECOND_MS <= wait_ms <= 6 * HOUR_MS
    assert wait_ms == wait_after(attempts, chance)


@FEW
@given(CHANCES)
def test_a_later_wait_is_never_shorter(chance: float) -> None:
    series = [wait_after(attempts, chance) for attempts in range(1, 30)]
    assert all(one <= other for one, other in pairwise(series))


def test_a_school_may_set_how_patient_it_is() -> None:
    hasty = Patience(first_wait_ms=200, longest_wait_ms=1500)
    assert [wait_after(attempts, 0.0, hasty) for attempts in range(1, 6)] == [
        200,
        400,
        800,
        1000,
        1000,
    ]
    assert wait_after(9, 0.999, hasty) <= 1500
    step = next_step(Outcome(None, Reason.UNREACHABLE), 1, NOW_MS, 0.0, hasty)
    assert step == WaitUntil(NOW_MS + 200, "unreachable", True)


def test_partners_do_not_all_come_back_at_once() -> None:
    assert len({wait_after(5, chance / 50) for chance in range(50)}) == 50


def test_a_wish_to_be_left_alone_is_heard() -> None:
    busy = Outcome(503, Reason.BUSY, retry_after_s=1800)
    assert waits(busy).at_ms == NOW_MS + 1800 * SECOND_MS
    assert waits(Outcome(429, retry_after_s=7 * 3600), 50).at_ms == NOW_MS + 7 * HOUR_MS
    soon = Outcome(503, retry_after_s=1)
    assert waits(soon, 3).at_ms == NOW_MS + 120 * SECOND_MS


def test_a_slip_in_that_wish_does_not_silence_a_partner_for_years() -> None:
    assert waits(Outcome(503, retry_after_s=10**12)).at_ms == NOW_MS + 24 * HOUR_MS
    assert waits(Outcome(503, retry_after_s=0)).at_ms == NOW_MS + 30 * SECOND_MS


def test_six_weeks_of_holiday_are_a_few_hundred_tries() -> None:
    elapsed_ms, attempts = 0, 0
    while elapsed_ms < 42 * 24 * HOUR_MS:
        attempts += 1
        elapsed_ms += wait_after(attempts, 0.5)
    assert 150 < attempts < 300
