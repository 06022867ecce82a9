"""A process of its own that writes to a database: `writing.py DATABASE NAME ACTIONS [hang]`.

It says `written N` after each action that it was told is kept; with `hang` it then begins one more,
says `begun`, and waits inside it for ever.
"""

import asyncio
import sys
from pathlib import Path

from node.storage.database import Database


async def write(path: Path, name: str, actions: int, *, hang: bool) -> None:
    database = await Database.open(path)

    async def put(number: int) -> None:
        async with database.write() as transaction:
            before = await transaction.count("SELECT max(total) FROM counts")
            await transaction.run(
                "INSERT INTO counts (writer, number, total) VALUES ($1, $2, $3)",
                name,
                number,
                before + 1,
            )
        print(f"written {number}", flush=True)

    for number in range(0, actions, 4):
        await asyncio.gather(*[put(one) for one in range(number, number + 4)])
        async with database.read() as reader:
            await reader.count("SELECT count(*) FROM counts")
    if hang:
        async with database.write() as transaction:
            await transaction.run(
                "INSERT INTO counts (writer, number, total) VALUES ($1, -1, -1)", name
            )
            print("begun", flush=True)
            await asyncio.get_running_loop().create_future()
    await database.close()


if __name__ == "__main__":
    asyncio.run(
        write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), hang=sys.argv[4:] == ["hang"])
    )
