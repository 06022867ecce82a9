"""W3C vc-di-eddsa (eddsa-jcs-2022), FEP-8b32 and FEP-c390: signing and verifying documents."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocol import canonical, documents
from protocol.keys import PublicKey, Signer
from protocol.multibase import read_base58
from tests.vectors.official import load

VECTORS = load("eddsa-jcs-2022")
NOW = datetime(2026, 11, 23, 19, tzinfo=UTC)
BEFORE_EXPIRY = datetime(2023, 2, 24, 23, 40, tzinfo=UTC)
PUBLISHED = [pytest.param(row, id=row["name"]) for row in VECTORS["vectors"]]
DERIVED = [pytest.param(row, id=row["name"]) for row in VECTORS["derived"]]


def verified(row: dict[str, Any], now: datetime = NOW, key: str = "publicKeyMultibase") -> bool:
    return documents.verify_proof(row["secured"], PublicKey.read(row[key]), now)


def signer_of(row: dict[str, Any]) -> Signer:
    seed = read_base58(row["secretKeyMultibase"])
    assert seed is not None
    return Signer.from_seed(seed.removeprefix(b"\x80\x26"))


@pytest.mark.parametrize("row", PUBLISHED)
def test_each_step_of_a_published_signature_is_reproduced(row: dict[str, Any]) -> None:
    bare, options = row["unsecured"], dict(row["proof_options_without_context"])
    if "@context" in bare:
        options["@context"] = bare["@context"]
    assert canonical.encode(bare).decode() == row["canonical_document"]
    assert canonical.encode(options).decode() == row["canonical_proof_config"]
    hashed = documents.hash_data(bare, options)
    assert hashed.hex() == row["proof_config_hash_hex"] + row["document_hash_hex"]
    assert signer_of(row).sign(hashed).hex() == row["signature_hex"]


@pytest.mark.parametrize("row", PUBLISHED)
def test_a_published_document_is_signed_as_published(row: dict[str, Any]) -> None:
    options = row["proof_options_without_context"]
    created = datetime.fromisoformat(options["created"])
    signed = documents.sign_document(
        row["unsecured"], signer_of(row), options["verificationMethod"], created
    )
    assert signed == row["secured"]


@pytest.mark.parametrize("row", PUBLISHED)
def test_a_published_document_is_verified(row: dict[str, Any]) -> None:
    assert verified(row)


@pytest.mark.parametrize("row", DERIVED)
def test_a_document_holds_as_long_as_nothing_that_was_signed_changes(row: dict[str, Any]) -> None:
    # The data says what the signature alone gives; before its expiry a proof holds accordingly.
    assert verified(row, BEFORE_EXPIRY) is (row["expect"] == "valid")


def test_an_expired_proof_is_refused_although_its_signature_holds() -> None:
    row = next(row for row in VECTORS["derived"] if row["name"] == "expired-proof")
    assert verified(row, BEFORE_EXPIRY)
    assert not verified(row, NOW)


def test_an_embedded_document_is_verified_by_its_own_proof_alone() -> None:
    row = next(row for row in VECTORS["derived"] if row["name"] == "nested-map-local")
    inner = {**row, "secured": row["secured"]["object"]}
    assert verified(inner, key="inner_publicKeyMultibase")
    assert not verified(inner)
