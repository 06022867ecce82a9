"""What was taken back: signed statements, the payloads that are gone for ever, and receipts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Transaction
from protocol.canonical import b64, unb64
from protocol.space.statement import Signed


@dataclass(frozen=True)
class KeptStatement:
    """An erasure statement, and its place in the order of arrival here."""

    number: int
    id: str
    node: str
    signed: Signed
    received_ms: int


@dataclass(frozen=True)
class KeptReceipt:
    """A member's word that it dropped what a statement names."""

    statement: str
    node: str
    received_ms: int


def _signed(text: str, signature: str) -> Signed:
    return Signed(text.encode("utf-8"), unb64(signature))


async def put(
    transaction: Transaction, space: str, id_: str, node: str, signed: Signed, now_ms: int
) -> None:
    await transaction.run(
        "INSERT INTO erasures (space, id, node, statement, signature, received_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        space,
        id_,
        node,
        signed.octets.decode("utf-8"),
        b64(signed.signature),
        now_ms,
    )


async def list_after(reader: Reader, space: str, after: int, *, limit: int) -> list[KeptStatement]:
    """Statements in the order of their arrival here, beyond number `after`."""
    rows = await reader.all(
        "SELECT number, id, node, statement, signature, received_ms FROM erasures "
        "WHERE space = $1 AND number > $2 ORDER BY number LIMIT $3",
        space,
        after,
        limit,
    )
    return [KeptStatement(row[0], row[1], row[2], _signed(row[3], row[4]), row[5]) for row in rows]


async def list_ids(reader: Reader, space: str) -> dict[str, list[str]]:
    """The ids of all statements of a space, by the node that made them."""
    rows = await reader.all("SELECT node, id FROM erasures WHERE space = $1", space)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["node"], []).append(row["id"])
    return found


async def list_known(reader: Reader, space: str, ids: Iterable[str]) -> frozenset[str]:
    """Those of `ids` that are statements kept here."""
    rows = await reader.all(
        "SELECT id FROM erasures WHERE space = $1 AND id IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(ids)),
    )
    return frozenset(row["id"] for row in rows)


async def put_erased(
    transaction: Transaction, space: str, node: str, op: str, statement: str
) -> None:
    """Whatever payload has this id in the node's logs is gone for ever."""
    await transaction.run(
        "INSERT INTO erased (space, node, op, statement) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        space,
        node,
        op,
        statement,
    )


async def list_erased(reader: Reader, space: str, ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """Those of `ids` whose payloads were erased: the statement by (node, id)."""
    rows = await reader.all(
        "SELECT node, op, statement FROM erased WHERE space = $1 "
        "AND op IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(ids)),
    )
    return {(row["node"], row["op"]): row["statement"] for row in rows}


async def list_of_object(reader: Reader, space: str, home: str, object_: str) -> list[str]:
    """The ids of all statements that erased something of an object."""
    rows = await reader.all(
        "SELECT DISTINCT e.statement FROM operations o JOIN erased e ON e.space = o.space "
        "AND e.op = o.id AND e.node = o.home WHERE o.space = $1 AND o.home = $2 "
        "AND o.object = $3 AND o.object <> '' ORDER BY e.statement",
        space,
        home,
        object_,
    )
    return [row["statement"] for row in rows]


async def put_receipt(
    transaction: Transaction, space: str, statement: str, node: str, signed: Signed, now_ms: int
) -> None:
    await transaction.run(
        "INSERT INTO receipts (space, statement, node, receipt, signature, received_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        space,
        statement,
        node,
        signed.octets.decode("utf-8"),
        b64(signed.signature),
        now_ms,
    )


async def find_receipt(reader: Reader, space: str, statement: str, node: str) -> Signed | None:
    row = await reader.one(
        "SELECT receipt, signature FROM receipts WHERE space = $1 AND statement = $2 AND node = $3",
        space,
        statement,
        node,
    )
    return None if row is None else _signed(row["receipt"], row["signature"])


async def list_receipts(reader: Reader, space: str, statement: str) -> list[KeptReceipt]:
    """Who confirmed that a statement was obeyed, the earliest first."""
    rows = await reader.all(
        "SELECT statement, node, received_ms FROM receipts "
        "WHERE space = $1 AND statement = $2 ORDER BY received_ms, node",
        space,
        statement,
    )
    return [KeptReceipt(row[0], row[1], row[2]) for row in rows]
