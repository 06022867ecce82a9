"""How partners are reached, as it lies in the database: asked before each request to them."""

from node.storage import partners
from node.storage.database import Database


async def is_closed(database: Database, origin: str) -> bool:
    """Whether the partner accepts no connection, by its own word."""
    async with database.read() as reader:
        return await partners.is_closed(reader, origin)


async def find_address(database: Database, origin: str) -> str:
    """Where the partner says that it is reached; `origin` itself if it never moved."""
    async with database.read() as reader:
        return await partners.find_address(reader, origin)
