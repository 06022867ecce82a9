"""Strict reading and the one byte form: two readers never understand the same bytes differently."""

import json
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import canonical
from protocol.canonical import JSON, MAX_INTEGER
from protocol.errors import Reason, Refused

FEW = settings(max_examples=100, deadline=None)

# Keys from both sides of the surrogates, where orders by bytes and by UTF-16 units differ.
LETTERS = st.sampled_from('aZ0"\\/\b\n\x00\x1f\x7f\x80é€\u2028\ud7ff\ue000\ufb33\uffff\U00010000😂')
TEXTS = st.text(LETTERS, max_size=5) | st.text(max_size=5)
INTEGERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
FLOATS = st.floats(-MAX_INTEGER, MAX_INTEGER, allow_nan=False)


def values(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=12,
    )


PLAIN = st.none() | st.booleans() | INTEGERS | TEXTS
VALUES = values(PLAIN | FLOATS)


def refusal(data: bytes | str, **limits: int) -> Reason:
    with pytest.raises(Refused) as refused:
        canonical.read(data if isinstance(data, bytes) else data.encode(), **limits)
    return refused.value.reason


@FEW
@given(VALUES)
def test_the_canonical_form_is_what_the_slow_library_writes(value: JSON) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@FEW
@given(values(PLAIN))
def test_the_quick_way_is_taken_only_where_it_gives_the_same(value: JSON) -> None:
    quick = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert canonical.encode(value) == rfc8785.dumps(value)
    if not any(0xEE <= octet <= 0xF4 for octet in quick):
        assert canonical.encode(value) == quick


@FEW
@given(VALUES)
def test_what_is_written_is_read_back_and_written_alike(value: JSON) -> None:
    written = canonical.encode(value)
    assert canonical.read(written) == value
    assert canonical.encode(canonical.read(written)) == written


@FEW
@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_spelling_and_spaces_change_nothing(
    value: JSON, is_ascii: bool, indent: int | None
) -> None:
    spelled = json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()
    assert canonical.encode(canonical.read(spelled)) == canonical.encode(value)


@FEW
@given(
    st.binary(max_size=40)
    | st.text(st.sampled_from('{}[]",:0123456789.eE+-\\u d8tfn'), max_size=30).map(str.encode)
)
def test_arbitrary_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    reason: Reason | None = None
    try:
        value = canonical.read(data)
    except Refused as refused:
        reason = refused.reason
    else:
        assert canonical.read(canonical.encode(value)) == value
    assert reason in {None, Reason.BAD_JSON}


def test_members_may_come_in_any_order_but_digest_alike() -> None:
    one: JSON = {"a": 1, "b": [True, None]}
    other: JSON = {"b": [True, None], "a": 1}
    assert canonical.digest(one) == canonical.digest(other)
    assert len(canonical.digest(one)) == 32


# A037
@pytest.mark.parametrize(
    "text",
    [
        '{"actor":"A","actor":"B"}',
        '{"actor":"A","\\u0061ctor":"B"}',
        '{"actor":"A","\\u0061\\u0063tor":"A"}',
        '[{"deep":{"x":1,"x":1}}]',
        '{"":1,"":1}',
        '{"\\ud83d\\ude02":1,"😂":2}',
    ],
)
def test_a_member_named_twice_is_refused(text: str) -> None:
    assert refusal(text) is Reason.BAD_JSON


def test_members_that_differ_in_case_are_two_members() -> None:
    # Nobody downstream folds case: closed schemas refuse the one they do not know.
    assert canonical.read(b'{"actor":"A","Actor":"B"}') == {"actor": "A", "Actor": "B"}


# A038
@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1E999999", "nan", "inf", "0x10", "+1"],
)
def test_what_is_no_finite_number_is_refused(number: str) -> None:
    assert refusal(number) is Reason.BAD_JSON
    assert refusal(f'{{"a":[{number}]}}') is Reason.BAD_JSON


@pytest.mark.parametrize(
    "number",
    [
        *("9007199254740992", "-9007199254740992", "9007199254740993", "18446744073709551616"),
        *("9007199254740992.0", "9.007199254740992e15", "1e20", "1E+16", "9" * 5000),
    ],
)
def test_a_number_beyond_what_a_double_counts_is_refused_however_spelled(number: str) -> None:
    assert refusal(number) is Reason.BAD_JSON
    assert refusal(f'{{"a":{number}}}') is Reason.BAD_JSON


@pytest.mark.parametrize("number", ["9007199254740991", "-9007199254740991", "0", "-0", "1e15"])
def test_the_largest_numbers_are_read(number: str) -> None:
    assert canonical.read(number.encode()) == float(number)


@pytest.mark.parametrize(
    "text",
    ['"\\ud800"', '{"\\udc00":1}', '"\\ude02\\ud83d"', '["ok","\\uD83D"]', '"\\ud800\\u0041"'],
)
def test_half_of_a_surrogate_pair_is_refused(text: str) -> None:
    assert refusal(text) is Reason.BAD_JSON


@pytest.mark.parametrize(
    "data",
    [b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", '"é"'.encode("utf-16")],
)
def test_what_is_not_plain_utf_8_is_refused(data: bytes) -> None:
    assert refusal(data) is Reason.BAD_JSON


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "[1,]", '{"a":1,}', "{a:1}", "'a'", '{"a":1} x', "01", "1.", '"\n"', "//"],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    assert refusal(text) is Reason.BAD_JSON


# A080
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_a_hundred_thousand_brackets_are_refused_before_parsing(opening: str) -> None:
    assert refusal(opening * 100_000) is Reason.TOO_DEEP


def test_depth_counts_open_brackets_outside_strings() -> None:
    assert canonical.read(b"[" * 64 + b"]" * 64)
    assert refusal(b"[" * 65 + b"]" * 65) is Reason.TOO_DEEP
    assert refusal(b"[[[]]]", max_depth=2) is Reason.TOO_DEEP
    wide = b"[" + b"[]," * 500 + b"[]]"
    assert canonical.read(wide, max_depth=2) == [[]] * 501
    text = b'["' + b"[" * 1000 + b'\\"' + b"{" * 1000 + b'\\\\"]'
    assert canonical.read(text, max_depth=1) == ["[" * 1000 + '"' + "{" * 1000 + "\\"]


def test_an_endless_string_is_looked_at_once() -> None:
    # Quotes that never close cost quadratic time if each is tried as a beginning.
    assert refusal(b"[" * 65 + b'\\"' * 500_000) is Reason.TOO_DEEP
    assert refusal(b'"' + b'\\"[' * 300_000) is Reason.BAD_JSON


def test_size_is_looked_at_first() -> None:
    assert refusal(b"[" * 101, max_bytes=100) is Reason.TOO_LARGE
    assert refusal(b" " * (1 << 20) + b"1") is Reason.TOO_LARGE


def test_only_an_object_is_read_as_an_object() -> None:
    assert canonical.read_object(b'{"a": 1}') == {"a": 1}
    with pytest.raises(Refused) as refused:
        canonical.read_object(b"[]")
    assert refused.value.reason is Reason.BAD_JSON


def test_a_value_nested_beyond_all_measure_has_no_form() -> None:
    value: JSON = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(Refused) as refused:
        canonical.encode(value)
    assert refused.value.reason is Reason.TOO_DEEP


@FEW
@given(st.binary(max_size=64))
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = canonical.b64(data)
    assert canonical.unb64(text) == data
    assert not set(text) & set("=+/")


@pytest.mark.parametrize(
    "text", ["A", "AB", "AAAAB", "AA==", "A+/A", "AA\n", "é", "AAA ", "AA=", "="]
)
def test_other_spellings_of_base64url_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        canonical.unb64(text)
    assert refused.value.reason is Reason.BAD_NAME
