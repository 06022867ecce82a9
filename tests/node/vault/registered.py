"""The register of the vault beside what its database really holds."""

from collections.abc import Mapping

from node.vault.register import SEALED, TABLES, Ends, Table
from node.vault.vault import View


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
