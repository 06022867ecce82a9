"""Who looks after a class instead of somebody, for a while."""

from collections.abc import Collection, Sequence

from node.vault.vault import Unit, View


async def put(
    unit: Unit, number: int, classes: Sequence[int], *, account: int, now_ms: int
) -> None:
    """From now on, by the substitution of this number. One of the same number was the node's before
    its database was restored, and is nobody's record any more."""
    await unit.change.run("DELETE FROM class_substitutes WHERE substitution = $1", number)
    for class_ in classes:
        await unit.change.run(
            "INSERT INTO class_substitutes (substitution, class, account, since_ms) "
            "VALUES ($1, $2, $3, $4)",
            number,
            class_,
            account,
            now_ms,
        )


async def list_classes(view: View, number: int) -> list[tuple[int, str]]:
    """The classes that a substitution reaches, or reached, with their names."""
    rows = await view.rows.all(
        "SELECT c.id, c.name FROM class_substitutes s JOIN classes c ON c.id = s.class "
        "WHERE s.substitution = $1 ORDER BY c.name, c.id",
        number,
    )
    return [(row["id"], row["name"]) for row in rows]


async def is_any_open(view: View) -> bool:
    """Whether anybody looks after a class instead of somebody."""
    row = await view.rows.one("SELECT 1 FROM class_substitutes WHERE ended_ms IS NULL LIMIT 1")
    return row is not None


async def list_ended(view: View) -> set[int]:
    """The substitutions that reached classes, and reach none any more."""
    rows = await view.rows.all(
        "SELECT substitution FROM class_substitutes GROUP BY substitution "
        "HAVING count(*) = count(ended_ms)"
    )
    return {row["substitution"] for row in rows}


async def end(unit: Unit, number: int, now_ms: int) -> None:
    """The classes of one are looked after by others again."""
    await unit.change.run(
        "UPDATE class_substitutes SET ended_ms = $2 WHERE substitution = $1 AND ended_ms IS NULL",
        number,
        now_ms,
    )


async def end_others(unit: Unit, running: Collection[int], now_ms: int) -> None:
    """End every one that does not run any more, as in a vault that was restored."""
    rows = await unit.rows.all(
        "SELECT DISTINCT substitution FROM class_substitutes WHERE ended_ms IS NULL"
    )
    for row in rows:
        if row["substitution"] not in running:
            await end(unit, row["substitution"], now_ms)
