"""Control logs beyond what is settled: their tree, who acknowledged what, who voted for whom."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from node.storage import operations
from node.storage.database import Reader, Row, Transaction
from protocol.canonical import b64, unb64
from protocol.space import operation, statement
from protocol.space.control import State
from protocol.space.effects import PutAcknowledgement
from protocol.space.known import Stored
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.succession import Ballot, Tail, Vote

MAX_PENDING = 64
_BEYOND = (
    "WITH RECURSIVE beyond (id) AS (SELECT id FROM control_tree WHERE space = $1 AND parent = $2 "
    "UNION SELECT t.id FROM control_tree t JOIN beyond b ON t.parent = b.id WHERE t.space = $1) "
)


@dataclass(frozen=True)
class KeptVote:
    """One vote as it came, and what it says."""

    id: str
    signed: Signed
    said: Vote
    received_ms: int
    key: str


async def load_tail(
    reader: Reader, space: str, pin: State, awaited: str
) -> tuple[Tail, dict[str, Stored]]:
    """The control operations beyond the pin, and what is stored of them and of the one at it."""
    rows = await reader.all(_BEYOND + "SELECT id FROM beyond", space, pin.head[1])
    ids = [row["id"] for row in rows]
    stored = await operations.list_stored(reader, space, [pin.head[1], *ids])
    named = await reader.all(
        _BEYOND + "SELECT a.control, a.node, a.number FROM beyond b CROSS JOIN acknowledgements a "
        "ON a.space = $1 AND a.control = b.id UNION ALL "
        "SELECT control, node, number FROM acknowledgements WHERE space = $1 AND pending = 1",
        space,
        pin.head[1],
    )
    by_name: dict[str, dict[str, int]] = {}
    for row in named:
        by_name.setdefault(row["control"], {})[row["node"]] = row["number"]
    votes = await list_votes(reader, space)
    signed = {one.said: one.key for one in votes if one.key}
    entries = {id_: stored[id_].header for id_ in ids}
    said = [one.said for one in votes]
    return Tail(pin, entries, by_name, said, awaited, signed), stored


async def put_in_tree(transaction: Transaction, space: str, id_: str, parent: str) -> None:
    """A control operation was stored, after the one before it."""
    await transaction.run(
        "INSERT INTO control_tree (space, id, parent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        space,
        id_,
        parent,
    )
    await transaction.run(
        "UPDATE acknowledgements SET pending = 0 WHERE space = $1 AND control = $2", space, id_
    )


async def put_pin(transaction: Transaction, settled: State) -> None:
    """Nothing before this position is ever undone; an invitation's word has come true with it."""
    await transaction.run(
        "UPDATE spaces SET pin = $2, awaited = CASE WHEN awaited IN ("
        "WITH RECURSIVE way (id) AS (SELECT $3 UNION SELECT t.parent FROM control_tree t "
        "JOIN way w ON t.id = w.id WHERE t.space = $1) SELECT id FROM way) "
        "THEN '' ELSE awaited END WHERE id = $1",
        settled.space,
        msgspec.json.encode(settled).decode("ascii"),
        settled.head[1],
    )


async def has_settled(reader: Reader, space: str, pin: str, id_: str) -> bool:
    """Whether this operation is at the pin or before it."""
    row = await reader.one(
        "WITH RECURSIVE way (id) AS (SELECT $2 UNION SELECT t.parent FROM control_tree t "
        "JOIN way w ON t.id = w.id WHERE t.space = $1) SELECT 1 FROM way WHERE id = $3",
        space,
        pin,
        id_,
    )
    return row is not None


async def list_way(
    reader: Reader, space: str, id_: str, after: str, *, limit: int
) -> list[Operation]:
    """A control operation with those before it, the first first, without `after` and what lies
    before that; the first `limit` of them."""
    rows = await reader.all(
        "WITH RECURSIVE way (id, depth) AS (SELECT $2, 0 UNION "
        "SELECT t.parent, w.depth + 1 FROM control_tree t JOIN way w ON t.id = w.id "
        "WHERE t.space = $1 AND t.parent <> $3) SELECT id FROM way WHERE id <> '' "
        "ORDER BY depth DESC LIMIT $4",
        space,
        id_,
        after,
        limit,
    )
    ids = [row["id"] for row in rows]
    found = {one.id: one for one in await operations.list_by_id(reader, space, ids)}
    return [found[one] for one in ids if one in found]


async def list_unknown(reader: Reader, space: str, *, limit: int) -> list[str]:
    """Control operations that somebody acknowledged, voted for or was invited at, and that lack.

    By chance, so that those that nobody has keep no others from their turn.
    """
    rows = await reader.all(
        "SELECT control AS id FROM acknowledgements WHERE space = $1 AND pending = 1 UNION "
        "SELECT statement ->> 'anchor' FROM votes WHERE space = $1 UNION "
        "SELECT awaited FROM spaces WHERE id = $1 AND awaited <> '' EXCEPT "
        "SELECT id FROM control_tree WHERE space = $1",
        space,
    )
    found = await reader.all(
        "SELECT value FROM json_each($1) ORDER BY random() LIMIT $2",
        json.dumps([row["id"] for row in rows]),
        limit,
    )
    return [row["value"] for row in found]


async def put_acknowledgement(
    transaction: Transaction,
    space: str,
    said: PutAcknowledgement,
    evidence: Operation | None = None,
) -> None:
    """An operation acknowledges a control operation; `evidence` where it is stored nowhere else. Of
    what has not arrived a node may name only so much; what an older incarnation names, under a key
    that may have been stolen, leaves the newer one its room."""
    waiting = await transaction.count(
        "SELECT count(*) FROM acknowledgements WHERE space = $1 AND pending = 1 AND node = $2 "
        "AND number >= $3",
        space,
        said.node,
        said.number,
    )
    if waiting >= MAX_PENDING:
        return
    await transaction.run(
        "INSERT INTO acknowledgements (space, control, node, op, header, signature, number, "
        "pending) VALUES ($1, $2, $3, $4, $5, $6, $7, NOT EXISTS (SELECT 1 FROM control_tree "
        "WHERE space = $1 AND id = $2)) ON CONFLICT (space, control, node) DO UPDATE SET "
        "op = excluded.op, header = excluded.header, signature = excluded.signature, "
        "number = excluded.number WHERE excluded.number > number",
        space,
        said.control,
        said.node,
        said.id,
        None if evidence is None else evidence.header_bytes,
        None if evidence is None else evidence.signature,
        said.number,
    )


async def list_acknowledged(reader: Reader, space: str, node: str) -> list[str]:
    """The control operations that a node acknowledged by name."""
    rows = await reader.all(
        "SELECT control FROM acknowledgements WHERE space = $1 AND node = $2", space, node
    )
    return [row["control"] for row in rows]


async def list_evidence(
    reader: Reader, space: str, after: str, *, beyond: str = "", limit: int
) -> list[Operation]:
    """The operations, without payloads, that say who acknowledged what beyond the control operation
    `after`, or something that is not here; and the control operations that count nowhere, whose
    writers acknowledged what stands before them. In the order of their ids, `beyond` one of them.
    """
    rows = await reader.all(
        _BEYOND + "SELECT op, header, signature FROM ("
        "SELECT o.id AS op, o.header, o.signature FROM beyond b JOIN operations o "
        "ON o.space = $1 AND o.id = b.id WHERE o.accepted = 0 "
        "UNION SELECT a.op, coalesce(a.header, o.header), coalesce(a.signature, o.signature) "
        "FROM acknowledgements a LEFT JOIN operations o ON o.space = a.space AND o.id = a.op "
        "WHERE a.space = $1 AND (a.control IN (SELECT id FROM beyond) OR a.pending = 1)) "
        "WHERE op > $4 ORDER BY op LIMIT $3",
        space,
        after,
        limit,
        beyond,
    )
    return [
        operation.stored(row["header"], row["signature"], None)
        for row in rows
        if row["header"] is not None
    ]


def _read_vote(row: Row) -> KeptVote:
    signed = Signed(str(row["statement"]).encode("utf-8"), unb64(row["signature"]))
    said = statement.peek(Vote, signed)
    return KeptVote(row["id"], signed, said, row["received_ms"], row["key"])


async def list_votes(
    reader: Reader, space: str, *, after: str = "", limit: int = -1
) -> list[KeptVote]:
    """The votes that are kept, in the order of their ids: at most `limit` beyond one of them."""
    rows = await reader.all(
        "SELECT id, statement, signature, received_ms, key FROM votes "
        "WHERE space = $1 AND id > $2 ORDER BY id LIMIT $3",
        space,
        after,
        limit,
    )
    return [_read_vote(row) for row in rows]


async def put_vote(transaction: Transaction, space: str, vote: Ballot, now_ms: int) -> None:
    """Keep a vote, in place of the same one under an older key."""
    await transaction.run(
        "INSERT INTO votes (space, id, statement, signature, received_ms, key) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (space, id) "
        "DO UPDATE SET signature = excluded.signature, key = excluded.key",
        space,
        vote.id,
        vote.signed.octets.decode("utf-8"),
        b64(vote.signed.signature),
        now_ms,
        vote.key,
    )


async def drop_votes(transaction: Transaction, space: str, ids: Iterable[str]) -> None:
    await transaction.many(
        "DELETE FROM votes WHERE space = $1 AND id = $2", [(space, id_) for id_ in ids]
    )
