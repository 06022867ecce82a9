"""Hubs whose word counts here, and their status lists."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSON, JSONObject

_COLUMNS = (
    "actor, origin, name, country, keys, own, since_ms, list_version, asked_ms, next_ms, attempts, "
    "trouble"
)


@dataclass(frozen=True)
class HubRow:
    """A hub; `keys` are the entries of its document's `assertionMethod`."""

    actor: str
    origin: str
    name: str
    country: str
    keys: list[JSON]
    own: bool
    since_ms: int
    list_version: int
    asked_ms: int | None
    next_ms: int
    attempts: int
    trouble: str


@dataclass(frozen=True)
class KeptList:
    """A status list by its name; without a credential it is wanted and not here yet."""

    id: str
    hub: str
    credential: JSONObject | None
    issued_ms: int


def _read(row: Row) -> HubRow:
    values = list(row)
    values[4] = json.loads(values[4])
    values[5] = bool(values[5])
    return HubRow(*values)


async def find(reader: Reader, actor: str) -> HubRow | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM hubs WHERE actor = $1", actor)
    return None if row is None else _read(row)


async def find_own(reader: Reader) -> HubRow | None:
    """The hub that this school pinned."""
    row = await reader.one(f"SELECT {_COLUMNS} FROM hubs WHERE own = 1")
    return None if row is None else _read(row)


async def list_all(reader: Reader) -> list[HubRow]:
    """The own hub first, then the others by name."""
    rows = await reader.all(f"SELECT {_COLUMNS} FROM hubs ORDER BY own DESC, name, actor")
    return [_read(row) for row in rows]


async def put(transaction: Transaction, hub: HubRow) -> None:
    """Note a hub down, or what it is called now and which keys it has."""
    await transaction.run(
        f"INSERT INTO hubs ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "ON CONFLICT (actor) DO UPDATE SET name = excluded.name, country = excluded.country, "
        "keys = excluded.keys, own = excluded.own",
        hub.actor,
        hub.origin,
        hub.name,
        hub.country,
        json.dumps(hub.keys, ensure_ascii=False),
        int(hub.own),
        hub.since_ms,
        hub.list_version,
        hub.asked_ms,
        hub.next_ms,
        hub.attempts,
        hub.trouble,
    )


async def drop(transaction: Transaction, actor: str) -> None:
    """Forget a hub, with its lists."""
    await transaction.run("DELETE FROM status_lists WHERE hub = $1", actor)
    await transaction.run("DELETE FROM hubs WHERE actor = $1", actor)


async def put_asked(transaction: Transaction, actor: str, now_ms: int, next_ms: int) -> None:
    """It answered; when to ask again."""
    await transaction.run(
        "UPDATE hubs SET asked_ms = $2, next_ms = $3, attempts = 0, trouble = '' WHERE actor = $1",
        actor,
        now_ms,
        next_ms,
    )


async def put_trouble(transaction: Transaction, actor: str, why: str, next_ms: int) -> None:
    """It did not answer; when to try again."""
    await transaction.run(
        "UPDATE hubs SET trouble = $2, next_ms = $3, attempts = attempts + 1 WHERE actor = $1",
        actor,
        why,
        next_ms,
    )


async def put_version(transaction: Transaction, actor: str, version: int) -> None:
    """Which version of its endorsements was read last."""
    await transaction.run("UPDATE hubs SET list_version = $2 WHERE actor = $1", actor, version)


async def make_due(transaction: Transaction, now_ms: int, actors: Sequence[str] = ()) -> None:
    """Ask these hubs, or all, at once."""
    if actors:
        for actor in actors:
            await transaction.run("UPDATE hubs SET next_ms = $2 WHERE actor = $1", actor, now_ms)
    else:
        await transaction.run("UPDATE hubs SET next_ms = $1", now_ms)


async def find_list(reader: Reader, id_: str) -> KeptList | None:
    row = await reader.one(
        "SELECT id, hub, credential, issued_ms FROM status_lists WHERE id = $1", id_
    )
    return None if row is None else _kept(row)


async def list_lists(reader: Reader, hub: str) -> list[KeptList]:
    """The lists of a hub that are kept or wanted."""
    rows = await reader.all(
        "SELECT id, hub, credential, issued_ms FROM status_lists WHERE hub = $1 ORDER BY id", hub
    )
    return [_kept(row) for row in rows]


def _kept(row: Row) -> KeptList:
    text = row[2]
    return KeptList(row[0], row[1], None if text is None else json.loads(text), row[3])


async def want_list(transaction: Transaction, id_: str, hub: str) -> None:
    """Ask for this list when the hub is asked next."""
    await transaction.run(
        "INSERT INTO status_lists (id, hub) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", id_, hub
    )


async def put_list(
    transaction: Transaction, id_: str, hub: str, credential: JSONObject, issued_ms: int
) -> None:
    """Keep a list; one that was stated earlier than the kept one changes nothing."""
    await transaction.run(
        "INSERT INTO status_lists (id, hub, credential, issued_ms) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (id) DO UPDATE SET credential = excluded.credential, "
        "issued_ms = excluded.issued_ms WHERE excluded.issued_ms >= status_lists.issued_ms",
        id_,
        hub,
        json.dumps(credential, ensure_ascii=False),
        issued_ms,
    )
