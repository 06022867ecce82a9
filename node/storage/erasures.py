"""What was taken back: signed statements, the payloads that are gone for ever, and receipts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Transaction
from protocol.canonical import b64, unb64
from protocol.space.statement import Signed


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


async def list_after(reader: Reader, space: str, after: int, *, limit: int) -> list[Signed]:
    """Statements in the order of their arrival here, without the first `after`."""
    rows = await reader.all(
        "SELECT statement, signature FROM erasures WHERE space = $1 ORDER BY number "
        "LIMIT $3 OFFSET $2",
        space,
        after,
        limit,
    )
    return [_signed(row["statement"], row["signature"]) for row in rows]


async def list_of_nodes(reader: Reader, space: str, nodes: Iterable[str]) -> list[Signed]:
    """All statements of these nodes, the oldest first."""
    rows = await reader.all(
        "SELECT statement, signature FROM erasures WHERE space = $1 "
        "AND node IN (SELECT value FROM json_each($2)) ORDER BY number",
        space,
        json.dumps(sorted(nodes)),
    )
    return [_signed(row["statement"], row["signature"]) for row in rows]


async def find_newest_ms(reader: Reader, space: str) -> int | None:
    """When the last statement arrived, or was made here; None where there is none."""
    row = await reader.one("SELECT max(received_ms) FROM erasures WHERE space = $1", space)
    return None if row is None or row[0] is None else int(row[0])


async def list_owed(reader: Reader, space: str, own: str) -> frozenset[str]:
    """The nodes that `list_unsent` or `list_unconfirmed` finds anything for; all members while own
    receipts for purges are still to be signed."""
    rows = await reader.all(
        "SELECT DISTINCT e.node FROM receipts r JOIN erasures e ON e.space = r.space "
        "AND e.id = r.statement WHERE r.space = $1 AND r.node = $2 AND r.sent = 0 "
        "UNION SELECT m.node FROM space_members m WHERE m.space = $1 AND EXISTS "
        "(SELECT 1 FROM erasures e WHERE e.space = $1 AND e.node = $2 AND NOT EXISTS "
        "(SELECT 1 FROM receipts r WHERE r.space = $1 AND r.statement = e.id "
        "AND r.node = m.node)) "
        "UNION SELECT o.node FROM owed_receipts o WHERE o.space = $1 "
        "UNION SELECT m.node FROM space_members m WHERE m.space = $1 AND EXISTS "
        "(SELECT 1 FROM purges p WHERE p.space = $1 AND NOT EXISTS (SELECT 1 FROM receipts r "
        "WHERE r.space = $1 AND r.statement = p.id AND r.node = $2))",
        space,
        own,
    )
    return frozenset(row[0] for row in rows)


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


async def list_unsent(reader: Reader, space: str, own: str, author: str) -> list[Signed]:
    """Own receipts that the node `author` has not had: for its statements, and for purges that
    concern it."""
    rows = await reader.all(
        "SELECT r.receipt, r.signature FROM receipts r JOIN erasures e ON e.space = r.space "
        "AND e.id = r.statement WHERE r.space = $1 AND r.node = $2 AND r.sent = 0 "
        "AND e.node = $3 UNION ALL SELECT r.receipt, r.signature FROM owed_receipts o "
        "JOIN receipts r ON r.space = o.space AND r.statement = o.statement AND r.node = $2 "
        "WHERE o.space = $1 AND o.node = $3 LIMIT 200",
        space,
        own,
        author,
    )
    return [_signed(row["receipt"], row["signature"]) for row in rows]


async def list_unconfirmed(
    reader: Reader, space: str, own: str, member: str, *, limit: int
) -> list[Signed]:
    """Own statements for which the node `member` has not given its receipt, the oldest first."""
    rows = await reader.all(
        "SELECT e.statement, e.signature FROM erasures e WHERE e.space = $1 AND e.node = $2 "
        "AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.space = e.space "
        "AND r.statement = e.id AND r.node = $3) ORDER BY e.number LIMIT $4",
        space,
        own,
        member,
        limit,
    )
    return [_signed(row["statement"], row["signature"]) for row in rows]


async def put_sent(
    transaction: Transaction, space: str, own: str, receipts: list[Signed], to: str
) -> None:
    """These own receipts have reached a school that they are owed to."""
    said = [one.octets.decode("utf-8") for one in receipts]
    await transaction.many(
        "UPDATE receipts SET sent = 1 WHERE space = $1 AND node = $2 AND receipt = $3",
        [(space, own, one) for one in said],
    )
    await transaction.many(
        "DELETE FROM owed_receipts WHERE space = $1 AND node = $2 AND statement = "
        "(SELECT statement FROM receipts WHERE space = $1 AND node = $3 AND receipt = $4)",
        [(space, to, own, one) for one in said],
    )


async def drop_receipts_of(transaction: Transaction, space: str, node: str) -> None:
    """What this node confirmed, it confirms anew."""
    await transaction.run("DELETE FROM receipts WHERE space = $1 AND node = $2", space, node)


async def list_receipts(reader: Reader, space: str, statement: str) -> list[KeptReceipt]:
    """Who confirmed that a statement was obeyed, the earliest first."""
    rows = await reader.all(
        "SELECT statement, node, received_ms FROM receipts "
        "WHERE space = $1 AND statement = $2 ORDER BY received_ms, node",
        space,
        statement,
    )
    return [KeptReceipt(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True)
class OwnStatement:
    """A statement of this node, or a purge that concerns it (`purged`): of how many entries it is,
    and when it was made."""

    id: str
    space: str
    targets: int
    received_ms: int
    purged: bool


_OWN = (
    "(SELECT e.id, e.space, e.node, json_array_length(e.statement, '$.targets') AS targets, "
    "e.received_ms, 0 AS purged, s.ended FROM erasures e JOIN spaces s ON s.id = e.space "
    "AND s.node = e.node UNION ALL "
    "SELECT p.id, p.space, s.node, p.targets, p.erased_ms, 1, s.ended "
    "FROM purges p JOIN spaces s ON s.id = p.space WHERE p.ours = 1) e "
)
_OPEN = (
    "EXISTS (SELECT 1 FROM space_members m WHERE m.space = e.space AND m.member = 1 "
    "AND m.node <> e.node AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.space = e.space "
    "AND r.statement = e.id AND r.node = m.node))"
)
_LEFT = (
    "EXISTS (SELECT 1 FROM descendants d JOIN erased x ON x.space = d.space AND x.op = d.erased "
    "AND x.statement = e.id WHERE d.space = e.space)"
)


async def list_own(
    reader: Reader, among: Iterable[str], *, limit: int, offset: int
) -> tuple[list[OwnStatement], int]:
    """This node's statements in these spaces, and purges that concern it: those first that some
    member owes its word for or has written further on, then the newest; and how many there are of
    them in all."""
    wanted = json.dumps(sorted(among))
    own = f"FROM {_OWN} WHERE e.space IN (SELECT value FROM json_each($1))"
    rows = await reader.all(
        "SELECT e.id, e.space, e.targets, e.received_ms, e.purged "
        f"{own} ORDER BY {_OPEN} OR {_LEFT} DESC, e.received_ms DESC, e.id LIMIT $2 OFFSET $3",
        wanted,
        limit,
        offset,
    )
    total = await reader.count(f"SELECT count(*) {own}", wanted)
    found = [OwnStatement(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]
    return found, total


async def count_overdue(reader: Reader, made_before_ms: int) -> int:
    """How many of this node's older statements some member owes its word for."""
    return await reader.count(
        f"SELECT count(*) FROM {_OWN} WHERE e.ended = '' AND e.received_ms <= $1 AND {_OPEN}",
        made_before_ms,
    )
