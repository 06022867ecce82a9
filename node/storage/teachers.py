"""At a hub: teachers whom its schools ask to verify."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from node.storage.paging import PAGE, Place
from protocol.canonical import JSONObject
from protocol.effects_verifications import VerificationState

_COLUMNS = (
    "number, asked, person, origin, actor, document, note, language, state, asked_ms, since_ms, "
    "decided_by, reason, reason_language, issued"
)


@dataclass(frozen=True)
class Teacher:
    """A request; `document` is the profile as the school sent it, `issued` what was stated. Some
    time after the decision `document` and `note` are empty."""

    number: int
    asked: str
    person: str
    origin: str
    actor: str
    document: JSONObject
    note: str
    language: str
    state: VerificationState
    asked_ms: int
    since_ms: int
    decided_by: str = ""
    reason: str = ""
    reason_language: str = ""
    issued: int | None = None


def _read(row: Row) -> Teacher:
    values = list(row)
    values[5] = json.loads(values[5])
    return Teacher(*values)


async def find(reader: Reader, number: int) -> Teacher | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM teacher_requests WHERE number = $1", number)
    return None if row is None else _read(row)


async def find_asked(reader: Reader, asked: str) -> Teacher | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM teacher_requests WHERE asked = $1", asked)
    return None if row is None else _read(row)


async def list_in(
    reader: Reader, state: VerificationState, after: Place, limit: int = PAGE
) -> tuple[list[Teacher], Place | None]:
    """Those in one state, the one that is in it longest first, and where the next page begins."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM teacher_requests "
        "WHERE state = $1 AND (since_ms, number) > ($2, $3) ORDER BY since_ms, number LIMIT $4",
        state,
        after.at_ms,
        after.row,
        limit + 1,
    )
    found = [_read(row) for row in rows[:limit]]
    last = Place(found[-1].since_ms, found[-1].number) if len(rows) > limit else None
    return found, last


async def count_in(reader: Reader, state: VerificationState) -> int:
    return await reader.count("SELECT count(*) FROM teacher_requests WHERE state = $1", state)


async def count_open(reader: Reader, origin: str) -> int:
    """How many of one school wait."""
    return await reader.count(
        "SELECT count(*) FROM teacher_requests WHERE origin = $1 AND state = 'waiting'", origin
    )


async def add(transaction: Transaction, one: Teacher) -> None:
    """Queue a request; an earlier one about the same person that still waits is over with it."""
    await transaction.run(
        "UPDATE teacher_requests SET state = 'withdrawn', since_ms = $2 "
        "WHERE person = $1 AND state = 'waiting'",
        one.person,
        one.since_ms,
    )
    await transaction.run(
        "INSERT INTO teacher_requests (asked, person, origin, actor, document, note, language, "
        "state, asked_ms, since_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        one.asked,
        one.person,
        one.origin,
        one.actor,
        json.dumps(one.document, ensure_ascii=False),
        one.note,
        one.language,
        one.state,
        one.asked_ms,
        one.since_ms,
    )


async def put_state(transaction: Transaction, one: Teacher) -> None:
    """How it stands now, by whom and why."""
    await transaction.run(
        "UPDATE teacher_requests SET state = $2, since_ms = $3, decided_by = $4, reason = $5, "
        "reason_language = $6, issued = $7 WHERE number = $1",
        one.number,
        one.state,
        one.since_ms,
        one.decided_by,
        one.reason,
        one.reason_language,
        one.issued,
    )


_OVER = (
    "SELECT number FROM teacher_requests WHERE state <> 'waiting' AND since_ms < $1 "
    "AND (note <> '' OR document <> "
    "CASE state WHEN 'verified' THEN json_object('name', document ->> '$.name') ELSE '{}' END) "
    "LIMIT $2"
)
"""Of requests that were decided or taken back before $1 those whose words are still here."""


async def is_any_over(reader: Reader, decided_ms: int) -> bool:
    return bool(await reader.count(f"SELECT EXISTS ({_OVER})", decided_ms, 1))


async def drop_words(transaction: Transaction, decided_ms: int, limit: int) -> None:
    """Empty what schools sent with requests that are over: the profile, and what they said. Of
    whom is verified the name stays as long as that is stated."""
    await transaction.run(
        "UPDATE teacher_requests SET note = '', document = CASE state WHEN 'verified' "
        "THEN json_object('name', document ->> '$.name') ELSE '{}' END "
        f"WHERE number IN ({_OVER})",
        decided_ms,
        limit,
    )


async def close_of_person(transaction: Transaction, person: str, but: int, now_ms: int) -> None:
    """What was asked and stated about somebody is over, except for the request `but`."""
    await transaction.run(
        "UPDATE teacher_requests SET state = 'withdrawn', since_ms = $3 "
        "WHERE person = $1 AND number <> $2 AND state IN ('waiting', 'verified')",
        person,
        but,
        now_ms,
    )


async def close_of_origin(transaction: Transaction, origin: str, now_ms: int) -> None:
    """The school is accredited no more: what waits is over, what was stated is revoked."""
    await transaction.run(
        "UPDATE teacher_requests SET since_ms = $2, "
        "state = CASE state WHEN 'waiting' THEN 'withdrawn' ELSE 'revoked' END "
        "WHERE origin = $1 AND state IN ('waiting', 'verified')",
        origin,
        now_ms,
    )
