"""The bytes of pupils' files before they are released: sealed in the vault's folder, nowhere else.

    vault/files/NAME, NAME.small   sealed, each under a key of its own (`Box.key_for`)
    vault/coming/                  what is being made clean just now; empty when nothing is

`place` and `clear_away` run inside the vault's one transaction at a time, so that no bytes are
taken for forgotten whose row is about to be written.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from node.storage.sealed import CHUNK, KeyOpener, KeySealer
from node.storage.shelf import refusals
from node.vault import files
from node.vault.box import Box
from node.vault.vault import Unit, Vault
from protocol.errors import Reason, Refused

FILES = "files"
COMING = "coming"
SMALL = ".small"
_PURPOSE = "files"


def folder_of(vault: Vault) -> Path:
    """Where the sealed bytes lie."""
    return vault.database.path.parent / FILES


def coming_of(vault: Vault, name: str) -> Path:
    """Where something is written that is being made clean."""
    folder = vault.database.path.parent / COMING
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / name


def seal(box: Box, source: Path, target: Path, name: str) -> None:
    """Seal the bytes of `source` into `target` as those that will be called `name`. For a thread.

    Refuses with STORAGE_FULL.
    """
    with refusals(), source.open("rb") as coming, create(target) as handle:
        sealer = KeySealer(handle, box.key_for(_PURPOSE, name), name.encode("ascii"))
        while piece := coming.read(CHUNK):
            sealer.write(piece)
        sealer.finish()
        handle.flush()
        os.fsync(handle.fileno())


def place(_: Unit, vault: Vault, sealed: Path, name: str) -> None:
    """Give sealed bytes their place; on the disk at return. Inside the unit that names them."""
    folder = folder_of(vault)
    with refusals():
        folder.mkdir(mode=0o700, exist_ok=True)
        sealed.replace(folder / name)
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def opened(vault: Vault, name: str) -> Iterator[BufferedReader]:
    """The bytes that are called `name`, opened piece by piece. For a thread.

    Refuses with NOT_FOUND where they are gone, with BAD_DATA_FOLDER what was damaged.
    """
    try:
        source = (folder_of(vault) / name).open("rb")
    except FileNotFoundError:
        raise Refused(Reason.NOT_FOUND, "The bytes of this file are gone.") from None
    with source:
        key = vault.box.key_for(_PURPOSE, name)
        yield BufferedReader(KeyOpener(source, key, name.encode("ascii")), CHUNK)


def unseal(vault: Vault, name: str, target: Path) -> None:
    """Write the opened bytes to `target`. For a thread. Refuses as `opened`, STORAGE_FULL."""
    with opened(vault, name) as coming, refusals(), create(target) as going:
        shutil.copyfileobj(coming, going, CHUNK)


def link_all(_: Unit, vault: Vault, into: Path) -> list[str]:
    """Keep all sealed bytes in a second folder too, whatever becomes of the first; their names."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(mode=0o700)
    folder = folder_of(vault)
    names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        os.link(folder / name, into / name)
    return names


async def clear_away(unit: Unit, vault: Vault) -> int:
    """Remove the bytes that no row names; how many files that were."""
    named = await files.list_kept(unit)
    folder = folder_of(vault)
    gone = [
        one
        for one in (folder.iterdir() if folder.is_dir() else ())
        if one.name.removesuffix(SMALL) not in named
    ]
    for one in gone:
        one.unlink(missing_ok=True)
    return len(gone)


def forget_coming(vault: Vault) -> None:
    """What a stop left half cleaned. At start, before anything comes."""
    shutil.rmtree(vault.database.path.parent / COMING, ignore_errors=True)


def create(file: Path) -> BinaryIO:
    """A new file for its owner alone."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
