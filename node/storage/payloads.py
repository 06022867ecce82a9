"""What operations say, apart from them: a payload comes late or is dropped, the header stays."""

import json
from collections.abc import Iterable

from node.storage import usage
from node.storage.database import Reader, Transaction


async def list_lacking(reader: Reader, space: str, *, limit: int) -> list[str]:
    """Some operations whose payload has not arrived although nobody erased it.

    By chance, so that those that never come keep no others from their turn.
    """
    rows = await reader.all(
        "SELECT o.id FROM operations o WHERE o.space = $1 AND o.lacks = 1 "
        "AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.space = o.space AND e.op = o.id "
        "AND e.node = substr(o.log, 3, 32)) ORDER BY random() LIMIT $2",
        space,
        limit,
    )
    return [row["id"] for row in rows]


async def list_by_op(reader: Reader, space: str, ids: Iterable[str]) -> dict[str, str]:
    """The payloads of those of `ids` that are here, by id."""
    rows = await reader.all(
        "SELECT p.op, p.payload FROM json_each($2) j CROSS JOIN payloads p "
        "ON p.space = $1 AND p.op = j.value",
        space,
        json.dumps(sorted(ids)),
    )
    return {row["op"]: row["payload"] for row in rows}


async def put(transaction: Transaction, space: str, id_: str, payload: str) -> None:
    """Keep what was lacking of an operation that is stored."""
    added = await transaction.run(
        "INSERT INTO payloads (space, op, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        space,
        id_,
        payload,
    )
    if added:
        await usage.add_of(transaction, space, id_, usage.size_of(payload))
    await transaction.run(
        "UPDATE operations SET lacks = 0 WHERE space = $1 AND id = $2", space, id_
    )


async def drop(transaction: Transaction, space: str, node: str, id_: str) -> bool:
    """Forget the payload of an operation of this node, of nobody else's; whether it is kept."""
    found = await transaction.run(
        "UPDATE operations SET lacks = 0 WHERE space = $1 AND id = $3 AND substr(log, 3, 32) = $2",
        space,
        node,
        id_,
    )
    if found:
        await transaction.run("DELETE FROM payloads WHERE space = $1 AND op = $2", space, id_)
    return found > 0
