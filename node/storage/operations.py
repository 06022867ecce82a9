"""Verified operations of spaces, as received; where each log's accepted chain ends; who has a role.

What is kept here is what `protocol.space.apply` decided: nothing is judged again when it is read.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from node.storage import usage
from node.storage.database import Reader, Row, Transaction, Value
from protocol.space import operation
from protocol.space.authority import Void, home_of
from protocol.space.control import Position
from protocol.space.effects import StoreOperation, Touched
from protocol.space.fold.touched import touched
from protocol.space.known import Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.vocabulary import Role

_COLUMNS = "o.id, o.header, o.signature, o.accepted, o.void, p.payload"
_FROM = "operations o LEFT JOIN payloads p ON p.space = o.space AND p.op = o.id"
_SAYS = (
    "(p.payload IS NOT NULL OR (o.lacks = 1 AND NOT EXISTS (SELECT 1 FROM erased e "
    "WHERE e.space = o.space AND e.op = o.id AND e.node = substr(o.log, 3, 32))))"
)
_headers = msgspec.json.Decoder(Header)
_heads = msgspec.json.Decoder(LogHead)


def _read(row: Row) -> Operation:
    return operation.stored(row["header"], row["signature"], row["payload"])


def _read_stored(row: Row) -> Stored:
    header = _headers.decode(row["header"])
    lacks = header.payload_hash != "" and row["payload"] is None
    void = None if row["void"] is None else Void(row["void"])
    return Stored(header, bool(row["accepted"]), void, lacks)


async def find(reader: Reader, space: str, id_: str) -> Operation | None:
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND o.id = $2", space, id_
    )
    return None if row is None else _read(row)


async def get(reader: Reader, space: str, id_: str) -> Operation:
    """Raises LookupError where it is not kept."""
    found = await find(reader, space, id_)
    if found is None:
        raise LookupError("this operation is not kept here")
    return found


async def list_accepted(
    reader: Reader, space: str, log: str, after: int, *, limit: int
) -> list[Operation]:
    """A log's accepted operations beyond number `after`, in order."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND o.log = $2 AND o.seq > $3 "
        "AND o.accepted = 1 ORDER BY o.seq LIMIT $4",
        space,
        log,
        after,
        limit,
    )
    return [_read(row) for row in rows]


async def list_by_id(reader: Reader, space: str, ids: Iterable[str]) -> list[Operation]:
    """Those of `ids` that are kept, in the order of their ids."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 "
        "AND o.id IN (SELECT value FROM json_each($2)) ORDER BY o.id",
        space,
        json.dumps(sorted(ids)),
    )
    return [_read(row) for row in rows]


async def list_positions(
    reader: Reader, space: str, log: str, numbers: Iterable[int]
) -> list[Position]:
    """The positions of a log's accepted operations with these numbers."""
    rows = await reader.all(
        "SELECT seq, id FROM operations WHERE space = $1 AND log = $2 AND accepted = 1 "
        "AND seq IN (SELECT value FROM json_each($3)) ORDER BY seq DESC",
        space,
        log,
        json.dumps(list(numbers)),
    )
    return [(row["seq"], row["id"]) for row in rows]


async def list_held(
    reader: Reader, space: str, ids: Iterable[str], log: str | None = None
) -> frozenset[str]:
    """Those of `ids` that lie on an accepted chain here; of one log, where it is given."""
    rows = await reader.all(
        "SELECT id FROM operations WHERE space = $1 AND accepted = 1 "
        "AND ($3 IS NULL OR log = $3) AND id IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(ids)),
        log,
    )
    return frozenset(row["id"] for row in rows)


async def list_effective(
    reader: Reader, space: str, objects: Iterable[tuple[str, str]]
) -> list[tuple[str, str, Header]]:
    """The operations that have an effect on these objects (home and name): the home, the id and the
    header. Payloads are for `list_payloads`: few of them are looked at."""
    # CROSS JOIN keeps the order: from the few objects to their operations, however long the logs.
    rows = await reader.all(
        "SELECT o.id, o.header, o.home FROM json_each($2) j CROSS JOIN operations o "
        "ON o.space = $1 AND o.home = j.value ->> 0 AND o.object = j.value ->> 1 "
        "AND o.object <> '' WHERE o.void IS NULL",
        space,
        json.dumps(list(objects)),
    )
    return [(row["home"], row["id"], _headers.decode(row["header"])) for row in rows]


async def list_own_of_object(
    reader: Reader, space: str, node: str, object_: str, *, home: str = ""
) -> list[Operation]:
    """A node's own operations about an object, on whatever branch, whose payloads are here or may
    still come. `home`: the node in the object's reference, where that is another one."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND o.home = $3 AND o.object = $4 "
        f"AND o.object <> '' AND substr(o.log, 3, 32) = $2 AND {_SAYS} ORDER BY o.log, o.seq",
        space,
        node,
        home or node,
        object_,
    )
    return [_read(row) for row in rows]


async def list_own_of_objects(
    reader: Reader, space: str, node: str, references: Iterable[str]
) -> list[Operation]:
    """A node's own operations about these objects, whosever, whose payloads are here or may still
    come."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND (o.home, o.object) IN "
        "(SELECT substr(value, 1, 32), substr(value, 34) FROM json_each($3)) "
        f"AND o.object <> '' AND substr(o.log, 3, 32) = $2 AND {_SAYS} ORDER BY o.log, o.seq",
        space,
        node,
        json.dumps(sorted(references)),
    )
    return [_read(row) for row in rows]


async def list_said_by(reader: Reader, space: str, node: str, actor: str) -> list[Operation]:
    """A node's own operations that `actor` said, about whatever, whose payloads are here or may
    still come."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND substr(o.log, 3, 32) = $2 "
        f"AND instr(o.header, CAST($3 AS BLOB)) > 0 AND {_SAYS} ORDER BY o.log, o.seq",
        space,
        node,
        json.dumps({"actor": actor}, separators=(",", ":"))[1:-1],
    )
    return [one for one in map(_read, rows) if one.header.actor == actor]


async def list_received_ms(reader: Reader, space: str, ids: Iterable[str]) -> dict[str, int]:
    """When these operations came to be kept here, by id."""
    rows = await reader.all(
        "SELECT id, received_ms FROM operations WHERE space = $1 "
        "AND id IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(ids)),
    )
    return {row["id"]: int(row["received_ms"]) for row in rows}


async def list_of_objects(
    reader: Reader, space: str, log: str, objects: Iterable[str]
) -> list[Operation]:
    """The accepted operations of one log about these objects, in order."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND o.log = $2 AND o.accepted = 1 "
        "AND o.object IN (SELECT value FROM json_each($3)) ORDER BY o.seq",
        space,
        log,
        json.dumps(sorted(objects)),
    )
    return [_read(row) for row in rows]


async def list_stored(reader: Reader, space: str, ids: Iterable[str]) -> dict[str, Stored]:
    """Those of `ids` that are stored, by id."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 "
        "AND o.id IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(ids)),
    )
    return {row["id"]: _read_stored(row) for row in rows}


async def list_stored_of_log(reader: Reader, space: str, log: str) -> dict[str, Stored]:
    """Everything that is stored of one log, by id; of one number in the order of arrival."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND o.log = $2 ORDER BY o.seq, o.rowid",
        space,
        log,
    )
    return {row["id"]: _read_stored(row) for row in rows}


async def has_beside(reader: Reader, space: str, log: str) -> bool:
    """Whether anything of a log lies beside its chain."""
    row = await reader.one(
        "SELECT 1 FROM operations WHERE space = $1 AND log = $2 AND accepted = 0 LIMIT 1",
        space,
        log,
    )
    return row is not None


async def list_objects(reader: Reader, space: str) -> list[Touched]:
    """Every object of the space that has a view."""
    rows = await reader.all(
        "SELECT header FROM operations WHERE space = $1 AND object <> '' AND void IS NULL "
        "ORDER BY home, object",
        space,
    )
    found = (touched(_headers.decode(row["header"])) for row in rows)
    return sorted({one for one in found if one is not None})


async def put_all(
    transaction: Transaction, space: str, stored: Iterable[StoreOperation], received_ms: int
) -> None:
    """Keep operations that were judged, their payloads beside them."""
    stored = list(stored)
    octets = Counter[str]()
    for one in stored:
        brought = len(one.operation.operation.header_bytes) + usage.SIGNED_BYTES
        octets[one.operation.header.node] += brought + usage.size_of(one.payload)
    await asyncio.gather(
        transaction.many(
            "INSERT INTO operations (space, id, log, seq, home, object, lacks, header, signature, "
            "accepted, void, received_ms) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            [_as_row(space, one, received_ms) for one in stored],
        ),
        transaction.many(
            "INSERT INTO payloads (space, op, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(space, one.operation.id, one.payload) for one in stored if one.payload is not None],
        ),
        usage.add(transaction, space, octets),
    )


def _as_row(space: str, one: StoreOperation, received_ms: int) -> tuple[Value, ...]:
    header, verified = one.operation.header, one.operation.operation
    return (
        space,
        verified.id,
        header.log,
        header.seq,
        home_of(header),
        header.object,
        int(header.payload_hash != "" and one.payload is None),
        verified.header_bytes,
        verified.signature,
        int(one.accepted),
        one.void,
        received_ms,
    )


async def put_void(
    transaction: Transaction, space: str, id_: str, *, accepted: bool, void: str | None
) -> None:
    await transaction.run(
        "UPDATE operations SET accepted = $3, void = $4 WHERE space = $1 AND id = $2",
        space,
        id_,
        int(accepted),
        void,
    )


async def has_moved(reader: Reader, space: str, anchors: Mapping[str, Position]) -> bool:
    """Whether a content log says anything beyond its anchor that is no mere acknowledgement."""
    row = await reader.one(
        "SELECT 1 FROM logs l JOIN operations o ON o.space = l.space AND o.log = l.log "
        "AND o.accepted = 1 AND o.seq > coalesce((SELECT j.value ->> 1 FROM json_each($2) j "
        "WHERE j.value ->> 0 = l.log), 0) WHERE l.space = $1 AND l.log LIKE 'c/%' "
        "AND json_extract(CAST(o.header AS TEXT), '$.type') <> 'Acknowledge' LIMIT 1",
        space,
        json.dumps([[log, head[0]] for log, head in sorted(anchors.items())]),
    )
    return row is not None


async def find_head(reader: Reader, space: str, log: str) -> LogHead:
    """Where the log's accepted chain ends; that of a log never heard of is empty."""
    row = await reader.one("SELECT head FROM logs WHERE space = $1 AND log = $2", space, log)
    return LogHead(log) if row is None else _heads.decode(row["head"])


async def list_heads(
    reader: Reader, space: str, logs: Iterable[str] | None = None
) -> dict[str, LogHead]:
    """The heads of `logs` that exist, of all logs of the space without it; by log."""
    where, values = "", [space]
    if logs is not None:
        where = "AND log IN (SELECT value FROM json_each($2))"
        values.append(json.dumps(sorted(logs)))
    rows = await reader.all(
        f"SELECT log, head FROM logs WHERE space = $1 {where} ORDER BY log", *values
    )
    return {row["log"]: _heads.decode(row["head"]) for row in rows}


async def put_heads(transaction: Transaction, space: str, heads: Iterable[LogHead]) -> None:
    """The accepted chains of these logs now end there."""
    await transaction.many(
        "INSERT INTO logs (space, log, head) VALUES ($1, $2, $3) "
        "ON CONFLICT (space, log) DO UPDATE SET head = excluded.head",
        [(space, one.log, msgspec.json.encode(one).decode("ascii")) for one in heads],
    )


async def list_roles(
    reader: Reader, space: str, people: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Role]:
    """The roles of those of `people` (log, pseudonym) that have one."""
    rows = await reader.all(
        "SELECT r.log, r.pseudonym, r.role FROM json_each($2) j CROSS JOIN space_roles r "
        "ON r.space = $1 AND r.log = j.value ->> 0 AND r.pseudonym = j.value ->> 1",
        space,
        json.dumps(sorted(people)),
    )
    return {(row["log"], row["pseudonym"]): Role(row["role"]) for row in rows}


async def list_roles_of_log(reader: Reader, space: str, log: str) -> Mapping[str, Role]:
    """The roles that one log declares at its end, by pseudonym."""
    rows = await reader.all(
        "SELECT pseudonym, role FROM space_roles WHERE space = $1 AND log = $2", space, log
    )
    return {row["pseudonym"]: Role(row["role"]) for row in rows}


async def put_role(
    transaction: Transaction, space: str, log: str, pseudonym: str, role: Role | None
) -> None:
    """What the log now declares the pseudonym to be; None where it declares nothing any more."""
    if role is None:
        await transaction.run(
            "DELETE FROM space_roles WHERE space = $1 AND log = $2 AND pseudonym = $3",
            space,
            log,
            pseudonym,
        )
        return
    await transaction.run(
        "INSERT INTO space_roles (space, log, pseudonym, role) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (space, log, pseudonym) DO UPDATE SET role = excluded.role",
        space,
        log,
        pseudonym,
        str(role),
    )


async def count(reader: Reader, space: str) -> int:
    """How many operations of a space are stored."""
    return await reader.count("SELECT count(*) FROM operations WHERE space = $1", space)
