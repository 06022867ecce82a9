"""A member says that its space key was lost or stolen, and which one it wants to have.

The statement is signed with the new key, for the old one proves nothing any more; its words count
for nothing before other members have spoken with the school. It says where the school's own logs
end, so that what a thief wrote behind that ends with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.space import consent
from protocol.space import statement as statements
from protocol.space import vocabulary as words
from protocol.space.control import Heads, State
from protocol.space.genesis import Founder
from protocol.space.statement import Signed

PREFIX = b"schoolgate/renewal/1\n"


class Renewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`node`, a member since the incarnation `since`, wants to go on with `key` after `logs`."""

    v: int
    space: str
    node: str
    key: str
    acceptance: str
    since: int
    logs: Heads
    time: int


@dataclass(frozen=True)
class Renewing:
    """A verified statement; only `open_renewal` makes one."""

    signed: Signed
    said: Renewal


def sign_renewal(
    state: State, node: str, logs: Mapping[str, tuple[int, str]], *, time_ms: int, signer: Signer
) -> Signed:
    """A statement of the own node, a member; `signer` is the key that it is to have."""
    key = signer.public.multikey
    accepted = consent.sign_acceptance(state.space, Founder(node, state.actors[node], key), signer)
    since = state.base[node]
    said = Renewal(1, state.space, node, key, accepted, since, dict(logs), time_ms)
    _check(said)
    return statements.seal(PREFIX, said, signer)


def open_renewal(signed: Signed, state: State) -> Renewing:
    """Verify a statement. Refuses with BAD_SHAPE, NOT_FOUND (another space, no member, or another
    membership), BAD_KEY, BAD_SIGNATURE and CONFLICT (a key that the space knows)."""
    said = statements.peek(Renewal, signed)
    _check(said)
    if said.space != state.space or state.base.get(said.node) != said.since:
        raise Refused(Reason.NOT_FOUND, "this is about another space, or no member of it")
    statements.check(PREFIX, signed, PublicKey.read(said.key))
    candidate = Founder(said.node, state.actors[said.node], said.key)
    message = consent.acceptance(state.space, candidate)
    if not consent.is_signed(message, said.acceptance, said.key):
        raise Refused(Reason.BAD_SIGNATURE, "the new key has not signed its acceptance")
    if any(said.key == key for own in state.keys.values() for _, key in own):
        raise Refused(Reason.CONFLICT, "the space knows this key already")
    return Renewing(signed, said)


def _check(said: Renewal) -> None:
    good = (
        said.v == 1
        and words.is_node(said.node)
        and words.is_count(said.since)
        and words.is_count(said.time)
        and len(said.logs) <= words.MAX_NAMED_LOGS
        and all(
            words.is_log(log)
            and log.startswith(f"c/{said.node}/")
            and seq > 0
            and words.is_hash(id_)
            for log, (seq, id_) in said.logs.items()
        )
    )
    if not good:
        raise Refused(Reason.BAD_SHAPE, "this is no renewal of version 1")
