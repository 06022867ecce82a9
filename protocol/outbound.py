"""The gate: the only maker of what may leave a node.

`node/remote` and the federation door take `Outbound` values and nothing else, and an `Outbound`
comes from the functions `release…` alone. They let pass only the kinds listed here, only
what fits the closed schema of its kind, and no field whose `x-class` is `school` or `never`. A
golden file in the tests holds every field of these schemas: a new one fails until it is reviewed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from typing import Final, Literal, final

import orjson

from protocol import canonical, enclosures
from protocol.canonical import JSON, JSONObject
from protocol.classes import classes
from protocol.errors import Reason, Refused
from protocol.reading import is_for_everybody
from protocol.shapes import SchemaBook, kind_of
from protocol.space.blobs import named_in, rounded
from protocol.space.operation import Operation, read_payload, to_line
from protocol.space.statement import Signed
from protocol.space.statement import to_line as statement_line
from protocol.space.vocabulary import SHARED_KINDS

Reach = Literal["public", "accredited", "members"]

_NARROWER: Final[tuple[Reach, ...]] = ("public", "accredited", "members")

_ACTIVITY = "application/activity+json"
_JSON = "application/json"

CONTENT_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("person", "organization", "application", "project", "note", "notice"),
            *("message", "tombstone"),
            *("create", "update", "delete", "follow", "accept", "reject", "undo"),
            *("offer-contact", "offer-project", "accept-project", "invite"),
            *("invite-school", "join", "remove", "move-founding", "flag", "accept-flag"),
            "escalated-flag",
            *("offer-approval", "accept-approval", "reject-approval", "announce-approval"),
            *("offer-verification", "accept-verification", "reject-verification"),
            *("ordered-collection", "ordered-collection-page"),
        ),
        _ACTIVITY,
    ),
    **dict.fromkeys(("discovery", "nodeinfo-links", "heads", "inbox-answer"), _JSON),
    **dict.fromkeys(("calls", "callback", "callback-request"), _JSON),
    **dict.fromkeys(("view-request", "view-ticket"), _JSON),
    "search-results": _JSON,
    "endorsements": _ACTIVITY,
    **dict.fromkeys(("introduction", "admission-request", "admission"), _JSON),
    **dict.fromkeys(("accreditation", "verification", "status-list"), "application/vc"),
    "nodeinfo": 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"',
    "webfinger": "application/jrd+json",
    "problem": "application/problem+json",
}
"""The kinds that may leave as one document, and what they are called on the wire."""

LINES: Final = "application/x-ndjson"
LINE_KINDS: Final = frozenset({"change", "accreditation"})
"""The kinds that may leave as lines of NDJSON, besides operations and statements."""

STATEMENTS: Final = ("erasure-statement", "receipt", "descriptor", "vote", "renewal")
"""What a signed statement may say."""

_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Genesis": ("genesis-args",),
    "Admit": ("admit-args",),
    "Reopen": ("no-args",),
    "Handover": ("handover-args",),
    "Rekey": ("rekey-args",),
    "Policy": ("policy-args",),
    "Purge": ("purge-args",),
    "Propose": (
        "propose-admit-args",
        "propose-cut-args",
        "propose-moderator-args",
        "propose-unmoderator-args",
        "propose-close-args",
        "propose-archive-args",
        "propose-reopen-args",
        "propose-rekey-args",
        "propose-purge-args",
        "propose-unpurge-args",
    ),
    **dict.fromkeys(("Cut", "Moderator", "Unmoderator"), ("cut-args",)),
    **dict.fromkeys(("Checkpoint", "Archive", "Close"), ("checkpoint-args",)),
    "page": ("page-args",),
    "wall": ("wall-args",),
    "card": ("card-args",),
    "block": ("block-args",),
}
"""What this version writes into arguments: by type those of control operations and of what founders
ask for, by kind those of shared objects. The others are closed by `vocabulary`."""
_CONTENT: Final = frozenset(
    {"Role", "Open", "Leave", "Acknowledge", "Create", "Update", "Delete"}
    | {"Undo", "Set", "Hide", "Unhide", "Clear", "Like"}
)
_PAYLOADS: Final[Mapping[str, tuple[str, ...]]] = {
    "Role": ("payload-role",),
    "thread": ("payload-thread",),
    "reply": ("payload-reply",),
    "update": ("payload-update",),
    "file": ("payload-file",),
    "album": ("payload-album",),
    "Hide": ("payload-hide",),
    "Like": ("payload-reaction",),
    "page": ("payload-page",),
    "wall": ("payload-wall",),
    "card": ("payload-card",),
    "block": (
        *("payload-paragraph", "payload-heading", "payload-list", "payload-image"),
        *("payload-attachment", "payload-table", "payload-embed"),
    ),
    "Update": (
        *("payload-thread", "payload-reply", "payload-update", "payload-file", "payload-album"),
    ),
    "home": ("payload-stub",),
}
"""What this version writes into payloads: by kind those of Create and Set, by type the others; what
is said of anything whose residency is `home` is a stub."""

_SEAL: Final = object()


@final
@dataclass(frozen=True, slots=True)
class Outbound:
    """Bytes that may leave this node. Made by this module's functions only.

    `reach` is `public` where every field in it may be told to everybody; `accredited` where a
    document in it is for admitted nodes alone; `members` where some fields are for the members of a
    space or the two ends of a conversation.
    """

    seal: InitVar[object]
    kind: str
    body: bytes
    content_type: str
    reach: Reach

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only protocol.outbound makes what may leave a node")


def release(book: SchemaBook, value: JSONObject, kind: str | None = None) -> Outbound:
    """`value` in canonical form, as a document of `kind` (by default what its types say).

    Refuses with BAD_SHAPE what does not fit, and with NOT_ALLOWED a kind that may not leave or a
    field that is the school's own.
    """
    name = kind_of(value) if kind is None else kind
    content_type = CONTENT_TYPES.get(name)
    if content_type is None:
        raise Refused(Reason.NOT_ALLOWED, f"a document of the kind {name!r} never leaves a node")
    reach = _check(book, name, value)
    return Outbound(_SEAL, name, canonical.encode(value), content_type, reach)


def release_enclosure(octets: bytes) -> Outbound:
    """A document that an administrator encloses with the school's application to its hub.

    Refuses with UNSUPPORTED_MEDIA_TYPE what is of no kind that a hub takes.
    """
    return Outbound(_SEAL, "enclosure", octets, enclosures.read_type(octets), "members")


def pass_on(answered: bytes, content_type: str) -> Outbound:
    """What this node's own door has answered to a call, for whoever called.

    The door let it out through this gate; it goes back by another road, byte for byte.
    """
    return Outbound(_SEAL, "call-answer", answered, content_type, "members")


def release_lines(book: SchemaBook, kind: str, values: Iterable[JSONObject]) -> Outbound:
    """`values`, all of `kind`, as NDJSON in their order. Refuses as `release` does."""
    if kind not in LINE_KINDS:
        raise Refused(Reason.NOT_ALLOWED, f"lines of the kind {kind!r} never leave a node")
    lines: list[bytes] = []
    reach: Reach = "public"
    for value in values:
        reach = max(reach, _check(book, kind, value), key=_NARROWER.index)
        lines.append(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    return Outbound(_SEAL, kind, b"".join(lines), LINES, reach)


def release_operations(book: SchemaBook, operations: Iterable[Operation], *, node: str) -> Outbound:
    """Operations of a space as NDJSON, in their order; `node` is the id of this node.

    What this school wrote is opened, and both header and payload have to be of the reviewed
    shapes. What others wrote is passed on as it came, for replicas must not differ by what
    each understands. Refuses as `release` does.
    """
    lines: list[bytes] = []
    for one in operations:
        if one.header.node == node:
            _check_own(book, one)
        lines.append(to_line(one) + b"\n")
    return Outbound(_SEAL, "operation", b"".join(lines), LINES, "members")


def release_statements(book: SchemaBook, statements: Iterable[Signed]) -> Outbound:
    """Erasure statements, receipts, descriptors or votes of a space as NDJSON, by whichever school.

    Each is opened and has to be of a reviewed shape. Refuses as `release` does.
    """
    lines: list[bytes] = []
    for one in statements:
        said = canonical.read_object(one.octets)
        _check_one_of(book, "statement", STATEMENTS, said)
        lines.append(statement_line(one) + b"\n")
    return Outbound(_SEAL, "signed-statement", b"".join(lines), LINES, "members")


@final
@dataclass(frozen=True, slots=True)
class OutboundBlob:
    """The bytes of a file that may leave for a member of the space: which, and how many."""

    seal: InitVar[object]
    sha256: str
    size: int
    reach: Reach

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only protocol.outbound makes what may leave a node")


def release_blob(naming: Operation, sha256: str) -> OutboundBlob:
    """The bytes `sha256`, because the payload of `naming` names them as those of a shared file.

    Refuses with NOT_ALLOWED what stays at its home, and bytes that it does not name.
    """
    if naming.header.residency != "shared" or naming.payload is None:
        raise Refused(Reason.NOT_ALLOWED, "these bytes stay at their home")
    for blob in named_in(naming.header, naming.payload):
        if blob.sha256 == sha256:
            return OutboundBlob(_SEAL, blob.sha256, blob.size, "members")
    raise Refused(Reason.NOT_ALLOWED, "this operation names no such bytes")


def release_view(stub: Operation, sha256: str, size: int, *, node: str) -> OutboundBlob:
    """The bytes `sha256` of a file that stays at this node, whose id is `node`: for whoever holds a
    ticket for it, to be passed on to one reader and kept nowhere.

    Refuses with NOT_ALLOWED where `stub` is no version of such a file.
    """
    if stub.header.residency != "home" or stub.header.node != node or stub.payload is None:
        raise Refused(Reason.NOT_ALLOWED, "this is no file of this school that stays at home")
    return OutboundBlob(_SEAL, sha256, size, "members")


def _check_own(book: SchemaBook, operation: Operation) -> None:
    header = operation.header
    args = orjson.loads(operation.header_bytes).get("args", {})
    if header.is_control or header.type == "Propose":
        _check_one_of(book, header.type, _ARGUMENTS.get(header.type, ()), args)
    elif header.type not in _CONTENT:
        raise Refused(Reason.NOT_ALLOWED, f"this version never writes {header.type!r}")
    written = str(header.args["kind"]) if header.type in {"Create", "Set"} else header.type
    if written in SHARED_KINDS:
        _check_one_of(book, written, _ARGUMENTS.get(written, ()), args)
    if operation.payload is not None:
        payload = read_payload(operation.payload)
        said = "home" if header.residency == "home" else written
        _check_one_of(book, said, _PAYLOADS.get(said, ()), payload)
        size = payload.get("size")
        if said == "home" and not (isinstance(size, int) and rounded(size) == size):
            raise Refused(Reason.NOT_ALLOWED, "the exact size of a file stays at its home")


def _check_one_of(book: SchemaBook, written: str, kinds: tuple[str, ...], value: JSON) -> None:
    if not kinds:
        raise Refused(Reason.NOT_ALLOWED, f"this version never writes {written!r}")
    _check(book, next((kind for kind in kinds if book.fits(kind, value)), kinds[-1]), value)


def _check(book: SchemaBook, kind: str, value: JSON) -> Reach:
    book.check(kind, value)
    reach: Reach = "public"
    for pointer, class_ in classes(book, kind, value):
        if class_ == "members":
            reach = "members"
        elif class_ != "public":
            raise Refused(Reason.NOT_ALLOWED, f"{pointer}: this field stays in the school")
    return "accredited" if reach == "public" and _is_narrowed(value) else reach


def _is_narrowed(value: JSON) -> bool:
    """Whether a document in `value`, or `value` itself, is for admitted nodes alone."""
    if isinstance(value, list):
        return any(map(_is_narrowed, value))
    if not isinstance(value, dict):
        return False
    inside = (value.get("object"), value.get("document"), value.get("orderedItems"))
    return not is_for_everybody(value) or any(map(_is_narrowed, inside))
