"""Activities of partners: stored before they are answered, applied one by one in their order."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

_COLUMNS = "seq, id, origin, actor, key_id, activity, received_ms, attempts"
_APPROVED = "origin IN (SELECT origin FROM partners WHERE state = 'approved')"


@dataclass(frozen=True)
class Arrived:
    seq: int
    id: str
    origin: str
    actor: str
    key_id: str
    activity: JSONObject
    received_ms: int
    attempts: int


def _read(row: Row) -> Arrived:
    return Arrived(
        row["seq"],
        row["id"],
        row["origin"],
        row["actor"],
        row["key_id"],
        json.loads(row["activity"]),
        row["received_ms"],
        row["attempts"],
    )


async def put(
    transaction: Transaction,
    activity: JSONObject,
    *,
    origin: str,
    key_id: str,
    now_ms: int,
) -> bool:
    """Store an activity; False where its id is here already: partners resend after a time-out."""
    changed = await transaction.run(
        "INSERT INTO inbox (id, origin, actor, key_id, activity, received_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        str(activity["id"]),
        origin,
        str(activity["actor"]),
        key_id,
        json.dumps(activity, ensure_ascii=False),
        now_ms,
    )
    return changed == 1


async def find_next(reader: Reader, now_ms: int) -> Arrived | None:
    """The oldest activity that is due. What a partner sent that is blocked now has to wait."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM inbox WHERE state = 'waiting' AND next_ms <= $1 AND {_APPROVED} "
        "ORDER BY next_ms, seq LIMIT 1",
        now_ms,
    )
    return None if row is None else _read(row)


async def find_next_ms(reader: Reader) -> int | None:
    """When the next activity is due, if any of an approved partner waits."""
    row = await reader.one(
        f"SELECT min(next_ms) FROM inbox WHERE state = 'waiting' AND {_APPROVED}"
    )
    return None if row is None or row[0] is None else int(row[0])


async def put_done(transaction: Transaction, seq: int) -> None:
    await transaction.run("UPDATE inbox SET state = 'done', activity = '{}' WHERE seq = $1", seq)


async def put_refused(transaction: Transaction, seq: int, reason: str) -> None:
    await transaction.run(
        "UPDATE inbox SET state = 'refused', reason = $2 WHERE seq = $1", seq, reason
    )


async def put_waiting(transaction: Transaction, seq: int, next_ms: int, reason: str) -> None:
    """Try it again later: what it needs may still arrive."""
    await transaction.run(
        "UPDATE inbox SET attempts = attempts + 1, next_ms = $2, reason = $3 WHERE seq = $1",
        seq,
        next_ms,
        reason,
    )


async def list_refused(reader: Reader, limit: int = 100) -> list[tuple[str, str, str, int]]:
    """(id, origin, reason, received_ms) of what was refused, the newest first."""
    rows = await reader.all(
        "SELECT id, origin, reason, received_ms FROM inbox WHERE state = 'refused' "
        "ORDER BY seq DESC LIMIT $1",
        limit,
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
