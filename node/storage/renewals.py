"""Members that say that they have a new space key: the newest statement of each, as it came."""

from collections.abc import Sequence

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import b64, unb64
from protocol.space.renewal import Renewing
from protocol.space.statement import Signed


async def put(transaction: Transaction, one: Renewing, now_ms: int) -> None:
    await transaction.run(
        "INSERT INTO renewals (space, node, key, statement, signature, received_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (space, node) DO UPDATE SET "
        "key = excluded.key, statement = excluded.statement, signature = excluded.signature, "
        "received_ms = excluded.received_ms",
        one.said.space,
        one.said.node,
        one.said.key,
        one.signed.octets.decode("utf-8"),
        b64(one.signed.signature),
        now_ms,
    )


async def find(reader: Reader, space: str, node: str) -> Signed | None:
    row = await reader.one(
        "SELECT statement, signature FROM renewals WHERE space = $1 AND node = $2", space, node
    )
    return None if row is None else _read(row)


async def find_own(reader: Reader, space: str) -> Signed | None:
    """What this school says of itself."""
    row = await reader.one(
        "SELECT r.statement, r.signature FROM renewals r JOIN spaces s "
        "ON s.id = r.space AND s.node = r.node WHERE r.space = $1",
        space,
    )
    return None if row is None else _read(row)


async def list_of_space(reader: Reader, space: str) -> Sequence[Signed]:
    rows = await reader.all(
        "SELECT statement, signature FROM renewals WHERE space = $1 ORDER BY node", space
    )
    return [_read(row) for row in rows]


async def drop(transaction: Transaction, space: str, node: str) -> None:
    """It has its new key, or is no member any more."""
    await transaction.run("DELETE FROM renewals WHERE space = $1 AND node = $2", space, node)


def _read(row: Row) -> Signed:
    return Signed(row[0].encode("utf-8"), unb64(row[1]))
