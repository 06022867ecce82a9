"""RFC 8785: the canonical form of the RFC's own numbers and of its author's test data."""

import hashlib
import json
import math
import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from protocol import canonical
from protocol.errors import Reason, Refused
from tests.vectors.official import load

VECTORS = load("jcs-rfc8785")
LINES = 10_000


def double(bits_hex: str) -> float:
    value: float = struct.unpack(">d", bytes.fromhex(bits_hex))[0]
    return value


def named(rows: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in rows]


@pytest.mark.parametrize("row", VECTORS["numbers"]["rows"] + VECTORS["more_numbers"]["rows"])
def test_a_number_is_written_as_the_rfc_writes_it(row: dict[str, str]) -> None:
    assert canonical.encode(double(row["ieee754_hex"])) == row["json"].encode()


@pytest.mark.parametrize("row", VECTORS["numbers"]["errors"])
def test_what_is_no_number_has_no_form(row: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        canonical.encode(double(row["ieee754_hex"]))
    assert refused.value.reason is Reason.BAD_JSON


def bits() -> Iterator[int]:
    """The published sequence of doubles, as 64-bit integers."""
    sequence = VECTORS["number_sequence"]
    yield from (int(text, 16) for text in sequence["static_u64_hex"])
    yield from (0x0010000000000000 + offset for offset in range(2000))
    state = bytes(32)
    while True:
        state = hashlib.sha256(state).digest()
        for (value,) in struct.iter_unpack("<Q", state):
            number = struct.unpack("<d", struct.pack("<Q", value))[0]
            if number != 0 and math.isfinite(number):
                yield value


def test_ten_thousand_numbers_are_written_as_published() -> None:
    text = "".join(
        f"{value:x},{canonical.encode(double(f'{value:016x}')).decode()}\n"
        for value in islice(bits(), LINES)
    )
    published = VECTORS["number_sequence"]["sha256_of_first_n_lines"]
    assert hashlib.sha256(text.encode()).hexdigest() == published[str(LINES)]


@pytest.mark.parametrize("row", named(VECTORS["documents"]))
def test_a_published_document_has_its_published_form(row: dict[str, Any]) -> None:
    # Read as ECMAScript reads it: one of them holds 1E30, which our strict reader refuses.
    assert canonical.encode(json.loads(row["input_json"])).hex() == row["output_hex"]


@pytest.mark.parametrize("row", named([row for row in VECTORS["derived"] if "expect" not in row]))
def test_a_corner_has_its_form(row: dict[str, Any]) -> None:
    # Its ECMAScript peers see doubles only; large integers are refused, in the next test.
    value = json.loads(row["input_json"], parse_int=float)
    assert canonical.encode(value).hex() == row["output_hex"]


@pytest.mark.parametrize("name", ["integral-float", "big-integers-as-double"])
def test_integers_that_no_double_holds_are_refused(name: str) -> None:
    row = next(row for row in VECTORS["derived"] if row["name"] == name)
    for refuse in (canonical.read, lambda data: canonical.encode(json.loads(data))):
        with pytest.raises(Refused) as refused:
            refuse(row["input_json"].encode())
        assert refused.value.reason is Reason.BAD_JSON


@pytest.mark.parametrize("row", named([row for row in VECTORS["derived"] if "expect" in row]))
def test_what_is_not_i_json_is_refused_at_reading(row: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        canonical.read(row["input_json"].encode())
    assert refused.value.reason is Reason.BAD_JSON
