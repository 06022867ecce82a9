"""What was reported, as it was then: sealed for the safeguarding persons, and for nobody else.

A row ends at its own time, whatever becomes of what it copies (`node.vault.register`). Who reads a
copy says so, and that is kept in the same unit.
"""

import json
from dataclasses import asdict, dataclass

from node.storage.database import Row
from node.vault import pupils
from node.vault.pupils import Reading
from node.vault.vault import Unit, View

_BARE = (
    "id, report, space, item, reason, kept, media_type, octets, about, at_ms, ends_ms, closed_ms, "
    "told_ms"
)
_UNMADE = (
    "SELECT e.id, e.space, e.item, max(v.account) AS account, e.at_ms FROM evidence e "
    "LEFT JOIN voices v ON v.evidence = e.id WHERE e.report IS NULL"
)


@dataclass(frozen=True)
class Copied:
    """What is sealed: what was said, by whom, and where it came from. `author` is a name that the
    space knows, or that of an account here; times in ms, 0 for never. `alt` is what is to be seen
    in the picture that came with it."""

    kind: str
    text: str
    language: str
    alias: str
    author: str
    school: str
    ours: bool
    made_ms: int
    edited_ms: int
    file_name: str
    alt: str = ""


@dataclass(frozen=True)
class SealedBytes:
    """The bytes of a file, sealed in the vault's folder as `kept`."""

    kept: str
    media_type: str
    octets: int


@dataclass(frozen=True)
class Evidence:
    """One report's copy, closed. `about`: whose account here wrote what was reported. `report` is
    empty while the report is being made, `told_ms` says when the hub was told of it."""

    id: int
    report: str
    space: str
    item: str
    reason: str
    file: SealedBytes | None
    about: int | None
    at_ms: int
    ends_ms: int
    closed_ms: int | None
    told_ms: int | None


@dataclass(frozen=True)
class Voice:
    """Who reported it: an account, or a pupil, who may have been forgotten since. `who` is how
    whoever it was is called; `words` may be empty."""

    pupil: int | None
    account: int | None
    who: str
    words: str
    at_ms: int


@dataclass(frozen=True)
class Extension:
    """Who let it be kept until when, and why."""

    account: int
    why: str
    until_ms: int
    at_ms: int


async def put(
    unit: Unit,
    *,
    space: str,
    item: str,
    reason: str,
    copied: Copied,
    file: SealedBytes | None,
    about: int | None,
    now_ms: int,
    ends_ms: int,
) -> int:
    """A new copy, of a report that is about to be made; its number."""
    return await unit.change.insert(
        "INSERT INTO evidence (space, item, reason, copy, kept, media_type, octets, about, "
        "at_ms, ends_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        space,
        item,
        reason,
        unit.box.seal("evidence.copy", json.dumps(asdict(copied))),
        None if file is None else file.kept,
        "" if file is None else file.media_type,
        0 if file is None else file.octets,
        unit.box.seal_optional("evidence.about", "" if about is None else str(about)),
        now_ms,
        ends_ms,
    )


async def put_report(unit: Unit, evidence: int, report: str) -> None:
    """The report is made. Where it has a copy already, that one gets the voices of this one."""
    known = await find_of_report(unit, report)
    if known is None:
        await unit.change.run("UPDATE evidence SET report = $2 WHERE id = $1", evidence, report)
        return
    await unit.change.run(
        "UPDATE OR IGNORE voices SET evidence = $2 WHERE evidence = $1", evidence, known.id
    )
    await drop(unit, evidence)


async def put_voice(unit: Unit, evidence: int, voice: Voice) -> None:
    """A pupil's second voice about the same stays out."""
    await unit.change.run(
        "INSERT INTO voices (evidence, pupil, account, who, words, at_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (evidence, pupil) DO NOTHING",
        evidence,
        voice.pupil,
        voice.account,
        unit.box.seal("voices.who", voice.who),
        unit.box.seal_optional("voices.words", voice.words),
        voice.at_ms,
    )


async def put_extension(unit: Unit, evidence: int, extension: Extension) -> None:
    """It is kept until then, and who said so and why is kept with it."""
    await unit.change.run(
        "UPDATE evidence SET ends_ms = $2 WHERE id = $1", evidence, extension.until_ms
    )
    await unit.change.run(
        "INSERT INTO extensions (evidence, account, why, until_ms, at_ms) "
        "VALUES ($1, $2, $3, $4, $5)",
        evidence,
        extension.account,
        unit.box.seal("extensions.why", extension.why),
        extension.until_ms,
        extension.at_ms,
    )


async def put_closed(unit: Unit, evidence: int, account: int, now_ms: int) -> None:
    await unit.change.run(
        "UPDATE evidence SET closed_ms = $3, closed_by = $2 WHERE id = $1",
        evidence,
        account,
        now_ms,
    )


async def put_told(unit: Unit, evidence: int, account: int, now_ms: int) -> None:
    """The hub is told of it."""
    await unit.change.run(
        "UPDATE evidence SET told_ms = $3, told_by = $2 WHERE id = $1", evidence, account, now_ms
    )


async def drop(unit: Unit, evidence: int) -> None:
    """Of a report that was not made; the bytes go when they are next tidied."""
    await unit.change.run("DELETE FROM evidence WHERE id = $1", evidence)
    unit.change.wipe()


@dataclass(frozen=True)
class Unmade:
    """A copy whose report is not known to be made; `account` is the teacher who makes it, None
    where a pupil does."""

    id: int
    space: str
    item: str
    account: int | None
    at_ms: int


async def list_unmade(view: View, *, before_ms: int) -> list[Unmade]:
    """Those that wait for their report since before."""
    rows = await view.rows.all(
        f"{_UNMADE} AND e.at_ms <= $1 GROUP BY e.id ORDER BY e.id", before_ms
    )
    return [Unmade(*row) for row in rows]


async def find_unmade(view: View, evidence: int) -> Unmade | None:
    """One that waits for its report."""
    row = await view.rows.one(f"{_UNMADE} AND e.id = $1 GROUP BY e.id", evidence)
    return None if row is None else Unmade(*row)


async def find(view: View, evidence: int) -> Evidence | None:
    row = await view.rows.one(f"SELECT {_BARE} FROM evidence WHERE id = $1", evidence)
    return None if row is None else _read(view, row)


async def find_of_report(view: View, report: str) -> Evidence | None:
    row = await view.rows.one(f"SELECT {_BARE} FROM evidence WHERE report = $1", report)
    return None if row is None else _read(view, row)


async def list_all(view: View) -> list[Evidence]:
    """Those that are open first, as they end, then the last; none whose report is not made."""
    rows = await view.rows.all(
        f"SELECT {_BARE} FROM evidence WHERE report IS NOT NULL "
        "ORDER BY closed_ms IS NOT NULL, CASE WHEN closed_ms IS NULL THEN ends_ms END, at_ms DESC, "
        "id DESC"
    )
    return [_read(view, row) for row in rows]


async def list_about_open(view: View) -> list[int | None]:
    """Whose account wrote what was reported, of each that is open."""
    rows = await view.rows.all(
        "SELECT about FROM evidence WHERE closed_ms IS NULL AND report IS NOT NULL"
    )
    return [_about(view, row) for row in rows]


async def list_about_unopened(view: View, before_ms: int) -> list[int | None]:
    """As `list_about_open`, of each that has been here since before and nobody has looked into."""
    rows = await view.rows.all(
        "SELECT about FROM evidence e WHERE closed_ms IS NULL AND report IS NOT NULL "
        "AND at_ms <= $1 AND NOT EXISTS (SELECT 1 FROM reads r WHERE r.evidence = e.id)",
        before_ms,
    )
    return [_about(view, row) for row in rows]


async def count_of_pupil(view: View, pupil: int, since_ms: int) -> int:
    """How often a pupil reported something since then."""
    return await view.rows.count(
        "SELECT count(*) FROM voices WHERE pupil = $1 AND at_ms > $2", pupil, since_ms
    )


async def has_voice(view: View, evidence: int, pupil: int) -> bool:
    """Whether a pupil is one of those who reported it."""
    row = await view.rows.one(
        "SELECT 1 FROM voices WHERE evidence = $1 AND pupil = $2", evidence, pupil
    )
    return row is not None


async def count_voices(view: View, evidence: int) -> tuple[int, int]:
    """How many pupils, and how many teachers, reported it."""
    row = await view.rows.one(
        "SELECT sum(account IS NULL) AS pupils, sum(account IS NOT NULL) AS teachers "
        "FROM voices WHERE evidence = $1",
        evidence,
    )
    return (0, 0) if row is None else (row["pupils"] or 0, row["teachers"] or 0)


async def read_copy(unit: Unit, evidence: int, reading: Reading) -> Copied | None:
    """What was sealed; the reading is kept."""
    row = await unit.rows.one("SELECT copy FROM evidence WHERE id = $1", evidence)
    if row is None:
        return None
    await pupils.put_reading_of_evidence(unit, evidence, reading)
    return Copied(**json.loads(unit.box.open("evidence.copy", row["copy"])))


async def list_voices(view: View, evidence: int) -> list[Voice]:
    """In order. Only beside `read_copy`."""
    rows = await view.rows.all(
        "SELECT pupil, account, who, words, at_ms FROM voices WHERE evidence = $1 ORDER BY id",
        evidence,
    )
    return [
        Voice(
            row["pupil"],
            row["account"],
            view.box.open("voices.who", row["who"]),
            view.box.open_optional("voices.words", row["words"]),
            row["at_ms"],
        )
        for row in rows
    ]


async def list_extensions(view: View, evidence: int) -> list[Extension]:
    """In order. Only beside `read_copy`."""
    rows = await view.rows.all(
        "SELECT account, why, until_ms, at_ms FROM extensions WHERE evidence = $1 ORDER BY id",
        evidence,
    )
    return [
        Extension(
            row["account"],
            view.box.open("extensions.why", row["why"]),
            row["until_ms"],
            row["at_ms"],
        )
        for row in rows
    ]


def _read(view: View, row: Row) -> Evidence:
    file = None
    if row["kept"] is not None:
        file = SealedBytes(row["kept"], row["media_type"], row["octets"])
    return Evidence(
        row["id"],
        row["report"] or "",
        row["space"],
        row["item"],
        row["reason"],
        file,
        _about(view, row),
        row["at_ms"],
        row["ends_ms"],
        row["closed_ms"],
        row["told_ms"],
    )


def _about(view: View, row: Row) -> int | None:
    known = view.box.open_optional("evidence.about", row["about"])
    return int(known) if known else None
