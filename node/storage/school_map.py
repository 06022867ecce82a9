"""Where the schools are that this node knows: how many in each country, and their places."""

from dataclasses import dataclass

from node.storage.database import Reader

# As the partial indexes have it: they are used where the very same words stand in the question.
_SCHOOLS = "listings l WHERE l.kind = 'school' AND l.shown = 1"


@dataclass(frozen=True)
class PlacedSchool:
    """A school that says where it is, in tenths of a degree."""

    id: str
    name: str
    country: str
    north_tenths: int
    east_tenths: int


@dataclass(frozen=True)
class UnreadSchool:
    """A school of which no more is known than what its node says of itself to anybody."""

    id: str
    name: str
    country: str


async def count_by_country(reader: Reader) -> dict[str, int]:
    """How many schools each country has, by its code."""
    rows = await reader.all(
        f"SELECT l.country, count(*) AS schools FROM {_SCHOOLS} GROUP BY l.country"
    )
    return {str(row["country"]): int(row["schools"]) for row in rows}


async def list_unread(reader: Reader) -> list[UnreadSchool]:
    """Schools of approved partners whose cards nobody here has looked at yet."""
    rows = await reader.all(
        "SELECT a.document ->> '$.school' AS school, p.name, p.country "
        "FROM partners p JOIN objects a ON a.id = p.actor "
        "WHERE p.state = 'approved' AND NOT EXISTS "
        "(SELECT 1 FROM listings l WHERE l.origin = p.origin AND l.kind = 'school') "
        "AND a.document ->> '$.role' IS NULL "
        "AND a.document ->> '$.school' IS NOT NULL ORDER BY p.name"
    )
    return [UnreadSchool(*row) for row in rows]


async def list_placed(reader: Reader, *, limit: int) -> list[PlacedSchool]:
    """Schools that say where they are, the first of the directory first."""
    rows = await reader.all(
        "SELECT l.id, l.document ->> '$.name' AS name, l.country, "
        "l.document ->> '$.location.latitudeTenths' AS north, "
        "l.document ->> '$.location.longitudeTenths' AS east "
        f"FROM {_SCHOOLS} AND l.placed = 1 ORDER BY l.number LIMIT $1",
        limit,
    )
    return [PlacedSchool(*row) for row in rows]
