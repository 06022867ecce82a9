"""Nonces of signed requests, remembered until no clock would accept the request any more."""

import asyncio

from node.storage.database import Transaction


async def remember(
    transaction: Transaction, key_id: str, nonce: str, *, expires_ms: int, now_ms: int
) -> bool:
    """Whether this (key, nonce) is seen for the first time. Forgets those that have expired."""
    _, changed = await asyncio.gather(
        transaction.run("DELETE FROM nonces WHERE expires_ms < $1", now_ms),
        transaction.run(
            "INSERT INTO nonces (key_id, nonce, expires_ms) VALUES ($1, $2, $3) "
            "ON CONFLICT DO NOTHING",
            key_id,
            nonce,
            expires_ms,
        ),
    )
    return changed == 1
