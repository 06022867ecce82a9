"""Public notes of people and projects that somebody here follows, the newest first."""

from dataclasses import dataclass

from node.storage.database import Reader, Transaction


@dataclass(frozen=True)
class FeedItem:
    id: str
    author: str
    at_ms: int


async def put(transaction: Transaction, item: FeedItem) -> None:
    await transaction.run(
        "INSERT INTO feed (id, author, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        item.id,
        item.author,
        item.at_ms,
    )


async def drop(transaction: Transaction, id_: str) -> None:
    await transaction.run("DELETE FROM feed WHERE id = $1", id_)


async def list_for(
    reader: Reader, follower: str, *, before_ms: int | None = None, limit: int = 50
) -> list[FeedItem]:
    """What those whom `follower` follows said to everybody, and what `follower` said.

    Documents carry whole seconds: what was said within one stands as it came in.
    """
    rows = await reader.all(
        "SELECT id, author, at_ms FROM feed WHERE (author = $1 OR author IN (SELECT followed "
        "FROM follows WHERE follower = $1 AND state = 'following')) "
        "AND author NOT IN (SELECT blocked FROM blocks WHERE account_actor = $1) "
        "AND ($2 IS NULL OR at_ms < $2) ORDER BY at_ms DESC, rowid DESC LIMIT $3",
        follower,
        before_ms,
        limit,
    )
    return [FeedItem(*row) for row in rows]
