"""How partners are reached, as it lies in the database: looked up before each request to them."""

from collections.abc import Iterable

from node.remote.roads import Whereabouts
from node.storage import partners
from node.storage.database import Database, Reader


async def is_closed(database: Database, origin: str) -> bool:
    """Whether the partner accepts no connection, by its own word."""
    async with database.read() as reader:
        return await partners.is_closed(reader, origin)


async def find_address(database: Database, origin: str) -> str:
    """Where the partner says that it is reached; `origin` itself if it never moved."""
    async with database.read() as reader:
        return await partners.find_address(reader, origin)


async def list_of(reader: Reader, origins: Iterable[str]) -> dict[str, Whereabouts]:
    """Both, for all that are about to be talked to."""
    found = await partners.list_whereabouts(reader, origins)
    return {origin: Whereabouts(*told) for origin, told in found.items()}
