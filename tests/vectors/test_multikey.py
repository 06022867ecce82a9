"""Multikey, multibase and Ed25519: FEP-521a, W3C CID 1.0, multiformats, RFC 8032 §7.1."""

from typing import Any

import pytest

from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.multibase import read_base58, write_base58
from tests.vectors.official import load

VECTORS = load("multikey-multibase")
PREFIXES = VECTORS["prefixes"]
KEYS = VECTORS["keys"]
PUBLIC = [row for row in KEYS if row["codec"] == "ed25519-pub"]
SECRET = [row for row in KEYS if row["codec"] == "ed25519-priv"]
OTHER = [row for row in KEYS if row["codec"] != "ed25519-pub"]
INVALID = [pytest.param(r["value"], id=r["why"]) for r in VECTORS["invalid_ed25519_public"]["rows"]]
WEAK = VECTORS["weak_ed25519_public"]["rows"]


@pytest.mark.parametrize("row", PUBLIC)
def test_an_ed25519_key_is_read_and_written(row: dict[str, str]) -> None:
    key = PublicKey.read(row["multibase"])
    assert key.raw.hex() == row["raw_hex"]
    assert PublicKey.from_raw(bytes.fromhex(row["raw_hex"])).multikey == row["multibase"]


@pytest.mark.parametrize("row", OTHER)
def test_a_key_of_another_kind_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        PublicKey.read(row["multibase"])
    assert refused.value.reason is Reason.BAD_KEY


@pytest.mark.parametrize("row", SECRET)
def test_a_published_seed_gives_its_published_key(row: dict[str, str]) -> None:
    decoded = read_base58(row["multibase"])
    assert decoded == bytes.fromhex(row["prefix_hex"] + row["raw_hex"])
    signer = Signer.from_seed(bytes.fromhex(row["raw_hex"]))
    assert signer.public.raw.hex() == row["public_raw_hex"]


@pytest.mark.parametrize("value", INVALID)
def test_an_invalid_spelling_is_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        PublicKey.read(value)
    assert refused.value.reason is Reason.BAD_KEY


# A033
@pytest.mark.parametrize("row", WEAK, ids=[row["why"][:24] for row in WEAK])
def test_a_weak_key_is_refused_before_its_universal_signature_counts(row: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        PublicKey.read(row["publicKeyMultibase"])
    assert refused.value.reason is Reason.BAD_KEY


@pytest.mark.parametrize("row", VECTORS["multibase"], ids=["plain", "one zero", "two zeros"])
def test_bytes_are_spelled_as_multiformats_spells_them(row: dict[str, Any]) -> None:
    data, spelled = row["utf8"].encode(), row["encodings"]
    assert write_base58(data) == spelled["base58btc"]
    assert read_base58(spelled["base58btc"]) == data
    assert "u" + b64(data) == spelled["base64url"]


@pytest.mark.parametrize("row", VECTORS["ed25519_rfc8032"], ids=lambda row: row["source"][-12:])
def test_a_message_is_signed_as_rfc_8032_signs_it(row: dict[str, str]) -> None:
    message, signature = bytes.fromhex(row["message_hex"]), bytes.fromhex(row["signature_hex"])
    signer = Signer.from_seed(bytes.fromhex(row["secret_hex"]))
    assert signer.public.raw.hex() == row["public_hex"]
    assert signer.sign(message) == signature
    assert signer.public.verify(message, signature)
    assert not signer.public.verify(message + b"!", signature)
