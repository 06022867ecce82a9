"""The numbers that stand in addresses are given once."""

import pytest

from node.vault.vault import Vault

ROWS = {
    "classes": "INSERT INTO classes (code, name, language, created_ms, ends_ms) "
    "VALUES ('owl-1', '5b', 'en', 1, 2)",
    "pupils": "INSERT INTO pupils (name, class, alias, alias_key, created_ms) "
    "VALUES ('p', 1, 'Owl', 'owl', 1)",
    "works": "INSERT INTO works (pupil, space, kind, thread, object, state, language, created_ms, "
    "changed_ms) VALUES (1, 's', 'reply', 't', 'o', 'held', 'en', 1, 1)",
}


@pytest.mark.parametrize("table", ROWS)
async def test_a_number_of_what_is_gone_is_never_given_again(vault: Vault, table: str) -> None:
    async with vault.write() as unit:
        for other in list(ROWS)[: list(ROWS).index(table)]:
            await unit.change.insert(ROWS[other])
        first = await unit.change.insert(ROWS[table])
        await unit.change.run(f"DELETE FROM {table} WHERE id = $1", first)
        again = await unit.change.insert(ROWS[table])
    assert again > first
