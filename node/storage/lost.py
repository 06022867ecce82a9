"""What lay on a lost branch of the own log and is said again, a portion at a time."""

import json
from collections.abc import Iterable, Mapping

import msgspec

from node.storage.database import Reader, Transaction
from protocol.space import operation
from protocol.space.operation import Header, Operation

_headers = msgspec.json.Decoder(Header)


async def put_all(transaction: Transaction, space: str, ids: Iterable[str]) -> None:
    """Queue own operations, the first first; those that are queued already keep their place."""
    await transaction.many(
        "INSERT INTO lost_words (space, op) VALUES ($1, $2) ON CONFLICT (space, op) DO NOTHING",
        [(space, one) for one in ids],
    )


async def list_spaces(reader: Reader) -> list[str]:
    """The spaces in which something waits."""
    rows = await reader.all(
        "SELECT DISTINCT space FROM lost_words WHERE again IS NULL ORDER BY space"
    )
    return [row["space"] for row in rows]


async def list_next(reader: Reader, space: str, limit: int) -> list[str]:
    """What is to be said next, in order."""
    rows = await reader.all(
        "SELECT op FROM lost_words WHERE space = $1 AND again IS NULL ORDER BY number LIMIT $2",
        space,
        limit,
    )
    return [row["op"] for row in rows]


async def list_queued(reader: Reader, space: str, ids: Iterable[str]) -> frozenset[str]:
    """Those of `ids` that wait, or waited while others still do, or stay behind."""
    rows = await reader.all(
        "SELECT op FROM lost_words WHERE space = $1 AND op IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(ids)),
    )
    return frozenset(row["op"] for row in rows)


async def list_again(reader: Reader, space: str, ids: Iterable[str]) -> Mapping[str, str]:
    """Of these lost operations the ids of those that say them again."""
    rows = await reader.all(
        "SELECT op, again FROM lost_words WHERE space = $1 AND again <> '' "
        "AND op IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(set(ids))),
    )
    return {row["op"]: row["again"] for row in rows}


async def put_again(transaction: Transaction, space: str, op: str, again: str) -> None:
    """It is said again by this operation; "" for what stays behind."""
    await transaction.run(
        "UPDATE lost_words SET again = $3 WHERE space = $1 AND op = $2", space, op, again
    )


async def put_behind(transaction: Transaction, space: str, op: str) -> None:
    """It cannot be said again, and stays behind."""
    await transaction.run(
        "INSERT INTO lost_words (space, op, again) VALUES ($1, $2, '') "
        "ON CONFLICT (space, op) DO NOTHING",
        space,
        op,
    )


async def drop_if_done(transaction: Transaction, space: str) -> None:
    """Forget the queue of a space in which nothing waits, but for what stays behind."""
    await transaction.run(
        "DELETE FROM lost_words WHERE space = $1 AND again <> '' AND NOT EXISTS "
        "(SELECT 1 FROM lost_words w WHERE w.space = $1 AND w.again IS NULL)",
        space,
    )


async def list_beside(
    reader: Reader, space: str, node: str, *, after: str = "", limit: int
) -> list[Operation]:
    """The operations of a node's content logs that lie on no chain here, by their ids, beyond
    `after`."""
    rows = await reader.all(
        "SELECT o.header, o.signature, p.payload FROM operations o LEFT JOIN payloads p "
        "ON p.space = o.space AND p.op = o.id "
        "WHERE o.space = $1 AND o.log GLOB $2 AND o.accepted = 0 "
        "AND o.id > $3 ORDER BY o.id LIMIT $4",
        space,
        f"c/{node}/*",
        after,
        limit,
    )
    return [operation.stored(row["header"], row["signature"], row["payload"]) for row in rows]


async def list_headers_beside(
    reader: Reader, space: str, node: str, *, limit: int
) -> dict[str, tuple[Header, bool]]:
    """As `list_beside`, the headers alone by id, and whether its words, if it has any, are here."""
    rows = await reader.all(
        "SELECT o.id, o.header, p.op IS NOT NULL AS here FROM operations o LEFT JOIN payloads p "
        "ON p.space = o.space AND p.op = o.id "
        "WHERE o.space = $1 AND o.log GLOB $2 AND o.accepted = 0 ORDER BY o.id LIMIT $3",
        space,
        f"c/{node}/*",
        limit,
    )
    found = {row["id"]: (_headers.decode(row["header"]), bool(row["here"])) for row in rows}
    return {id_: (one, here or not one.payload_hash) for id_, (one, here) in found.items()}


async def list_said(
    reader: Reader, space: str, node: str, objects: Iterable[tuple[str, str]]
) -> dict[str, Header]:
    """What a node said on its chains about these objects (home and name), by id."""
    rows = await reader.all(
        "SELECT o.id, o.header FROM json_each($3) j CROSS JOIN operations o "
        "ON o.space = $1 AND o.home = j.value ->> 0 AND o.object = j.value ->> 1 "
        "AND o.object <> '' WHERE o.accepted = 1 AND substr(o.log, 3, 32) = $2",
        space,
        node,
        json.dumps(sorted(objects)),
    )
    return {row["id"]: _headers.decode(row["header"]) for row in rows}
