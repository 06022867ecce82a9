"""Where a member's node is reached at present: signed with its space key, the newest version wins.

Requests of a member are signed by the service actor that its latest descriptor names; before there
is one, by the actor of the genesis or the admission.
"""

from dataclasses import dataclass

import msgspec

from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.names import origin, read_url
from protocol.space import statement as statements
from protocol.space import vocabulary as words
from protocol.space.control import State
from protocol.space.statement import Signed

PREFIX = b"schoolgate/descriptor/1\n"
MAX_ADDRESSES = 4


class Descriptor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`actor` is the service actor, `addresses` are origins, the best first."""

    v: int
    space: str
    node: str
    version: int
    actor: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """A verified descriptor; only `open_descriptor` makes one."""

    signed: Signed
    said: Descriptor

    def replaces(self, other: "Described | None") -> bool:
        """Whether this is newer; of two with one version the one with the lower id stays."""
        if other is None:
            return True
        mine, theirs = self.said.version, other.said.version
        return mine > theirs or (mine == theirs and self.signed.id < other.signed.id)


def sign_descriptor(said: Descriptor, signer: Signer) -> Signed:
    """Refuses with BAD_SHAPE or BAD_NAME what the others would refuse."""
    _check(said)
    return statements.seal(PREFIX, said, signer)


def open_descriptor(signed: Signed, state: State) -> Described:
    """Verify a descriptor with its node's newest key.

    Refuses with BAD_SHAPE, BAD_NAME, NOT_FOUND, UNKNOWN_KEY or BAD_SIGNATURE.
    """
    said = statements.peek(Descriptor, signed)
    _check(said)
    if said.space != state.space:
        raise Refused(Reason.NOT_FOUND, "this descriptor is about another space")
    keys = state.keys.get(said.node)
    if not keys:
        raise Refused(Reason.UNKNOWN_KEY, "this node was never a member of the space")
    statements.check(PREFIX, signed, PublicKey.read(keys[-1][1]))
    return Described(signed, said)


def _check(said: Descriptor) -> None:
    if said.v != 1 or not words.is_node(said.node) or not 1 <= said.version <= words.MAX_INTEGER:
        raise Refused(Reason.BAD_SHAPE, "this is no descriptor of version 1")
    if not 1 <= len(said.addresses) <= MAX_ADDRESSES or len(set(said.addresses)) < len(
        said.addresses
    ):
        raise Refused(Reason.BAD_SHAPE, f"a descriptor has 1 to {MAX_ADDRESSES} addresses")
    read_url(said.actor, development=True)
    if any(origin(one) != one for one in said.addresses):
        raise Refused(Reason.BAD_NAME, "an address is a bare origin")
