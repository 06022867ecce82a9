"""What is sealed: libsodium's secretbox under the vault's own key.

Each sealed text says what it is for, so that one that is moved into another column does not open.
"""

import hashlib

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from node.clock import Chance
from protocol.errors import Reason, Refused

KEY_OCTETS = SecretBox.KEY_SIZE
_END = b"\0"


class Box:
    """Seals and opens texts; `key` has 32 octets of chance."""

    def __init__(self, key: bytes, chance: Chance) -> None:
        self._key = key
        self._box = SecretBox(key)
        self._chance = chance

    def seal(self, purpose: str, text: str) -> bytes:
        """`text`, sealed with a nonce of chance."""
        plain = purpose.encode("ascii") + _END + text.encode("utf-8")
        return bytes(self._box.encrypt(plain, self._chance.octets(SecretBox.NONCE_SIZE)))

    def open(self, purpose: str, sealed: bytes) -> str:
        """What was sealed. Refuses with BAD_DATA_FOLDER another key's or another purpose's."""
        try:
            said, _, text = self._box.decrypt(sealed).partition(_END)
        except CryptoError:
            said, text = b"", b""
        if said != purpose.encode("ascii"):
            raise Refused(
                Reason.BAD_DATA_FOLDER,
                "vault/vault.key does not open the vault; restore both from one backup of it",
            )
        return text.decode("utf-8")

    def seal_optional(self, purpose: str, text: str) -> bytes | None:
        """None for an empty text: what nobody said is not kept."""
        return self.seal(purpose, text) if text else None

    def open_optional(self, purpose: str, sealed: bytes | None) -> str:
        return "" if sealed is None else self.open(purpose, sealed)

    def mac(self, purpose: str, text: str) -> str:
        """A keyed hash in hexadecimal: without the key nobody tries out what it was made of."""
        given = purpose.encode("ascii") + _END + text.encode("utf-8")
        return hashlib.blake2b(given, key=self._key, person=b"schoolgate-vault").hexdigest()

    def key_for(self, purpose: str, name: str) -> bytes:
        """A key of its own for something that is called `name`, made of the vault's."""
        given = purpose.encode("ascii") + _END + name.encode("ascii")
        return hashlib.blake2b(
            given, key=self._key, digest_size=KEY_OCTETS, person=b"schoolgate-file"
        ).digest()
