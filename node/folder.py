"""The data folder of one node: where each thing lies, and the master secret's file.

config.toml     settings                    keys/node.key   the master secret, mode 0600
node.sqlite     everything else that counts  state/tips     own log tips, outside every backup
blobs/          files, by content            state/erasures own erasure statements, likewise
backups/        backups, unless another folder is set
state/forgotten random names of pupils that a restored vault drops again
state/refused   noes to pictures that a restored vault is told again
exports/        files of spaces that somebody asked for, for some days
vault/          what is kept of pupils, with a key of its own; in no backup of the above
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from protocol.errors import Reason, Refused

MASTER_OCTETS = 32


@dataclass(frozen=True)
class Folder:
    """One node's data folder."""

    path: Path

    @property
    def config_file(self) -> Path:
        return self.path / "config.toml"

    @property
    def key_file(self) -> Path:
        return self.path / "keys" / "node.key"

    @property
    def database_file(self) -> Path:
        return self.path / "node.sqlite"

    @property
    def tips_file(self) -> Path:
        return self.path / "state" / "tips"

    @property
    def erasures_file(self) -> Path:
        return self.path / "state" / "erasures"

    @property
    def blobs(self) -> Path:
        return self.path / "blobs"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def exports(self) -> Path:
        return self.path / "exports"

    @property
    def forgotten_file(self) -> Path:
        return self.path / "state" / "forgotten"

    @property
    def refused_file(self) -> Path:
        return self.path / "state" / "refused"

    @property
    def vault(self) -> Path:
        return self.path / "vault"

    def export_file(self, id_: str) -> Path:
        """Under the hash of its id, so that no name is ever part of a path."""
        return self.exports / f"{hashlib.sha256(id_.encode()).hexdigest()}.zip"

    @property
    def backup_passphrase_file(self) -> Path:
        return self.path / "keys" / "backup.passphrase"

    def make(self, master: bytes, config_text: str) -> None:
        """Lay out a new data folder. Refuses one that already holds a node."""
        if self.config_file.exists() or self.key_file.exists():
            sentence = f"{self.path} already holds a node; choose another folder"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence)
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            for part in ("keys", "state", "blobs"):
                (self.path / part).mkdir(exist_ok=True, mode=0o700)
            handle = os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(master.hex() + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            self.config_file.write_text(config_text, encoding="utf-8")
        except OSError as error:
            sentence = f"{self.path} cannot be written: {error.strerror}"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence) from None

    def read_master(self) -> bytes:
        """The master secret.

        Refuses with BAD_DATA_FOLDER a file that is missing, empty, malformed, of one repeated
        octet, or readable by anyone but its owner.
        """
        try:
            mode = self.key_file.stat().st_mode
            text = self.key_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            sentence = f"{self.key_file} cannot be read; restore it from the backup of the keys"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence) from None
        if stat.S_IMODE(mode) & 0o077:
            sentence = f"others can read {self.key_file}; run: chmod 600 {self.key_file}"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence)
        try:
            master = bytes.fromhex(text)
        except ValueError:
            master = b""
        if len(master) != MASTER_OCTETS or len(set(master)) == 1:
            sentence = (
                f"{self.key_file} does not hold {MASTER_OCTETS} random octets in hexadecimal; "
                "restore it from the backup of the keys"
            )
            raise Refused(Reason.BAD_DATA_FOLDER, sentence)
        return master
