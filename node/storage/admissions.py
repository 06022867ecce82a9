"""At a hub: links by which schools may ask, and the schools that asked."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from node.storage.membership import AdmissionState
from node.storage.paging import PAGE, Place
from protocol.canonical import JSONObject

_COLUMNS = (
    "id, origin, actor, document, school, register_number, reason, language, link, state, "
    "applied_ms, since_ms, decided_by, answer, answer_language, issued, ends_ms"
)
_LINK = "number, token_hash, label, made_by, created_ms, expires_ms, uses, used, withdrawn_ms"


@dataclass(frozen=True)
class Admission:
    """A school's request; `document` is its service actor's, `school` its card."""

    id: str
    origin: str
    actor: str
    document: JSONObject
    school: JSONObject
    register_number: str
    reason: str
    language: str
    link: int | None
    state: AdmissionState
    applied_ms: int
    since_ms: int
    decided_by: str
    answer: str
    answer_language: str
    issued: int | None
    ends_ms: int | None = None


@dataclass(frozen=True)
class JoinLink:
    number: int
    token_hash: str
    label: str
    made_by: str
    created_ms: int
    expires_ms: int
    uses: int
    used: int
    withdrawn_ms: int | None


def _read(row: Row) -> Admission:
    values = list(row)[:17]
    values[3], values[4] = json.loads(values[3]), json.loads(values[4])
    return Admission(*values)


async def find(reader: Reader, id_: str) -> Admission | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM admissions WHERE id = $1", id_)
    return None if row is None else _read(row)


async def find_of_origin(reader: Reader, origin: str) -> Admission | None:
    """The request of a node that waits, else the one that was granted, else the newest."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM admissions WHERE origin = $1 "
        "ORDER BY state = 'waiting' DESC, state = 'accredited' DESC, applied_ms DESC, rowid DESC "
        "LIMIT 1",
        origin,
    )
    return None if row is None else _read(row)


async def find_accredited(reader: Reader, origin: str) -> Admission | None:
    """The request of a node that was granted and not taken back since."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM admissions WHERE origin = $1 AND state = 'accredited' "
        "ORDER BY applied_ms DESC, rowid DESC LIMIT 1",
        origin,
    )
    return None if row is None else _read(row)


async def list_in(reader: Reader, state: AdmissionState) -> list[Admission]:
    """All in one state, the one that is in it longest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM admissions WHERE state = $1 ORDER BY since_ms, id", state
    )
    return [_read(row) for row in rows]


async def list_page(
    reader: Reader, state: AdmissionState, after: Place, limit: int = PAGE
) -> tuple[list[Admission], Place | None]:
    """Those in one state and where the next page begins: of accredited ones those that end soonest
    first, else the one that is in that state longest."""
    by = "ends_ms" if state == "accredited" else "since_ms"
    rows = await reader.all(
        f"SELECT {_COLUMNS}, rowid FROM admissions WHERE state = $1 "
        f"AND ({by}, rowid) > ($2, $3) ORDER BY {by}, rowid LIMIT $4",
        state,
        after.at_ms,
        after.row,
        limit + 1,
    )
    found = [_read(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    last = rows[limit - 1]
    return found, Place(int(last[by]), int(last["rowid"]))


async def count_in(reader: Reader, state: AdmissionState) -> int:
    return await reader.count("SELECT count(*) FROM admissions WHERE state = $1", state)


async def count_waiting(reader: Reader) -> int:
    return await reader.count("SELECT count(*) FROM admissions WHERE state = 'waiting'")


async def put(transaction: Transaction, one: Admission) -> None:
    await transaction.run(
        f"INSERT INTO admissions ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
        "ON CONFLICT (id) DO UPDATE SET document = excluded.document, school = excluded.school, "
        "register_number = excluded.register_number, reason = excluded.reason, "
        "language = excluded.language, state = excluded.state, since_ms = excluded.since_ms, "
        "decided_by = excluded.decided_by, answer = excluded.answer, "
        "answer_language = excluded.answer_language, issued = excluded.issued, "
        "ends_ms = excluded.ends_ms",
        one.id,
        one.origin,
        one.actor,
        json.dumps(one.document, ensure_ascii=False),
        json.dumps(one.school, ensure_ascii=False),
        one.register_number,
        one.reason,
        one.language,
        one.link,
        one.state,
        one.applied_ms,
        one.since_ms,
        one.decided_by,
        one.answer,
        one.answer_language,
        one.issued,
        one.ends_ms,
    )


async def add_link(transaction: Transaction, link: JoinLink) -> None:
    await transaction.run(
        "INSERT INTO join_links (token_hash, label, made_by, created_ms, expires_ms, uses) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        link.token_hash,
        link.label,
        link.made_by,
        link.created_ms,
        link.expires_ms,
        link.uses,
    )


async def find_link(reader: Reader, token_hash: str) -> JoinLink | None:
    row = await reader.one(f"SELECT {_LINK} FROM join_links WHERE token_hash = $1", token_hash)
    return None if row is None else JoinLink(*row)


async def list_open_links(reader: Reader, now_ms: int, limit: int) -> list[JoinLink]:
    """Links by which somebody may still ask, the newest first."""
    rows = await reader.all(
        f"SELECT {_LINK} FROM join_links WHERE withdrawn_ms IS NULL AND used < uses "
        "AND expires_ms > $1 ORDER BY number DESC LIMIT $2",
        now_ms,
        limit,
    )
    return [JoinLink(*row) for row in rows]


async def use_link(transaction: Transaction, number: int) -> None:
    await transaction.run("UPDATE join_links SET used = used + 1 WHERE number = $1", number)


async def withdraw_link(transaction: Transaction, number: int, now_ms: int) -> None:
    await transaction.run(
        "UPDATE join_links SET withdrawn_ms = $2 WHERE number = $1 AND withdrawn_ms IS NULL",
        number,
        now_ms,
    )
