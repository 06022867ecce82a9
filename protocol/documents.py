"""Documents: JSON with an object integrity proof (FEP-8b32, W3C vc-di-eddsa §3.3, eddsa-jcs-2022).

A proof says who stands behind a document wherever it is passed on. JSON-LD is never processed and
a context is never fetched: our own documents carry exactly `CONTEXT`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from protocol import canonical, names
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.multibase import read_base58, write_base58

CONTEXT: Final[list[JSON]] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    "urn:schoolgate:ns:v1",
]

T_co = TypeVar("T_co", covariant=True)
_SEAL = object()


@dataclass(frozen=True, init=False)
class Verified(Generic[T_co]):
    """A value whose proof was checked. Only this module makes one."""

    value: T_co
    key: PublicKey

    def __init__(self, value: T_co, key: PublicKey, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only protocol.documents verifies documents")
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "key", key)


def sign_document(
    document: JSONObject, signer: Signer, key_id: str, created: datetime
) -> JSONObject:
    """`document` with a proof by `signer`, dated `created` (whole seconds). `bto`, `bcc` go."""
    bare = {name: one for name, one in document.items() if name not in {"bto", "bcc", "proof"}}
    options: JSONObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" in bare:
        options = {"@context": bare["@context"], **options}
    signature = signer.sign(hash_data(bare, options))
    return {**bare, "proof": {**options, "proofValue": write_base58(signature)}}


def hash_data(bare: JSONObject, options: JSONObject) -> bytes:
    """What is signed: SHA-256 of the options ‖ SHA-256 of the document (vc-di-eddsa §3.3.4)."""
    config = hashlib.sha256(canonical.encode(options)).digest()
    return config + hashlib.sha256(canonical.encode(bare)).digest()


def signer_of(document: JSONObject) -> str:
    """The key id that a document's proof names. Refuses with BAD_PROOF where there is none."""
    proof = document.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    if not isinstance(method, str):
        raise Refused(Reason.BAD_PROOF, "the document carries no proof object")
    return method


def open_document(
    document: JSONObject, key: PublicKey, *, owner: str, now: datetime
) -> Verified[JSONObject]:
    """One of our documents, verified as `owner`'s.

    Refuses with BAD_PROOF: another context than ours, no single proof, a proof of another owner, a
    proof that has expired or does not hold.
    """
    if document.get("@context") != CONTEXT:
        raise Refused(Reason.BAD_PROOF, "/@context: must be exactly the context of PROTOCOL.md")
    if names.actor_of_key(signer_of(document)) != owner:
        raise Refused(Reason.BAD_PROOF, "/proof: the key belongs to another actor")
    if not verify_proof(document, key, now):
        raise Refused(Reason.BAD_PROOF, "/proof: the signature does not hold")
    return Verified(document, key, _SEAL)


def verify_proof(secured: Mapping[str, JSON], key: PublicKey, now: datetime) -> bool:
    """Whether the document's one proof holds (vc-di-eddsa §3.3.2), whatever its context is."""
    proof = secured.get("proof")
    if not isinstance(proof, dict):
        return False
    options = {name: one for name, one in proof.items() if name != "proofValue"}
    bare = {name: one for name, one in secured.items() if name != "proof"}
    value = proof.get("proofValue")
    if (
        options.get("type") != "DataIntegrityProof"
        or options.get("cryptosuite") != "eddsa-jcs-2022"
        or options.get("proofPurpose") != "assertionMethod"
        or not isinstance(value, str)
        or not value.startswith("z")
        or len(value) > 100
        or not _in_time(options, now)
    ):
        return False
    if "@context" in options:
        if not _starts_with(bare.get("@context"), options["@context"]):
            return False
        bare["@context"] = options["@context"]
    try:
        data = hash_data(bare, options)
    except Refused:
        return False
    signature = read_base58(value)
    return signature is not None and key.verify(data, signature)


def _in_time(options: JSONObject, now: datetime) -> bool:
    created, expires = options.get("created"), options.get("expires")
    try:
        if created is not None:
            _moment(created)
        return expires is None or _moment(expires) > now
    except ValueError:
        return False


def _moment(text: JSON) -> datetime:
    if not isinstance(text, str):
        raise ValueError("a time is text")
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time has a zone")
    return at


def _starts_with(whole: JSON, start: JSON) -> bool:
    first = start if isinstance(start, list) else [start]
    every = whole if isinstance(whole, list) else [whole]
    return every[: len(first)] == first
