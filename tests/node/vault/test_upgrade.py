"""A vault that an older program made: what was in it stays, and numbers are still given once."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from node.storage import migrate
from node.storage.database import Database
from node.vault import store, works
from node.vault.register import TABLES, Ends
from node.vault.vault import SCHEMA, Vault, open_vault
from tests.node.vault.make import HERE, describe, describe_files
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


KEPT = sorted(one.name for one in HERE.glob("schema-*"))


@pytest.mark.parametrize("name", KEPT)
async def test_everything_in_a_kept_vault_is_there_after_it_was_migrated(
    name: str, tmp_path: Path
) -> None:
    expected = json.loads((HERE / name / "expected.json").read_text("utf-8"))
    assert all(expected["rows"].values()), "a row in every table"
    async with open_copy(name, tmp_path) as vault:
        found = await describe(vault)
        for table, rows in expected["rows"].items():
            columns = rows[0].keys()
            assert sorted(
                ({one: row[one] for one in columns} for row in found[table]), key=repr
            ) == sorted(rows, key=repr), table
        assert await describe_files(vault) == expected["files"]
        assert await vault.database.integrity_check() == []


@pytest.mark.parametrize("name", KEPT)
async def test_a_kept_vault_still_forgets(name: str, tmp_path: Path) -> None:
    """Rows go with pupils, classes and reports, also from tables that a migration made anew."""
    async with open_copy(name, tmp_path) as vault:
        async with vault.write() as unit:
            assert await unit.rows.all("PRAGMA foreign_key_check") == []
            for table in ("classes", "evidence"):
                await unit.change.run(f"DELETE FROM {table}")
            await store.clear_away(unit, vault)
        found = await describe(vault)
        assert [one for one, rows in found.items() if rows and TABLES[one].ends is Ends.WITH] == []
        assert found["pupils"] == []
        assert list(store.folder_of(vault).iterdir()) == []


def test_there_is_a_vault_of_every_schema_before_the_present_one() -> None:
    """The present one's is made with the last commit before the next."""
    numbers = [one.number for one in migrate.steps(SCHEMA.package)]
    first = int(KEPT[0].removeprefix("schema-"))
    assert {f"schema-{one:04}" for one in numbers if first <= one < numbers[-1]} <= set(KEPT)


@asynccontextmanager
async def open_copy(name: str, folder: Path) -> AsyncIterator[Vault]:
    """A kept vault, migrated, as it lies on the disk of a school: for its owner alone."""
    copy = folder / "vault"
    shutil.copytree(HERE / name, copy)
    copy.chmod(0o700)
    async with open_vault(copy, SeededChance("new"), now_ms=START_MS) as vault:
        yield vault
