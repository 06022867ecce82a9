"""Accreditations of other nodes as they were presented here, the newest of each node."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

_COLUMNS = "origin, hub, id, credential, until_ms, presented_ms"


@dataclass(frozen=True)
class Presented:
    origin: str
    hub: str
    id: str
    credential: JSONObject
    until_ms: int
    presented_ms: int


def _read(row: Row) -> Presented:
    return Presented(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5])


async def find(reader: Reader, origin: str) -> Presented | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM accreditations WHERE origin = $1", origin)
    return None if row is None else _read(row)


async def list_keys(reader: Reader, hub: str, after: str, *, limit: int) -> list[tuple[str, str]]:
    """The approved nodes beyond `after` that a hub accredits, with the key that it states, by
    origin."""
    rows = await reader.all(
        "SELECT a.origin, a.credential ->> '$.credentialSubject.key' FROM accreditations a "
        # In the order of origins, so that a page reads no more than itself.
        "CROSS JOIN partners p ON p.origin = a.origin WHERE +a.hub = $1 AND p.state = 'approved' "
        "AND a.origin > $2 ORDER BY a.origin LIMIT $3",
        hub,
        after,
        limit,
    )
    return [(str(row[0]), str(row[1])) for row in rows]


async def list_origins(reader: Reader, hubs: Iterable[str]) -> list[str]:
    """The nodes about which one of these hubs said what lies here."""
    rows = await reader.all(
        "SELECT origin FROM accreditations WHERE hub IN (SELECT value FROM json_each($1))",
        json.dumps(sorted(set(hubs))),
    )
    return [str(row[0]) for row in rows]


async def list_ended(reader: Reader, now_ms: int) -> list[str]:
    """The nodes that a hub admitted and whose accreditations have ended since."""
    rows = await reader.all(
        "SELECT a.origin FROM accreditations a CROSS JOIN partners p ON p.origin = a.origin "
        "WHERE a.until_ms <= $1 AND p.admitted_by = 'hub' AND p.state = 'approved'",
        now_ms,
    )
    return [str(row[0]) for row in rows]


async def find_next_end_ms(reader: Reader, now_ms: int) -> int | None:
    """When the next one ends."""
    row = await reader.one("SELECT min(until_ms) FROM accreditations WHERE until_ms > $1", now_ms)
    return None if row is None or row[0] is None else int(row[0])


async def put(transaction: Transaction, presented: Presented) -> None:
    await transaction.run(
        f"INSERT INTO accreditations ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (origin) DO UPDATE SET hub = excluded.hub, id = excluded.id, "
        "credential = excluded.credential, until_ms = excluded.until_ms, "
        "presented_ms = excluded.presented_ms",
        presented.origin,
        presented.hub,
        presented.id,
        json.dumps(presented.credential, ensure_ascii=False),
        presented.until_ms,
        presented.presented_ms,
    )
