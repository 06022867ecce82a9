"""A node's clock, judged by those of its partners."""

import pytest

from protocol.clocks import MAX_AHEAD_MS, MAX_OFF_MS, is_off, median

FAR = MAX_OFF_MS + 1


@pytest.mark.parametrize(
    ("skews_ms", "off"),
    [
        ([], False),
        ([FAR], False),
        ([-MAX_AHEAD_MS], False),
        ([-MAX_AHEAD_MS - 1], True),
        ([MAX_AHEAD_MS + 1], False),
        ([FAR, FAR], True),
        ([-FAR, -FAR], True),
        ([FAR, 0], False),
        ([MAX_OFF_MS, MAX_OFF_MS], False),
        ([FAR, FAR, 0], True),
        ([FAR, 0, 0], False),
        ([FAR, -FAR, FAR, -FAR], True),
        ([10 * FAR, 0, -10 * FAR], False),
    ],
)
def test_a_clock_is_off_that_is_far_from_the_median_of_several(
    skews_ms: list[int], off: bool
) -> None:
    assert is_off(skews_ms) is off


def test_of_two_middle_ones_the_nearer_counts() -> None:
    assert median([5, -900, 900, -7]) == 5
    assert median([]) == 0
