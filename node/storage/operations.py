"""Verified operations of spaces, as received, and where each log's accepted chain ends."""

import msgspec

from node.storage.database import Reader, Row, Transaction
from protocol.space import operation
from protocol.space.log import LogHead
from protocol.space.operation import Operation

_COLUMNS = "o.header, o.signature, p.payload"
_FROM = "operations o LEFT JOIN payloads p ON p.space = o.space AND p.op = o.id"


def _read(row: Row) -> Operation:
    return operation.stored(row["header"], row["signature"], row["payload"])


async def find(reader: Reader, space: str, id_: str) -> Operation | None:
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE o.space = $1 AND o.id = $2", space, id_
    )
    return None if row is None else _read(row)


async def put(
    transaction: Transaction,
    space: str,
    stored: Operation,
    *,
    accepted: bool,
    void: str | None,
    received_ms: int,
) -> None:
    """Keep an operation whose signature was verified, its payload beside it."""
    header = stored.header
    await transaction.run(
        "INSERT INTO operations (space, id, log, seq, prev, object, header, signature, accepted, "
        "void, received_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        space,
        stored.id,
        header.log,
        header.seq,
        header.prev,
        header.object,
        stored.header_bytes,
        stored.signature,
        int(accepted),
        void,
        received_ms,
    )
    if stored.payload is not None:
        await transaction.run(
            "INSERT INTO payloads (space, op, payload) VALUES ($1, $2, $3)",
            space,
            stored.id,
            stored.payload,
        )


async def find_head(reader: Reader, space: str, log: str) -> LogHead:
    """Where the log's accepted chain ends; that of a log never heard of is empty."""
    row = await reader.one("SELECT head FROM logs WHERE space = $1 AND log = $2", space, log)
    return LogHead(log) if row is None else msgspec.json.decode(row["head"], type=LogHead)


async def list_heads(reader: Reader, space: str) -> dict[str, LogHead]:
    """The heads of all logs of a space, by log."""
    rows = await reader.all("SELECT log, head FROM logs WHERE space = $1 ORDER BY log", space)
    return {row["log"]: msgspec.json.decode(row["head"], type=LogHead) for row in rows}


async def put_head(transaction: Transaction, space: str, head: LogHead) -> None:
    await transaction.run(
        "INSERT INTO logs (space, log, head) VALUES ($1, $2, $3) "
        "ON CONFLICT (space, log) DO UPDATE SET head = excluded.head",
        space,
        head.log,
        msgspec.json.encode(head).decode("ascii"),
    )
