"""Backups that were asked for, and what became of them."""

from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Transaction

BackupState = Literal["wanted", "made", "failed"]
_COLUMNS = "id, nightly, state, asked_ms, file, made_ms, files, bytes, verified_ms, trouble"


@dataclass(frozen=True)
class Backup:
    """One backup; `file` is its whole path, `trouble` a sentence in English."""

    id: int
    nightly: bool
    state: BackupState
    asked_ms: int
    file: str
    made_ms: int | None
    files: int
    bytes: int
    verified_ms: int | None
    trouble: str


async def put_wanted(transaction: Transaction, now_ms: int, *, nightly: bool) -> int:
    """Ask for a backup; its number."""
    return await transaction.insert(
        "INSERT INTO backups (nightly, state, asked_ms) VALUES ($1, 'wanted', $2)",
        int(nightly),
        now_ms,
    )


async def put_made(
    transaction: Transaction,
    id_: int,
    *,
    file: str,
    files: int,
    octets: int,
    trouble: str,
    now_ms: int,
) -> None:
    """It was made at `now_ms`, read back and found whole."""
    await transaction.run(
        "UPDATE backups SET state = 'made', file = $2, files = $3, bytes = $4, made_ms = $5, "
        "verified_ms = $5, trouble = $6 WHERE id = $1",
        id_,
        file,
        files,
        octets,
        now_ms,
        trouble,
    )


async def put_failed(transaction: Transaction, id_: int, trouble: str) -> None:
    await transaction.run(
        "UPDATE backups SET state = 'failed', trouble = $2 WHERE id = $1", id_, trouble
    )


async def put_verified(transaction: Transaction, file: str, now_ms: int, trouble: str) -> None:
    """Somebody looked at the file again: `trouble` says what is wrong with it, or is empty."""
    await transaction.run(
        "UPDATE backups SET verified_ms = CASE $3 WHEN '' THEN $2 ELSE verified_ms END, "
        "trouble = $3 WHERE file = $1 AND state = 'made'",
        file,
        now_ms,
        trouble,
    )


async def list_wanted(reader: Reader) -> list[Backup]:
    """What is still to be made, the oldest wish first."""
    return await _list(reader, "WHERE state = 'wanted' ORDER BY id")


async def list_newest(reader: Reader, limit: int) -> list[Backup]:
    return await _list(reader, "ORDER BY id DESC LIMIT $1", limit)


async def find_last_made(reader: Reader) -> Backup | None:
    found = await _list(reader, "WHERE state = 'made' ORDER BY made_ms DESC LIMIT 1")
    return found[0] if found else None


async def find_last_nightly_ms(reader: Reader) -> int:
    """When a backup was last asked for by the clock; 0 where none ever was."""
    return await reader.count("SELECT max(asked_ms) FROM backups WHERE nightly = 1")


async def drop_of_file(transaction: Transaction, file: str) -> None:
    """Forget a backup whose file was removed."""
    await transaction.run("DELETE FROM backups WHERE file = $1", file)


async def _list(reader: Reader, which: str, *values: int) -> list[Backup]:
    rows = await reader.all(f"SELECT {_COLUMNS} FROM backups {which}", *values)
    return [Backup(row[0], bool(row[1]), *tuple(row)[2:]) for row in rows]
