"""Pupils: an alias and a class, and, sealed, what somebody gave of their names.

Whoever opens names says who reads them and why, and that is kept in the same unit. The roster
check alone compares all of them and shows none (`list_names`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from node.storage.database import Row
from node.vault import portraits
from node.vault.box import Box
from node.vault.vault import Unit, View
from protocol.folding import fold

_BARE = "p.id, p.name, p.class, p.alias, p.created_ms"
_SEALED = ("display", "given", "family", "login")
_ALL = f"{_BARE}, {', '.join(f'p.{one}' for one in _SEALED)}"


ONE_LOOK_MS = 60_000


class Why(StrEnum):
    """What a record is read for."""

    CLASS_LIST = "class_list"
    CARDS = "cards"
    ONE_PUPIL = "one_pupil"
    TAKING_PART = "taking_part"
    CONSENTS = "consents"
    PICTURES = "pictures"
    EXPORT = "export"
    EVERYTHING = "everything"
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Pupil:
    """What everybody in the class may know: the alias on the card. `name` is one of chance: by it
    somebody who was forgotten is known again in a restored vault."""

    id: int
    name: str
    class_: int
    alias: str
    created_ms: int


@dataclass(frozen=True)
class Names:
    """How a pupil is called; all of it may be empty. `display` is what the teacher's list shows."""

    display: str = ""
    given: str = ""
    family: str = ""
    login: str = ""


@dataclass(frozen=True)
class Known:
    """A pupil's record, opened."""

    pupil: Pupil
    names: Names


@dataclass(frozen=True)
class Reading:
    """Who opens records, when and what for."""

    account: int
    why: Why
    at_ms: int


@dataclass(frozen=True)
class Read:
    """A kept reading. `pupil` is None where the whole class was read, `evidence` the number of the
    sealed copy where one was; then there is neither class nor pupil."""

    account: int
    class_: int
    pupil: int | None
    why: str
    at_ms: int
    evidence: int | None = None


def alias_key(alias: str) -> str:
    """Two aliases that a child would not tell apart have the same one."""
    return "".join(fold(alias).split())


async def put(unit: Unit, class_: int, alias: str, names: Names, now_ms: int, *, name: str) -> int:
    """A new pupil with a `name` of chance; the number. Raises DatabaseError for an alias that the
    class has already."""
    return await unit.change.insert(
        "INSERT INTO pupils (name, class, alias, alias_key, display, given, family, login, "
        "created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        name,
        class_,
        alias,
        alias_key(alias),
        *_sealed(unit, names),
        now_ms,
    )


async def change(unit: Unit, pupil: int, alias: str, names: Names) -> None:
    await unit.change.run(
        "UPDATE pupils SET alias = $2, alias_key = $3, display = $4, given = $5, family = $6, "
        "login = $7 WHERE id = $1",
        pupil,
        alias,
        alias_key(alias),
        *_sealed(unit, names),
    )
    unit.change.wipe()


async def drop(unit: Unit, pupil: int) -> None:
    """The pupil with all that is kept here; pictures that show him are blocked."""
    await portraits.block_of(unit, [pupil])
    await unit.change.run("DELETE FROM pupils WHERE id = $1", pupil)
    unit.change.wipe()


async def drop_named(unit: Unit, names: Sequence[str]) -> int:
    """Those who are called so by chance, as `drop`; how many there were."""
    rows = await unit.rows.all(
        "SELECT id FROM pupils WHERE name IN (SELECT value FROM json_each($1))",
        json.dumps(list(names)),
    )
    there = [row["id"] for row in rows]
    await portraits.block_of(unit, there)
    dropped = await unit.change.run(
        "DELETE FROM pupils WHERE id IN (SELECT value FROM json_each($1))", json.dumps(there)
    )
    unit.change.wipe()
    return dropped


async def find(view: View, pupil: int) -> Pupil | None:
    row = await view.rows.one(f"SELECT {_BARE} FROM pupils p WHERE p.id = $1", pupil)
    return None if row is None else Pupil(*row)


async def find_named(view: View, name: str) -> Pupil | None:
    """Who is called so by chance."""
    row = await view.rows.one(f"SELECT {_BARE} FROM pupils p WHERE p.name = $1", name)
    return None if row is None else Pupil(*row)


async def find_by_alias(view: View, class_: int, alias: str) -> Pupil | None:
    row = await view.rows.one(
        f"SELECT {_BARE} FROM pupils p WHERE p.class = $1 AND p.alias_key = $2",
        class_,
        alias_key(alias),
    )
    return None if row is None else Pupil(*row)


async def list_of_class(view: View, class_: int) -> list[Pupil]:
    """Those of a class by their aliases."""
    rows = await view.rows.all(
        f"SELECT {_BARE} FROM pupils p WHERE p.class = $1 ORDER BY p.alias_key", class_
    )
    return [Pupil(*row) for row in rows]


async def list_aliases(view: View) -> list[str]:
    """The aliases of all classes: none of them is given in a space."""
    return [row["alias"] for row in await view.rows.all("SELECT alias FROM pupils")]


async def read_class(unit: Unit, class_: int, reading: Reading) -> list[Known]:
    """The records of a class, by name; the reading is kept."""
    await _put_reading(unit, class_, None, reading)
    rows = await unit.rows.all(f"SELECT {_ALL} FROM pupils p WHERE p.class = $1", class_)
    found = [_known(unit, row) for row in rows]
    return sorted(found, key=lambda one: (fold(one.names.display), alias_key(one.pupil.alias)))


async def read_one(unit: Unit, pupil: int, reading: Reading) -> Known | None:
    """One record; the reading is kept."""
    row = await unit.rows.one(f"SELECT {_ALL} FROM pupils p WHERE p.id = $1", pupil)
    if row is None:
        return None
    known = _known(unit, row)
    await _put_reading(unit, known.pupil.class_, pupil, reading)
    return known


async def read_display(view: View, pupil: int) -> str | None:
    """What a pupil who reported something is called in the teacher's list. Only beside
    `put_reading_of_evidence`: a reading of the pupil's record would tell who reported."""
    row = await view.rows.one("SELECT display FROM pupils WHERE id = $1", pupil)
    return None if row is None else view.box.open_optional("pupils.display", row["display"])


@dataclass(frozen=True)
class SealedNames:
    """The names of every pupil of the school as they lie in the vault."""

    box: Box = field(repr=False)
    rows: Sequence[tuple[bytes | None, ...]]


async def list_names(view: View) -> list[Names]:
    """The names of every pupil of the school: for comparing, never for showing."""
    return open_names(await list_sealed(view))


async def list_sealed(view: View) -> SealedNames:
    """As `list_names`, still closed."""
    rows = await view.rows.all(f"SELECT {', '.join(_SEALED)} FROM pupils ORDER BY id")
    return SealedNames(view.box, [tuple(row) for row in rows])


def open_names(names: SealedNames) -> list[Names]:
    """What a look at the vault need not wait for."""
    return [
        Names(
            **{
                column: names.box.open_optional(f"pupils.{column}", sealed)
                for column, sealed in zip(_SEALED, row, strict=True)
            }
        )
        for row in names.rows
    ]


async def list_readings(view: View, *, limit: int) -> list[Read]:
    """Who read what, the last first."""
    rows = await view.rows.all(
        "SELECT account, class, pupil, why, at_ms, evidence FROM reads "
        "ORDER BY at_ms DESC, id DESC LIMIT $1",
        limit,
    )
    return [Read(*row) for row in rows]


async def count_readings(view: View, after_ms: int) -> int:
    """How often anybody read what is kept about pupils since then."""
    return await view.rows.count("SELECT count(*) FROM reads WHERE at_ms >= $1", after_ms)


async def list_readings_of(view: View, pupil: Pupil, *, limit: int) -> list[Read]:
    """Who read a pupil's record, alone or with the class that the pupil is in, the last first."""
    rows = await view.rows.all(
        "SELECT account, class, pupil, why, at_ms FROM reads "
        "WHERE class = $1 AND (pupil = $2 OR pupil IS NULL) AND at_ms >= $3 "
        "ORDER BY at_ms DESC, id DESC LIMIT $4",
        pupil.class_,
        pupil.id,
        pupil.created_ms,
        limit,
    )
    return [Read(*row) for row in rows]


async def put_reading_of_evidence(unit: Unit, evidence: int, reading: Reading) -> None:
    """Who opened a sealed copy. It belongs to no class and tells of no pupil: a parent reads who
    read the record of a child, and administrators read it all. A page and its file are one look.
    """
    await unit.change.run(
        "INSERT INTO reads (account, class, pupil, why, at_ms, evidence) "
        "SELECT $1, 0, NULL, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM reads "
        "WHERE account = $1 AND evidence = $4 AND at_ms > $5)",
        reading.account,
        str(reading.why),
        reading.at_ms,
        evidence,
        reading.at_ms - ONE_LOOK_MS,
    )


async def _put_reading(unit: Unit, class_: int, pupil: int | None, reading: Reading) -> None:
    await unit.change.run(
        "INSERT INTO reads (account, class, pupil, why, at_ms) VALUES ($1, $2, $3, $4, $5)",
        reading.account,
        class_,
        pupil,
        str(reading.why),
        reading.at_ms,
    )


def _sealed(unit: Unit, names: Names) -> Sequence[bytes | None]:
    texts = (names.display, names.given, names.family, names.login)
    return [
        unit.box.seal_optional(f"pupils.{column}", text)
        for column, text in zip(_SEALED, texts, strict=True)
    ]


def _known(view: View, row: Row) -> Known:
    opened = {one: view.box.open_optional(f"pupils.{one}", row[one]) for one in _SEALED}
    bare = Pupil(row["id"], row["name"], row["class"], row["alias"], row["created_ms"])
    return Known(bare, Names(**opened))
