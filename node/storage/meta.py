"""Single facts about this node, by name."""

from node.storage.database import Reader, Transaction


async def find(reader: Reader, key: str) -> str | None:
    row = await reader.one("SELECT value FROM meta WHERE key = $1", key)
    return None if row is None else str(row["value"])


async def get(reader: Reader, key: str) -> str:
    """Raises LookupError where the fact was never written: the node is not set up."""
    value = await find(reader, key)
    if value is None:
        raise LookupError(f"{key} is not set")
    return value


async def put(transaction: Transaction, key: str, value: str) -> None:
    await transaction.run(
        "INSERT INTO meta (key, value) VALUES ($1, $2) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )


async def drop(transaction: Transaction, key: str) -> None:
    await transaction.run("DELETE FROM meta WHERE key = $1", key)
