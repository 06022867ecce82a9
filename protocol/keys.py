"""Ed25519 keys (RFC 8032), their Multikey text (FEP-521a, W3C CID 1.0 §2.2.2), and their end.

libsodium is the one library that signs and verifies, on every node: libraries disagree about
small-order keys and mixed-order points, and a signature must mean the same thing everywhere.
Signatures are verified one by one, never as a batch.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NoReturn, Self

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from protocol.errors import Reason, Refused
from protocol.multibase import read_base58, write_base58

_ED25519_PUBLIC: Final = b"\xed\x01"
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key that passed every check; another one cannot be made.

    Refuses with BAD_KEY: wrong length, non-canonical encoding, a point off the curve, of small
    order or outside the main subgroup.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _KEY_BYTES:
            raise Refused(Reason.BAD_KEY, "an Ed25519 public key has 32 bytes")
        if not crypto_core_ed25519_is_valid_point(self.raw):
            raise Refused(Reason.BAD_KEY, "the key is no point of the main Ed25519 subgroup")

    @classmethod
    def from_raw(cls, raw: bytes) -> Self:
        """The key with these 32 bytes."""
        return cls(raw)

    @classmethod
    def read(cls, multikey: str) -> Self:
        """Read `publicKeyMultibase`: `z`, then base58btc of `ed01` ‖ 32 bytes (FEP-521a)."""
        data = read_base58(multikey)
        if data is None:
            raise Refused(Reason.BAD_KEY, "write the key as z and base58btc digits (Multikey)")
        if not data.startswith(_ED25519_PUBLIC):
            raise Refused(Reason.BAD_KEY, "the key is not marked as an Ed25519 public key (ed01)")
        return cls(data.removeprefix(_ED25519_PUBLIC))

    @property
    def multikey(self) -> str:
        """The text form, `z6Mk…`."""
        return _multikey(self.raw)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `message` (RFC 8032 §5.1.7)."""
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            VerifyKey(self.raw).verify(message, signature)
        except BadSignatureError:
            return False
        return True


@lru_cache(maxsize=1024)
def _multikey(raw: bytes) -> str:
    """Batches of operations name the same few keys thousands of times."""
    return write_base58(_ED25519_PUBLIC + raw)


class Signer:
    """A private key. It signs and never shows its seed."""

    __slots__ = ("_key", "public")

    public: PublicKey

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.public = PublicKey(bytes(key.verify_key))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The private key with this 32-byte seed; another length is refused with BAD_KEY."""
        if len(seed) != _KEY_BYTES:
            raise Refused(Reason.BAD_KEY, "an Ed25519 seed has 32 bytes")
        return cls(SigningKey(seed))

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`; the same every time (RFC 8032 §5.1.6)."""
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        return f"Signer({self.public.multikey})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not pickled or copied")


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key with what is known about its end."""

    public: PublicKey
    valid_until: datetime | None = None
    revoked: datetime | None = None

    def usable(self, at: datetime) -> PublicKey:
        """The key, where a signature received at that moment may count; else REVOKED_KEY.

        A retired key counts until the end of the overlap that its owner stated (`validUntil`); a
        revoked one ends at once, whatever the dates say.
        """
        if self.revoked is not None:
            raise Refused(Reason.REVOKED_KEY, "this key was revoked; sign with the present one")
        if self.valid_until is not None and self.valid_until <= at:
            raise Refused(
                Reason.REVOKED_KEY,
                "this key was replaced; sign with the present one",
                valid_until=self.valid_until.isoformat(),
            )
        return self.public


def fingerprint(public: PublicKey) -> str:
    """Ten groups of four hexadecimal digits of SHA-256, for comparing by eye or by telephone.

    160 bits: nobody finds a second key with the fingerprint of a given one.
    """
    digits = hashlib.sha256(b"schoolgate/fingerprint/1\n" + public.raw).hexdigest()[:40]
    return " ".join(digits[start : start + 4] for start in range(0, 40, 4))
