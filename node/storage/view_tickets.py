"""Tickets for views of files that stay here: kept by their hash, so that reading it opens nothing.

A ticket says which node may have the bytes of which file. Whether it may still is looked at anew
whenever it is used.
"""

from dataclasses import dataclass

from node.storage.database import Reader, Transaction

MAX_OF_NODE = 2_000
"""Of more tickets for one member in one space the oldest are void."""

KEPT_AFTER_MS = 3_600_000
"""What was begun in time may go on for so long."""


@dataclass(frozen=True)
class Ticket:
    """What a ticket is good for: `object` is a reference, `node` who may use it."""

    digest: str
    space: str
    object: str
    node: str
    sha256: str
    until_ms: int


async def find(reader: Reader, digest: str, now_ms: int) -> Ticket | None:
    """A ticket that has not run out."""
    row = await reader.one(
        "SELECT digest, space, object, node, sha256, until_ms FROM view_tickets "
        "WHERE digest = $1 AND until_ms > $2",
        digest,
        now_ms,
    )
    return None if row is None else Ticket(*row)


async def put(transaction: Transaction, one: Ticket, now_ms: int) -> None:
    """Keep a ticket; what has run out is forgotten, and of one member's the oldest beyond
    `MAX_OF_NODE`."""
    await drop_over(transaction, now_ms)
    await transaction.run(
        "DELETE FROM view_tickets WHERE digest IN (SELECT digest FROM view_tickets "
        "WHERE space = $1 AND node = $2 ORDER BY until_ms DESC, digest LIMIT -1 OFFSET $3)",
        one.space,
        one.node,
        MAX_OF_NODE - 1,
    )
    await transaction.run(
        "INSERT INTO view_tickets (digest, space, object, node, sha256, until_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        one.digest,
        one.space,
        one.object,
        one.node,
        one.sha256,
        one.until_ms,
    )


async def drop_over(transaction: Transaction, now_ms: int) -> None:
    """Forget what ran out, and what was begun with it is over too."""
    await transaction.run("DELETE FROM view_tickets WHERE until_ms <= $1", now_ms - KEPT_AFTER_MS)


async def drop_of_object(transaction: Transaction, space: str, object_: str) -> None:
    """A file is not to be seen any more, or not by tickets: those for it are void for ever."""
    await transaction.run(
        "DELETE FROM view_tickets WHERE space = $1 AND object = $2", space, object_
    )
