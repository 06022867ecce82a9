"""One operation: a signed header of ASCII bytes, and a salted payload beside it.

The bytes as received are what is signed, hashed and stored. A header's members come in the order of
`Header`, without white space, absent rather than null; a header that does not encode to the same
bytes again is refused, so every header has one spelling. The id is the SHA-256 of those bytes; the
signature covers `schoolgate/op/1`, a line feed and those bytes, and is no part of the id.
"""

import hashlib
from dataclasses import dataclass, field

import msgspec

from protocol import canonical
from protocol.canonical import JSONObject, b64, unb64
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.space import vocabulary as words

PREFIX = b"schoolgate/op/1\n"
MAX_HEADER_BYTES = 4096
MAX_ARGUMENT_BYTES = 65_536
MAX_CONTROL_HEADER_BYTES = MAX_HEADER_BYTES + MAX_ARGUMENT_BYTES
MAX_PAYLOAD_BYTES = 262_144
# A payload's characters may each be escaped in the line.
MAX_LINE_BYTES = 6 * MAX_PAYLOAD_BYTES + 2 * MAX_CONTROL_HEADER_BYTES


class Header(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is signed. The order of the members is the order of the bytes.

    msgspec leaves out what *is* its default, so every default is one of a kind: "", 0, () or {}.
    """

    v: int
    space: str
    log: str
    seq: int
    prev: str
    control: str
    time: int
    type: str
    object: str = ""
    base: tuple[str, ...] = ()
    actor: str = ""
    with_: tuple[str, ...] = msgspec.field(default=(), name="with")
    released_by: str = msgspec.field(default="", name="releasedBy")
    residency: str = ""
    audience: str = ""
    reach: str = ""
    args: words.Arguments = msgspec.field(default_factory=dict)
    payload_hash: str = msgspec.field(default="", name="payloadHash")
    payload_size: int = msgspec.field(default=0, name="payloadSize")

    @property
    def node(self) -> str:
        """The node whose log this is."""
        return self.log[2:34]

    @property
    def is_control(self) -> bool:
        return self.log.startswith("k/")

    @property
    def number(self) -> int:
        """The incarnation of a content log, the epoch of a control log."""
        return int(self.log[35:])


@dataclass(frozen=True)
class Operation:
    """An operation whose form is right. Nobody has looked at its signature: see `Verified`."""

    header_bytes: bytes = field(repr=False)
    header: Header
    signature: bytes = field(repr=False)
    payload: str | None = field(repr=False)
    id: str


@dataclass(frozen=True)
class Verified:
    """An operation whose signature is `key`'s (Multikey text). Only `verify` makes one."""

    operation: Operation
    key: str

    @property
    def id(self) -> str:
        return self.operation.id

    @property
    def header(self) -> Header:
        return self.operation.header


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: str
    signature: str
    payload: str | None


_line = msgspec.json.Decoder(_Line)
_header = msgspec.json.Decoder(Header)
_encoder = msgspec.json.Encoder()


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_OPERATION, sentence)


def encode(header: Header) -> bytes:
    """The one spelling of a header."""
    return _encoder.encode(header)


def write(header: Header, payload: str | None, signer: Signer) -> Operation:
    """Sign a header for `payload`, whose hash and size are put into it.

    Refuses with BAD_OPERATION what every other node would refuse.
    """
    if payload is not None:
        octets = payload.encode("utf-8")
        header = msgspec.structs.replace(
            header, payload_hash=_name_of(octets), payload_size=len(octets)
        )
    octets = encode(header)
    _check(header, octets, payload)
    return Operation(octets, header, signer.sign(PREFIX + octets), payload, _name_of(octets))


def read(line: bytes) -> Operation:
    """The operation of one line of NDJSON.

    Refuses with TOO_LARGE, BAD_JSON and BAD_OPERATION whatever is not format 1: a header that is
    not in its one spelling, a payload whose hash and size are not those that the header states.
    """
    if len(line) > MAX_LINE_BYTES:
        raise Refused(Reason.TOO_LARGE, f"an operation has at most {MAX_PAYLOAD_BYTES} octets")
    try:
        parts = _line.decode(line)
        octets = parts.header.encode("ascii")
        signature = unb64(parts.signature)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, Refused):
        raise _bad("a line is {header, signature, payload}") from None
    if _encoder.encode(parts) != line:
        # Another spelling of the same line: fine, unless a member comes twice.
        canonical.read_object(line, max_bytes=MAX_LINE_BYTES, max_depth=1)
    return _open(octets, signature, parts.payload)


def read_json(value: JSONObject) -> Operation:
    """As `read`, for an operation inside a document (the genesis in an `Invite`)."""
    header, signature, payload = (value.get(name) for name in ("header", "signature", "payload"))
    if not isinstance(header, str) or not isinstance(signature, str) or len(value) != 3:
        raise _bad("an operation is {header, signature, payload}")
    if payload is not None and not isinstance(payload, str):
        raise _bad("a payload is a string or null")
    return read(_encoder.encode(_Line(header, signature, payload)))


def _open(octets: bytes, signature: bytes, payload: str | None) -> Operation:
    if len(octets) > MAX_CONTROL_HEADER_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a header has at most {MAX_HEADER_BYTES} octets")
    try:
        header = _header.decode(octets)
    except (msgspec.MsgspecError, RecursionError):
        raise _bad("the header is not one of format 1") from None
    if len(signature) != 64:
        raise _bad("an Ed25519 signature has 64 octets")
    _check(header, octets, payload)
    return Operation(octets, header, signature, payload, _name_of(octets))


def verify(operation: Operation, key: PublicKey) -> Verified:
    """Refuses with BAD_SIGNATURE an operation that `key` has not signed."""
    if not key.verify(PREFIX + operation.header_bytes, operation.signature):
        raise Refused(Reason.BAD_SIGNATURE, "the space key of this log's node has not signed this")
    return Verified(operation, key.multikey)


def read_again(header_bytes: bytes, signature: bytes, payload: str | None) -> Operation:
    """As `read`, for the parts of an operation: one out of storage that somebody may have changed.

    Refuses with TOO_LARGE and BAD_OPERATION.
    """
    return _open(header_bytes, signature, payload)


def stored(header_bytes: bytes, signature: bytes, payload: str | None) -> Operation:
    """An operation out of the node's own storage, where only verified ones lie; nothing is checked
    again."""
    header = _header.decode(header_bytes)
    return Operation(header_bytes, header, signature, payload, _name_of(header_bytes))


def to_line(operation: Operation, *, with_payload: bool = True) -> bytes:
    """One line of NDJSON, without the line feed."""
    payload = operation.payload if with_payload else None
    return _encoder.encode(
        _Line(operation.header_bytes.decode("ascii"), b64(operation.signature), payload)
    )


def to_json(operation: Operation) -> JSONObject:
    """The operation as a member of a document."""
    return {
        "header": operation.header_bytes.decode("ascii"),
        "signature": b64(operation.signature),
        "payload": operation.payload,
    }


def payload(content: JSONObject, language: str, salt: bytes) -> str:
    """The payload of `content`: canonical JSON text with its language and 16 octets of salt.

    Without the salt the hash in the header, which stays for ever, would give away a short text.
    """
    if len(salt) != 16:
        raise ValueError("a salt has 16 octets")
    return canonical.encode({**content, "language": language, "salt": b64(salt)}).decode("utf-8")


def hash_of(text: str) -> str:
    """What a header says of a payload."""
    return _name_of(text.encode("utf-8"))


def read_payload(text: str) -> JSONObject:
    """The members of a payload. Refuses with BAD_JSON and BAD_OPERATION what is none."""
    value = canonical.read_object(text.encode("utf-8"), max_bytes=MAX_PAYLOAD_BYTES, max_depth=32)
    salt, language = value.get("salt"), value.get("language")
    if not isinstance(salt, str) or not words.is_name(salt) or not isinstance(language, str):
        raise _bad("a payload has a salt of 16 octets and a language")
    return value


def may_be_file(header: Header) -> bool:
    """Whether this is a version of a file, as far as its header tells: an `Update` does not."""
    is_file = header.type == "Create" and header.args.get("kind") == "file"
    return is_file or header.type == "Update"


def matches(header: Header, text: str) -> bool:
    """Whether `text` is the payload whose hash and size `header` states."""
    octets = text.encode("utf-8", "surrogatepass")
    return len(octets) == header.payload_size and _name_of(octets) == header.payload_hash


def _name_of(octets: bytes) -> str:
    return b64(hashlib.sha256(octets).digest())


def _check(header: Header, octets: bytes, text: str | None) -> None:
    """Format 1, as far as it can be told from one operation alone."""
    if header.v != 1:
        raise Refused(Reason.UNSUPPORTED_VERSION, "this node reads operations of format 1")
    if not octets.isascii() or encode(header) != octets:
        raise _bad("the header is not in its one spelling")
    if not words.is_log(header.log):
        raise _bad("a log is named c/<node>/<incarnation> or k/<node>/<epoch>")
    genesis = header.type == "Genesis"
    if genesis != (header.space == "") or not (genesis or words.is_hash(header.space)):
        raise _bad("only a genesis has no space")
    if not 1 <= header.seq <= words.MAX_INTEGER or not words.is_count(header.time):
        raise _bad("seq and time are whole numbers")
    if (header.seq == 1) != (header.prev == "") or (header.prev and not words.is_hash(header.prev)):
        raise _bad("prev is the id of the operation before, empty at the first")
    if header.is_control:
        _check_control(header, octets)
    else:
        _check_content(header, octets)
    _check_payload(header, text)


def _check_control(header: Header, octets: bytes) -> None:
    if header.type not in words.CONTROL_TYPES or header.control:
        raise _bad("this type of operation does not stand in a control log")
    if (header.type == "Genesis") != (header.seq == 1 and header.number == 0):
        raise _bad("a genesis is the first operation of epoch 0, and nothing else is")
    if len(octets) - len(_encoder.encode(header.args)) > MAX_HEADER_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a header has at most {MAX_HEADER_BYTES} octets")
    bare = msgspec.structs.replace(
        header, v=1, args={}, base=header.base if header.seq == 1 and header.number else ()
    )
    if bare != Header(
        1, header.space, header.log, header.seq, header.prev, "", header.time, header.type,
        base=bare.base,
    ) or (header.base and not bare.base):  # fmt: skip
        raise _bad("a control operation has arguments and no other members")
    begins = header.seq == 1 and header.number > 0
    if len(header.base) != int(begins) or not all(map(words.is_hash, header.base)):
        raise _bad("the first operation of a later epoch names in base where it begins")


def _check_content(header: Header, octets: bytes) -> None:
    if len(octets) > MAX_HEADER_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a header has at most {MAX_HEADER_BYTES} octets")
    shape = words.CONTENT_SHAPES.get(header.type)
    if shape is None:
        raise _bad("this type of operation does not stand in a content log")
    if header.control and not words.is_hash(header.control):
        raise _bad("control is the id of an operation")
    if bool(header.object) != shape.object or (header.object and not words.is_name(header.object)):
        raise _bad("object is a random name of 22 characters")
    _check_people(header, shape)
    _check_place(header, shape)
    if (header.base and not shape.base) or len(header.base) > words.MAX_BASE:
        raise _bad(f"base names at most {words.MAX_BASE} versions that are replaced")
    if len(set(header.base)) < len(header.base) or not all(map(words.is_hash, header.base)):
        raise _bad("base names each version once, by its id")
    words.check_arguments(header.type, header.args)
    if header.args.get("home") == header.node:
        raise _bad("home names another node; what is not there is the writer's own")


def _check_people(header: Header, shape: words.Shape) -> None:
    people = [header.actor] if header.actor else []
    people += [*header.with_, *([header.released_by] if header.released_by else [])]
    if bool(header.actor) != shape.person or (people and not shape.person):
        raise _bad("a contribution has an actor, and nothing else has one")
    if len(header.with_) > words.MAX_WITH or not all(map(words.is_name, people)):
        raise _bad("people are named by their pseudonyms of this space")
    if len({header.actor, *header.with_}) < bool(header.actor) + len(header.with_):
        raise _bad("with names all other contributors once")


def _check_place(header: Header, shape: words.Shape) -> None:
    given = (header.residency, header.audience, header.reach)
    if not shape.placed:
        if any(given):
            raise _bad("only content has residency, audience and reach")
        return
    closed = (words.RESIDENCIES, words.AUDIENCES, words.REACHES)
    if not all(value in allowed for value, allowed in zip(given, closed, strict=True)):
        raise _bad("content has a residency, an audience and a reach of the closed lists")
    if header.residency == "home" and not may_be_file(header):
        raise _bad("only a file stays at home: its bytes do, and what is said of it goes to all")


def _check_payload(header: Header, text: str | None) -> None:
    shape = words.CONTENT_SHAPES.get(header.type) if not header.is_control else None
    rule = shape.payload if shape else words.Payload.NONE
    hashed = bool(header.payload_hash)
    if not 0 <= header.payload_size <= MAX_PAYLOAD_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a payload has at most {MAX_PAYLOAD_BYTES} octets")
    if hashed != bool(header.payload_size) or (hashed and not words.is_hash(header.payload_hash)):
        raise _bad("payloadHash goes with payloadSize")
    if rule == words.Payload.NONE and header.payload_size:
        raise _bad("this type of operation has no payload")
    if rule == words.Payload.REQUIRED and not header.payload_size:
        raise _bad("this type of operation has a payload")
    if text is not None and not (hashed and matches(header, text)):
        raise _bad("the payload is not the one that the header names")
