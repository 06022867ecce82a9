"""What schools sign for a control operation to hold: one school alone never decides about another.

An `Admit` holds a founder's invitation and the new school's acceptance. A `Rekey` holds the new
key's acceptance and the words of other members that have spoken with the school, a `Purge` the
words of founders. Each kind has a prefix of its own. Every word is verified with the newest key
that its school has at the position before the operation.
"""

from collections.abc import Collection, Mapping, Sequence

from protocol import canonical
from protocol.canonical import JSON, JSONObject, b64, unb64
from protocol.errors import Refused
from protocol.keys import PublicKey, Signer
from protocol.space.genesis import Founder

INVITE_PREFIX = b"schoolgate/invite/1\n"
ACCEPTANCE_PREFIX = b"schoolgate/acceptance/1\n"
REKEY_PREFIX = b"schoolgate/rekey/1\n"
PURGE_PREFIX = b"schoolgate/purge/1\n"

Target = tuple[str, int, str]  # log, seq, id


def invitation(space: str, node: str, actor: str) -> bytes:
    """What a founder signs to invite the node `node` with the service actor `actor`."""
    return INVITE_PREFIX + canonical.encode({"space": space, "node": node, "actor": actor})


def acceptance(space: str, candidate: Founder) -> bytes:
    """What a school signs with the space key that it is to have."""
    return ACCEPTANCE_PREFIX + canonical.encode({"space": space, **candidate.as_json()})


def rekeying(space: str, node: str, key: str, logs: Mapping[str, tuple[int, str]]) -> bytes:
    """What a member signs that has heard from the school `node` itself that `key` is its new key,
    and that its own logs end at `logs`."""
    ends: JSONObject = {log: list(end) for log, end in logs.items()}
    said: JSONObject = {"space": space, "node": node, "key": key, "logs": ends}
    return REKEY_PREFIX + canonical.encode(said)


def purging(space: str, targets: Sequence[Target], after: str) -> bytes:
    """What a founder signs to have what these operations say removed for good. `after` is the
    purge that showed them again the last time, empty where there was none."""
    named: list[JSON] = [list(target) for target in targets]
    return PURGE_PREFIX + canonical.encode({"space": space, "targets": named, "after": after})


def sign_invitation(space: str, node: str, actor: str, signer: Signer) -> str:
    return b64(signer.sign(invitation(space, node, actor)))


def sign_acceptance(space: str, candidate: Founder, signer: Signer) -> str:
    return b64(signer.sign(acceptance(space, candidate)))


def sign(message: bytes, signer: Signer) -> str:
    """A word for a `Rekey` or a `Purge`."""
    return b64(signer.sign(message))


def is_signed(message: bytes, signature: str, key: str) -> bool:
    """Whether `key` (Multikey) signed `message`; False for what is no key or no signature."""
    try:
        return PublicKey.read(key).verify(message, unb64(signature))
    except Refused:
        return False


def agreeing(
    message: bytes, words: Mapping[str, str], keys: Mapping[str, str], among: Collection[str]
) -> frozenset[str]:
    """Those of `among` whose word (node → signature) over `message` holds with their key."""
    return frozenset(
        node
        for node, signature in words.items()
        if node in among and node in keys and is_signed(message, signature, keys[node])
    )
