"""Documents: JSON with an object integrity proof (FEP-8b32, W3C vc-di-eddsa §3.3, eddsa-jcs-2022).

A proof says who stands behind a document wherever it is passed on. JSON-LD is never processed and
a context is never fetched: our own documents carry exactly `CONTEXT`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
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

CREDENTIAL_CONTEXT: Final[list[JSON]] = [
    "https://www.w3.org/ns/credentials/v2",
    "urn:schoolgate:ns:v1",
]

T_co = TypeVar("T_co", covariant=True)
_SEAL: Final = object()
_ACTOR_TYPES: Final = ("Person", "Organization", "Application", "Project")


@dataclass(frozen=True, slots=True)
class Verified(Generic[T_co]):
    """A value whose proof was checked, and the key that made it. Only this module makes one."""

    value: T_co
    key: PublicKey
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only protocol.documents says that a document is verified")


def sign_document(
    document: JSONObject, signer: Signer, key_id: str, created: datetime
) -> JSONObject:
    """`document` with a proof by `signer`, dated `created` in whole seconds (vc-di-eddsa §3.3.1).

    The proof it had is replaced. `bto` and `bcc` are left out, also of what it embeds: whoever is
    addressed in secret is named to nobody (ActivityPub §6).
    """
    if created.tzinfo is None:
        raise ValueError("a signature's time has a zone")
    bare = {name: one for name, one in document.items() if name != "proof"}
    octets = canonical.encode(bare)
    # In the canonical form only a member's name is followed by a colon.
    if b'"bto":' in octets or b'"bcc":' in octets:
        bare = _without_secret_recipients(bare)
        octets = canonical.encode(bare)
    options: JSONObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
        "created": f"{created.astimezone(UTC).isoformat()[:19]}Z",
    }
    if "@context" in bare:
        options = {"@context": bare["@context"], **options}
    signature = signer.sign(canonical.digest(options) + hashlib.sha256(octets).digest())
    return {**bare, "proof": {**options, "proofValue": write_base58(signature)}}


def signer_of(document: Mapping[str, JSON]) -> str:
    """The key id that a document's proof names. Refuses with BAD_PROOF where there is none."""
    proof = document.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    if not isinstance(method, str):
        raise Refused(Reason.BAD_PROOF, "/proof: a document carries exactly one proof object")
    return method


def open_document(
    document: JSONObject, key: PublicKey, *, owner: str, now: datetime
) -> Verified[JSONObject]:
    """One of our documents, verified as `owner`'s with the key that its proof names.

    Refuses with BAD_PROOF: another context than `CONTEXT`, no proof or several, a document or a
    key of another actor, a proof that has expired or does not hold. The type lies inside the signed
    bytes, so that a signature never counts for a document of another kind.
    """
    _check_context(document)
    if _claimed_owner(document) != owner:
        raise Refused(Reason.BAD_PROOF, "the document is another actor's than the one asked for")
    if names.actor_of_key(signer_of(document)) != owner:
        raise Refused(Reason.BAD_PROOF, "/proof: the key belongs to another actor")
    if not verify_proof(document, key, now):
        raise Refused(Reason.BAD_PROOF, "/proof: expired, or the document was changed afterwards")
    return Verified(document, key, _SEAL)


def open_credential(
    credential: JSONObject, key: PublicKey, *, issuer: str, now: datetime
) -> Verified[JSONObject]:
    """A verifiable credential (W3C VC 2.0), verified as `issuer`'s with the key its proof names.

    Whether it is in time and was not revoked is asked elsewhere (`protocol.credentials`). Refuses
    with BAD_PROOF: another context than `CREDENTIAL_CONTEXT`, another issuer, a key that is not
    the issuer's, a proof that has expired or does not hold.
    """
    proof = credential.get("proof")
    signed = proof.get("@context", CREDENTIAL_CONTEXT) if isinstance(proof, dict) else None
    if credential.get("@context") != CREDENTIAL_CONTEXT or signed != CREDENTIAL_CONTEXT:
        raise Refused(Reason.BAD_PROOF, "/@context: has to be exactly that of a credential")
    named = credential.get("issuer")
    if not isinstance(named, dict) or named.get("id") != issuer:
        raise Refused(Reason.BAD_PROOF, "/issuer: the credential is another issuer's")
    if names.actor_of_key(signer_of(credential)) != issuer:
        raise Refused(Reason.BAD_PROOF, "/proof: the key belongs to another actor")
    if not verify_proof(credential, key, now):
        raise Refused(Reason.BAD_PROOF, "/proof: expired, or the credential was changed afterwards")
    return Verified(credential, key, _SEAL)


def verify_proof(secured: Mapping[str, JSON], key: PublicKey, now: datetime) -> bool:
    """Whether the one proof of any document holds (vc-di-eddsa §3.3.2, FEP-8b32), by whomever.

    Only the proof of this very object is taken out: an embedded document keeps its own.
    """
    proof = secured.get("proof")
    if not isinstance(proof, dict):
        return False
    options = dict(proof)
    signature = _read_signature(options.pop("proofValue", None))
    if signature is None or not _is_ours(options) or not _in_time(options, now):
        return False
    bare = {name: one for name, one in secured.items() if name != "proof"}
    if "@context" in options:
        if not _starts_with(bare.get("@context"), options["@context"]):
            return False
        bare["@context"] = options["@context"]
    try:
        data = hash_data(bare, options)
    except Refused:
        return False
    return key.verify(data, signature)


def hash_data(bare: JSONObject, options: JSONObject) -> bytes:
    """What is signed: SHA-256 of the options ‖ SHA-256 of the document (vc-di-eddsa §3.3.4)."""
    return canonical.digest(options) + canonical.digest(bare)


def _without_secret_recipients(document: JSONObject) -> JSONObject:
    """A copy without `bto` and `bcc`; what carries a proof of its own stays as it was signed."""
    return {
        name: _without_secret_recipients(one)
        if isinstance(one, dict) and "proof" not in one
        else one
        for name, one in document.items()
        if name not in {"bto", "bcc"}
    }


def _check_context(document: JSONObject) -> None:
    proof = document.get("proof")
    signed = proof.get("@context", CONTEXT) if isinstance(proof, dict) else CONTEXT
    if document.get("@context") != CONTEXT or signed != CONTEXT:
        raise Refused(Reason.BAD_PROOF, "/@context: has to be exactly the context of PROTOCOL.md")


def _claimed_owner(document: JSONObject) -> JSON:
    """Whose the document says it is: an activity its actor's, an actor its own (FEP-fe34)."""
    if "actor" in document:
        return document["actor"]
    return document.get("id" if document.get("type") in _ACTOR_TYPES else "attributedTo")


def _read_signature(value: JSON) -> bytes | None:
    return read_base58(value) if isinstance(value, str) else None


def _is_ours(options: JSONObject) -> bool:
    return (
        options.get("type") == "DataIntegrityProof"
        and options.get("cryptosuite") == "eddsa-jcs-2022"
        and options.get("proofPurpose") == "assertionMethod"
    )


def _in_time(options: JSONObject, now: datetime) -> bool:
    """Whether both times can be read and the proof has not expired (vc-data-integrity §2.1)."""
    try:
        if "created" in options:
            _moment(options["created"])
        return "expires" not in options or _moment(options["expires"]) > now
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
