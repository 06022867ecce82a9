"""Mails that are to be sent, and where people of this school get theirs."""

from dataclasses import dataclass, field

from node.storage.database import Reader, Transaction

_COLUMNS = "id, address, subject, text, state, attempts, next_ms, created_ms, why"


@dataclass(frozen=True)
class Mail:
    id: int
    address: str
    subject: str
    text: str = field(repr=False)
    state: str
    attempts: int
    next_ms: int
    created_ms: int
    why: str


async def put(transaction: Transaction, address: str, subject: str, text: str, now_ms: int) -> None:
    await transaction.run(
        "INSERT INTO mails (address, subject, text, next_ms, created_ms) "
        "VALUES ($1, $2, $3, $4, $4)",
        address,
        subject,
        text,
        now_ms,
    )


async def list_due(reader: Reader, now_ms: int, limit: int) -> list[Mail]:
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM mails WHERE state = 'waiting' AND next_ms <= $1 "
        "ORDER BY next_ms, id LIMIT $2",
        now_ms,
        limit,
    )
    return [Mail(*row) for row in rows]


async def find_next_ms(reader: Reader) -> int | None:
    row = await reader.one("SELECT min(next_ms) AS next FROM mails WHERE state = 'waiting'")
    return None if row is None or row["next"] is None else int(row["next"])


async def list_open(reader: Reader, limit: int) -> list[Mail]:
    """Those that wait or were given up, the newest first."""
    rows = await reader.all(f"SELECT {_COLUMNS} FROM mails ORDER BY id DESC LIMIT $1", limit)
    return [Mail(*row) for row in rows]


async def put_waiting(transaction: Transaction, id_: int, next_ms: int, why: str) -> None:
    """It was not taken; it is tried again."""
    await transaction.run(
        "UPDATE mails SET attempts = attempts + 1, next_ms = $2, why = $3 WHERE id = $1",
        id_,
        next_ms,
        why,
    )


async def put_given_up(transaction: Transaction, id_: int, why: str) -> None:
    """It is not tried again; its text, which may hold a link that still works, is forgotten."""
    await transaction.run(
        "UPDATE mails SET state = 'given_up', attempts = attempts + 1, text = '', why = $2 "
        "WHERE id = $1",
        id_,
        why,
    )


async def drop(transaction: Transaction, id_: int) -> None:
    await transaction.run("DELETE FROM mails WHERE id = $1", id_)


async def drop_given_up(transaction: Transaction, before_ms: int) -> None:
    await transaction.run(
        "DELETE FROM mails WHERE state = 'given_up' AND created_ms < $1", before_ms
    )


async def put_address(transaction: Transaction, handle: str, address: str) -> None:
    await transaction.run(
        "INSERT INTO mail_addresses (handle, address) VALUES ($1, $2) "
        "ON CONFLICT (handle) DO UPDATE SET address = excluded.address",
        handle,
        address,
    )


async def find_address(reader: Reader, handle: str) -> str | None:
    row = await reader.one("SELECT address FROM mail_addresses WHERE handle = $1", handle)
    return None if row is None else str(row["address"])


async def drop_all(transaction: Transaction) -> None:
    """Send none of what waits: its links are void, or it was sent long ago."""
    await transaction.run("DELETE FROM mails")
