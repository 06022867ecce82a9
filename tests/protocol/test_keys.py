"""Keys: which ones are valid, how they are written, when they end, what they never show."""

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.errors import Reason, Refused
from protocol.keys import KnownKey, PublicKey, Signer, fingerprint
from protocol.multibase import read_base58, write_base58

SEED = bytes(range(32))
SIGNER = Signer.from_seed(SEED)
NOW = datetime(2026, 11, 23, 19, tzinfo=UTC)
P = 2**255 - 19
FEW = settings(max_examples=50, deadline=None)


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


# A033: the eight points of small order, and encodings that are not the smallest of their point.
SMALL_ORDER = [
    little(1),
    little(0),
    little(P - 1),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    little(1 << 255),
]
NOT_CANONICAL = [little(P), little(P + 1), little((1 << 255) + 1), b"\xff" * 32]
# A036: the keys of ed25519-speccheck 2 to 5, 8 and 9. They have a part of small order, and only
# verifiers that multiply by the cofactor, as those for batches do, accept all their signatures.
MIXED_ORDER = [
    bytes.fromhex("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d"),
    bytes.fromhex("f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43"),
]


@pytest.mark.parametrize("raw", [*SMALL_ORDER, *NOT_CANONICAL, *MIXED_ORDER, b"", SEED[:31]])
def test_a_point_that_libraries_disagree_about_is_no_key(raw: bytes) -> None:
    for make in (PublicKey, PublicKey.from_raw, lambda raw: PublicKey.read(multikey(raw))):
        with pytest.raises(Refused) as refused:
            make(raw)
        assert refused.value.reason is Reason.BAD_KEY


def multikey(raw: bytes) -> str:
    return write_base58(b"\xed\x01" + raw)


def test_a_signature_holds_for_its_message_and_key_only() -> None:
    signature = SIGNER.sign(b"message")
    assert SIGNER.public.verify(b"message", signature)
    assert not SIGNER.public.verify(b"massage", signature)
    assert not Signer.from_seed(bytes(32)).public.verify(b"message", signature)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65), b"\xff" * 64])
def test_what_is_no_signature_does_not_hold(signature: bytes) -> None:
    assert not SIGNER.public.verify(b"message", signature)


def test_a_signature_with_a_second_spelling_of_its_scalar_does_not_hold() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    signature = SIGNER.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little") + order
    assert not SIGNER.public.verify(b"message", signature[:32] + little(scalar))


def test_a_private_key_shows_its_public_half_only() -> None:
    for shown in (repr(SIGNER), str(SIGNER), f"{SIGNER}", repr([SIGNER])):
        assert SIGNER.public.multikey in shown
        assert SEED.hex() not in shown
    assert not hasattr(SIGNER, "__dict__")


@pytest.mark.parametrize("carry_off", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_private_key_is_not_copied(carry_off: object) -> None:
    assert callable(carry_off)
    with pytest.raises(TypeError):
        carry_off(SIGNER)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_seed_has_32_bytes(seed: bytes) -> None:
    with pytest.raises(Refused) as refused:
        Signer.from_seed(seed)
    assert refused.value.reason is Reason.BAD_KEY


@FEW
@given(st.binary(min_size=32, max_size=32))
def test_every_seed_gives_a_key_that_is_read_back(seed: bytes) -> None:
    public = Signer.from_seed(seed).public
    assert PublicKey.read(public.multikey) == public
    assert public.multikey.startswith("z6Mk")


@FEW
@given(st.binary(max_size=80))
def test_bytes_are_read_back_from_base58(data: bytes) -> None:
    text = write_base58(data)
    assert read_base58(text) == (data or None)


def test_a_text_too_long_for_any_key_or_signature_is_not_even_read() -> None:
    assert read_base58("z" + "2" * 127) is not None
    assert read_base58("z" + "2" * 128) is None


def test_a_fingerprint_is_ten_groups_that_a_voice_can_carry() -> None:
    text = fingerprint(SIGNER.public)
    assert [len(group) for group in text.split(" ")] == [4] * 10
    assert text != fingerprint(Signer.from_seed(bytes(32)).public)
    assert fingerprint(PublicKey.read(SIGNER.public.multikey)) == text


# A031
def test_a_present_key_is_usable() -> None:
    assert KnownKey(SIGNER.public).usable(NOW) == SIGNER.public


def test_a_replaced_key_is_usable_only_until_its_overlap_ends() -> None:
    known = KnownKey(SIGNER.public, valid_until=NOW)
    assert known.usable(NOW - timedelta(seconds=1)) == SIGNER.public
    for late in (NOW, NOW + timedelta(days=400)):
        with pytest.raises(Refused) as refused:
            known.usable(late)
        assert refused.value.reason is Reason.REVOKED_KEY


@pytest.mark.parametrize("revoked", [NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])
def test_a_revoked_key_ends_at_once_whatever_its_dates_say(revoked: datetime) -> None:
    known = KnownKey(SIGNER.public, valid_until=NOW + timedelta(days=9), revoked=revoked)
    with pytest.raises(Refused) as refused:
        known.usable(NOW)
    assert refused.value.reason is Reason.REVOKED_KEY
