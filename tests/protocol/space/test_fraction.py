"""Order keys: always between, never longer than they need be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.space.fraction import (
    DIGITS,
    MAX_CHARACTERS,
    between,
    is_key,
    make_room,
    spread,
)
from protocol.space.vocabulary import check_arguments

LENGTHS = {**{chr(97 + n): n + 1 for n in range(8)}, **{chr(90 - n): n + 1 for n in range(8)}}


@st.composite
def keys(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(sorted(LENGTHS)))
    size = LENGTHS[head]
    digits = draw(st.text(DIGITS, min_size=size, max_size=size))
    key = head + digits + draw(st.text(DIGITS, max_size=20)).rstrip("0")
    return key if is_key(key) else key + "1"


@given(keys(), keys())
def test_there_is_room_between_any_two(one: str, other: str) -> None:
    low, high = sorted((one, other))
    middle = between(low, high)
    if low == high:
        assert middle is None
        return
    assert middle is not None
    assert low < middle < high
    assert is_key(middle)


@given(keys())
def test_there_is_room_before_and_after(key: str) -> None:
    before, after = between("", key), between(key, "")
    assert before is not None
    assert after is not None
    assert before < key < after


@given(st.lists(st.integers(0, 1000), max_size=60), st.data())
def test_lists_that_grow_anywhere_stay_in_order(places: list[int], data: st.DataObject) -> None:
    order: list[str] = []
    for place in places:
        at = place % (len(order) + 1)
        key = between(order[at - 1] if at else "", order[at] if at < len(order) else "")
        assert key is not None
        order.insert(at, key)
        assert order == sorted(set(order))


def test_ten_thousand_appended_keys_are_short() -> None:
    key = ""
    for _ in range(10_000):
        following = between(key, "")
        assert following is not None
        assert following > key
        key = following
    assert len(key) <= 4
    for _ in range(10_000):
        before = between("", key)
        assert before is not None
        key = before
    assert len(key) <= 4


def test_a_place_can_be_halved_until_there_is_no_room_and_says_so() -> None:
    low, high, times = "a0", "a1", 0
    while (middle := between(low, high)) is not None:
        low, times = middle, times + 1
        assert len(low) <= MAX_CHARACTERS
    assert times > 300
    assert spread(low, high, 1) is None
    assert spread(low, "", 3) == ["a1", "a2", "a3"]


@given(keys(), keys(), st.integers(0, 40))
def test_spread_keys_lie_in_order_between(one: str, other: str, many: int) -> None:
    low, high = sorted((one, other))
    found = spread(low, high, many)
    if found is not None:
        assert [low, *found, high] == sorted({low, *found, high}) or not (many or low < high)
        assert len(found) == many


@pytest.mark.parametrize(
    "text", ["", "a", "a00", "b0", "i0", "R0", "aé", "a0\n", "S00000000", "a0" + "1" * 64, 7]
)
def test_what_is_no_key(text: object) -> None:
    assert not is_key(text)


def test_keys_fit_into_arguments() -> None:
    page = "a" * 32 + "/" + "A" * 22
    args: dict[str, object] = {
        "kind": "block",
        "field": "place",
        "in": page,
        "order": "a0" + "V" * 62,
    }
    check_arguments("Set", args)
    with pytest.raises(ValueError, match="no order key"):
        between("nonsense", "")


@given(st.lists(st.one_of(keys(), st.sampled_from(["a0", "a1", "a1V"])), max_size=12), st.data())
def test_room_is_made_also_among_equal_and_lacking_keys(
    found: list[str], data: st.DataObject
) -> None:
    order = [*sorted(found), *[""] * data.draw(st.integers(0, 3))]
    at = data.draw(st.integers(0, len(order)))
    start, keys = make_room(order, at)
    assert start <= at < start + len(keys)
    after = [*order[:start], *keys, *order[start + len(keys) - 1 :]]
    assert len(after) == len(order) + 1
    near = after[max(0, start - 1) : start + len(keys) + 1]
    assert near == sorted(set(near))
    assert all(keys)


def test_nothing_gives_way_where_there_is_room() -> None:
    assert make_room(["a0", "a1", "a2"], 1) == (1, ["a0V"])
    start, keys = make_room(["a0", "a1", "a1", "a2"], 2)
    assert (start, len(keys)) in {(1, 2), (2, 2)}
