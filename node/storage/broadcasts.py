"""What every school of a hub is told, and for how many of them a letter was queued so far."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Transaction
from protocol.canonical import JSONObject


@dataclass(frozen=True)
class Broadcast:
    """`after` is the last school, by origin, for which a letter was queued."""

    number: int
    actor: str
    kind: str
    activity: JSONObject
    after: str


async def put(
    transaction: Transaction, *, actor: str, kind: str, activity: JSONObject, document: str
) -> None:
    """Begin to tell `activity`, which is about a document, to all schools."""
    await transaction.run(
        "INSERT INTO broadcasts (actor, kind, activity, document) VALUES ($1, $2, $3, $4)",
        actor,
        kind,
        json.dumps(activity, ensure_ascii=False),
        document,
    )


async def find_first(reader: Reader) -> Broadcast | None:
    """The oldest that has not reached the last school."""
    row = await reader.one(
        "SELECT number, actor, kind, activity, after FROM broadcasts ORDER BY number LIMIT 1"
    )
    return None if row is None else Broadcast(row[0], row[1], row[2], json.loads(row[3]), row[4])


async def put_after(transaction: Transaction, number: int, after: str) -> None:
    """Letters are queued up to this school."""
    await transaction.run("UPDATE broadcasts SET after = $2 WHERE number = $1", number, after)


async def drop(transaction: Transaction, number: int) -> None:
    """All schools have their letter."""
    await transaction.run("DELETE FROM broadcasts WHERE number = $1", number)


async def drop_of_document(transaction: Transaction, document: str) -> None:
    """Whoever has not heard of a document is not told any more."""
    await transaction.run("DELETE FROM broadcasts WHERE document = $1", document)
