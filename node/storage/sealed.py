"""Files that open with a passphrase, or with a key, only: written and read as streams.

What a passphrase opens:

    SCHOOLGATE-BACKUP 1                             line 1: what this is, and the format's version
    {"salt": …, "rounds": …, "memory": …, "head": …}  line 2: how the key comes from the passphrase
    chunks                                          XChaCha20-Poly1305 (libsodium's secretstream)

The key is argon2id of the passphrase. Each chunk seals up to 256 KiB; the first one also both
lines, and the last one bears the final tag. Whatever was changed, cut off, added or moved does not
open. What a key opens (`KeySealer`) begins with the stream's header in place of both lines, and its
first chunk seals what the file is for.
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
OF_BACKUPS = "the backups"
KEY_OCTETS = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
_DAMAGED = "a sealed file is damaged, or its key is another one; restore both from one backup"
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


class _Sealing(io.RawIOBase):
    """Seals what is written to it into `target`, which is whole once `finish` returned."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        super().__init__()
        self._target = target
        self._waiting = bytearray()
        self._bound: bytes | None = None
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self._head = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)

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


class Sealer(_Sealing):
    """Seals under a passphrase. Refuses with BAD_INPUT a weak one."""

    def __init__(self, target: BinaryIO, passphrase: str, chance: Chance) -> None:
        require_passphrase(passphrase)
        salt = chance.octets(argon2id.SALTBYTES)
        super().__init__(target, _key(passphrase, salt, ROUNDS, MEMORY_BYTES))
        line = {
            "salt": salt.hex(),
            "rounds": ROUNDS,
            "memory": MEMORY_BYTES,
            "head": self._head.hex(),
        }
        self._bound = MAGIC + json.dumps(line).encode("ascii") + b"\n"
        target.write(self._bound)


class KeySealer(_Sealing):
    """Seals under a key of `KEY_OCTETS`; `purpose` says what for, and is needed to open it."""

    def __init__(self, target: BinaryIO, key: bytes, purpose: bytes) -> None:
        super().__init__(target, key)
        self._bound = purpose
        target.write(self._head)


class _Opening(io.RawIOBase):
    """Reads what was sealed. Refuses, while reading, with BAD_DATA_FOLDER what was damaged."""

    def __init__(self, source: BinaryIO, damaged: str) -> None:
        super().__init__()
        self._source = source
        self._damaged = damaged
        self._opened = b""
        self._over = False
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        room = memoryview(buffer)
        while not self._opened and not self._over:
            self._pull(None, Refused(Reason.BAD_DATA_FOLDER, self._damaged))
        piece = self._opened[: len(room)]
        self._opened = self._opened[len(piece) :]
        room[: len(piece)] = piece
        return len(piece)

    def _begin(self, head: bytes, key: bytes, bound: bytes, otherwise: Refused) -> None:
        try:
            bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, head, key)
        except (CryptoError, ValueError):
            raise otherwise from None
        self._pull(bound, otherwise)

    def _pull(self, bound: bytes | None, otherwise: Refused) -> None:
        sealed = self._source.read(CHUNK + _OVERHEAD)
        try:
            opened, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(
                self._state, sealed, bound
            )
        except (CryptoError, ValueError):
            raise otherwise from None
        self._over = tag == _FINAL
        if self._over and self._source.read(1):
            raise Refused(Reason.BAD_DATA_FOLDER, "something was added to the end of this file")
        self._opened = opened


class Opener(_Opening):
    """Reads what a `Sealer` wrote.

    Refuses with BAD_INPUT another file or a wrong passphrase, and, while reading, with
    BAD_DATA_FOLDER a file that was damaged or cut off.
    """

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        super().__init__(source, "this backup is damaged or was cut off; take another one")
        magic, line = source.readline(MAX_LINE), source.readline(MAX_LINE)
        if magic != MAGIC:
            raise Refused(Reason.BAD_INPUT, "this is no backup of this version of Schoolgate")
        salt, rounds, memory, head = _read_line(line)
        sentence = "the passphrase does not open this backup, or the file is damaged"
        key = _key(passphrase, salt, rounds, memory)
        self._begin(head, key, magic + line, Refused(Reason.BAD_INPUT, sentence))


class KeyOpener(_Opening):
    """Reads what a `KeySealer` wrote with the same key and purpose. Refuses with BAD_DATA_FOLDER
    anything else."""

    def __init__(self, source: BinaryIO, key: bytes, purpose: bytes) -> None:
        super().__init__(source, _DAMAGED)
        head = source.read(_HEAD_OCTETS)
        self._begin(head, key, purpose, Refused(Reason.BAD_DATA_FOLDER, _DAMAGED))


def read_passphrase(file: Path, of: str = OF_BACKUPS) -> str:
    """The passphrase `of` something that `file` holds. Refuses with BAD_SETTING what cannot be
    read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        sentence = f"{file} cannot be read; write the passphrase of {of} into it"
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
        KEY_OCTETS,
        passphrase.encode("utf-8"),
        salt,
        opslimit=rounds,
        memlimit=memory,
    )
