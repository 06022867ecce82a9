"""Letters to partners and how each stands. A row is written with its cause."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

DeliveryState = Literal["waiting", "done", "given_up", "dropped"]
_COLUMNS = (
    "id, origin, actor, activity_id, kind, activity, created_ms, attempts, next_ms, state, why, "
    "changed_ms"
)


@dataclass(frozen=True)
class Delivery:
    id: int
    origin: str
    actor: str
    activity_id: str
    kind: str
    activity: JSONObject
    created_ms: int
    attempts: int
    next_ms: int
    state: DeliveryState
    why: str
    changed_ms: int


def _read(row: Row) -> Delivery:
    values = list(row)
    values[5] = json.loads(values[5])
    return Delivery(*values)


async def put(
    transaction: Transaction,
    *,
    origin: str,
    actor: str,
    activity: JSONObject,
    kind: str,
    now_ms: int,
) -> None:
    """Queue `activity` for the partner at `origin`, due at once."""
    await transaction.run(
        "INSERT INTO deliveries (origin, actor, activity_id, kind, activity, created_ms, "
        "next_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $6, $6)",
        origin,
        actor,
        str(activity["id"]),
        kind,
        json.dumps(activity, ensure_ascii=False),
        now_ms,
    )


async def put_to_all(
    transaction: Transaction,
    origins: Iterable[str],
    *,
    actor: str,
    activity: JSONObject,
    kind: str,
    now_ms: int,
) -> None:
    """Queue `activity` for those of these partners for which it was not queued before."""
    said = json.dumps(activity, ensure_ascii=False)
    name = str(activity["id"])
    await transaction.many(
        "INSERT INTO deliveries (origin, actor, activity_id, kind, activity, created_ms, "
        "next_ms, changed_ms) SELECT $1, $2, $3, $4, $5, $6, $6, $6 WHERE NOT EXISTS "
        # By the partner's letters, which are few; the same letter goes to many.
        "(SELECT 1 FROM deliveries WHERE origin = $1 AND +activity_id = $3)",
        [(origin, actor, name, kind, said, now_ms) for origin in origins],
    )


async def count_untried(reader: Reader, most: int) -> int:
    """How many letters wait for their first try; no more than `most` are counted."""
    return await reader.count(
        "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'waiting' AND attempts = 0 "
        "LIMIT $1)",
        most,
    )


_FIRST_DUE = (
    "SELECT min(d.id) FROM deliveries d JOIN partners p ON p.origin = d.origin "
    "AND p.state = 'approved' WHERE d.state = 'waiting' AND d.next_ms <= $1 GROUP BY d.origin"
)


async def list_due(reader: Reader, now_ms: int) -> list[Delivery]:
    """The oldest letter that is due for each approved partner: one at a time travels."""
    rows = await reader.all(f"SELECT {_COLUMNS} FROM deliveries WHERE id IN ({_FIRST_DUE})", now_ms)
    return [_read(row) for row in rows]


async def find_next_ms(reader: Reader) -> int | None:
    """When the next letter is due, if any waits for an approved partner."""
    row = await reader.one(
        "SELECT min(d.next_ms) FROM deliveries d JOIN partners p ON p.origin = d.origin "
        "AND p.state = 'approved' WHERE d.state = 'waiting'"
    )
    return None if row is None or row[0] is None else int(row[0])


async def find(reader: Reader, id_: int) -> Delivery | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM deliveries WHERE id = $1", id_)
    return None if row is None else _read(row)


async def find_state_of(reader: Reader, activity_id: str) -> Delivery | None:
    """How the letter that carries `activity_id` stands."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM deliveries WHERE activity_id = $1 ORDER BY id LIMIT 1",
        activity_id,
    )
    return None if row is None else _read(row)


async def list_open(reader: Reader, limit: int = 200) -> list[Delivery]:
    """All that waits or was given up, the oldest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM deliveries WHERE state IN ('waiting', 'given_up') "
        "ORDER BY id LIMIT $1",
        limit,
    )
    return [_read(row) for row in rows]


async def count_of_state(reader: Reader, state: DeliveryState) -> int:
    return await reader.count("SELECT count(*) FROM deliveries WHERE state = $1", state)


async def put_state(
    transaction: Transaction, id_: int, state: DeliveryState, why: str, now_ms: int
) -> None:
    """It was tried, and stands thus. What will not be sent again is not kept here any longer."""
    await transaction.run(
        "UPDATE deliveries SET state = $2, why = $3, changed_ms = $4, attempts = attempts + 1, "
        "activity = CASE WHEN $2 IN ('done', 'dropped') THEN '{}' ELSE activity END WHERE id = $1",
        id_,
        state,
        why,
        now_ms,
    )
    await _tell_message(transaction, id_)


async def put_waiting(
    transaction: Transaction, id_: int, next_ms: int, why: str, now_ms: int
) -> None:
    """It was tried in vain; try again at `next_ms`."""
    await transaction.run(
        "UPDATE deliveries SET next_ms = $2, why = $3, changed_ms = $4, attempts = attempts + 1 "
        "WHERE id = $1",
        id_,
        next_ms,
        why,
        now_ms,
    )


async def list_waiting_of_actor(reader: Reader, actor: str) -> list[Delivery]:
    """What an own actor has said and is still on its way."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM deliveries WHERE actor = $1 AND state = 'waiting' ORDER BY id",
        actor,
    )
    return [_read(row) for row in rows]


async def put_activity(transaction: Transaction, id_: int, activity: JSONObject) -> None:
    """The same words under another signature."""
    await transaction.run(
        "UPDATE deliveries SET activity = $2 WHERE id = $1",
        id_,
        json.dumps(activity, ensure_ascii=False),
    )


async def hold(transaction: Transaction, origin: str, until_ms: int) -> None:
    """The partner as a whole has to wait: nothing for it is due before `until_ms`."""
    await transaction.run(
        "UPDATE deliveries SET next_ms = $2 WHERE origin = $1 AND state = 'waiting' "
        "AND next_ms < $2",
        origin,
        until_ms,
    )


async def retry(transaction: Transaction, id_: int, now_ms: int) -> None:
    """Make a waiting or given-up letter due at once."""
    await transaction.run(
        "UPDATE deliveries SET state = 'waiting', next_ms = $2, changed_ms = $2 "
        "WHERE id = $1 AND state IN ('waiting', 'given_up')",
        id_,
        now_ms,
    )
    await _tell_message(transaction, id_)


async def _tell_message(transaction: Transaction, id_: int) -> None:
    """The message that a letter carries, if it carries one, came as far as the letter."""
    await transaction.run(
        "UPDATE messages SET travel = d.state FROM deliveries d "
        "WHERE d.id = $1 AND messages.activity = d.activity_id AND messages.activity <> ''",
        id_,
    )


async def hasten(transaction: Transaction, origin: str, now_ms: int) -> int:
    """The partner showed a sign of life: whatever waits for it is due now."""
    return await transaction.run(
        "UPDATE deliveries SET next_ms = $2 WHERE origin = $1 AND state = 'waiting' "
        "AND next_ms > $2",
        origin,
        now_ms,
    )


async def has_any(reader: Reader, origin: str) -> bool:
    """Whether anything was ever queued for the partner."""
    row = await reader.one("SELECT 1 FROM deliveries WHERE origin = $1 LIMIT 1", origin)
    return row is not None
