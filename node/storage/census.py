"""How many rows there are of what: numbers for whoever watches the node."""

from dataclasses import dataclass

from node.storage.database import Reader


@dataclass(frozen=True)
class Counted:
    what: str
    meaning: str
    state: str
    number: int


_BY_STATE = (
    ("accounts", "Accounts of staff.", ("waiting", "active", "ended")),
    ("partners", "Partner nodes.", ("pending", "approved", "blocked")),
    ("deliveries", "Letters to partners.", ("waiting", "given_up")),
    ("inbox", "Activities of partners.", ("waiting", "refused")),
    ("backups", "Backups.", ("wanted", "made", "failed")),
)
_WHOLE = (
    ("spaces", "Spaces that this node replicates."),
    ("operations", "Operations of all spaces."),
    ("sessions", "Sessions of staff."),
)


async def count(reader: Reader) -> list[Counted]:
    """Every number, also those that are 0."""
    found = []
    for table, meaning, states in _BY_STATE:
        rows = await reader.all(f"SELECT state, count(*) FROM {table} GROUP BY state")
        numbers = {str(row[0]): int(row[1]) for row in rows}
        found += [Counted(table, meaning, state, numbers.get(state, 0)) for state in states]
    for table, meaning in _WHOLE:
        number = await reader.count(f"SELECT count(*) FROM {table}")
        found.append(Counted(table, meaning, "", number))
    pages = await reader.count("PRAGMA page_count")
    size = pages * await reader.count("PRAGMA page_size")
    return [*found, Counted("database_bytes", "Size of the database.", "", size)]
