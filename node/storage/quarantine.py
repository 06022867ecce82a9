"""Which bytes an administrator put under lock at this node, by hash."""

from node.storage.database import Reader, Transaction


async def is_locked(reader: Reader, sha256: str) -> bool:
    row = await reader.one("SELECT 1 FROM quarantined WHERE sha256 = $1", sha256)
    return row is not None


async def put(transaction: Transaction, sha256: str, account: int, now_ms: int) -> None:
    """Under lock from now on: what a space has of it is here no more, and nobody fetches it."""
    await transaction.run(
        "INSERT INTO quarantined (sha256, since_ms, account) VALUES ($1, $2, $3) "
        "ON CONFLICT (sha256) DO NOTHING",
        sha256,
        now_ms,
        account,
    )
    await transaction.run(
        "UPDATE blobs SET here = 0, wanted = 0, why = '' WHERE sha256 = $1", sha256
    )


async def drop(transaction: Transaction, sha256: str) -> None:
    """Out of lock: whoever opens the file fetches its bytes again."""
    await transaction.run("DELETE FROM quarantined WHERE sha256 = $1", sha256)
