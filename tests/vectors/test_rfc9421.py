"""RFC 9421: every signature base of its appendix, and its Ed25519 signatures.

Nodes use Ed25519 only, so for the other algorithms the base is what is compared.
"""

import re
from typing import Any

import pytest

from protocol import requests
from protocol.canonical import unb64
from protocol.digests import check_digest
from protocol.errors import Reason, Refused
from protocol.fields import find_field, read_dictionary
from protocol.keys import PublicKey, Signer
from protocol.signature_base import Message, SignatureInput, read_input, signature_base
from tests.vectors.official import load

VECTORS = load("rfc9421")
JWK = VECTORS["keys"]["values"]["test-key-ed25519"]["jwk"]
SIGNER = Signer.from_seed(unb64(JWK["d"]))
ALL = [pytest.param(row, id=row["name"]) for row in VECTORS["vectors"]]
ED25519 = [
    pytest.param(row, id=row["name"]) for row in VECTORS["vectors"] if row["alg"] == "ed25519"
]
VALUES = [
    pytest.param(row["method"], row["url"], name, value, id=f"{name} of {row['url'][23:60]}")
    for row in VECTORS["component_values"]
    for name, value in row["values"].items()
]


def message(part: dict[str, Any], request: Message | None = None) -> Message:
    fields = [(name, value) for name, value in part["headers"]]
    url, status = part.get("url", ""), part.get("status")
    return Message(fields, part.get("method", ""), url, status, request)


def covered(text: str, label: str) -> SignatureInput:
    parsed = read_dictionary(text)
    assert parsed is not None
    read = read_input(parsed[label])
    assert read is not None
    return read


def signature(row: dict[str, Any]) -> bytes:
    parsed = read_dictionary(row["signature"])
    assert parsed is not None
    value = parsed[row["label"]]
    assert isinstance(value, tuple)
    assert isinstance(value[0], bytes)
    return value[0]


def base(row: dict[str, Any]) -> bytes:
    related = message(row["related_request"]) if "related_request" in row else None
    given = message(row["message"], related)
    return signature_base(given, covered(row["signature_input"], row["label"]))


@pytest.mark.parametrize(("method", "url", "name", "value"), VALUES)
def test_a_component_has_its_published_value(method: str, url: str, name: str, value: str) -> None:
    identifier = re.sub(r"^([^;]+)", r'"\1"', name)
    read = covered(f"sig=({identifier})", "sig")
    lines = signature_base(Message([], method, url), read).decode().split("\n")
    assert lines[0] == f"{identifier}: {value}"


@pytest.mark.parametrize("row", ALL)
def test_the_signature_base_is_the_published_one(row: dict[str, Any]) -> None:
    assert base(row).decode() == row["expected_signature_base"]


def test_the_published_key_is_the_key_of_its_seed() -> None:
    assert SIGNER.public == PublicKey.from_raw(unb64(JWK["x"]))


@pytest.mark.parametrize("row", ED25519)
def test_an_ed25519_signature_is_worth_what_is_published(row: dict[str, Any]) -> None:
    holds = SIGNER.public.verify(base(row), signature(row))
    assert holds is (row["expect"] == "valid")
    if row["deterministic"] and holds:
        assert SIGNER.sign(base(row)) == signature(row)


@pytest.mark.parametrize("row", ED25519)
def test_a_published_request_is_refused_by_our_narrower_profile(row: dict[str, Any]) -> None:
    # None of them carries a nonce, most cover less than nodes demand of each other.
    part = row["message"]
    headers = [
        *((name, value) for name, value in part["headers"]),
        ("Signature-Input", row["signature_input"]),
        ("Signature", row["signature"]),
    ]
    with pytest.raises(Refused) as refused:
        requests.read_signature(method=part["method"], target_uri=part["url"], headers=headers)
    assert refused.value.reason is Reason.MISSING_COVERAGE


def test_a_swapped_body_is_told_by_its_digest_alone() -> None:
    row = next(row for row in VECTORS["vectors"] if row["name"] == "fedi-post-body-swapped")
    part = row["message"]
    assert SIGNER.public.verify(base(row), signature(row))
    stated = find_field(message(part).fields, "content-digest")
    assert stated is not None
    with pytest.raises(Refused) as refused:
        check_digest(stated, part["body"].encode())
    assert refused.value.reason is Reason.BAD_DIGEST
