"""Where members' nodes say that they are reached, and which partner has heard it."""

from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol import names
from protocol.canonical import b64, unb64
from protocol.space.descriptor import Described
from protocol.space.statement import Signed

_HEARS = (
    "FROM descriptors d JOIN space_members m ON m.space = d.space AND m.member = 1 "
    "AND m.node <> d.node JOIN partners p ON p.origin = m.origin AND p.state = 'approved' "
    "LEFT JOIN descriptors_sent s ON s.space = d.space AND s.node = d.node AND s.origin = m.origin "
    "WHERE (s.version IS NULL OR s.version < d.version)"
)


@dataclass(frozen=True)
class Kept:
    """One member's newest descriptor."""

    space: str
    node: str
    version: int
    signed: Signed


def _read(row: Row) -> Kept:
    signed = Signed(str(row["statement"]).encode("utf-8"), unb64(row["signature"]))
    return Kept(row["space"], row["node"], row["version"], signed)


async def find(reader: Reader, space: str, node: str) -> Kept | None:
    row = await reader.one(
        "SELECT space, node, version, statement, signature FROM descriptors "
        "WHERE space = $1 AND node = $2",
        space,
        node,
    )
    return None if row is None else _read(row)


async def put(
    transaction: Transaction, described: Described, first_actor: str, *, own: bool
) -> None:
    """Keep a verified descriptor as its node's newest; `first_actor` is the service actor that the
    control log names. Only a node that still has that one's origin says where that origin is
    reached: nobody leads what is meant for others elsewhere.
    """
    said = described.said
    origin = names.origin(said.actor)
    await transaction.run(
        "INSERT INTO descriptors "
        "(space, node, version, actor, origin, address, statement, signature, same_origin, own) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (space, node) DO UPDATE SET "
        "version = excluded.version, actor = excluded.actor, origin = excluded.origin, "
        "address = excluded.address, statement = excluded.statement, "
        "signature = excluded.signature, same_origin = excluded.same_origin",
        said.space,
        said.node,
        said.version,
        said.actor,
        origin,
        said.addresses[0],
        described.signed.octets.decode("utf-8"),
        b64(described.signed.signature),
        int(names.origin(first_actor) == origin),
        int(own),
    )


async def list_hearers(reader: Reader) -> list[tuple[str, str]]:
    """Spaces and approved partners that have not heard all that there is to hear."""
    rows = await reader.all(f"SELECT DISTINCT d.space, m.origin {_HEARS} ORDER BY 1, 2")
    return [(row[0], row[1]) for row in rows]


async def list_unheard(reader: Reader, space: str, origin: str) -> list[Kept]:
    """What one partner has not yet confirmed of a space."""
    rows = await reader.all(
        f"SELECT d.space, d.node, d.version, d.statement, d.signature {_HEARS} "
        "AND d.space = $1 AND m.origin = $2 ORDER BY d.node",
        space,
        origin,
    )
    return [_read(row) for row in rows]


async def put_heard(transaction: Transaction, origin: str, heard: Iterable[Kept]) -> None:
    await transaction.many(
        "INSERT INTO descriptors_sent (space, node, origin, version) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (space, node, origin) DO UPDATE SET version = excluded.version",
        [(one.space, one.node, origin, one.version) for one in heard],
    )
