"""The vault: a database of its own with a key of its own, and the two ways to look into it.

`View` and `Unit` are no `Reader` and no `Transaction`, so that what belongs to the node's database
cannot be written into this one by mistake, nor the other way round.
"""

import errno
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from node.clock import Chance
from node.storage import migrate
from node.storage.database import Database, Reader, Transaction
from node.storage.migrate import Schema
from node.vault.box import KEY_OCTETS, Box
from protocol.errors import Reason, Refused

SCHEMA = Schema("node.vault.migrations", program=6, compatible=6)
DATABASE = "vault.sqlite"
KEY = "vault.key"
SCRATCH = "copy.sqlite"
COPIED = "copy.files"
"""Of a backup that is being made."""
RESTORING = ".restoring"
_PROOF = "proof"


class View:
    """One consistent look at the vault."""

    def __init__(self, reader: Reader, box: Box) -> None:
        self.rows = reader
        self.box = box


class Unit(View):
    """One action's unit in the vault: all of it is kept, or nothing."""

    def __init__(self, transaction: Transaction, box: Box) -> None:
        super().__init__(transaction, box)
        self.change = transaction


@dataclass(frozen=True)
class Vault:
    """The opened vault of one school."""

    database: Database
    box: Box

    @asynccontextmanager
    async def read(self) -> AsyncIterator[View]:
        async with self.database.read() as reader:
            yield View(reader, self.box)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Unit]:
        """When the block is left, what it did is on the disk; an exception undoes all of it."""
        async with self.database.write() as transaction:
            yield Unit(transaction, self.box)

    @asynccontextmanager
    async def write_small(self) -> AsyncIterator[Unit]:
        """As `write`, for coming in and going out, which a full disk must not keep anybody from."""
        async with self.database.write_small() as transaction:
            yield Unit(transaction, self.box)


@asynccontextmanager
async def open_vault(
    folder: Path, chance: Chance, *, now_ms: int, min_free_bytes: int = 0
) -> AsyncIterator[Vault]:
    """The vault in `folder`, made where there is none; closed again when the block is left.

    Refuses with BAD_DATA_FOLDER a folder that cannot be opened, that others may read, or whose key
    is missing or another vault's; with NOT_ALLOWED one that this user may not read; with
    NEWER_DATABASE, BUSY.
    """
    _make(folder)
    _require_closed(folder)
    _clear_away(folder)
    _make_key(folder, chance)
    box = Box(_read_key(folder), chance)
    database = await Database.open(folder / DATABASE, min_free_bytes=min_free_bytes)
    try:
        await migrate.migrate(database, now_ms=now_ms, schema=SCHEMA)
        vault = Vault(database, box)
        await _prove(vault)
        yield vault
    finally:
        await database.close()


@asynccontextmanager
async def open_vault_to_look(folder: Path, chance: Chance) -> AsyncIterator[Vault | None]:
    """The vault as it is, beside whoever works with it: nothing is made, migrated or cleared away,
    and what a backup has copied so far stays. None where there is no vault.

    Refuses with NOT_ALLOWED where this user may not read it, CONFLICT one of an older schema, and
    as `open_vault`.
    """
    if not _holds_something(folder):
        yield None
        return
    _require_closed(folder)
    box = Box(_read_key(folder), chance)
    _require_database(folder)
    database = await Database.open(folder / DATABASE)
    try:
        if await migrate.list_missing(database, SCHEMA):
            raise Refused(
                Reason.CONFLICT,
                f"{folder} is of an older version; the node mends it when it starts",
            )
        vault = Vault(database, box)
        await _prove_known(vault)
        yield vault
    finally:
        await database.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unopenable(folder, error) from None


def _require_closed(folder: Path) -> None:
    """The folder is for its owner alone; or where it is somebody else's, for a group that this
    process has beside its own, so that another process of the same user cannot come in."""
    try:
        found = folder.stat()
    except OSError as error:
        raise _unopenable(folder, error) from None
    user = os.geteuid()
    # Root looks into such a folder too, which is root's own.
    is_apart = found.st_gid != os.getegid() and (user == 0 or user != found.st_uid)
    if found.st_mode & (0o007 if is_apart else 0o077):
        raise Refused(Reason.BAD_DATA_FOLDER, f"others can read {folder}; run: chmod 700 {folder}")


def _holds_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unopenable(folder, error) from None


def _require_database(folder: Path) -> None:
    """One that this user may open: who reads beside others takes part in their locks, which lie
    beside it."""
    if not (folder / DATABASE).exists():
        raise _unopenable(folder / DATABASE, "it is not there")
    for one in (folder, *folder.glob(f"{DATABASE}*")):
        if not os.access(one, os.R_OK | os.W_OK):
            raise _unopenable(one, PermissionError(errno.EACCES, "Permission denied"))


def _clear_away(folder: Path) -> None:
    """What a restoring left that was killed on its way; one that runs beside fails by name."""
    shutil.rmtree(folder.with_name(f"{folder.name}{RESTORING}"), ignore_errors=True)


def _make_key(folder: Path, chance: Chance) -> None:
    """With the vault itself, never for one that is there."""
    file = folder / KEY
    try:
        if not (folder / DATABASE).exists() and not file.exists():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(chance.octets(KEY_OCTETS).hex() + "\n")
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        raise _unopenable(file, error) from None


def _read_key(folder: Path) -> bytes:
    file = folder / KEY
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise _unopenable(file, error) from None
    if len(key) != KEY_OCTETS or len(set(key)) == 1:
        raise _unopenable(file, f"it does not hold {KEY_OCTETS} random octets in hexadecimal")
    return key


async def _prove_known(vault: Vault) -> bool:
    """Whether there is a proof already. Refuses with BAD_DATA_FOLDER a key under which this vault
    was not sealed."""
    async with vault.read() as view:
        row = await view.rows.one("SELECT sealed FROM proof")
    if row is not None:
        vault.box.open(_PROOF, row["sealed"])
    return row is not None


async def _prove(vault: Vault) -> None:
    """As `_prove_known`; a new vault gets its proof."""
    if await _prove_known(vault):
        return
    async with vault.write() as unit:
        await unit.change.run(
            "INSERT INTO proof (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING",
            unit.box.seal(_PROOF, ""),
        )


def _unopenable(path: Path, why: object) -> Refused:
    if isinstance(why, PermissionError):
        return Refused(
            Reason.NOT_ALLOWED,
            f"{path} cannot be looked at by this user; run this as the one who keeps it",
        )
    said = why.strerror if isinstance(why, OSError) else why
    return Refused(
        Reason.BAD_DATA_FOLDER, f"{path} cannot be read: {said}; restore the vault's backup"
    )
