"""Operations: one spelling, caps, closed words; what is signed and what is not."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.space import operation
from protocol.space.operation import Header, Operation
from tests.protocol.space.cast import Cast, changed, words

CAST = Cast()
GOOD = CAST.thread(CAST.alpha)


def line_of(header: bytes, payload: str | None = GOOD.payload) -> bytes:
    """A line whose header says anything, signed by alpha all the same."""
    signature = CAST.alpha.signer.sign(operation.PREFIX + header)
    parts = {"header": header.decode(), "signature": b64(signature), "payload": payload}
    return json.dumps(parts).encode()


def reason_of(line: bytes) -> Reason:
    with pytest.raises(Refused) as caught:
        operation.read(line)
    return caught.value.reason


def with_members(**members: object) -> bytes:
    return operation.encode(changed(GOOD.header, **members))


def test_what_is_written_is_read_as_it_was() -> None:
    assert operation.read(operation.to_line(GOOD)) == GOOD
    assert operation.read_json(operation.to_json(GOOD)) == GOOD
    assert operation.stored(GOOD.header_bytes, GOOD.signature, GOOD.payload) == GOOD


def test_the_id_is_the_hash_of_the_header_alone() -> None:
    other = operation.read(operation.to_line(GOOD, with_payload=False))
    assert (other.id, other.payload, len(other.id)) == (GOOD.id, None, 43)


def test_a_line_may_be_spelled_otherwise_but_not_say_a_member_twice() -> None:
    spelled = json.dumps(json.loads(operation.to_line(GOOD)), indent=1).encode()
    assert operation.read(spelled) == GOOD
    twice = operation.to_line(GOOD)[:-1] + b',"payload":null}'
    assert reason_of(twice) == Reason.BAD_JSON


@pytest.mark.parametrize(
    "spelling",
    [
        GOOD.header_bytes.replace(b",", b", ", 1),
        GOOD.header_bytes.replace(b'"v":1,', b'"v":1,"v":1,'),
        GOOD.header_bytes.replace(b'"v":1,', b'"v":1.0,'),
        GOOD.header_bytes.replace(b'"kind":"thread"', b'"kind":"thr\\u0065ad"'),
        GOOD.header_bytes.replace(b'"kind":"thread"', b'"kind":"reply","kind":"thread"'),
        GOOD.header_bytes.replace(b'"object"', b'"base":[],"object"'),
        GOOD.header_bytes.replace(b'"object"', b'"releasedBy":null,"object"'),
        GOOD.header_bytes[:-1] + b',"title":"Anna"}',
        b'{"space":' + GOOD.header_bytes.partition(b'"space":')[2][:-1] + b',"v":1}',
        b" " + GOOD.header_bytes,
        b"[]",
        b'"' + b"x" * 40 + b'"',
        b'{"args":' + b"[" * 4000,
    ],
)
def test_a_header_in_another_spelling_is_refused(spelling: bytes) -> None:
    assert reason_of(line_of(spelling)) == Reason.BAD_OPERATION


@pytest.mark.parametrize(
    "members",
    [
        {"space": ""},
        {"space": "x" * 43},
        {"log": "c/nobody/0"},
        {"log": f"c/{CAST.alpha.node}/01"},
        {"seq": 0},
        {"seq": -1},
        {"seq": 2**53},
        {"prev": ""},
        {"prev": "x" * 43},
        {"time": -1},
        {"type": "Marry"},
        {"type": "Cut"},
        {"type": "Genesis"},
        {"object": ""},
        {"object": "../../etc/passwd"},
        {"base": (GOOD.id,)},
        {"actor": ""},
        {"actor": "Anna Schmidt"},
        {"with_": (GOOD.header.actor,)},
        {"with_": ("Ben",)},
        {"residency": "school"},
        {"audience": "everybody"},
        {"reach": ""},
        {"args": {}},
        {"args": {"kind": "love letter"}},
        {"args": {"kind": "thread", "title": "Letters"}},
        {"args": {"kind": "thread", "in": "Anna"}},
        {"args": {"kind": "reply"}},
        {"args": {"kind": 1.5}},
        {"args": {"kind": ["thread"]}},
        {"args": {"kind": {"thread": 1}}},
        {"type": "Role", "actor": "", "args": {"role": ["teacher"]}},
        {"type": "Role", "actor": "", "args": {"role": "head"}},
        {"payload_hash": ""},
        {"payload_size": 0},
        {"control": "nothing"},
    ],
)
def test_a_header_outside_the_closed_words_is_refused(members: dict[str, object]) -> None:
    assert reason_of(line_of(with_members(**members), None)) == Reason.BAD_OPERATION


def test_a_later_version_is_refused_by_its_own_name() -> None:
    assert reason_of(line_of(with_members(v=2), None)) == Reason.UNSUPPORTED_VERSION


def test_a_header_in_another_script_is_refused() -> None:
    header = GOOD.header_bytes.replace(b'"kind":"thread"', '"kind":"нить"'.encode())
    assert reason_of(line_of(header)) == Reason.BAD_OPERATION


def test_base_names_at_most_sixteen_versions_once_each() -> None:
    hashes = tuple(b64(bytes([number]) * 32) for number in range(17))
    update = {"type": "Update", "args": {}}
    assert operation.read(line_of(with_members(**update, base=hashes[:16])))
    assert reason_of(line_of(with_members(**update, base=hashes))) == Reason.BAD_OPERATION
    twice = (hashes[0], hashes[0])
    assert reason_of(line_of(with_members(**update, base=twice))) == Reason.BAD_OPERATION


def test_caps_are_kept() -> None:
    assert reason_of(b"x" * (operation.MAX_LINE_BYTES + 1)) == Reason.TOO_LARGE
    big = {f"a{'bcdefghijklmnop'[number]}": "x" * 128 for number in range(15)}
    lists: dict[str, object] = {name: [text] * 64 for name, text in big.items()}
    like = with_members(type="Add", args=lists, payload_hash="", payload_size=0)
    assert reason_of(line_of(like, None)) == Reason.TOO_LARGE
    too_long = with_members(payload_size=operation.MAX_PAYLOAD_BYTES + 1)
    assert reason_of(line_of(too_long, None)) == Reason.TOO_LARGE
    control = {"logs": {f"c/{number:032x}/0": [1, GOOD.id] for number in range(800)}}
    checkpoint = CAST.decide("Checkpoint", {"logs": {}})
    assert reason_of(line_of(operation.encode(changed(checkpoint.header, args=control)), None))


def test_another_payload_than_the_one_that_was_hashed_is_refused() -> None:
    assert reason_of(line_of(GOOD.header_bytes, words("Other"))) == Reason.BAD_OPERATION
    assert not operation.matches(GOOD.header, words("Other"))


def test_only_a_file_stays_at_home() -> None:
    stub = {"residency": "home", "args": {"kind": "file"}}
    assert operation.read(line_of(with_members(**stub))).payload is not None
    update = {"residency": "home", "type": "Update", "args": {}}
    assert operation.read(line_of(with_members(**update))).payload is not None
    for kind in ("thread", "page", "wall"):
        header = with_members(residency="home", args={"kind": kind})
        assert reason_of(line_of(header)) == Reason.BAD_OPERATION
    for wrong in ({"payload_hash": ""}, {"payload_size": 0}):
        assert reason_of(line_of(with_members(**stub, **wrong), None)) == Reason.BAD_OPERATION


def test_a_control_operation_has_no_payload_and_no_author() -> None:
    checkpoint = CAST.decide("Checkpoint", {"logs": {}})
    assert reason_of(line_of(checkpoint.header_bytes, "{}")) == Reason.BAD_OPERATION
    for members in ({"actor": CAST.alpha.teacher}, {"control": GOOD.id}, {"reach": "space"}):
        header = operation.encode(changed(checkpoint.header, **members))
        assert reason_of(line_of(header, None)) == Reason.BAD_OPERATION


def test_a_payload_says_its_language_and_has_a_salt() -> None:
    text = operation.payload({"text": "Grüße"}, "de", b"0123456789abcdef")
    assert text == '{"language":"de","salt":"MDEyMzQ1Njc4OWFiY2RlZg","text":"Grüße"}'
    assert operation.read_payload(text)["text"] == "Grüße"
    for bad in ("{}", '{"salt":"short","language":"de"}', "[1]", '{"a":1,"a":2}'):
        with pytest.raises(Refused):
            operation.read_payload(bad)
    with pytest.raises(ValueError, match="16 octets"):
        operation.payload({}, "de", b"short")


def test_the_signature_is_checked_under_one_key() -> None:
    verified = operation.verify(GOOD, CAST.alpha.signer.public)
    assert (verified.operation, verified.key) == (GOOD, CAST.alpha.founder.key)
    with pytest.raises(Refused) as caught:
        operation.verify(GOOD, CAST.beta.signer.public)
    assert caught.value.reason == Reason.BAD_SIGNATURE


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(line: bytes) -> None:
    with pytest.raises(Refused):
        operation.read(line)


@given(st.integers(0, len(GOOD.header_bytes) - 1), st.integers(0, 255))
def test_no_changed_header_passes_for_the_signed_one(at: int, octet: int) -> None:
    header = bytearray(GOOD.header_bytes)
    header[at] = octet
    if bytes(header) == GOOD.header_bytes:
        return
    forged = Operation(bytes(header), GOOD.header, GOOD.signature, None, GOOD.id)
    with pytest.raises(Refused):
        operation.verify(forged, CAST.alpha.signer.public)


def test_the_members_stand_in_the_order_of_the_table() -> None:
    table = (
        "v space log seq prev control time type object base actor with releasedBy residency "
        "audience reach args payloadHash payloadSize"
    )
    assert msgspec.structs.fields(Header)
    names = [one.encode_name for one in msgspec.structs.fields(Header)]
    assert " ".join(names) == table
