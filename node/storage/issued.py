"""Credentials that this hub signed; the number of each is its place in the status lists."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

_COLUMNS = "number, id, kind, subject, credential, issued_ms, until_ms, revoked_ms, reason"


@dataclass(frozen=True)
class Issued:
    number: int
    id: str
    kind: str
    subject: str
    credential: JSONObject
    issued_ms: int
    until_ms: int
    revoked_ms: int | None
    reason: str


def _read(row: Row) -> Issued:
    values = list(row)
    values[4] = json.loads(values[4])
    return Issued(*values)


async def take_number(transaction: Transaction, kind: str, subject: str, id_: str) -> int:
    """Reserve the next number, and so the next place; `put` fills it in the same transaction."""
    await transaction.run(
        "INSERT INTO issued (id, kind, subject, credential, issued_ms, until_ms) "
        "VALUES ($1, $2, $3, '{}', 0, 0)",
        id_,
        kind,
        subject,
    )
    return await transaction.count("SELECT number FROM issued WHERE id = $1", id_)


async def put(
    transaction: Transaction, number: int, credential: JSONObject, issued_ms: int, until_ms: int
) -> None:
    await transaction.run(
        "UPDATE issued SET credential = $2, issued_ms = $3, until_ms = $4 WHERE number = $1",
        number,
        json.dumps(credential, ensure_ascii=False),
        issued_ms,
        until_ms,
    )


async def find(reader: Reader, number: int) -> Issued | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM issued WHERE number = $1", number)
    return None if row is None else _read(row)


async def find_by_id(reader: Reader, id_: str) -> Issued | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM issued WHERE id = $1", id_)
    return None if row is None else _read(row)


async def revoke_of_subject(
    transaction: Transaction, kind: str, subject: str, now_ms: int, reason: str
) -> None:
    """End every credential of a kind about somebody, also the earlier ones."""
    await transaction.run(
        "UPDATE issued SET revoked_ms = $3, reason = $4 "
        "WHERE kind = $1 AND subject = $2 AND revoked_ms IS NULL",
        kind,
        subject,
        now_ms,
        reason,
    )


async def revoke_of_people(
    transaction: Transaction, kind: str, origin: str, now_ms: int, reason: str
) -> None:
    """End every credential of a kind about people who live at `origin`."""
    await transaction.run(
        "UPDATE issued SET revoked_ms = $4, reason = $5 WHERE kind = $1 AND revoked_ms IS NULL "
        "AND subject >= $2 AND subject < $3",
        kind,
        f"{origin}/people/",
        f"{origin}/people0",
        now_ms,
        reason,
    )


async def list_revoked(reader: Reader, first: int, last: int) -> list[int]:
    """The numbers from `first` to `last` whose credentials have ended."""
    rows = await reader.all(
        "SELECT number FROM issued WHERE revoked_ms IS NOT NULL AND number BETWEEN $1 AND $2 "
        "ORDER BY number",
        first,
        last,
    )
    return [int(row[0]) for row in rows]


async def find_last_number(reader: Reader) -> int:
    """The highest number given; 0 where nothing was issued."""
    return await reader.count("SELECT coalesce(max(number), 0) FROM issued")
