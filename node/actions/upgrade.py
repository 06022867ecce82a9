"""A stopped node's database brought to this program's schema, with a copy to go back to."""

from pathlib import Path

from node.clock import Clock
from node.folder import Folder
from node.storage import keys, migrate
from node.storage.database import Database, DatabaseError
from protocol.errors import Reason, Refused


async def upgrade(folder: Folder, clock: Clock, keep: Path | None) -> list[int]:
    """Copy the database to `keep`, migrate it, look it through; the numbers of what was applied.

    Refuses with BAD_DATA_FOLDER what is broken, before or afterwards, and a key that does not
    open it; with NEWER_DATABASE, BUSY, STORAGE_FULL. Whoever is refused puts `keep` back.
    """
    master = folder.read_master()
    database = await Database.open(folder.database_file)
    try:
        if keep is not None:
            await database.backup(keep)
        try:
            applied = await migrate.migrate(database, now_ms=clock.now_ms())
        except DatabaseError as error:
            sentence = f"the database cannot be brought up to date: {error}; install the release "
            raise Refused(Reason.BAD_DATA_FOLDER, f"{sentence}that it was made with") from None
        broken = await database.integrity_check()
        if broken:
            sentence = f"the database is broken: {broken[0]}; restore the latest backup"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence)
        async with database.read() as reader:
            await keys.check_all(reader, master)
    finally:
        await database.close()
    return applied
