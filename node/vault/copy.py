"""The vault as one file, sealed with a passphrase: made of a vault in use, read back, put in place.

Inside the seal (`node.storage.sealed`) stand one line of JSON (`Head`), the key among it, the
octets of the database, and each file of a pupil that waits: a line (`Entry`), then its octets, as
they lie sealed in the vault. It lies in no backup of the node, nor does any of the node's in it.
"""

import asyncio
import hashlib
import io
import os
import re
import shutil
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from node.clock import Chance
from node.storage.database import DatabaseError
from node.storage.sealed import CHUNK, Opener, Sealer
from node.vault import store
from node.vault.sessions import OPEN
from node.vault.vault import COPIED, DATABASE, KEY, RESTORING, SCHEMA, SCRATCH, Vault, open_vault
from protocol.errors import Reason, Refused

FORMAT = 2
MAX_HEAD = 10_000
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}(\.small)?")


class Head(msgspec.Struct, frozen=True):
    """What a file is a copy of. `octets` and `sha256` are the database's; `files` follow."""

    format: int
    schema: int
    base_url: str
    made_ms: int
    key: str
    octets: int
    sha256: str
    files: int = 0


class Entry(msgspec.Struct, frozen=True):
    """One sealed file, as it lies in the vault."""

    name: str
    octets: int
    sha256: str


def clear_away(folder: Path) -> None:
    """What a copy that was killed left in the vault's folder. Only while no other one is made."""
    shutil.rmtree(folder / COPIED, ignore_errors=True)
    for one in folder.glob(f"{SCRATCH}*"):
        one.unlink(missing_ok=True)


async def pack(
    vault: Vault, target: Path, passphrase: str, chance: Chance, *, base_url: str, now_ms: int
) -> Head:
    """Write the vault to `target`, for its owner alone, and read it back. One at a time.

    Refuses with BAD_INPUT a weak passphrase, STORAGE_FULL a target that cannot be written, CONFLICT
    where something of what is copied was removed meanwhile.
    """
    folder = vault.database.path.parent
    scratch, copied = folder / SCRATCH, folder / COPIED
    unfinished = target.with_name(f"{target.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        # In one transaction: the database names the very files that are copied with it.
        async with vault.write() as unit:
            await vault.database.backup(scratch)
            names = store.link_all(unit, vault, copied)
        head = await asyncio.to_thread(
            _write, folder, names, unfinished, passphrase, chance, base_url, now_ms
        )
        read = await asyncio.to_thread(_read, unfinished, passphrase, None)
        if read != head:
            raise _damaged("it does not hold what was written")
        await asyncio.to_thread(_put_in_place, unfinished, target)
    except OSError as error:
        raise Refused(
            Reason.STORAGE_FULL, f"{target} cannot be written: {error.strerror}"
        ) from None
    finally:
        scratch.unlink(missing_ok=True)
        shutil.rmtree(copied, ignore_errors=True)
        unfinished.unlink(missing_ok=True)
    return head


async def unpack(
    source: Path, passphrase: str, folder: Path, chance: Chance, *, base_url: str, now_ms: int
) -> Head:
    """Put the vault of a copy into `folder`, where none may be. Everybody is signed out, no card
    opens anything, and whatever is shown after it is chosen anew: a card that was lost since, and
    replaced, would open again, and pictures that somebody saw would hold again.

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
                for table in (*OPEN, "cards", "failures", "second_steps", "missteps"):
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
    names: Sequence[str],
    target: Path,
    passphrase: str,
    chance: Chance,
    base_url: str,
    now_ms: int,
) -> Head:
    database, copied = folder / SCRATCH, folder / COPIED
    try:
        copy = _entry_of(database)
        entries = [_entry_of(copied / name) for name in names]
    except FileNotFoundError as error:
        raise Refused(
            Reason.CONFLICT, f"{error.filename} was removed while it was copied; copy once more"
        ) from None
    head = Head(
        FORMAT,
        SCHEMA.program,
        base_url,
        now_ms,
        (folder / KEY).read_text(encoding="ascii").strip(),
        copy.octets,
        copy.sha256,
        len(entries),
    )
    with _new(target) as out:
        sealer = Sealer(out, passphrase, chance)
        sealer.write(msgspec.json.encode(head) + b"\n")
        _pour(database, sealer)
        for entry in entries:
            sealer.write(msgspec.json.encode(entry) + b"\n")
            _pour(copied / entry.name, sealer)
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
            if into is not None:
                _put(into / KEY, head.key.encode("ascii") + b"\n")
                (into / store.FILES).mkdir(mode=0o700)
            database = Entry(DATABASE, head.octets, head.sha256)
            _read_part(opened, database, into)
            for _ in range(head.files):
                entry = _read_entry(opened.readline(MAX_HEAD))
                _read_part(opened, entry, None if into is None else into / store.FILES)
            if opened.read(1):
                raise _damaged("there is more in it than was copied")
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


def _read_entry(line: bytes) -> Entry:
    try:
        entry = msgspec.json.decode(line, type=Entry)
    except msgspec.DecodeError:
        raise _damaged("a file in it has no name") from None
    if not _NAME.fullmatch(entry.name):
        raise _damaged("a file in it has no name of this program's")
    return entry


def _read_part(opened: IO[bytes], entry: Entry, into: Path | None) -> None:
    """Compare what comes next with what was copied, and write it where a folder is given."""
    digest, left = hashlib.sha256(), entry.octets
    with _new(into / entry.name) if into is not None else io.BytesIO() as target:
        while left > 0 and (piece := opened.read(min(left, CHUNK))):
            digest.update(piece)
            left -= len(piece)
            if into is not None:
                target.write(piece)
        if left or digest.hexdigest() != entry.sha256:
            raise _damaged("what is in it is not what was copied")
        if into is not None:
            target.flush()
            os.fsync(target.fileno())


def _pour(file: Path, sealer: Sealer) -> None:
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK):
            sealer.write(piece)


def _put_in_place(unfinished: Path, target: Path) -> None:
    unfinished.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _entry_of(file: Path) -> Entry:
    digest, octets = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
            octets += len(piece)
    return Entry(file.name, octets, digest.hexdigest())


def _new(file: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    return os.fdopen(os.open(file, flags, 0o600), "wb")


def _put(file: Path, octets: bytes) -> None:
    with _new(file) as stream:
        stream.write(octets)
        stream.flush()
        os.fsync(stream.fileno())


def _damaged(how: str) -> Refused:
    return Refused(Reason.BAD_DATA_FOLDER, f"this copy of a vault is damaged: {how}")
