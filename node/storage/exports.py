"""Files of spaces that somebody asked for, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Row, Transaction

ExportState = Literal["wanted", "made", "failed"]
_COLUMNS = "id, space, account, language, state, asked_ms, made_ms, bytes, trouble"


@dataclass(frozen=True)
class Export:
    """One file for one person; `trouble` is the reason for which it could not be made."""

    id: str
    space: str
    account: int
    language: str
    state: ExportState
    asked_ms: int
    made_ms: int | None = None
    bytes: int = 0
    trouble: str = ""


def _read(row: Row) -> Export:
    return Export(*row)


async def find(reader: Reader, id_: str) -> Export | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM exports WHERE id = $1", id_)
    return None if row is None else _read(row)


async def list_of_account(reader: Reader, account: int, space: str) -> list[Export]:
    """What somebody asked for of a space, the last first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM exports WHERE account = $1 AND space = $2 "
        "ORDER BY asked_ms DESC, id",
        account,
        space,
    )
    return [_read(row) for row in rows]


async def list_wanted(reader: Reader) -> list[Export]:
    """What is still to be made, the first first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM exports WHERE state = 'wanted' ORDER BY asked_ms, id"
    )
    return [_read(row) for row in rows]


async def list_older(reader: Reader, asked_ms: int) -> list[str]:
    """The ids of those that were asked for before."""
    rows = await reader.all("SELECT id FROM exports WHERE asked_ms < $1", asked_ms)
    return [row["id"] for row in rows]


async def list_ids(reader: Reader) -> list[str]:
    rows = await reader.all("SELECT id FROM exports")
    return [row["id"] for row in rows]


async def put(transaction: Transaction, one: Export) -> None:
    await transaction.run(
        f"INSERT INTO exports ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        one.id,
        one.space,
        one.account,
        one.language,
        one.state,
        one.asked_ms,
        one.made_ms,
        one.bytes,
        one.trouble,
    )


async def put_made(transaction: Transaction, id_: str, octets: int, now_ms: int) -> None:
    await transaction.run(
        "UPDATE exports SET state = 'made', bytes = $2, made_ms = $3, trouble = '' WHERE id = $1",
        id_,
        octets,
        now_ms,
    )


async def put_failed(transaction: Transaction, id_: str, trouble: str) -> None:
    await transaction.run(
        "UPDATE exports SET state = 'failed', trouble = $2 WHERE id = $1", id_, trouble
    )


async def drop(transaction: Transaction, ids: Iterable[str]) -> None:
    await transaction.many("DELETE FROM exports WHERE id = $1", [(one,) for one in ids])


async def take_back(transaction: Transaction, space: str) -> list[str]:
    """Something was taken away that files made of the space hold: they are to be made anew. Their
    ids."""
    rows = await transaction.all(
        "SELECT id FROM exports WHERE space = $1 AND state = 'made'", space
    )
    await transaction.run(
        "UPDATE exports SET state = 'wanted', made_ms = NULL, bytes = 0 "
        "WHERE space = $1 AND state = 'made'",
        space,
    )
    return [row["id"] for row in rows]
