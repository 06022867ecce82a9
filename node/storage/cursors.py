"""How far each partner of a space has confirmed each log, and when it is talked to next."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.space.control import Heads

TOPIC = "replication"
"""Woken when there is something for partners of a space."""
LONGEST_SANE_WAIT_MS = 8 * 86_400_000
"""Longer than every setting lets a partner wait."""


@dataclass(frozen=True)
class Exchange:
    """How the exchange with one partner about one space stands.

    `why` says what stood in the way of the last try; `agreed_ms` when both sides last had the
    same. With a school that is no member any more only erasures are settled.
    """

    space: str
    origin: str
    actor: str
    node: str
    attempts: int
    next_ms: int
    why: str
    agreed_ms: int | None
    is_member: bool


_EXCHANGE = (
    "r.space, r.origin, m.actor, m.node, r.attempts, r.next_ms, r.why, r.agreed_ms, m.member "
    "FROM replication r JOIN space_members m ON m.space = r.space AND m.origin = r.origin "
    "JOIN partners p ON p.origin = r.origin AND p.state = 'approved'"
)


def _read(row: Row) -> Exchange:
    values = list(row)
    values[-1] = bool(values[-1])
    return Exchange(*values)


async def list_due(reader: Reader, now_ms: int) -> list[Exchange]:
    """For each approved partner the space that waited longest: one request at a time travels.

    A wait that is longer than any can be was set by a clock that was wrong; it is over.
    """
    rows = await reader.all(
        f"SELECT {_EXCHANGE} WHERE r.next_ms <= $1 OR r.next_ms > $2 ORDER BY r.next_ms, r.space",
        now_ms,
        now_ms + LONGEST_SANE_WAIT_MS,
    )
    first: dict[str, Exchange] = {}
    for row in rows:
        first.setdefault(row["origin"], _read(row))
    return list(first.values())


async def find_next_ms(reader: Reader) -> int | None:
    """When the next exchange is due, if there is any."""
    row = await reader.one(
        "SELECT min(r.next_ms) FROM replication r JOIN space_members m ON m.space = r.space "
        "AND m.origin = r.origin "
        "JOIN partners p ON p.origin = r.origin AND p.state = 'approved'"
    )
    return None if row is None or row[0] is None else int(row[0])


async def list_of_space(reader: Reader, space: str) -> list[Exchange]:
    """How the exchange with every approved partner of a space stands."""
    rows = await reader.all(f"SELECT {_EXCHANGE} WHERE r.space = $1 ORDER BY r.origin", space)
    return [_read(row) for row in rows]


async def count_exchanges(reader: Reader, space: str) -> int:
    """With how many approved partners this node talks about a space."""
    return await reader.count(
        "SELECT count(*) FROM replication r JOIN space_members m ON m.space = r.space "
        "AND m.origin = r.origin AND m.member = 1 "
        "JOIN partners p ON p.origin = r.origin AND p.state = 'approved' WHERE r.space = $1",
        space,
    )


async def has_indirect_members(reader: Reader, space: str, own_origin: str) -> bool:
    """Whether some member's node is no approved partner, so that others have to pass it on."""
    row = await reader.one(
        "SELECT 1 FROM space_members m WHERE m.space = $1 AND m.member = 1 AND m.origin <> $2 "
        "AND NOT EXISTS (SELECT 1 FROM partners p WHERE p.origin = m.origin "
        "AND p.state = 'approved') LIMIT 1",
        space,
        own_origin,
    )
    return row is not None


async def list_strange_members(reader: Reader, space: str, own_origin: str) -> list[str]:
    """The members whose nodes nobody here ever noted down, and no hub made known."""
    rows = await reader.all(
        "SELECT DISTINCT m.origin FROM space_members m WHERE m.space = $1 AND m.member = 1 "
        "AND m.origin <> $2 AND NOT EXISTS (SELECT 1 FROM partners p WHERE p.origin = m.origin)",
        space,
        own_origin,
    )
    return [str(row[0]) for row in rows]


async def put_due_of_partner(transaction: Transaction, origin: str, now_ms: int) -> None:
    """A member's node has become a partner: talk to it about every common space."""
    await transaction.run(
        "INSERT INTO replication (space, origin, next_ms) "
        "SELECT space, origin, $2 FROM space_members WHERE origin = $1 AND member = 1 "
        "ON CONFLICT (space, origin) DO UPDATE SET next_ms = excluded.next_ms, attempts = 0",
        origin,
        now_ms,
    )


async def put_due(transaction: Transaction, space: str, own_origin: str, at_ms: int) -> None:
    """There is news for every member: talk to each at `at_ms`, or sooner if that was agreed."""
    await transaction.run(
        "INSERT INTO replication (space, origin, next_ms) "
        "SELECT space, origin, $3 FROM space_members "
        "WHERE space = $1 AND origin <> $2 AND member = 1 "
        "ON CONFLICT (space, origin) DO UPDATE SET next_ms = min(next_ms, excluded.next_ms) "
        # A partner that does not answer is not asked more often because there is more to tell.
        "WHERE attempts = 0",
        space,
        own_origin,
        at_ms,
    )


async def put_due_of_former(transaction: Transaction, space: str, at_ms: int) -> None:
    """Something was erased: schools that were members once hold copies too."""
    await transaction.run(
        "INSERT INTO replication (space, origin, next_ms) "
        "SELECT space, origin, $2 FROM space_members WHERE space = $1 AND member = 0 "
        "ON CONFLICT (space, origin) DO UPDATE SET next_ms = min(next_ms, excluded.next_ms)",
        space,
        at_ms,
    )


async def drop(transaction: Transaction, space: str, origin: str) -> None:
    """There is nothing more to say to each other about this space."""
    await transaction.run("DELETE FROM replication WHERE space = $1 AND origin = $2", space, origin)


async def put_waiting(
    transaction: Transaction, space: str, origin: str, next_ms: int, why: str, *, answered: bool
) -> None:
    """The try failed; the next is at `next_ms`. `answered`: the partner itself refused."""
    await transaction.run(
        "UPDATE replication SET attempts = attempts + 1, next_ms = $3, why = $4, answered = $5 "
        "WHERE space = $1 AND origin = $2",
        space,
        origin,
        next_ms,
        why,
        int(answered),
    )


async def put_paused(
    transaction: Transaction, space: str, origin: str, next_ms: int, why: str
) -> None:
    """All but one log is the same: what is new is told at once, the rest is tried at `next_ms`."""
    await transaction.run(
        "UPDATE replication SET attempts = 0, next_ms = $3, why = $4, answered = 1 "
        "WHERE space = $1 AND origin = $2",
        space,
        origin,
        next_ms,
        why,
    )


async def put_agreed(
    transaction: Transaction, space: str, agreed: Iterable[tuple[str, int]], now_ms: int
) -> None:
    """Both sides have the same now; when each partner (by origin) is talked to next."""
    await transaction.many(
        "UPDATE replication SET attempts = 0, next_ms = $3, why = '', agreed_ms = $4 "
        "WHERE space = $1 AND origin = $2",
        [(space, origin, next_ms, now_ms) for origin, next_ms in agreed],
    )


async def put_unfinished(
    transaction: Transaction, space: str, unfinished: Iterable[tuple[str, int]]
) -> None:
    """All went well with these partners (by origin) and there is more to say, at the given time."""
    await transaction.many(
        "UPDATE replication SET attempts = 0, next_ms = $3, why = '' "
        "WHERE space = $1 AND origin = $2",
        [(space, origin, next_ms) for origin, next_ms in unfinished],
    )


async def hasten(transaction: Transaction, origin: str, now_ms: int) -> int:
    """The partner showed a sign of life: whoever could not reach it tries now.

    Not where it answered and refused: two nodes that refuse each other would never rest.
    """
    return await transaction.run(
        "UPDATE replication SET next_ms = $2, attempts = 0 "
        "WHERE origin = $1 AND attempts > 0 AND answered = 0 AND next_ms > $2",
        origin,
        now_ms,
    )


async def is_held_up(reader: Reader, space: str, origin: str) -> bool:
    """Whether the last try with this partner about this space failed."""
    row = await reader.one(
        "SELECT 1 FROM replication WHERE space = $1 AND origin = $2 AND attempts > 0",
        space,
        origin,
    )
    return row is not None


async def revive(transaction: Transaction, space: str, origin: str, now_ms: int) -> None:
    """The partner asked about this very space and was served: try again now."""
    await transaction.run(
        "UPDATE replication SET next_ms = min(next_ms, $3), attempts = 0 "
        "WHERE space = $1 AND origin = $2 AND attempts > 0",
        space,
        origin,
        now_ms,
    )


async def put_all_due(transaction: Transaction, now_ms: int) -> None:
    """The node has just started: compare with everybody."""
    await transaction.run(
        "UPDATE replication SET next_ms = min(next_ms, $1) WHERE attempts = 0", now_ms
    )


async def list_cursors(reader: Reader, space: str, origin: str) -> Heads:
    """How far the partner has confirmed each log."""
    rows = await reader.all(
        "SELECT log, seq, id FROM cursors WHERE space = $1 AND origin = $2", space, origin
    )
    return {row["log"]: (row["seq"], row["id"]) for row in rows}


async def list_cursors_of(reader: Reader, space: str, origins: Iterable[str]) -> dict[str, Heads]:
    """How far each of these partners has confirmed each log."""
    rows = await reader.all(
        "SELECT c.origin, c.log, c.seq, c.id FROM json_each($2) j CROSS JOIN cursors c "
        "ON c.space = $1 AND c.origin = j.value",
        space,
        json.dumps(sorted(origins)),
    )
    found: dict[str, Heads] = {}
    for row in rows:
        found.setdefault(row["origin"], {})[row["log"]] = (row["seq"], row["id"])
    return found


async def put_cursors(
    transaction: Transaction, space: str, confirmed: Iterable[tuple[str, Heads]]
) -> None:
    """These partners, by origin, have confirmed these logs so far."""
    await transaction.many(
        "INSERT INTO cursors (space, origin, log, seq, id) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (space, origin, log) DO UPDATE SET seq = excluded.seq, id = excluded.id",
        [
            (space, origin, log, seq, id_)
            for origin, heads in confirmed
            for log, (seq, id_) in sorted(heads.items())
        ],
    )
