"""How a space begins: one operation that both founding schools have signed.

It is seq 1 of the control log `k/<first founder>/0`, and its id is the space id. Its arguments hold
a random salt, the two founders' entries and their signatures over `schoolgate/genesis/1`, a line
feed and the canonical form of the arguments without the signatures. The first founder is the first
steward and signs the operation as every other, with its space key.
"""

from dataclasses import dataclass

import msgspec

from protocol import canonical
from protocol.canonical import JSONObject, b64, unb64
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.names import ControlLog, read_url
from protocol.space import vocabulary as words
from protocol.space.operation import Header, Operation, verify, write

PREFIX = b"schoolgate/genesis/1\n"


class Founder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a school signs in a space: node id, service actor, space key as Multikey."""

    node: str
    actor: str
    key: str

    def as_json(self) -> JSONObject:
        return {"node": self.node, "actor": self.actor, "key": self.key}


class _Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salt: str
    founders: tuple[Founder, Founder]
    signatures: tuple[str, str]


@dataclass(frozen=True)
class Genesis:
    """A genesis of which everything has been verified; only `open_genesis` makes one."""

    operation: Operation
    founders: tuple[Founder, Founder]

    @property
    def space(self) -> str:
        return self.operation.id


def read_founder(value: JSONObject) -> Founder:
    """A founder's entry out of an `Offer` or `Accept`.

    Refuses with BAD_OPERATION, BAD_NAME or BAD_KEY one that could not sign.
    """
    try:
        founder = msgspec.convert(value, Founder)
    except msgspec.ValidationError:
        raise Refused(Reason.BAD_OPERATION, "a founder is {node, actor, key}") from None
    _check_founder(founder)
    return founder


def _check_founder(founder: Founder) -> None:
    if not words.is_node(founder.node):
        raise Refused(Reason.BAD_NAME, "a node id is 32 lower-case hexadecimal characters")
    # Whether loopback is acceptable was decided when the partner's address was.
    read_url(founder.actor, development=True)
    PublicKey.read(founder.key)


def message(founders: tuple[Founder, Founder], salt: str) -> bytes:
    """What both founders sign. `salt` is base64url of 16 random octets, the first founder's."""
    entries: list[canonical.JSON] = [one.as_json() for one in founders]
    return PREFIX + canonical.encode({"salt": salt, "founders": entries})


def sign(founders: tuple[Founder, Founder], salt: str, signer: Signer) -> str:
    """One founder's signature, base64url, for the `Accept` and for the genesis."""
    return b64(signer.sign(message(founders, salt)))


def check_signature(
    founders: tuple[Founder, Founder], salt: str, node: str, signature: str
) -> None:
    """Refuses with BAD_SIGNATURE unless `signature` is that of the founder `node`."""
    key = next((one.key for one in founders if one.node == node), None)
    good = key is not None and PublicKey.read(key).verify(message(founders, salt), unb64(signature))
    if not good:
        raise Refused(Reason.BAD_SIGNATURE, "this founder has not signed the genesis")


def write_genesis(
    founders: tuple[Founder, Founder],
    salt: str,
    other_signature: str,
    *,
    time_ms: int,
    signer: Signer,
) -> Operation:
    """The genesis, by the first founder, whose space key `signer` is.

    Refuses as `open_genesis`, so that nothing is written that the other school would refuse.
    """
    args: words.Arguments = {
        "salt": salt,
        "founders": [one.as_json() for one in founders],
        "signatures": [sign(founders, salt, signer), other_signature],
    }
    log = str(ControlLog(founders[0].node, 0))
    header = Header(1, "", log, 1, "", "", time_ms, "Genesis", args=args)
    return open_genesis(write(header, None, signer)).operation


def open_genesis(operation: Operation) -> Genesis:
    """Verify a genesis: its form, both founders' entries and signatures, its own signature.

    Refuses with BAD_OPERATION, BAD_NAME, BAD_KEY or BAD_SIGNATURE.
    """
    if operation.header.type != "Genesis":
        raise Refused(Reason.BAD_OPERATION, "this operation is no genesis")
    try:
        args = msgspec.convert(operation.header.args, _Arguments)
    except msgspec.ValidationError:
        raise Refused(Reason.BAD_OPERATION, "a genesis has salt, founders and signatures") from None
    if not words.is_name(args.salt):
        raise Refused(Reason.BAD_OPERATION, "the salt of a genesis has 16 octets")
    for founder in args.founders:
        _check_founder(founder)
    one, other = args.founders
    if one.node == other.node or one.key == other.key or one.actor == other.actor:
        raise Refused(Reason.BAD_OPERATION, "a genesis names two different founders")
    if operation.header.node != one.node:
        raise Refused(Reason.BAD_OPERATION, "the first founder writes the genesis")
    for founder, signature in zip(args.founders, args.signatures, strict=True):
        check_signature(args.founders, args.salt, founder.node, signature)
    verify(operation, PublicKey.read(one.key))
    return Genesis(operation, args.founders)
