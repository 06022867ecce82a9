"""Documents of applications: at a hub the bytes, for its officers; at a school what it sent."""

from dataclasses import dataclass

from node.storage.database import Reader, Transaction

# The bytes stand last in a row, so that a list does not read them.
_COLUMNS = "number, admission, name, media_type, size, sha256, came_ms"


@dataclass(frozen=True)
class Enclosure:
    """At a hub: one document of an application."""

    number: int
    admission: str
    name: str
    media_type: str
    size: int
    sha256: str
    came_ms: int


@dataclass(frozen=True)
class Sent:
    """At a school: a document that its hub has taken."""

    admission: str
    name: str
    size: int
    sha256: str
    sent_ms: int


async def add(transaction: Transaction, one: Enclosure, octets: bytes) -> None:
    """Keep a document; the same bytes again for the same application change nothing."""
    await transaction.run(
        "INSERT INTO enclosures (admission, name, media_type, size, sha256, came_ms, octets) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (admission, sha256) DO NOTHING",
        one.admission,
        one.name,
        one.media_type,
        one.size,
        one.sha256,
        one.came_ms,
        octets,
    )


async def list_of(reader: Reader, admission: str) -> list[Enclosure]:
    """Those of one application, in the order in which they came."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM enclosures WHERE admission = $1 ORDER BY number", admission
    )
    return [Enclosure(*row) for row in rows]


async def find(reader: Reader, admission: str, number: int) -> tuple[Enclosure, bytes] | None:
    """One document of an application, with its bytes."""
    row = await reader.one(
        f"SELECT {_COLUMNS}, octets FROM enclosures WHERE admission = $1 AND number = $2",
        admission,
        number,
    )
    return None if row is None else (Enclosure(*tuple(row)[:-1]), bytes(row["octets"]))


async def count_octets(reader: Reader) -> int:
    """What all of them take on this hub's disk."""
    return await reader.count("SELECT coalesce(sum(size), 0) FROM enclosures")


_OVER = (
    "SELECT e.number FROM enclosures e JOIN admissions a ON a.id = e.admission "
    "WHERE (a.state <> 'waiting' AND a.since_ms < $1) OR e.came_ms < $2 LIMIT $3"
)
"""Of applications that were decided before $1; or that came before $2, decided or not."""


async def is_any_over(reader: Reader, decided_ms: int, came_ms: int) -> bool:
    return bool(await reader.count(f"SELECT EXISTS ({_OVER})", decided_ms, came_ms, 1))


async def drop_over(transaction: Transaction, decided_ms: int, came_ms: int, limit: int) -> None:
    await transaction.run(
        f"DELETE FROM enclosures WHERE number IN ({_OVER})", decided_ms, came_ms, limit
    )


async def put_sent(transaction: Transaction, one: Sent) -> None:
    await transaction.run(
        "INSERT INTO sent_enclosures (admission, name, size, sha256, sent_ms) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (admission, sha256) DO NOTHING",
        one.admission,
        one.name,
        one.size,
        one.sha256,
        one.sent_ms,
    )


async def list_sent(reader: Reader, admission: str) -> list[Sent]:
    rows = await reader.all(
        "SELECT admission, name, size, sha256, sent_ms FROM sent_enclosures "
        "WHERE admission = $1 ORDER BY sent_ms, name",
        admission,
    )
    return [Sent(*row) for row in rows]
