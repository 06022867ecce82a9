"""Classes and the teachers who look after each."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from node.vault import portraits
from node.vault.vault import Unit, View

Decides: TypeAlias = Literal["none", "some", "all"]
"""Which of a class decide for themselves whether pictures of them are shown."""

Style: TypeAlias = Literal["pictured", "plain"]
"""How pupils of a class are addressed: young ones with pictures, older ones plainly."""
SecondStep: TypeAlias = Literal["none", "asked"]
"""Whether something is asked for after the card."""

_COLUMNS = "id, code, name, language, created_ms, ends_ms, decides, style, second_step"


@dataclass(frozen=True)
class SchoolClass:
    """A class. `code` stands on its cards, `ends_ms` is the end of its school year."""

    id: int
    code: str
    name: str
    language: str
    created_ms: int
    ends_ms: int
    decides: Decides = "none"
    style: Style = "pictured"
    second_step: SecondStep = "none"


async def put(
    unit: Unit, *, code: str, name: str, language: str, now_ms: int, ends_ms: int, account: int
) -> int:
    """A new class with its first teacher; its number."""
    number = await unit.change.insert(
        "INSERT INTO classes (code, name, language, created_ms, ends_ms) "
        "VALUES ($1, $2, $3, $4, $5)",
        code,
        name,
        language,
        now_ms,
        ends_ms,
    )
    await put_teacher(unit, number, account, now_ms)
    return number


async def put_year(unit: Unit, class_: int, name: str, ends_ms: int) -> None:
    """What the class is called in its new year, and when that ends."""
    await unit.change.run(
        "UPDATE classes SET name = $2, ends_ms = $3 WHERE id = $1", class_, name, ends_ms
    )


async def put_decides(unit: Unit, class_: int, decides: Decides) -> None:
    await unit.change.run("UPDATE classes SET decides = $2 WHERE id = $1", class_, decides)


async def put_entry(unit: Unit, class_: int, style: Style, second_step: SecondStep) -> None:
    await unit.change.run(
        "UPDATE classes SET style = $2, second_step = $3 WHERE id = $1", class_, style, second_step
    )


async def put_teacher(unit: Unit, class_: int, account: int, now_ms: int) -> None:
    await unit.change.run(
        "INSERT INTO class_teachers (class, account, since_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        class_,
        account,
        now_ms,
    )


async def list_teachers(view: View, class_: int) -> list[int]:
    """The accounts of those who look after a class, the first one first, then the substitutes."""
    rows = await view.rows.all(
        "SELECT account, 0 AS instead, since_ms FROM class_teachers WHERE class = $1 UNION ALL "
        "SELECT account, 1, since_ms FROM class_substitutes WHERE class = $1 AND ended_ms IS NULL "
        "ORDER BY instead, since_ms, account",
        class_,
    )
    return list(dict.fromkeys(row["account"] for row in rows))


async def find(view: View, class_: int) -> SchoolClass | None:
    row = await view.rows.one(f"SELECT {_COLUMNS} FROM classes WHERE id = $1", class_)
    return None if row is None else SchoolClass(*row)


async def find_by_code(view: View, code: str) -> SchoolClass | None:
    row = await view.rows.one(f"SELECT {_COLUMNS} FROM classes WHERE code = $1", code)
    return None if row is None else SchoolClass(*row)


async def list_all(view: View) -> list[SchoolClass]:
    rows = await view.rows.all(f"SELECT {_COLUMNS} FROM classes ORDER BY name, id")
    return [SchoolClass(*row) for row in rows]


async def list_of_teacher(view: View, account: int) -> list[SchoolClass]:
    """Those that somebody looks after, as a substitute too."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM classes WHERE id IN "
        "(SELECT class FROM class_teachers WHERE account = $1 UNION "
        "SELECT class FROM class_substitutes WHERE account = $1 AND ended_ms IS NULL) "
        "ORDER BY name, id",
        account,
    )
    return [SchoolClass(*row) for row in rows]


async def list_own(view: View, account: int) -> list[int]:
    """The classes that somebody looks after for good."""
    rows = await view.rows.all("SELECT class FROM class_teachers WHERE account = $1", account)
    return [row["class"] for row in rows]


async def count_pupils(view: View) -> dict[int, int]:
    """How many pupils each class has."""
    rows = await view.rows.all("SELECT class, count(*) FROM pupils GROUP BY class")
    return {row[0]: row[1] for row in rows}


async def drop(unit: Unit, class_: int) -> None:
    """The class and everybody in it, with all that is kept of them here, as `pupils.drop`."""
    rows = await unit.rows.all("SELECT id FROM pupils WHERE class = $1", class_)
    await portraits.block_of(unit, [row["id"] for row in rows])
    await unit.change.run("DELETE FROM classes WHERE id = $1", class_)
    unit.change.wipe()
