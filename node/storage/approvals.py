"""What hubs say about foundings; and at a hub, the projects about which its schools ask."""

import json
from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Row, Transaction
from node.storage.paging import PAGE, Place
from protocol.canonical import JSONObject
from protocol.effects_approvals import ApprovalState, Side

RequestState = Literal["waiting", "approved", "refused", "withdrawn"]
_COLUMNS = "offer, side, hub, asked, state, since_ms, note, language, answer"
_REQUEST = (
    "asked, project, actor, founder, co_founder, acceptance, document, state, asked_ms, since_ms, "
    "decided_by, note, language"
)


@dataclass(frozen=True)
class Approval:
    """What one side's hub says about the founding `offer`."""

    offer: str
    side: Side
    hub: str
    asked: str
    state: ApprovalState
    since_ms: int
    note: str
    language: str
    answer: JSONObject | None


@dataclass(frozen=True)
class Request:
    """What a school asked this hub about a project."""

    asked: str
    project: str
    actor: str
    founder: str
    co_founder: str
    acceptance: str
    document: JSONObject
    state: RequestState
    asked_ms: int
    since_ms: int
    decided_by: str
    note: str
    language: str


def _read(row: Row) -> Approval:
    values = list(row)
    values[8] = None if values[8] is None else json.loads(values[8])
    return Approval(*values)


def _read_request(row: Row) -> Request:
    values = list(row)[:13]
    values[6] = json.loads(values[6])
    return Request(*values)


async def find_asked(reader: Reader, asked: str) -> Approval | None:
    """The approval that was asked for with this Offer."""
    row = await reader.one(f"SELECT {_COLUMNS} FROM approvals WHERE asked = $1", asked)
    return None if row is None else _read(row)


async def list_of_offer(reader: Reader, offer: str) -> list[Approval]:
    """Those of one founding, the own hub's first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM approvals WHERE offer = $1 ORDER BY side DESC", offer
    )
    return [_read(row) for row in rows]


async def put(transaction: Transaction, one: Approval) -> None:
    await transaction.run(
        f"INSERT INTO approvals ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT (offer, side) DO UPDATE SET state = excluded.state, "
        "since_ms = excluded.since_ms, note = excluded.note, language = excluded.language, "
        "answer = excluded.answer",
        one.offer,
        one.side,
        one.hub,
        one.asked,
        one.state,
        one.since_ms,
        one.note,
        one.language,
        None if one.answer is None else json.dumps(one.answer, ensure_ascii=False),
    )


async def find_request(reader: Reader, asked: str) -> Request | None:
    row = await reader.one(f"SELECT {_REQUEST} FROM project_requests WHERE asked = $1", asked)
    return None if row is None else _read_request(row)


async def find_request_named(reader: Reader, name: str) -> Request | None:
    """The request whose Offer ends with this random name."""
    row = await reader.one(
        f"SELECT {_REQUEST} FROM project_requests WHERE substr(asked, -22) = $1 LIMIT 1", name
    )
    return None if row is None else _read_request(row)


async def list_page(
    reader: Reader, state: RequestState, after: Place, limit: int = PAGE
) -> tuple[list[Request], Place | None]:
    """Those in one state, the one that is in it longest first, and where the next page begins."""
    rows = await reader.all(
        f"SELECT {_REQUEST}, rowid FROM project_requests WHERE state = $1 "
        "AND (since_ms, rowid) > ($2, $3) ORDER BY since_ms, rowid LIMIT $4",
        state,
        after.at_ms,
        after.row,
        limit + 1,
    )
    found = [_read_request(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    return found, Place(found[-1].since_ms, int(rows[limit - 1]["rowid"]))


async def count_requests(reader: Reader, state: RequestState) -> int:
    return await reader.count("SELECT count(*) FROM project_requests WHERE state = $1", state)


async def put_request(transaction: Transaction, one: Request) -> None:
    await transaction.run(
        f"INSERT INTO project_requests ({_REQUEST}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "ON CONFLICT (asked) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms, "
        "decided_by = excluded.decided_by, note = excluded.note, language = excluded.language",
        one.asked,
        one.project,
        one.actor,
        one.founder,
        one.co_founder,
        one.acceptance,
        json.dumps(one.document, ensure_ascii=False),
        one.state,
        one.asked_ms,
        one.since_ms,
        one.decided_by,
        one.note,
        one.language,
    )
