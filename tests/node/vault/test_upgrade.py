"""A vault that an older program made: what was in it stays, and numbers are still given once."""

from pathlib import Path

from node.storage import migrate
from node.storage.database import Database
from node.vault import works
from node.vault.vault import SCHEMA, open_vault
from tests.node.vault.test_numbers import ROWS
from tests.nodes import START_MS, SeededChance

BEFORE = "0001_vault.sql"


def forget_database(folder: Path) -> None:
    for one in folder.glob("vault.sqlite*"):
        one.unlink()


async def make_old(folder: Path) -> bytes:
    """A vault of the first schema with a class, a pupil, and the second of two works; its text."""
    chance = SeededChance("old")
    async with open_vault(folder, chance, now_ms=START_MS) as vault:
        sealed = vault.box.seal("works.body", "Storks")
    forget_database(folder)
    database = await Database.open(folder / "vault.sqlite")
    (first,) = [one for one in migrate.steps(SCHEMA.package) if one.name == BEFORE]
    async with database.write() as change:
        for statement in filter(str.strip, first.sql.split(";\n")):
            await change.run(statement)
        await change.run("INSERT INTO migrations VALUES (1, $1, $2, 1)", first.name, first.checksum)
        for row in ROWS.values():
            await change.run(row)
        await change.run("UPDATE works SET body = $1, object = 'first'", sealed)
        gone = await change.insert(ROWS["works"])
        await change.run(
            "INSERT INTO decisions (work, account, what, at_ms) VALUES (1, 7, 'returned', 1)"
        )
        await change.run("DELETE FROM works WHERE id = $1", gone)
    await database.close()
    return sealed


async def test_works_and_decisions_of_an_older_vault_stay_and_no_number_is_given_again(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "vault"
    await make_old(folder)
    async with open_vault(folder, SeededChance("new"), now_ms=START_MS) as vault:
        async with vault.write() as unit:
            old = await works.find(unit, 1)
            assert old is not None
            assert (old.kind, old.text, old.file) == ("reply", "Storks", None)
            (decision,) = await unit.rows.all("SELECT work, account FROM decisions")
            assert tuple(decision) == (1, 7)
            fresh = await unit.change.insert(ROWS["works"])
            assert fresh == 3, "2 was given to a work that is gone"
            await unit.change.run("DELETE FROM pupils")
        async with vault.read() as view:
            for table in ("works", "decisions"):
                assert await view.rows.count(f"SELECT count(*) FROM {table}") == 0
