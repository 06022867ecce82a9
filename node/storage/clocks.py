"""How far the clocks of partners are from this node's."""

from collections.abc import Iterable

from node.storage.database import Reader, Transaction


async def put(transaction: Transaction, skews_ms: Iterable[tuple[str, int]], now_ms: int) -> None:
    """The clock at each of these origins was so much ahead of this node's."""
    await transaction.many(
        "INSERT INTO clocks (origin, skew_ms, at_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT (origin) DO UPDATE SET skew_ms = excluded.skew_ms, at_ms = excluded.at_ms",
        [(origin, skew_ms, now_ms) for origin, skew_ms in skews_ms],
    )


async def list_between(reader: Reader, since_ms: int, until_ms: int) -> list[int]:
    """The skews of approved partners that were seen between two times, smallest first."""
    rows = await reader.all(
        "SELECT c.skew_ms FROM clocks c JOIN partners p ON p.origin = c.origin "
        "AND p.state = 'approved' WHERE c.at_ms BETWEEN $1 AND $2 ORDER BY c.skew_ms",
        since_ms,
        until_ms,
    )
    return [int(row["skew_ms"]) for row in rows]


async def forget(transaction: Transaction) -> None:
    """What is known of clocks says nothing any more: this node's own was set."""
    await transaction.run("DELETE FROM clocks")


async def count_ahead(reader: Reader, until_ms: int) -> int:
    """In how many spaces a log of this school ends with a word from later than that."""
    return await reader.count(
        "SELECT count(DISTINCT l.space) FROM spaces s JOIN logs l ON l.space = s.id "
        "WHERE s.ended = '' AND l.log GLOB 'c/' || s.node || '/*' "
        "AND (l.head ->> 'time') > $1",
        until_ms,
    )
