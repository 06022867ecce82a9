"""What a node says about its own documents, so that others can pass them on.

A document's proof is its owner's, and the owner's key stands in a document of the owner: whoever
gets both from a third node knows only that they fit together. A voucher is the signature of the
node's service actor over the document as it stands; the key of that actor is in the accreditation
of the node (`protocol.credentials`). So a hub can hand on what it was given, and forge nothing.

Signed are the octets of `schoolgate/voucher/1`, a line feed, and the name of the document's hash.
"""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Final, final

from protocol import canonical, directory, documents, names
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused
from protocol.intake_objects import check_document
from protocol.keys import PublicKey, Signer
from protocol.known import StoredObject
from protocol.reading import ACTOR_TYPES, keys_of, owner_of, text_of, type_of, version_of, whole_of

PREFIX: Final = b"schoolgate/voucher/1\n"

_SEAL: Final = object()


@dataclass(frozen=True)
class Voucher:
    """The service actor's key by its id, and its signature in base64url."""

    key_id: str
    signature: str

    def to_json(self) -> JSONObject:
        return {"key": self.key_id, "signature": self.signature}


@final
@dataclass(frozen=True)
class Vouched:
    """A document that its own node vouched for. Made by `open_vouched` only."""

    seal: InitVar[object]
    document: JSONObject
    voucher: Voucher

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only protocol.vouchers makes what is vouched for")


def vouch(document: JSONObject, signer: Signer, key_id: str) -> Voucher:
    """The voucher of this node's service actor for an own document."""
    return Voucher(key_id, canonical.b64(signer.sign(_said(document))))


def read_voucher(line: Mapping[str, JSON]) -> Voucher:
    """The voucher in a line or a result. Refuses with BAD_SHAPE where there is none."""
    written = whole_of(line, "voucher")
    return Voucher(text_of(written, "key"), text_of(written, "signature"))


def open_vouched(
    document: JSONObject,
    voucher: Voucher,
    key: PublicKey,
    *,
    owner: JSONObject | None,
    now: datetime,
) -> Vouched:
    """A document with the word of its node, whose service actor has `key`.

    `owner` is the document of its owner as far as that is known: the proof is then the owner's as
    well. Refuses with WRONG_ACTOR the word of another node, with BAD_SIGNATURE one that is not
    about this document, with BAD_PROOF a proof that does not hold.
    """
    service = names.service_actor_id(names.origin(text_of(document, "id")))
    if names.actor_of_key(voucher.key_id) != service:
        raise Refused(Reason.WRONG_ACTOR, "/voucher: only the document's own node vouches for it")
    if not key.verify(_said(document), canonical.unb64(voucher.signature)):
        raise Refused(Reason.BAD_SIGNATURE, "/voucher: not of this node, or of another document")
    signed_by = documents.signer_of(document)
    lister = document if document.get("type") in ACTOR_TYPES else owner
    if lister is not None:
        listed = keys_of(lister)
        if signed_by not in listed:
            raise Refused(Reason.BAD_PROOF, "/proof: not signed by a key that the owner lists")
        by = owner_of(document)
        documents.open_document(document, PublicKey.read(listed[signed_by]), owner=by, now=now)
    return Vouched(_SEAL, document, voucher)


def is_news(vouched: Vouched, stored: StoredObject | None, base: str, now: datetime) -> bool:
    """Whether a directory that holds `stored` under this id takes the document.

    The highest version stays, whatever comes first, and a tombstone wins over everything. Refuses
    with OWN_ORIGIN, FOREIGN_ORIGIN, NOT_OWNER, IMMUTABLE_FIELD, BAD_KEY and BAD_SHAPE as documents
    are refused that arrive by themselves; keys may change, for the node stands for them.
    """
    document = vouched.document
    if not directory.is_listed(document):
        return False
    id_, owner = text_of(document, "id"), owner_of(document)
    if names.same_origin(id_, base):
        raise Refused(Reason.OWN_ORIGIN, "what lies under this node's address is written here only")
    if not names.same_origin(owner, id_):
        raise Refused(Reason.FOREIGN_ORIGIN, "/attributedTo: has to lie where the document lies")
    buried = document.get("type") == "Tombstone"
    if not buried:
        check_document(document, base, now)
    if stored is None:
        return True
    if owner != stored.owner:
        raise Refused(Reason.NOT_OWNER, "only the owner changes a document")
    if type_of(document) != type_of(stored.document):
        raise Refused(Reason.IMMUTABLE_FIELD, "/type: a document stays what it is")
    return not stored.buried and (buried or version_of(document) > stored.version)


def _said(document: JSONObject) -> bytes:
    return PREFIX + names.hash_name(canonical.digest(document)).encode()
