"""At a hub: what was reported at schools and told to it; words only where a school sent some."""

from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Row, Transaction
from node.storage.paging import PAGE, Place

EscalationState = Literal["waiting", "seen"]
_COLUMNS = (
    "number, report, actor, origin, space, item, reason, note, language, state, at_ms, since_ms, "
    "seen_by"
)


@dataclass(frozen=True)
class Escalation:
    """What the school with the service actor `actor` told of its `report`."""

    number: int
    report: str
    actor: str
    origin: str
    space: str
    item: str
    reason: str
    note: str
    language: str
    state: EscalationState
    at_ms: int
    since_ms: int
    seen_by: str = ""


def _read(row: Row) -> Escalation:
    return Escalation(*row)


async def add(transaction: Transaction, one: Escalation) -> None:
    """Keep what is told, with a number of its own; what was told before stays as it is."""
    await transaction.run(
        "INSERT INTO escalations (report, actor, origin, space, item, reason, note, language, "
        "state, at_ms, since_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
        "ON CONFLICT (report) DO NOTHING",
        one.report,
        one.actor,
        one.origin,
        one.space,
        one.item,
        one.reason,
        one.note,
        one.language,
        one.state,
        one.at_ms,
        one.since_ms,
    )


async def put_seen(transaction: Transaction, number: int, by: str, now_ms: int) -> None:
    """Somebody of the hub has dealt with it."""
    await transaction.run(
        "UPDATE escalations SET state = 'seen', seen_by = $2, since_ms = $3 WHERE number = $1",
        number,
        by,
        now_ms,
    )


async def find(reader: Reader, number: int) -> Escalation | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM escalations WHERE number = $1", number)
    return None if row is None else _read(row)


async def list_in(
    reader: Reader, state: EscalationState, after: Place, limit: int = PAGE
) -> tuple[list[Escalation], Place | None]:
    """Those in one state, the one that is in it longest first, and where the next page begins."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM escalations WHERE state = $1 AND (since_ms, number) > ($2, $3) "
        "ORDER BY since_ms, number LIMIT $4",
        state,
        after.at_ms,
        after.row,
        limit + 1,
    )
    found = [_read(row) for row in rows[:limit]]
    last = Place(found[-1].since_ms, found[-1].number) if len(rows) > limit else None
    return found, last


async def count_waiting(reader: Reader) -> int:
    return await reader.count("SELECT count(*) FROM escalations WHERE state = 'waiting'")


async def count_open(reader: Reader, origin: str) -> int:
    """How many of one school wait."""
    return await reader.count(
        "SELECT count(*) FROM escalations WHERE origin = $1 AND state = 'waiting'", origin
    )


async def is_any_over(reader: Reader, before_ms: int) -> bool:
    """Whether something was dealt with before then."""
    row = await reader.one(
        "SELECT 1 FROM escalations WHERE state = 'seen' AND since_ms < $1 LIMIT 1", before_ms
    )
    return row is not None


async def drop_over(transaction: Transaction, before_ms: int) -> None:
    """Drop what was dealt with before then."""
    await transaction.run(
        "DELETE FROM escalations WHERE state = 'seen' AND since_ms < $1", before_ms
    )
