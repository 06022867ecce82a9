"""Ed25519 keys and their names: Multikey text, fingerprints, and what a valid key is.

W3C CID 1.0 §2.2.2 and FEP-521a: `z` + base58btc of `ed01` ‖ 32 octets. PyNaCl verifies: it refuses
the small-order keys that other libraries accept (ed25519-speccheck); mixed-order points are refused
when a key is read.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from protocol.errors import Reason, Refused

ED25519_PUBLIC = b"\xed\x01"
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {letter: number for number, letter in enumerate(_ALPHABET)}


def base58_encode(octets: bytes) -> str:
    """base58btc text of `octets`."""
    number = int.from_bytes(octets, "big")
    text = ""
    while number:
        number, rest = divmod(number, 58)
        text = _ALPHABET[rest] + text
    return "1" * (len(octets) - len(octets.lstrip(b"\0"))) + text


def base58_decode(text: str) -> bytes:
    """The octets of base58btc `text`. Refuses with BAD_KEY letters outside the alphabet."""
    number = 0
    for letter in text:
        if letter not in _VALUE:
            raise Refused(Reason.BAD_KEY, "a letter outside base58btc")
        number = number * 58 + _VALUE[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


@dataclass(frozen=True)
class PublicKey:
    """A valid Ed25519 public key: on the curve, of prime order, canonically encoded."""

    raw: bytes

    @classmethod
    def from_raw(cls, raw: bytes) -> "PublicKey":
        """Refuses with BAD_KEY whatever is not 32 octets of a valid point."""
        if len(raw) != 32 or not crypto_core_ed25519_is_valid_point(raw):
            raise Refused(Reason.BAD_KEY, "that is no valid Ed25519 public key")
        return cls(raw)

    @classmethod
    def read(cls, multikey: str) -> "PublicKey":
        """The key of a `publicKeyMultibase` text. Refuses with BAD_KEY any other prefix."""
        if not multikey.startswith("z") or len(multikey) > 64:
            raise Refused(Reason.BAD_KEY, "a Multikey begins with z (base58btc)")
        octets = base58_decode(multikey[1:])
        if octets[:2] != ED25519_PUBLIC or len(octets) != 34:
            raise Refused(Reason.BAD_KEY, "only Ed25519 keys (multicodec ed01) are used")
        key = cls.from_raw(octets[2:])
        if key.multikey != multikey:
            raise Refused(Reason.BAD_KEY, "the Multikey is not in its one spelling")
        return key

    @property
    def multikey(self) -> str:
        return "z" + base58_encode(ED25519_PUBLIC + self.raw)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 octets) is this key's over `message`."""
        if len(signature) != 64:
            return False
        try:
            VerifyKey(self.raw).verify(message, signature)
        except (BadSignatureError, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key: signs, and never shows its seed."""

    _key: SigningKey = field(repr=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> "Signer":
        """The key pair of a 32-octet seed."""
        return cls(SigningKey(seed))

    @property
    def public(self) -> PublicKey:
        return PublicKey(bytes(self._key.verify_key))

    def sign(self, message: bytes) -> bytes:
        """The 64-octet signature over `message`."""
        return self._key.sign(message).signature


@dataclass(frozen=True)
class KnownKey:
    """A key as it is remembered: until when it may be used, and since when it must not."""

    public: PublicKey
    valid_until: datetime | None = None
    revoked: datetime | None = None

    def usable(self, at: datetime) -> PublicKey:
        """The key, if it may be used at `at`; else refuses with REVOKED_KEY."""
        if self.revoked is not None and self.revoked <= at:
            raise Refused(Reason.REVOKED_KEY, "this key was revoked; sign with the current one")
        if self.valid_until is not None and self.valid_until <= at:
            raise Refused(Reason.REVOKED_KEY, "this key has been replaced; sign with the new one")
        return self.public


def fingerprint(public: PublicKey) -> str:
    """What two people compare by telephone: ten groups of four hexadecimal digits."""
    text = hashlib.sha256(b"schoolgate/fingerprint/1\n" + public.raw).hexdigest()[:40]
    return " ".join(text[at : at + 4] for at in range(0, 40, 4))
