"""Documents: a proof holds for these bytes, this kind and this owner, and for nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from protocol import canonical, documents
from protocol.canonical import JSON, JSONObject
from protocol.documents import CONTEXT, Verified, open_document, sign_document, signer_of
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.multibase import write_base58
from protocol.names import key_id

NOW = datetime(2026, 11, 23, 19, 0, 0, tzinfo=UTC)
ALICE, BOB = "https://alpha.example/people/alice", "https://beta.example/people/bob"
ALICES, BOBS = Signer.from_seed(b"a" * 32), Signer.from_seed(b"b" * 32)


def note(**members: JSON) -> JSONObject:
    return {
        "@context": CONTEXT,
        "id": "https://alpha.example/notes/AAAAAAAAAAAAAAAAAAAAAA",
        "type": "Note",
        "attributedTo": ALICE,
        "content": "Hello",
        "version": 1,
        **members,
    }


def signed(document: JSONObject, signer: Signer = ALICES, owner: str = ALICE) -> JSONObject:
    return sign_document(document, signer, key_id(owner), NOW)


def opened(document: JSONObject, owner: str = ALICE, now: datetime = NOW) -> Verified[JSONObject]:
    return open_document(document, ALICES.public, owner=owner, now=now)


def proof_of(document: JSONObject) -> JSONObject:
    proof = document["proof"]
    assert isinstance(proof, dict)
    return proof


def refused(document: JSONObject, owner: str = ALICE, now: datetime = NOW) -> Reason:
    with pytest.raises(Refused) as refusal:
        opened(document, owner, now)
    return refusal.value.reason


def with_options(document: JSONObject, **options: JSON) -> JSONObject:
    """`document` signed anew over a proof with other options, as only its owner could do."""
    proof = {name: one for name, one in proof_of(signed(document)).items() if name != "proofValue"}
    proof.update(options)
    value = write_base58(ALICES.sign(documents.hash_data(document, proof)))
    return {**document, "proof": {**proof, "proofValue": value}}


def test_a_signed_document_opens_as_it_was_sent() -> None:
    document = signed(note())
    received = canonical.read_object(canonical.encode(document))
    verified = opened(received)
    assert verified.value == document
    assert verified.key == ALICES.public


def test_a_proof_says_everything_that_the_protocol_asks_for() -> None:
    proof = proof_of(signed(note()))
    assert {name: one for name, one in proof.items() if name != "proofValue"} == {
        "@context": CONTEXT,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": f"{ALICE}#ed25519-key",
        "proofPurpose": "assertionMethod",
        "created": "2026-11-23T19:00:00Z",
    }


def test_the_time_of_a_proof_is_utc_in_whole_seconds() -> None:
    local = datetime(2026, 11, 23, 20, 0, 0, 999_999, timezone(timedelta(hours=1)))
    document = sign_document(note(), ALICES, key_id(ALICE), local)
    assert proof_of(document)["created"] == "2026-11-23T19:00:00Z"
    with pytest.raises(ValueError, match="zone"):
        sign_document(note(), ALICES, key_id(ALICE), local.replace(tzinfo=None))


def test_signing_leaves_the_given_document_alone_and_replaces_an_older_proof() -> None:
    document = note()
    first = signed(document)
    assert "proof" not in document
    changed = {**first, "content": "Hello again", "version": 2}
    assert opened(signed(changed)).value["content"] == "Hello again"


def test_secret_recipients_are_left_out_before_signing() -> None:
    inner = signed(note(), BOBS, BOB)
    document = signed(
        {
            "@context": CONTEXT,
            "type": "Create",
            "actor": ALICE,
            "bto": [BOB],
            "bcc": [BOB],
            "object": note(bto=[BOB], bcc=[BOB]),
            "embedded": {**inner, "bto": [BOB]},
        }
    )
    assert not {"bto", "bcc"} & document.keys()
    assert document["object"] == note()
    # What another actor signed is passed on as it is: taking a part out would break its proof.
    assert document["embedded"] == {**inner, "bto": [BOB]}
    assert opened(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(content="Hallo"),
        lambda document: document.update(version=2),
        lambda document: document.update(extra=None),
        lambda document: document.pop("content"),
        lambda document: document.update(content="Hello\u0301"),
        lambda document: document["proof"].update(created="2026-11-23T19:00:01Z"),
        lambda document: document["proof"].update(extra=1),
        lambda document: document["proof"].update(expires="2027-01-01T00:00:00Z"),
        lambda document: document["proof"].update(verificationMethod=f"{ALICE}#ed25519-key-2"),
        lambda document: document["proof"].update(proofValue=document["proof"]["proofValue"][:-1]),
        lambda document: document["proof"].pop("@context"),
    ],
)
def test_whatever_is_changed_after_signing_breaks_the_proof(
    change: Callable[[JSONObject], object],
) -> None:
    document = canonical.read_object(canonical.encode(signed(note())))
    change(document)
    assert refused(document) is Reason.BAD_PROOF


@pytest.mark.parametrize(
    "proof",
    [
        *(None, "proof", [], 1, {}),
        {"verificationMethod": 5},
        {"verificationMethod": f"{ALICE}#ed25519-key"},
    ],
)
def test_a_document_without_a_whole_proof_is_refused(proof: JSON) -> None:
    assert refused(note(proof=proof)) is Reason.BAD_PROOF
    assert refused(note()) is Reason.BAD_PROOF


def test_two_proofs_are_refused_even_where_both_hold() -> None:
    document = signed(note())
    for several in ([document["proof"]], [document["proof"], document["proof"]]):
        assert refused({**document, "proof": several}) is Reason.BAD_PROOF


# A027
@pytest.mark.parametrize(
    "options",
    [
        {"type": "Ed25519Signature2020"},
        {"type": "RsaSignature2017"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": "ecdsa-jcs-2019"},
        {"cryptosuite": None},
        {"proofPurpose": "authentication"},
        {"proofPurpose": ["assertionMethod"]},
        {"created": "yesterday"},
        {"created": 1795460400},
        {"created": "2026-11-23T19:00:00"},
        {"expires": "never"},
        {"expires": None},
    ],
)
def test_a_proof_of_another_make_is_refused_although_its_signature_holds(
    options: JSONObject,
) -> None:
    assert refused(with_options(note(), **options)) is Reason.BAD_PROOF


def test_a_proof_holds_until_it_expires() -> None:
    document = with_options(note(), expires="2026-11-23T20:00:00Z")
    assert opened(document, now=NOW + timedelta(minutes=59))
    assert refused(document, now=NOW + timedelta(hours=1)) is Reason.BAD_PROOF


@pytest.mark.parametrize("value", ["", "z", "u" + "A" * 86, "z" + "1" * 64, "zz0", 5, None])
def test_what_is_no_proof_value_is_refused(value: JSON) -> None:
    document = signed(note())
    proof = {**proof_of(document), "proofValue": value}
    assert refused({**document, "proof": proof}) is Reason.BAD_PROOF


def test_the_key_of_another_actor_proves_nothing() -> None:
    by_bob = sign_document(note(), BOBS, key_id(BOB), NOW)
    for owner in (ALICE, BOB):
        with pytest.raises(Refused) as refusal:
            open_document(by_bob, BOBS.public, owner=owner, now=NOW)
        assert refusal.value.reason is Reason.BAD_PROOF
    in_alices_name = sign_document(note(), BOBS, key_id(ALICE), NOW)
    assert refused(in_alices_name) is Reason.BAD_PROOF
    with pytest.raises(Refused):
        open_document(signed(note()), BOBS.public, owner=ALICE, now=NOW)


# A004
def test_a_document_is_never_opened_as_somebody_elses() -> None:
    assert refused(signed(note()), owner=BOB) is Reason.BAD_PROOF
    for document in (note(attributedTo=BOB), note(actor=BOB), note(type="Person", id=BOB)):
        assert refused(signed(document)) is Reason.BAD_PROOF
    assert refused(signed(note(attributedTo=[ALICE, BOB]))) is Reason.BAD_PROOF


@pytest.mark.parametrize("kind", ["Person", "Organization", "Application", "Project"])
def test_an_actor_signs_for_itself(kind: str) -> None:
    assert opened(signed(note(type=kind, id=ALICE, attributedTo=BOB)))
    assert refused(signed(note(type=kind))) is Reason.BAD_PROOF


# A044
@pytest.mark.parametrize("kind", ["Person", "Project", "Create", "Tombstone", ["Note", "Person"]])
def test_a_signature_of_one_kind_is_worth_nothing_as_another(kind: JSON) -> None:
    document = signed(note(id=ALICE))
    assert opened(document)
    assert refused({**document, "type": kind}) is Reason.BAD_PROOF


# A044: the same key also signs requests and, for spaces, operations.
def test_no_text_that_a_node_signs_elsewhere_is_the_hash_of_a_document() -> None:
    document = signed(note())
    options = {k: v for k, v in proof_of(document).items() if k != "proofValue"}
    hashed = documents.hash_data(note(), options)
    assert len(hashed) == 64
    assert not hashed.startswith((b'"@', b"schoolgate/"))


# A042
@pytest.mark.parametrize(
    "change",
    [
        {"@context": [*CONTEXT, "https://evil.example/terms"]},
        {"@context": [*CONTEXT, {"content": "https://evil.example/term"}]},
        {"@context": list(reversed(CONTEXT))},
        {"@context": CONTEXT[:2]},
        {"@context": CONTEXT[0]},
        {"@context": {"@vocab": "https://evil.example/"}},
        {"@context": None},
        {"@graph": [{"id": "https://evil.example/"}]},
        {"@reverse": {"object": {"id": "https://evil.example/"}}},
        {"@included": [{"id": "https://evil.example/"}]},
        {"as:content": "Hallo"},
    ],
)
def test_a_document_rearranged_for_json_ld_is_refused(change: JSONObject) -> None:
    assert refused({**signed(note()), **change}) is Reason.BAD_PROOF


@pytest.mark.parametrize("context", [CONTEXT[:2], CONTEXT[0], [*CONTEXT, "urn:more"], None])
def test_a_context_of_its_own_is_refused_even_when_signed(context: JSON) -> None:
    assert refused(signed(note(**{"@context": context}))) is Reason.BAD_PROOF


def test_a_proof_over_a_shorter_context_is_refused_although_w3c_verifies_it() -> None:
    shorter = {**note(), "@context": CONTEXT[:1]}
    document = {**note(), "proof": signed(shorter)["proof"]}
    assert documents.verify_proof(document, ALICES.public, NOW)
    assert refused(document) is Reason.BAD_PROOF


def test_the_context_is_the_one_of_the_protocol() -> None:
    assert CONTEXT == [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/data-integrity/v2",
        "urn:schoolgate:ns:v1",
    ]


def test_an_embedded_document_keeps_its_own_proof_under_the_outer_one() -> None:
    inner = signed(note(), BOBS, BOB)
    outer = signed({"@context": CONTEXT, "type": "Create", "actor": ALICE, "object": inner})
    assert opened(outer).value["object"] == inner
    for changed in ({**inner, "content": "Hallo"}, note()):
        assert refused({**outer, "object": changed}) is Reason.BAD_PROOF


def test_the_signer_is_named_before_its_key_is_looked_for() -> None:
    assert signer_of(signed(note())) == f"{ALICE}#ed25519-key"
    with pytest.raises(Refused) as refusal:
        signer_of(note())
    assert refusal.value.reason is Reason.BAD_PROOF


def test_nobody_else_says_that_a_document_is_verified() -> None:
    with pytest.raises(TypeError):
        Verified(note(), ALICES.public, object())
