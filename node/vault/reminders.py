"""What waits to be released, without its words, and who was reminded of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.vault.vault import Unit, View


@dataclass(frozen=True)
class Waiting:
    """A piece of work that has waited since `changed_ms`."""

    id: int
    space: str
    changed_ms: int
    is_reminded: bool


async def list_waiting(view: View, *, before_ms: int) -> list[Waiting]:
    """What has waited since before that moment, the longest first."""
    rows = await view.rows.all(
        "SELECT w.id, w.space, w.changed_ms, EXISTS (SELECT 1 FROM reminders r WHERE r.work = w.id "
        "AND r.at_ms > w.changed_ms) FROM works w WHERE w.state = 'held' AND w.changed_ms < $1 "
        "ORDER BY w.changed_ms",
        before_ms,
    )
    return [Waiting(row[0], row[1], row[2], bool(row[3])) for row in rows]


async def put(unit: Unit, works: Iterable[int], now_ms: int) -> None:
    """Their space's teachers are being reminded."""
    await unit.change.run(
        "INSERT INTO reminders (work, at_ms) SELECT value, $2 FROM json_each($1) WHERE true "
        "ON CONFLICT (work) DO UPDATE SET at_ms = excluded.at_ms",
        json.dumps(list(works)),
        now_ms,
    )
