"""Every column of the vault is classified, every table has a rule, and what is sealed is sealed."""

from collections.abc import Mapping

import pytest

from node.vault import classes, pupils, words, works
from node.vault.pupils import Names
from node.vault.register import SEALED, TABLES, Ends, Table
from node.vault.vault import Unit, Vault, View
from tests.nodes import START_MS


async def differences(view: View, tables: Mapping[str, Table] = TABLES) -> list[str]:
    """What the database has and the register does not say, and the other way round."""
    found = []
    named = await view.rows.all(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    there = {row["name"] for row in named}
    found += [f"{name}: no such table, or no rule" for name in there ^ tables.keys()]
    for name in sorted(there & tables.keys()):
        table = tables[name]
        columns = await view.rows.all(f"PRAGMA table_info({name})")
        kinds = {row["name"]: row["type"] for row in columns}
        found += [f"{name}.{one}: not classified" for one in kinds.keys() ^ table.columns.keys()]
        found += [
            f"{name}.{one}: has to be sealed"
            for one, kind in table.columns.items()
            if kind in SEALED and kinds.get(one) != "BLOB"
        ]
        if table.ends is Ends.AFTER and table.column not in kinds:
            found.append(f"{name}: its rule names no column")
        if table.ends is Ends.WITH:
            keys = await view.rows.all(f"PRAGMA foreign_key_list({name})")
            if "CASCADE" not in {row["on_delete"] for row in keys}:
                found.append(f"{name}: goes with nothing")
    return found


async def test_every_column_is_classified_and_every_table_has_a_rule(vault: Vault) -> None:
    async with vault.read() as view:
        assert await differences(view) == []


@pytest.mark.parametrize(
    "planted",
    [
        "ALTER TABLE pupils ADD COLUMN phone TEXT",
        "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT",
        "ALTER TABLE works DROP COLUMN note",
    ],
)
async def test_a160_what_is_added_without_a_class_or_a_rule_is_caught(
    vault: Vault, planted: str
) -> None:
    async with vault.write() as unit:
        await unit.change.run(planted)
    async with vault.read() as view:
        assert await differences(view) != []


async def test_a_column_that_should_be_sealed_and_is_text_is_caught(vault: Vault) -> None:
    async with vault.write() as unit:
        await unit.change.run("ALTER TABLE pupils DROP COLUMN login")
        await unit.change.run("ALTER TABLE pupils ADD COLUMN login TEXT")
    async with vault.read() as view:
        assert await differences(view) == ["pupils.login: has to be sealed"]


SECRETS = ("Q-display", "Q-given", "Q-family", "Q-login", "Q-text", "Q-note", "Q-word", "Q-let")


async def fill(unit: Unit) -> None:
    class_ = await classes.put(
        unit, code="a", name="5b", language="en", now_ms=1, ends_ms=START_MS, account=1
    )
    pupil = await pupils.put(unit, class_, "Panda Nova", Names(*SECRETS[:4]), 1)
    work = await works.put(
        unit,
        pupil=pupil,
        space="s",
        thread="t",
        name="n",
        state="held",
        language="en",
        text=SECRETS[4],
        now_ms=1,
    )
    await works.put_returned(unit, work, SECRETS[5], 2)
    await words.put(unit, class_, SECRETS[6], 1, 2)
    await works.put_decision(unit, work, account=1, what="released", words=[SECRETS[7]], now_ms=3)


async def test_no_sealed_text_lies_readable_in_any_file_of_the_vault(vault: Vault) -> None:
    async with vault.write() as unit:
        await fill(unit)
    folder = vault.database.path.parent
    kept = b"".join(one.read_bytes() for one in folder.iterdir())
    assert b"Panda Nova" in kept, "what is not sealed would be found"
    assert [one for one in SECRETS if one.encode() in kept] == []


async def test_what_was_dropped_leaves_no_row_behind(vault: Vault) -> None:
    async with vault.write() as unit:
        await fill(unit)
        await classes.drop(unit, 1)
    async with vault.read() as view:
        for name, table in TABLES.items():
            if table.ends is not Ends.NEVER:
                assert await view.rows.count(f"SELECT count(*) FROM {name}") == 0, name
