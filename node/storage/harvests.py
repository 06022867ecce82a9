"""From where the directory is fed: sources with cursors, and the nodes that hubs stand for."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Literal

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

Via = Literal["changes", "directory"]
_COLUMNS = "origin, via, public, cursor, next_ms, attempts, read_ms, taken, trouble"


@dataclass(frozen=True)
class Source:
    """A node that is asked what changed after `cursor`; `taken` counts what was new here."""

    origin: str
    via: Via
    public: str
    cursor: int = 0
    next_ms: int = 0
    attempts: int = 0
    read_ms: int | None = None
    taken: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class ListedNode:
    """A node of which a hub's answer spoke; the credential is the hub's."""

    origin: str
    source: str
    credential: JSONObject
    weighed_ms: int


def _read(row: Row) -> Source:
    return Source(*row)


async def list_all(reader: Reader) -> list[Source]:
    rows = await reader.all(f"SELECT {_COLUMNS} FROM harvests ORDER BY origin")
    return [_read(row) for row in rows]


async def list_page(reader: Reader, after: str, *, limit: int) -> list[Source]:
    """The sources beyond `after`, by origin."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM harvests WHERE origin > $1 ORDER BY origin LIMIT $2", after, limit
    )
    return [_read(row) for row in rows]


async def list_due(reader: Reader, now_ms: int, *, limit: int) -> list[Source]:
    """Those that it is time to ask, the longest due first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM harvests WHERE next_ms <= $1 ORDER BY next_ms LIMIT $2",
        now_ms,
        limit,
    )
    return [_read(row) for row in rows]


async def find_next_ms(reader: Reader) -> int | None:
    row = await reader.one("SELECT min(next_ms) AS next_ms FROM harvests")
    return None if row is None else row["next_ms"]


async def put(transaction: Transaction, source: Source) -> None:
    await transaction.run(
        f"INSERT OR REPLACE INTO harvests ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *astuple(source),
    )


@dataclass(frozen=True)
class Look:
    """When sources were last looked for, 0 for never; and up to which, empty for the last one."""

    at_ms: int
    after: str


async def find_look(reader: Reader) -> Look:
    row = await reader.one("SELECT at_ms, after FROM harvest_look")
    return Look(0, "") if row is None else Look(row["at_ms"], row["after"])


async def put_look(transaction: Transaction, look: Look) -> None:
    await transaction.run("UPDATE harvest_look SET at_ms = $1, after = $2", look.at_ms, look.after)


async def put_wanted(
    transaction: Transaction, wanted: Sequence[Source], after: str, last: str
) -> list[str]:
    """Of all sources beyond `after`, up to `last` or the end, ask these from now on and no others;
    the origins that are no longer asked.

    One that was asked before goes on from its cursor, or from the beginning where its key or the
    way is another one.
    """
    rows = await transaction.all(
        f"SELECT {_COLUMNS} FROM harvests WHERE origin > $1 AND ($2 = '' OR origin <= $2)",
        after,
        last,
    )
    known = {one.origin: one for one in map(_read, rows)}
    for one in wanted:
        before = known.pop(one.origin, None)
        if before is None or (before.via, before.public) != (one.via, one.public):
            await put(transaction, one)
    for origin in known:
        await transaction.run("DELETE FROM harvests WHERE origin = $1", origin)
    return sorted(known)


async def is_wanted(reader: Reader, source: Source) -> bool:
    """Whether this source is still asked, in this way."""
    row = await reader.one(
        "SELECT 1 FROM harvests WHERE origin = $1 AND via = $2 AND public = $3",
        source.origin,
        source.via,
        source.public,
    )
    return row is not None


async def begin_again(transaction: Transaction, origin: str, now_ms: int) -> None:
    """Read a source from the beginning: what it gave was forgotten."""
    await transaction.run(
        "UPDATE harvests SET cursor = 0, next_ms = $2 WHERE origin = $1", origin, now_ms
    )


async def find_node(reader: Reader, origin: str) -> ListedNode | None:
    row = await reader.one(
        "SELECT origin, source, credential, weighed_ms FROM listed_nodes WHERE origin = $1", origin
    )
    return None if row is None else _read_node(row)


async def list_unweighed(reader: Reader, before_ms: int, *, limit: int) -> list[ListedNode]:
    """Nodes whose accreditation was not looked at since then, the longest first."""
    rows = await reader.all(
        "SELECT origin, source, credential, weighed_ms FROM listed_nodes "
        "WHERE weighed_ms <= $1 ORDER BY weighed_ms LIMIT $2",
        before_ms,
        limit,
    )
    return [_read_node(row) for row in rows]


async def put_node(transaction: Transaction, node: ListedNode) -> None:
    await transaction.run(
        "INSERT OR REPLACE INTO listed_nodes (origin, source, credential, weighed_ms) "
        "VALUES ($1, $2, $3, $4)",
        node.origin,
        node.source,
        json.dumps(node.credential, ensure_ascii=False),
        node.weighed_ms,
    )


async def put_weighed(transaction: Transaction, node: ListedNode, now_ms: int) -> None:
    await put_node(transaction, replace(node, weighed_ms=now_ms))


async def drop_node(transaction: Transaction, origin: str) -> None:
    await transaction.run("DELETE FROM listed_nodes WHERE origin = $1", origin)


def _read_node(row: Row) -> ListedNode:
    return ListedNode(
        row["origin"], row["source"], json.loads(row["credential"]), row["weighed_ms"]
    )
