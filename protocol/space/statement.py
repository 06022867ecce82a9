"""Signed statements outside the logs: erasures, receipts, descriptors.

Votes are of the same form; `succession` reads them.

A statement is a JSON object in canonical form; its bytes are what is signed, hashed and stored.
Each kind has a prefix of its own, so that a signature over one is worth nothing for another. On the
wire: `{"statement": "<string>", "signature": "<base64url>"}`.
"""

import hashlib
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from protocol import canonical
from protocol.canonical import b64, unb64
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.space.control import State

MAX_STATEMENT_BYTES = 8192

Body = TypeVar("Body", bound=msgspec.Struct)


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    statement: str
    signature: str


_line = msgspec.json.Decoder(_Line)


@dataclass(frozen=True)
class Signed:
    """A statement as it travels and is stored. Nobody has looked at its signature yet."""

    octets: bytes
    signature: bytes = field(repr=False)

    @property
    def id(self) -> str:
        return b64(hashlib.sha256(self.octets).digest())


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_SHAPE, sentence)


def seal(prefix: bytes, body: msgspec.Struct, signer: Signer) -> Signed:
    """Sign a statement; `prefix` is that of its kind."""
    octets = canonical.encode(msgspec.to_builtins(body))
    return Signed(octets, signer.sign(prefix + octets))


def peek(kind: type[Body], signed: Signed) -> Body:
    """What a statement says, unverified: to learn whose key to verify it with.

    Refuses with BAD_SHAPE or BAD_JSON what is no statement of this kind in canonical form.
    """
    value = canonical.read_object(signed.octets, max_bytes=MAX_STATEMENT_BYTES, max_depth=4)
    if canonical.encode(value) != signed.octets:
        raise _bad("a statement is JSON in canonical form")
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise _bad(f"this is no {kind.__name__.lower()}") from None


def check(prefix: bytes, signed: Signed, key: PublicKey) -> None:
    """Refuses with BAD_SIGNATURE a statement that `key` has not signed as this kind."""
    if not key.verify(prefix + signed.octets, signed.signature):
        raise Refused(Reason.BAD_SIGNATURE, "the node's space key has not signed this statement")


def check_member(prefix: bytes, signed: Signed, space: str, node: str, state: State) -> int:
    """Which of the keys that `node` ever had in `space` signed a statement: its place among them,
    the newest being the last. Refuses with NOT_FOUND (another space), UNKNOWN_KEY (never admitted),
    BAD_SIGNATURE (none of them)."""
    if space != state.space:
        raise Refused(Reason.NOT_FOUND, "this statement is about another space")
    keys = state.keys.get(node)
    if not keys:
        raise Refused(Reason.UNKNOWN_KEY, "this node was never a member of the space")
    for place in reversed(range(len(keys))):
        key = PublicKey.read(keys[place][1])
        if key.verify(prefix + signed.octets, signed.signature):
            return place
    raise Refused(Reason.BAD_SIGNATURE, "the node's space key has not signed this statement")


def check_present(prefix: bytes, signed: Signed, space: str, node: str, state: State) -> None:
    """As `check_member`, for what only the newest key says: with REVOKED_KEY what an older one
    signed, which may have been stolen or lost."""
    if check_member(prefix, signed, space, node, state) < len(state.keys[node]) - 1:
        raise Refused(Reason.REVOKED_KEY, "this was signed with a space key that was replaced")


def read(line: bytes) -> Signed:
    """The statement of one line of NDJSON. Refuses with TOO_LARGE, BAD_SHAPE or BAD_NAME."""
    if len(line) > 2 * MAX_STATEMENT_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a statement has at most {MAX_STATEMENT_BYTES} octets")
    try:
        parts = _line.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        raise _bad("a line is {statement, signature}") from None
    if msgspec.json.encode(parts) != line:
        # Another spelling of the same line: fine, unless a member comes twice.
        canonical.read_object(line, max_bytes=2 * MAX_STATEMENT_BYTES, max_depth=1)
    return Signed(parts.statement.encode("utf-8"), unb64(parts.signature))


def to_line(signed: Signed) -> bytes:
    """One line of NDJSON, without the line feed."""
    return msgspec.json.encode(_Line(signed.octets.decode("utf-8"), b64(signed.signature)))
