"""Rows that are over and that nobody looks at any more: found by age, dropped a few at once."""

from node.storage.database import Transaction


async def drop_arrived(transaction: Transaction, before_ms: int, limit: int) -> int:
    """Activities of partners that were applied or refused before then; how many."""
    return await transaction.run(
        "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox "
        "WHERE state <> 'waiting' AND received_ms < $1 LIMIT $2)",
        before_ms,
        limit,
    )


async def drop_delivered(transaction: Transaction, before_ms: int, limit: int) -> int:
    """Letters that were taken, or dropped by an administrator, before then; how many."""
    return await transaction.run(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries "
        "WHERE state IN ('done', 'dropped') AND changed_ms < $1 LIMIT $2)",
        before_ms,
        limit,
    )


async def drop_said(transaction: Transaction, before_ms: int, limit: int) -> int:
    """What was said in private before then and has no letter left; how many."""
    return await transaction.run(
        "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE public = 0 "
        "AND published_ms < $1 AND NOT EXISTS (SELECT 1 FROM deliveries "
        "WHERE activity_id = outbox.id) LIMIT $2)",
        before_ms,
        limit,
    )
