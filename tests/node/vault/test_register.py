"""Every column of the vault is classified, every table has a rule, and what is sealed is sealed."""

import pytest

from node.vault import classes, pupils, words, works
from node.vault.pupils import Names
from node.vault.register import TABLES, Ends
from node.vault.vault import Unit, Vault
from tests.node.vault.registered import differences
from tests.nodes import START_MS


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
    pupil = await pupils.put(unit, class_, "Panda Nova", Names(*SECRETS[:4]), 1, name="one")
    work = await works.put(
        unit,
        pupil=pupil,
        space="s",
        inside="t",
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
