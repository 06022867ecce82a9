"""The vault as one file, sealed with a passphrase: made of a vault in use, read back, put in place.

Inside the seal (`node.storage.sealed`) stand one line of JSON (`Head`), the key among it, and then
the octets of the database. It lies in no backup of the node, nor does any of the node's in it.
"""

import hashlib
import json
import os
import shutil
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from node.clock import Chance
from node.storage.database import DatabaseError
from node.storage.sealed import CHUNK, Opener, Sealer
from node.vault.vault import DATABASE, KEY, RESTORING, SCHEMA, SCRATCH, Vault, open_vault
from protocol.errors import Reason, Refused

FORMAT = 1
MAX_HEAD = 10_000


class Head(msgspec.Struct, frozen=True):
    """What a file is a copy of. `octets` and `sha256` are the database's."""

    format: int
    schema: int
    base_url: str
    made_ms: int
    key: str
    octets: int
    sha256: str


async def pack(
    vault: Vault, target: Path, passphrase: str, chance: Chance, *, base_url: str, now_ms: int
) -> Head:
    """Write the vault to `target`, for its owner alone, and read it back.

    Refuses with BAD_INPUT a weak passphrase, STORAGE_FULL a target that cannot be written.
    """
    folder = vault.database.path.parent
    scratch = folder / SCRATCH
    unfinished = target.with_name(f"{target.name}.part")
    try:
        await vault.database.backup(scratch)
        head = _write(folder, scratch, unfinished, passphrase, chance, base_url, now_ms)
        read = _read(unfinished, passphrase, None)
        if read != head:
            raise _damaged("it does not hold what was written")
        unfinished.replace(target)
    except OSError as error:
        raise Refused(
            Reason.STORAGE_FULL, f"{target} cannot be written: {error.strerror}"
        ) from None
    finally:
        scratch.unlink(missing_ok=True)
        unfinished.unlink(missing_ok=True)
    return head


async def unpack(
    source: Path, passphrase: str, folder: Path, chance: Chance, *, base_url: str, now_ms: int
) -> Head:
    """Put the vault of a copy into `folder`, where none may be. Everybody is signed out, and no
    card opens anything: one that was lost since, and replaced, would open again.

    Refuses with BAD_DATA_FOLDER a folder that holds one and a damaged copy, with BAD_INPUT a wrong
    passphrase and another school's copy, with NEWER_DATABASE.
    """
    _require_none(folder)
    apart = folder.with_name(f"{folder.name}{RESTORING}")
    shutil.rmtree(apart, ignore_errors=True)
    try:
        apart.mkdir(mode=0o700)
        head = _read(source, passphrase, apart)
        if head.base_url != base_url:
            raise Refused(
                Reason.BAD_INPUT, f"this is the vault of {head.base_url}, not of {base_url}"
            )
        async with open_vault(apart, chance, now_ms=now_ms) as vault:
            if broken := await vault.database.integrity_check():
                raise _damaged(broken[0])
            async with vault.write() as unit:
                for table in ("sessions", "cards", "failures"):
                    await unit.change.run(f"DELETE FROM {table}")
                unit.change.wipe()
        _move(apart, folder)
    except OSError as error:
        raise Refused(
            Reason.BAD_DATA_FOLDER, f"{folder} cannot be written: {error.strerror}"
        ) from None
    except DatabaseError as error:
        raise _damaged(str(error)) from None
    finally:
        shutil.rmtree(apart, ignore_errors=True)
    return head


def _require_none(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Refused(Reason.BAD_DATA_FOLDER, f"{folder} holds a vault; move it away first")


def _move(apart: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    apart.rename(folder)


def _write(
    folder: Path,
    database: Path,
    target: Path,
    passphrase: str,
    chance: Chance,
    base_url: str,
    now_ms: int,
) -> Head:
    digest = hashlib.sha256()
    with database.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    head = Head(
        FORMAT,
        SCHEMA.program,
        base_url,
        now_ms,
        (folder / KEY).read_text(encoding="ascii").strip(),
        database.stat().st_size,
        digest.hexdigest(),
    )
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out, database.open("rb") as stream:
        sealer = Sealer(out, passphrase, chance)
        sealer.write(json.dumps(msgspec.to_builtins(head)).encode("ascii") + b"\n")
        while piece := stream.read(CHUNK):
            sealer.write(piece)
        sealer.finish()
        out.flush()
        os.fsync(out.fileno())
    return head


def _read(source: Path, passphrase: str, into: Path | None) -> Head:
    """What a copy holds, compared with its own list; written into a folder where one is given."""
    try:
        with source.open("rb") as stream:
            opened: IO[bytes] = BufferedReader(Opener(stream, passphrase), CHUNK)
            head = _read_head(opened.readline(MAX_HEAD))
            if into is None:
                _read_database(opened, head, None)
                return head
            _put(into / KEY, head.key.encode("ascii") + b"\n")
            with _new(into / DATABASE) as target:
                _read_database(opened, head, target)
                target.flush()
                os.fsync(target.fileno())
            return head
    except FileNotFoundError as error:
        raise Refused(Reason.BAD_INPUT, f"{source} cannot be read: {error.strerror}") from None


def _read_head(line: bytes) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
    except msgspec.DecodeError:
        raise Refused(
            Reason.BAD_INPUT, "this is no copy of a vault; a backup of the node is another file"
        ) from None
    if head.format > FORMAT or head.schema > SCHEMA.program:
        raise Refused(
            Reason.NEWER_DATABASE, "this copy was made by a newer Schoolgate; install that first"
        )
    return head


def _read_database(opened: IO[bytes], head: Head, target: BinaryIO | None) -> None:
    digest, octets = hashlib.sha256(), 0
    while piece := opened.read(CHUNK):
        digest.update(piece)
        octets += len(piece)
        if target is not None:
            target.write(piece)
    if (octets, digest.hexdigest()) != (head.octets, head.sha256):
        raise _damaged("the database in it is not what was copied")


def _new(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _put(file: Path, octets: bytes) -> None:
    with _new(file) as stream:
        stream.write(octets)
        stream.flush()
        os.fsync(stream.fileno())


def _damaged(how: str) -> Refused:
    return Refused(Reason.BAD_DATA_FOLDER, f"this copy of a vault is damaged: {how}")
