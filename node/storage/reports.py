"""What was reported in spaces: one row a report, at both ends, each with both decisions."""

from dataclasses import astuple, dataclass, replace
from typing import Final

from node.storage.database import Reader, Row, Transaction
from node.storage.spaces import TEACHING
from protocol.effects_reports import Decision
from protocol.space.fold.history import Contribution

_COLUMNS = (
    "id, space, home, object, reason, note, language, account, school, other, at_ms, decision, "
    "decided_ms, decided_by, their_decision, their_ms, writer, actor, by_pupil, shields, version"
)
SHIELDING: Final = ("", "erasure_asked")
"""While this school's decision is one of these, pupils of it do not see what was reported."""


@dataclass(frozen=True)
class Report:
    """`account` reported it, where that was here; `school` is the service actor of the school where
    it was reported, `other` that of the other end (empty for none). `decision` is this school's,
    `their_decision` that of the other end; both are empty until made. `writer` and `actor` are the
    node and the alias of who had written what was shown then; empty where nobody knew. `by_pupil`:
    a pupil reported it. `shields`: it keeps the item from pupils here until decided. `version` was
    shown when it was reported."""

    id: str
    space: str
    home: str
    object: str
    reason: str
    note: str
    language: str
    account: int | None
    school: str
    other: str
    at_ms: int
    decision: str = ""
    decided_ms: int | None = None
    decided_by: int | None = None
    their_decision: str = ""
    their_ms: int | None = None
    writer: str = ""
    actor: str = ""
    by_pupil: bool = False
    shields: bool = True
    version: str = ""

    @property
    def item(self) -> str:
        return f"{self.home}/{self.object}"

    @property
    def is_shielding(self) -> bool:
        """Whether pupils here do not see the item because of this report."""
        return self.shields and self.decision in SHIELDING


def _read(row: Row) -> Report:
    found = Report(*row)
    return replace(found, by_pupil=bool(found.by_pupil), shields=bool(found.shields))


async def find(reader: Reader, id_: str) -> Report | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM reports WHERE id = $1", id_)
    return None if row is None else _read(row)


async def list_of_space(
    reader: Reader, space: str, *, account: int | None = None, limit: int = 200
) -> list[Report]:
    """All of a space, or those that somebody here or a pupil made: those that wait for this school
    first, then the last."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM reports WHERE space = $1 "
        "AND ($3 IS NULL OR account = $3 OR by_pupil) "
        "ORDER BY decision <> '', at_ms DESC, id LIMIT $2",
        space,
        limit,
        account,
    )
    return [_read(row) for row in rows]


async def list_waiting(reader: Reader, account: int) -> dict[str, tuple[int, bool]]:
    """The spaces of somebody in which reports by others wait for a decision: since when, and
    whether one is by a pupil."""
    rows = await reader.all(
        "SELECT r.space AS space, min(r.at_ms) AS since, max(r.by_pupil) AS by_pupil "
        f"FROM (SELECT a.space {TEACHING} WHERE a.account = $1) t "
        "JOIN reports r ON r.space = t.space AND r.decision = '' "
        "WHERE r.account IS NOT $1 GROUP BY r.space ORDER BY since",
        account,
    )
    return {row["space"]: (int(row["since"]), bool(row["by_pupil"])) for row in rows}


async def count_open(reader: Reader, space: str, school: str, *, by_pupil: bool) -> int:
    """How many reports by pupils, or by teachers, of a school wait here for a decision."""
    return await reader.count(
        "SELECT count(*) FROM reports "
        "WHERE space = $1 AND school = $2 AND by_pupil = $3 AND decision = ''",
        space,
        school,
        int(by_pupil),
    )


async def count_open_by_space(reader: Reader) -> dict[str, int]:
    """How many reports wait here for a decision, by space."""
    rows = await reader.all(
        "SELECT space, count(*) FROM reports WHERE decision = '' GROUP BY space"
    )
    return {row[0]: row[1] for row in rows}


async def count_open_of(reader: Reader, account: int) -> int:
    """How many reports by somebody here nobody has decided about at either end."""
    return await reader.count(
        "SELECT count(*) FROM reports WHERE account = $1 AND decision = '' AND their_decision = ''",
        account,
    )


async def find_open(
    reader: Reader,
    space: str,
    made: Contribution,
    school: str,
    *,
    by_pupil: bool,
    account: int | None = None,
) -> Report | None:
    """What pupils, or teachers, of a school, or one person here, have reported of something as it
    is now, while nobody here has decided."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM reports WHERE space = $1 AND home = $2 AND object = $3 "
        "AND school = $4 AND account IS $5 AND by_pupil = $6 AND version = $7 AND decision = ''",
        space,
        made.home,
        made.object,
        school,
        account,
        int(by_pupil),
        made.head,
    )
    return None if row is None else _read(row)


async def find_made(
    reader: Reader, space: str, item: str, school: str, account: int | None, since_ms: int
) -> str | None:
    """The id of what somebody here has reported since then, or of what pupils have reported that
    nobody has decided about; `account` is None for pupils."""
    home, _, object_ = item.partition("/")
    row = await reader.one(
        "SELECT id FROM reports WHERE space = $1 AND home = $2 AND object = $3 AND school = $4 "
        "AND account IS $5 AND (at_ms >= $6 OR (by_pupil AND decision = '')) "
        "ORDER BY at_ms DESC, id LIMIT 1",
        space,
        home,
        object_,
        school,
        account,
        since_ms,
    )
    return None if row is None else str(row["id"])


async def is_kept(reader: Reader, space: str, made: Contribution) -> bool:
    """Whether this school has let something stand as it is now. By the version: the time of an edit
    is what its author's node says."""
    row = await reader.one(
        "SELECT 1 FROM reports WHERE space = $1 AND home = $2 AND object = $3 AND version = $4 "
        "AND decision = 'kept'",
        space,
        made.home,
        made.object,
        made.head,
    )
    return row is not None


async def list_shielded(reader: Reader, space: str) -> frozenset[str]:
    """The references of what pupils of this school do not see in a space: what is reported and not
    decided, and what this school asked its author's school to delete."""
    rows = await reader.all(
        "SELECT DISTINCT home, object FROM reports WHERE space = $1 AND shields "
        "AND decision IN ($2, $3)",
        space,
        *SHIELDING,
    )
    return frozenset(f"{row['home']}/{row['object']}" for row in rows)


async def put(transaction: Transaction, report: Report) -> None:
    """Keep a report; one that is here stays as it is."""
    marks = ", ".join(f"${number}" for number in range(1, 22))
    await transaction.run(
        f"INSERT INTO reports ({_COLUMNS}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
        *astuple(report),
    )


async def put_decision(
    transaction: Transaction, id_: str, decision: Decision, account: int, now_ms: int
) -> None:
    """What this school decided, and who of it."""
    await transaction.run(
        "UPDATE reports SET decision = $2, decided_by = $3, decided_ms = $4 WHERE id = $1",
        id_,
        decision,
        account,
        now_ms,
    )


async def put_their_decision(
    transaction: Transaction, id_: str, decision: Decision, at_ms: int
) -> None:
    """What the other end decided."""
    await transaction.run(
        "UPDATE reports SET their_decision = $2, their_ms = $3 WHERE id = $1", id_, decision, at_ms
    )
