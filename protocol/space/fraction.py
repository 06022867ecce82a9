"""Order keys: short texts between any two of which there is always room for another.

A key is a whole number and a fraction, written so that the order of ASCII is the order of keys. The
number's first letter says its sign and how many digits follow (`a` one, `b` two, … `h` eight; `Z`,
`Y`, … `S` below zero); the fraction never ends in the lowest digit. What is appended or put in
front counts the number up or down, so keys grow by a digit only when lists are 62 times as long;
what comes between two gets the middle of their fractions. Two schools that insert at one place at
one time mint the same key: whoever sorts breaks ties by the objects' names.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_CHARACTERS = 64
_LAST, _FIRST = "h" + "z" * 8, "S" + "0" * 8
_KEY = re.compile(r"([S-Za-h])([0-9A-Za-z]*)")


def is_key(text: object) -> bool:
    """Whether `text` is a key that may stand in an operation."""
    return isinstance(text, str) and len(text) <= MAX_CHARACTERS and _split(text) is not None


def between(before: str, after: str) -> str | None:
    """A key after `before` and before `after`; "" stands for the beginning and for the end.

    None where there is no room: the two are equal or the wrong way round, or the key would be
    longer than `MAX_CHARACTERS`. Raises ValueError for what is no key.
    """
    if before and after and before >= after:
        return None
    key = _between(_open(before), _open(after))
    return key if len(key) <= MAX_CHARACTERS else None


def spread(before: str, after: str, many: int) -> list[str] | None:
    """`many` keys in order between the two, as short as halving makes them; None as `between`."""
    if many == 0:
        return []
    if not after:
        return _count_on(before, many)
    middle = between(before, after)
    if middle is None:
        return None
    left = spread(before, middle, many // 2)
    right = spread(middle, after, many - many // 2 - 1)
    return None if left is None or right is None else [*left, middle, *right]


def make_room(order: Sequence[str], at: int) -> tuple[int, list[str]]:
    """Keys for what comes in at `at` among things with the keys `order`, and for as few of those
    around it as have to give way: where keys are equal, lacking (""), or as long as they may be.

    Gives the number of the first thing that gets a key, and the keys from there on; the new thing's
    is the one at `at`.
    """
    for many in range(len(order) + 1):
        for start in range(at, max(-1, at - many - 1), -1):
            end = start + many
            if end < at or end > len(order):
                continue
            before = order[start - 1] if start else ""
            after = order[end] if end < len(order) else ""
            if (start and not before) or (end < len(order) and not after):
                continue
            keys = spread(before, after, many + 1)
            if keys is not None:
                return start, keys
    raise AssertionError("there is always room for all of them anew")


def _count_on(before: str, many: int) -> list[str] | None:
    keys: list[str] = []
    for _ in range(many):
        key = between(before, "")
        if key is None:
            return None
        keys.append(key)
        before = key
    assert all(one < other for one, other in pairwise(keys))
    return keys


def _open(key: str) -> tuple[str, str] | None:
    """The number and the fraction of a key; None for "", the end of the list."""
    if not key:
        return None
    parts = _split(key)
    if parts is None:
        raise ValueError(f"{key!r} is no order key")
    return parts


def _split(key: str) -> tuple[str, str] | None:
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    length = _length_of(found[1])
    number, fraction = key[: length + 1], key[length + 1 :]
    if len(number) <= length or fraction.endswith("0") or key == _FIRST:
        return None  # nothing could ever come before the very first number
    return number, fraction


def _length_of(head: str) -> int:
    return ord(head) - ord("a") + 1 if head >= "a" else ord("Z") - ord(head) + 1


def _between(low: tuple[str, str] | None, high: tuple[str, str] | None) -> str:
    if low is None and high is None:
        return "a0"
    if low is None:
        assert high is not None
        number, fraction = high
        if fraction and number != _FIRST:
            return number
        down = _down(number)
        return down if down is not None else number + _middle("", fraction)
    number, fraction = low
    if high is not None and high[0] == number:
        return number + _middle(fraction, high[1])
    up = _up(number)
    if up is not None and (high is None or (up, "") < high):
        return up
    return number + _middle(fraction, "")


def _middle(low: str, high: str) -> str:
    """A fraction between two, the lower of which may be "" (zero), the higher "" (one)."""
    shared = 0
    while shared < len(high) and high[shared] == (low[shared] if shared < len(low) else "0"):
        shared += 1
    if shared:
        return high[:shared] + _middle(low[shared:], high[shared:])
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high else len(DIGITS)
    if last - first > 1:
        return DIGITS[(first + last) // 2]
    if len(high) > 1:
        return high[0]
    return DIGITS[first] + _middle(low[1:], "")


def _up(number: str) -> str | None:
    """The number that follows; None at the last."""
    if number == _LAST:
        return None
    digits = number[1:].rstrip("z")
    if digits:
        carried = len(number) - 1 - len(digits)
        return number[0] + digits[:-1] + DIGITS[DIGITS.index(digits[-1]) + 1] + "0" * carried
    head = "a" if number[0] == "Z" else chr(ord(number[0]) + 1)
    return head + "0" * _length_of(head)


def _down(number: str) -> str | None:
    """The number before; None at the first."""
    if number == _FIRST:
        return None
    digits = number[1:].rstrip("0")
    if digits:
        carried = len(number) - 1 - len(digits)
        return number[0] + digits[:-1] + DIGITS[DIGITS.index(digits[-1]) - 1] + "z" * carried
    head = "Z" if number[0] == "a" else chr(ord(number[0]) - 1)
    return head + "z" * _length_of(head)
