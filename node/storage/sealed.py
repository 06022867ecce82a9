"""A file that opens with a passphrase only, written and read as a stream.

    SCHOOLGATE-BACKUP 1                             line 1: what this is, and the format's version
    {"salt": …, "rounds": …, "memory": …, "head": …}  line 2: how the key comes from the passphrase
    chunks                                          XChaCha20-Poly1305 (libsodium's secretstream)

The key is argon2id of the passphrase. Each chunk seals up to 256 KiB; the first one also both
lines, and the last one bears the final tag. Whatever was changed, cut off, added or moved does not
open.
"""

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from node.clock import Chance
from protocol.errors import Reason, Refused

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAGIC = b"SCHOOLGATE-BACKUP 1\n"
CHUNK = 1 << 18
ROUNDS = 3
MEMORY_BYTES = 64 << 20
MAX_MEMORY_BYTES = 1 << 30
MAX_ROUNDS = 20
MAX_LINE = 1_000
MIN_PASSPHRASE_CHARACTERS = 12
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_HEAD_OCTETS = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES


class _Line(msgspec.Struct):
    """Line 2: hexadecimal salt and stream header, and the cost of argon2id."""

    salt: str
    rounds: int
    memory: int
    head: str


def require_passphrase(passphrase: str) -> None:
    """Refuse with BAD_INPUT a passphrase that could be guessed by trying."""
    if len(passphrase) < MIN_PASSPHRASE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"choose a passphrase of at least {MIN_PASSPHRASE_CHARACTERS} characters",
        )


class Sealer(io.RawIOBase):
    """Seals what is written to it into `target`, which is whole once `finish` returned."""

    def __init__(self, target: BinaryIO, passphrase: str, chance: Chance) -> None:
        super().__init__()
        require_passphrase(passphrase)
        self._target = target
        self._waiting = bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        salt = chance.octets(argon2id.SALTBYTES)
        key = _key(passphrase, salt, ROUNDS, MEMORY_BYTES)
        head = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        line = {"salt": salt.hex(), "rounds": ROUNDS, "memory": MEMORY_BYTES, "head": head.hex()}
        self._bound: bytes | None = MAGIC + json.dumps(line).encode("ascii") + b"\n"
        target.write(self._bound)

    def writable(self) -> bool:
        return True

    def write(self, octets: "ReadableBuffer") -> int:
        piece = memoryview(octets)
        self._waiting += piece
        while len(self._waiting) > CHUNK:
            self._push(bytes(self._waiting[:CHUNK]), _MESSAGE)
            del self._waiting[:CHUNK]
        return len(piece)

    def finish(self) -> None:
        """Seal the last chunk; only then does the file open again."""
        self._push(bytes(self._waiting), _FINAL)
        self._waiting.clear()

    def _push(self, octets: bytes, tag: int) -> None:
        bound, self._bound = self._bound, None
        self._target.write(
            bindings.crypto_secretstream_xchacha20poly1305_push(self._state, octets, bound, tag)
        )


class Opener(io.RawIOBase):
    """Reads what a `Sealer` wrote.

    Refuses with BAD_INPUT another file or a wrong passphrase, and, while reading, with
    BAD_DATA_FOLDER a file that was damaged or cut off.
    """

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        super().__init__()
        self._source = source
        self._opened = b""
        self._over = False
        magic, line = source.readline(MAX_LINE), source.readline(MAX_LINE)
        if magic != MAGIC:
            raise Refused(Reason.BAD_INPUT, "this is no backup of this version of Schoolgate")
        salt, rounds, memory, head = _read_line(line)
        self._bound: bytes | None = magic + line
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        key = _key(passphrase, salt, rounds, memory)
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, head, key)
        self._pull("the passphrase does not open this backup, or the file is damaged")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        room = memoryview(buffer)
        while not self._opened and not self._over:
            self._pull("this backup is damaged or was cut off; take another one")
        piece = self._opened[: len(room)]
        self._opened = self._opened[len(piece) :]
        room[: len(piece)] = piece
        return len(piece)

    def _pull(self, otherwise: str) -> None:
        sealed = self._source.read(CHUNK + _OVERHEAD)
        bound, self._bound = self._bound, None
        try:
            opened, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(
                self._state, sealed, bound
            )
        except (CryptoError, ValueError):
            reason = Reason.BAD_DATA_FOLDER if bound is None else Reason.BAD_INPUT
            raise Refused(reason, otherwise) from None
        self._over = tag == _FINAL
        if self._over and self._source.read(1):
            raise Refused(Reason.BAD_DATA_FOLDER, "something was added to the end of this backup")
        self._opened = opened


def read_passphrase(file: Path) -> str:
    """The passphrase that `file` holds. Refuses with BAD_SETTING what cannot be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        sentence = f"{file} cannot be read; write the passphrase of the backups into it"
        raise Refused(Reason.BAD_SETTING, sentence) from None


def _read_line(line: bytes) -> tuple[bytes, int, int, bytes]:
    try:
        said = msgspec.json.decode(line, type=_Line)
        salt, head = bytes.fromhex(said.salt), bytes.fromhex(said.head)
    except (msgspec.DecodeError, ValueError):
        raise Refused(Reason.BAD_INPUT, "the beginning of this backup is damaged") from None
    sound = (
        len(salt) == argon2id.SALTBYTES
        and len(head) == _HEAD_OCTETS
        and argon2id.OPSLIMIT_MIN <= said.rounds <= MAX_ROUNDS
        # A file that asks for all of this machine's memory is not one of ours.
        and argon2id.MEMLIMIT_MIN <= said.memory <= MAX_MEMORY_BYTES
    )
    if not sound:
        raise Refused(Reason.BAD_INPUT, "the beginning of this backup is damaged")
    return salt, said.rounds, said.memory, head


def _key(passphrase: str, salt: bytes, rounds: int, memory: int) -> bytes:
    return argon2id.kdf(
        bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES,
        passphrase.encode("utf-8"),
        salt,
        opslimit=rounds,
        memlimit=memory,
    )
