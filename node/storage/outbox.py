"""What own actors said, in the order in which they said it."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Transaction
from protocol.canonical import JSONObject


@dataclass(frozen=True)
class Said:
    seq: int
    activity: JSONObject


async def put(transaction: Transaction, activity: JSONObject, *, public: bool, now_ms: int) -> None:
    await transaction.run(
        "INSERT INTO outbox (id, actor, activity, public, published_ms) "
        "VALUES ($1, $2, $3, $4, $5)",
        str(activity["id"]),
        str(activity["actor"]),
        json.dumps(activity, ensure_ascii=False),
        int(public),
        now_ms,
    )


async def drop_of_document(transaction: Transaction, actor: str, document: str) -> None:
    """Forget what was said of a document that is deleted: its words must not be read on here."""
    await transaction.run(
        "DELETE FROM outbox WHERE actor = $1 AND public = 1 AND activity ->> '$.object.id' = $2",
        actor,
        document,
    )


async def drop_narrowed(transaction: Transaction, actor: str, document: str) -> None:
    """The same of what was said to followers alone: it is rare, and no index leads there."""
    await transaction.run(
        "DELETE FROM outbox WHERE actor = $1 AND public = 0 AND activity ->> '$.object.id' = $2",
        actor,
        document,
    )


async def list_public(
    reader: Reader, actor: str | None, *, before: int | None, limit: int
) -> list[Said]:
    """Public activities of one actor, or of all, the newest first; older than `before`."""
    rows = await reader.all(
        f"SELECT seq, activity FROM outbox WHERE public = 1 {_of(actor)} "
        "AND seq < coalesce($2, 9223372036854775807) ORDER BY seq DESC LIMIT $3",
        actor,
        before,
        limit,
    )
    return [Said(row["seq"], json.loads(row["activity"])) for row in rows]


async def count_public(reader: Reader, actor: str | None) -> int:
    return await reader.count(f"SELECT count(*) FROM outbox WHERE public = 1 {_of(actor)}", actor)


def _of(actor: str | None) -> str:
    # One sentence for both would keep SQLite from the index that each of them has.
    return "AND $1 IS NULL" if actor is None else "AND actor = $1"


async def find(reader: Reader, id_: str) -> JSONObject | None:
    row = await reader.one("SELECT activity FROM outbox WHERE id = $1 AND public = 1", id_)
    if row is None:
        return None
    activity: JSONObject = json.loads(row["activity"])
    return activity
