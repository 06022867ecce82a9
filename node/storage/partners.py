"""Partner nodes: whom the administrator noted down, approved or blocked."""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Literal

from node.storage.database import Reader, Transaction
from node.storage.paging import PAGE, Place

PartnerState = Literal["pending", "approved", "blocked"]
AdmittedBy = Literal["hand", "hub"]
_COLUMNS = (
    "origin, node, actor, name, country, public, state, added_ms, changed_ms, seen_ms, trouble, "
    "admitted_by, introduced"
)


MANY = 1_000


@dataclass(frozen=True)
class Census:
    """How many partners there are, are approved, wait for hands, do not answer, are silent (of
    those no more than `MANY` are counted)."""

    all: int
    approved: int
    waiting: int
    trouble: int
    silent: int


@dataclass(frozen=True)
class Partner:
    """A node; a pending one was noted down by hand, or was admitted by a hub and is suspended."""

    origin: str
    node: str
    actor: str
    name: str
    country: str
    public: str
    state: PartnerState
    added_ms: int
    changed_ms: int
    seen_ms: int | None
    trouble: str
    admitted_by: AdmittedBy = "hand"
    introduced: str = ""

    @property
    def suspended(self) -> bool:
        """Whether a hub admitted it and no hub's word for it counts at present."""
        return self.state == "pending" and self.admitted_by == "hub"


Page = tuple[list[Partner], Place | None]
"""Partners, and where the next page begins."""


async def find(reader: Reader, origin: str) -> Partner | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM partners WHERE origin = $1", origin)
    return None if row is None else Partner(*row)


async def list_all(reader: Reader) -> list[Partner]:
    rows = await reader.all(f"SELECT {_COLUMNS} FROM partners ORDER BY name, origin")
    return [Partner(*row) for row in rows]


async def list_page(reader: Reader, after: Place, limit: int = PAGE) -> Page:
    """All partners by name; `after` holds the number of the last row."""
    return await _page(reader, "1", after, limit)


async def list_in_trouble(reader: Reader, after: Place, limit: int = PAGE) -> Page:
    """Those that did not answer when they were asked last, by name."""
    return await _page(reader, "trouble <> ''", after, limit)


async def list_silent(reader: Reader, before_ms: int, after: Place, limit: int = PAGE) -> Page:
    """Approved ones of which nothing was heard since, the longest silence first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS}, rowid FROM partners WHERE state = 'approved' "
        "AND coalesce(seen_ms, 0) < $1 AND (coalesce(seen_ms, 0), rowid) > ($2, $3) "
        "ORDER BY coalesce(seen_ms, 0), rowid LIMIT $4",
        before_ms,
        after.at_ms,
        after.row,
        limit + 1,
    )
    found = [Partner(*row[:-1]) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    return found, Place(found[-1].seen_ms or 0, int(rows[limit - 1]["rowid"]))


async def _page(reader: Reader, which: str, after: Place, limit: int) -> Page:
    rows = await reader.all(
        f"SELECT {_COLUMNS}, rowid FROM partners WHERE {which} AND (name, rowid) > "
        "(coalesce((SELECT name FROM partners WHERE rowid = $1), ''), $1) "
        "ORDER BY name, rowid LIMIT $2",
        after.row,
        limit + 1,
    )
    found = [Partner(*row[:-1]) for row in rows[:limit]]
    return found, Place(0, int(rows[limit - 1]["rowid"])) if len(rows) > limit else None


async def list_by_hand(reader: Reader, limit: int) -> list[Partner]:
    """Partners that hands admitted, by name: at a hub these are other hubs, and few."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM partners WHERE admitted_by = 'hand' ORDER BY name LIMIT $1", limit
    )
    return [Partner(*row) for row in rows]


async def list_admitted(reader: Reader, after: str, limit: int) -> list[Partner]:
    """Partners that hubs admitted and nobody blocked, by origin, from `after` on."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM partners WHERE origin > $1 AND admitted_by = 'hub' "
        "AND state <> 'blocked' ORDER BY origin LIMIT $2",
        after,
        limit,
    )
    return [Partner(*row) for row in rows]


async def list_of(reader: Reader, origins: Iterable[str]) -> list[Partner]:
    """Those among `origins` that are partners."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM partners WHERE origin IN (SELECT value FROM json_each($1))",
        json.dumps(sorted(set(origins))),
    )
    return [Partner(*row) for row in rows]


async def count(reader: Reader, silent_before_ms: int) -> Census:
    """How many there are of each sort."""
    row = await reader.one(
        "SELECT (SELECT count(*) FROM partners), "
        "(SELECT count(*) FROM partners WHERE state = 'approved'), "
        "(SELECT count(*) FROM partners WHERE state = 'pending' AND admitted_by = 'hand'), "
        "(SELECT count(*) FROM partners WHERE trouble <> ''), "
        "(SELECT count(*) FROM (SELECT 1 FROM partners WHERE state = 'approved' "
        "AND coalesce(seen_ms, 0) < $1 LIMIT $2))",
        silent_before_ms,
        MANY,
    )
    return Census(0, 0, 0, 0, 0) if row is None else Census(*row)


async def list_named(reader: Reader, origins: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and country of those partners among `origins`, as their nodes call themselves."""
    rows = await reader.all(
        "SELECT origin, name, country FROM partners "
        "WHERE origin IN (SELECT value FROM json_each($1))",
        json.dumps(sorted(set(origins))),
    )
    return {row["origin"]: (row["name"], row["country"]) for row in rows}


async def list_states(reader: Reader, origins: Iterable[str]) -> dict[str, PartnerState]:
    """The states of those among `origins` that are partners."""
    rows = await reader.all(
        "SELECT origin, state FROM partners WHERE origin IN (SELECT value FROM json_each($1))",
        json.dumps(sorted(set(origins))),
    )
    return {row["origin"]: row["state"] for row in rows}


async def list_suspended(reader: Reader, origins: Iterable[str]) -> dict[str, int]:
    """Since when those partners among `origins` are suspended that are."""
    rows = await reader.all(
        "SELECT origin, changed_ms FROM partners WHERE state = 'pending' "
        "AND admitted_by = 'hub' AND origin IN (SELECT value FROM json_each($1))",
        json.dumps(sorted(set(origins))),
    )
    return {row["origin"]: row["changed_ms"] for row in rows}


_CLOSED = (
    "SELECT p.origin FROM partners p JOIN objects o ON o.id = p.actor "
    "WHERE o.document ->> '$.reachability' = 'outbound-only'"
)


async def list_closed(reader: Reader) -> frozenset[str]:
    """The origins of partners that accept no connection, by their own word."""
    return frozenset(row[0] for row in await reader.all(_CLOSED))


async def is_closed(reader: Reader, origin: str) -> bool:
    """Whether the partner says of itself that it accepts no connection."""
    return await reader.one(f"{_CLOSED} AND p.origin = $1", origin) is not None


async def find_address(reader: Reader, origin: str) -> str:
    """Where the partner says that it is reached; `origin` itself where it never moved.

    Its service actor says it, or its newest descriptor in a space that both are members of.
    """
    row = await reader.one(
        "SELECT coalesce("
        "(SELECT o.document ->> '$.address' FROM partners p JOIN objects o ON o.id = p.actor "
        "WHERE p.origin = $1), "
        "(SELECT d.address FROM descriptors d WHERE d.origin = $1 AND d.own = 0 "
        "AND d.same_origin = 1 ORDER BY d.version DESC LIMIT 1), $1)",
        origin,
    )
    return origin if row is None else str(row[0])


async def list_whereabouts(reader: Reader, origins: Iterable[str]) -> dict[str, tuple[bool, str]]:
    """Of each of `origins`, partner or not, what `is_closed` and `find_address` say."""
    rows = await reader.all(
        "SELECT j.value AS origin, "
        "coalesce(o.document ->> '$.reachability' = 'outbound-only', 0) AS closed, "
        "coalesce(o.document ->> '$.address', "
        "(SELECT d.address FROM descriptors d WHERE d.origin = j.value AND d.own = 0 "
        "AND d.same_origin = 1 ORDER BY d.version DESC LIMIT 1), j.value) AS address "
        "FROM json_each($1) j LEFT JOIN partners p ON p.origin = j.value "
        "LEFT JOIN objects o ON o.id = p.actor",
        json.dumps(sorted(set(origins))),
    )
    return {row["origin"]: (bool(row["closed"]), row["address"]) for row in rows}


async def find_moved_to(reader: Reader, address: str) -> str | None:
    """The origin of the approved partner that says of itself that it is reached at `address` now.

    None too where several say so: then nobody is meant.
    """
    rows = await reader.all(
        "SELECT p.origin FROM partners p JOIN objects o ON o.id = p.actor "
        "WHERE p.state = 'approved' AND o.document ->> '$.address' = $1",
        address,
    )
    return str(rows[0][0]) if len(rows) == 1 else None


async def put(transaction: Transaction, partner: Partner) -> None:
    """Note a partner down, or note it down anew."""
    await transaction.run(
        f"INSERT INTO partners ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "ON CONFLICT (origin) DO UPDATE SET node = excluded.node, actor = excluded.actor, "
        "name = excluded.name, country = excluded.country, public = excluded.public, "
        "state = excluded.state, changed_ms = excluded.changed_ms, trouble = excluded.trouble, "
        "admitted_by = excluded.admitted_by",
        *astuple(partner),
    )


async def put_state(
    transaction: Transaction, origin: str, state: PartnerState, now_ms: int
) -> None:
    await transaction.run(
        "UPDATE partners SET state = $2, changed_ms = $3 WHERE origin = $1", origin, state, now_ms
    )


async def put_admitted(
    transaction: Transaction, origin: str, by: AdmittedBy, state: PartnerState, now_ms: int
) -> None:
    """By whom it is admitted now, and whether."""
    await transaction.run(
        "UPDATE partners SET admitted_by = $2, state = $3, changed_ms = $4 WHERE origin = $1",
        origin,
        by,
        state,
        now_ms,
    )


async def put_introduced(transaction: Transaction, origin: str, credential: str) -> None:
    """Which own credential was presented there last."""
    await transaction.run(
        "UPDATE partners SET introduced = $2 WHERE origin = $1", origin, credential
    )


async def list_blocked(reader: Reader) -> list[Partner]:
    rows = await reader.all(f"SELECT {_COLUMNS} FROM partners WHERE state = 'blocked'")
    return [Partner(*row) for row in rows]


async def put_card(transaction: Transaction, origin: str, name: str, country: str) -> None:
    """What the partner's service actor now says of itself."""
    await transaction.run(
        "UPDATE partners SET name = $2, country = $3 WHERE origin = $1", origin, name, country
    )


async def put_public(transaction: Transaction, origin: str, public: str) -> None:
    """The key with which the partner's service actor signs from now on."""
    await transaction.run("UPDATE partners SET public = $2 WHERE origin = $1", origin, public)


async def put_seen(transaction: Transaction, origin: str, now_ms: int) -> None:
    """A sign of life: the partner asked or answered."""
    await transaction.run(
        "UPDATE partners SET seen_ms = $2, trouble = '' WHERE origin = $1", origin, now_ms
    )


async def put_all_seen(transaction: Transaction, origins: Iterable[str], now_ms: int) -> None:
    """A sign of life of each of these."""
    await transaction.run(
        "UPDATE partners SET seen_ms = $2, trouble = '' "
        "WHERE origin IN (SELECT value FROM json_each($1))",
        json.dumps(sorted(origins)),
        now_ms,
    )


@dataclass(frozen=True)
class HeldUp:
    """Whether letters, talk about spaces, and files wait because the partner did not answer."""

    letters: bool
    exchanges: bool
    files: bool


async def find_held_up(reader: Reader, origin: str, now_ms: int) -> HeldUp:
    """What a sign of life of the partner sets going again."""
    row = await reader.one(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE origin = $1 AND state = 'waiting' "
        "AND next_ms > $2), "
        "EXISTS (SELECT 1 FROM replication WHERE origin = $1 AND attempts > 0), "
        "EXISTS (SELECT 1 FROM blobs WHERE wanted = 1 AND here = 0 AND next_ms > $2 "
        "AND origin = $1 AND why = 'unreachable')",
        origin,
        now_ms,
    )
    return HeldUp(*map(bool, row or (0, 0, 0)))


async def put_trouble(transaction: Transaction, origin: str, trouble: str) -> None:
    """Why the partner could not be reached, in a few words."""
    await transaction.run("UPDATE partners SET trouble = $2 WHERE origin = $1", origin, trouble)


async def drop(transaction: Transaction, origin: str) -> None:
    """Forget a partner that nothing was ever exchanged with."""
    await transaction.run("DELETE FROM partners WHERE origin = $1", origin)
