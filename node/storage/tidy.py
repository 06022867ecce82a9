"""Rows that are over and that nobody looks at any more: found by age, dropped a few at once."""

from typing import Final

from node.storage.database import Reader, Transaction

_ARRIVED: Final = "SELECT seq FROM inbox WHERE state <> 'waiting' AND received_ms < $1 LIMIT $2"
"""Activities of partners that were applied or refused."""
_DELIVERED: Final = (
    "SELECT id FROM deliveries WHERE state IN ('done', 'dropped') AND changed_ms < $1 LIMIT $2"
)
"""Letters that were taken, or that an administrator dropped."""
_SAID: Final = (
    "SELECT seq FROM outbox WHERE public = 0 AND published_ms < $1 "
    "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE activity_id = outbox.id) LIMIT $2"
)
"""What was said in private and has no letter left."""


async def is_any_over(reader: Reader, before_ms: int, now_ms: int) -> bool:
    """Whether anything was over before then, or a session has expired by now."""
    return bool(
        await reader.count(
            f"SELECT EXISTS ({_ARRIVED}) OR EXISTS ({_DELIVERED}) OR EXISTS ({_SAID}) "
            "OR EXISTS (SELECT 1 FROM sessions WHERE expires_ms <= $3)",
            before_ms,
            1,
            now_ms,
        )
    )


async def drop_over(transaction: Transaction, before_ms: int, limit: int) -> None:
    """Drop what was over before then: at most `limit` rows of each kind."""
    await transaction.run(f"DELETE FROM inbox WHERE seq IN ({_ARRIVED})", before_ms, limit)
    await transaction.run(f"DELETE FROM deliveries WHERE id IN ({_DELIVERED})", before_ms, limit)
    await transaction.run(f"DELETE FROM outbox WHERE seq IN ({_SAID})", before_ms, limit)
