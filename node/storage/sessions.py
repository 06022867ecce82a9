"""Sessions of staff, by the hash of their token; and failed sign-ins, for the limits."""

from dataclasses import dataclass

from node.storage.database import Reader, Transaction

_COLUMNS = "id, account, created_ms, seen_ms, expires_ms, device"


@dataclass(frozen=True)
class Session:
    id: int
    account: int
    created_ms: int
    seen_ms: int
    expires_ms: int
    device: str


async def put(
    transaction: Transaction,
    *,
    token_hash: str,
    account: int,
    device: str,
    now_ms: int,
    expires_ms: int,
) -> int:
    return await transaction.insert(
        "INSERT INTO sessions (token_hash, account, created_ms, seen_ms, expires_ms, device) "
        "VALUES ($1, $2, $3, $3, $4, $5)",
        token_hash,
        account,
        now_ms,
        expires_ms,
        device,
    )


async def find(reader: Reader, token_hash: str, now_ms: int) -> Session | None:
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM sessions WHERE token_hash = $1 AND expires_ms > $2",
        token_hash,
        now_ms,
    )
    return None if row is None else Session(*row)


async def list_of_account(reader: Reader, account: int, now_ms: int) -> list[Session]:
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM sessions WHERE account = $1 AND expires_ms > $2 "
        "ORDER BY seen_ms DESC",
        account,
        now_ms,
    )
    return [Session(*row) for row in rows]


async def put_seen(transaction: Transaction, id_: int, *, now_ms: int, expires_ms: int) -> None:
    await transaction.run(
        "UPDATE sessions SET seen_ms = $2, expires_ms = $3 WHERE id = $1", id_, now_ms, expires_ms
    )


async def drop(transaction: Transaction, token_hash: str) -> None:
    await transaction.run("DELETE FROM sessions WHERE token_hash = $1", token_hash)


async def drop_of_account(
    transaction: Transaction, account: int, *, only: int | None = None, but: int | None = None
) -> None:
    """End an account's sessions: all, `only` that one, or all `but` that one."""
    await transaction.run(
        "DELETE FROM sessions WHERE account = $1 AND ($2 IS NULL OR id = $2) "
        "AND ($3 IS NULL OR id <> $3)",
        account,
        only,
        but,
    )


async def drop_expired(transaction: Transaction, now_ms: int) -> None:
    await transaction.run("DELETE FROM sessions WHERE expires_ms <= $1", now_ms)


async def put_failure(transaction: Transaction, key: str, now_ms: int) -> None:
    await transaction.run("INSERT INTO sign_in_failures (key, at_ms) VALUES ($1, $2)", key, now_ms)


async def count_failures(reader: Reader, key: str, since_ms: int) -> int:
    return await reader.count(
        "SELECT count(*) FROM sign_in_failures WHERE key = $1 AND at_ms > $2", key, since_ms
    )


async def drop_failures(transaction: Transaction, key: str) -> None:
    await transaction.run("DELETE FROM sign_in_failures WHERE key = $1", key)


async def drop_old_failures(transaction: Transaction, before_ms: int) -> None:
    await transaction.run("DELETE FROM sign_in_failures WHERE at_ms <= $1", before_ms)


async def drop_all(transaction: Transaction) -> None:
    """Sign everybody out."""
    await transaction.run("DELETE FROM sessions")
