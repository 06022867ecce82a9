"""What this school keeps of its own files that stay here, and which of others' are locked here.

The operations of such a file name no bytes, so this is the only place that does: without a row a
file of this school has lost its bytes. Whoever reads the file as people see it finds them in it
(`complete`).
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from node.storage.database import Reader, Row, Transaction
from protocol.space.blobs import Blob
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.operation import Header

_COLUMNS: Final = "home, object, sha256, size, media_type, width, height, thumbnail, thumbnail_size"


@dataclass(frozen=True)
class HomeFile:
    """The bytes of one file of this school; `thumbnail` is empty where there is none."""

    home: str
    object: str
    sha256: str
    size: int
    media_type: str
    width: int = 0
    height: int = 0
    thumbnail: str = ""
    thumbnail_size: int = 0

    @property
    def blobs(self) -> tuple[Blob, ...]:
        small = [Blob(self.thumbnail, self.thumbnail_size)] if self.thumbnail else []
        return (Blob(self.sha256, self.size), *small)


def _read(row: Row) -> HomeFile:
    return HomeFile(*row)


async def find(reader: Reader, space: str, home: str, object_: str) -> HomeFile | None:
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM home_files WHERE space = $1 AND home = $2 AND object = $3",
        space,
        home,
        object_,
    )
    return None if row is None else _read(row)


async def list_of_space(reader: Reader, space: str) -> dict[tuple[str, str], HomeFile]:
    """All of a space, by home and object."""
    rows = await reader.all(f"SELECT {_COLUMNS} FROM home_files WHERE space = $1", space)
    found = [_read(row) for row in rows]
    return {(one.home, one.object): one for one in found}


async def list_named(reader: Reader, space: str, header: Header) -> tuple[Blob, ...]:
    """The bytes that belong to an operation of this school which names none itself."""
    if header.residency != "home":
        return ()
    found = await find(reader, space, header.node, header.object)
    return () if found is None else found.blobs


async def complete(reader: Reader, space: str, file: File) -> File:
    """A file with what this school knows of its bytes; others' are left as they are."""
    if not file.stays_home or file.standing is not Standing.SHOWN:
        return file
    found = await find(reader, space, file.home, file.object)
    return file if found is None else completed(file, found)


def completed(file: File, found: HomeFile) -> File:
    """See `complete`."""
    return msgspec.structs.replace(
        file,
        sha256=found.sha256,
        size=found.size,
        media_type=found.media_type,
        width=found.width,
        height=found.height,
        thumbnail=found.thumbnail,
        thumbnail_size=found.thumbnail_size,
    )


async def put(transaction: Transaction, space: str, one: HomeFile) -> None:
    """Which bytes a file of this school has, before its operation is written."""
    await transaction.run(
        f"INSERT OR REPLACE INTO home_files (space, {_COLUMNS}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        space,
        one.home,
        one.object,
        one.sha256,
        one.size,
        one.media_type,
        one.width,
        one.height,
        one.thumbnail,
        one.thumbnail_size,
    )


async def drop(transaction: Transaction, space: str, home: str, object_: str) -> None:
    """The file is shared from now on: its operations name its bytes."""
    await transaction.run(
        "DELETE FROM home_files WHERE space = $1 AND home = $2 AND object = $3",
        space,
        home,
        object_,
    )


async def drop_unnamed(transaction: Transaction, space: str, op: str) -> None:
    """A payload is gone: with the last one of its file goes what is known of the bytes."""
    await transaction.run(
        "DELETE FROM home_files WHERE space = $1 AND (home, object) = "
        "(SELECT home, object FROM operations WHERE space = $1 AND id = $2) AND NOT EXISTS "
        "(SELECT 1 FROM operations o JOIN blob_references r ON r.space = o.space AND r.op = o.id "
        "WHERE o.space = $1 AND o.home = home_files.home AND o.object = home_files.object)",
        space,
        op,
    )


async def is_locked(reader: Reader, space: str, file: str) -> bool:
    """Whether an administrator has locked a file that stays at another school."""
    row = await reader.one(
        "SELECT 1 FROM locked_views WHERE space = $1 AND object = $2", space, file
    )
    return row is not None


async def lock(transaction: Transaction, space: str, file: str, account: int, now_ms: int) -> None:
    await transaction.run(
        "INSERT INTO locked_views (space, object, since_ms, account) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        space,
        file,
        now_ms,
        account,
    )


async def unlock(transaction: Transaction, space: str, file: str) -> None:
    await transaction.run("DELETE FROM locked_views WHERE space = $1 AND object = $2", space, file)
