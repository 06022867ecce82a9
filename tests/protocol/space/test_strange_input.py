"""Whatever a member signs is taken or refused by name, and never breaks who reads it."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.canonical import b64
from protocol.errors import Refused
from protocol.space import operation
from protocol.space.operation import Operation
from protocol.space.vocabulary import CONTENT_SHAPES, CONTROL_TYPES
from tests.protocol.space.cast import NOW_MS, Cast, changed

CAST = Cast()
STRANGE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["teacher", "thread", "0" * 32, "A" * 43, CAST.beta.log, "ключ", ""])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["logs", "node", "kind", "role", "in", "home", "seq", "id", CAST.beta.log]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
ARGUMENTS = st.dictionaries(
    st.sampled_from(
        ["logs", "node", "kind", "role", "in", "to", "home", "seq", "id", "key", "actor", "invite"]
    ),
    STRANGE,
    max_size=6,
)


def signed(good: Operation, school: str, members: dict[str, object]) -> bytes:
    """A line with some members of a good header replaced, signed by its own school."""
    header = json.dumps({**json.loads(good.header_bytes), **members}, separators=(",", ":"))
    signer = {"alpha": CAST.alpha, "beta": CAST.beta}[school].signer
    octets = header.encode()
    signature = b64(signer.sign(operation.PREFIX + octets))
    return json.dumps({"header": header, "signature": signature, "payload": None}).encode()


def take(line: bytes) -> None:
    try:
        read = operation.read(line)
    except Refused:
        return
    cast = Cast()
    cast.receive(read, now_ms=NOW_MS)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(CONTENT_SHAPES)), ARGUMENTS)
def test_strange_arguments_in_a_content_log_break_nothing(
    kind: str, args: dict[str, object]
) -> None:
    good = changed(CAST.thread(CAST.beta).header, payload_hash="", payload_size=0)
    shape = CONTENT_SHAPES[kind]
    if not shape.person:
        good = changed(good, actor="")
    if not shape.placed:
        good = changed(good, residency="", audience="", reach="")
    if not shape.object:
        good = changed(good, object="")
    bare = Operation(operation.encode(good), good, b"", None, "")
    take(signed(bare, "beta", {"type": kind, "args": args}))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(CONTROL_TYPES)), ARGUMENTS)
def test_strange_arguments_in_the_control_log_break_nothing(
    kind: str, args: dict[str, object]
) -> None:
    good = CAST.decide("Checkpoint", {"logs": {}})
    take(signed(good, "alpha", {"type": kind, "args": args}))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(list(json.loads(CAST.thread(CAST.beta).header_bytes))), STRANGE)
def test_a_strange_member_breaks_nothing(member: str, value: object) -> None:
    take(signed(CAST.thread(CAST.beta), "beta", {member: value}))


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    digits = "9" * 3_900
    header = CAST.thread(CAST.beta).header_bytes.replace(b'"v":1', b'"v":' + digits.encode(), 1)
    line = json.dumps({"header": header.decode(), "signature": "A" * 86, "payload": None}).encode()
    long = line.replace(digits.encode(), digits.encode() * 16)
    for one in (line, long):
        try:
            operation.read(one)
        except Refused:
            continue
        raise AssertionError("taken")
