"""How projects are founded: one row an offer, the newest counts."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.effects import ProjectState
from protocol.space.genesis import Founder, read_founder

_COLUMNS = (
    "offer, project, founder, co_founder, state, waiting_for, entry, salt, note, language, "
    "answer_note, acceptance, co_founder_entry, offered_ms, since_ms, genesis_signature"
)


@dataclass(frozen=True)
class Founding:
    offer: str
    project: str
    founder: str
    co_founder: str
    state: ProjectState
    waiting_for: str | None
    entry: Founder
    salt: str
    note: str
    language: str
    answer_note: str
    acceptance: str | None
    co_founder_entry: Founder | None
    offered_ms: int
    since_ms: int
    genesis_signature: str | None = None


def _read(row: Row) -> Founding:
    values = list(row)
    values[6] = read_founder(json.loads(values[6]))
    values[12] = None if values[12] is None else read_founder(json.loads(values[12]))
    return Founding(*values)


async def find(reader: Reader, offer: str) -> Founding | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM foundings WHERE offer = $1", offer)
    return None if row is None else _read(row)


async def find_of_project(reader: Reader, project: str) -> Founding | None:
    """The newest founding of a project."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM foundings WHERE project = $1 "
        "ORDER BY offered_ms DESC, offer LIMIT 1",
        project,
    )
    return None if row is None else _read(row)


async def list_of_actor(reader: Reader, actor: str) -> list[Founding]:
    """Foundings with `actor` on either side, the last changed first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM foundings WHERE founder = $1 OR co_founder = $1 "
        "ORDER BY since_ms DESC",
        actor,
    )
    return [_read(row) for row in rows]


async def put_person(transaction: Transaction, project: str, before: str, after: str) -> None:
    """Somebody takes over a colleague's part in the founding of a project."""
    await transaction.run(
        "UPDATE foundings SET founder = CASE founder WHEN $2 THEN $3 ELSE founder END, "
        "co_founder = CASE co_founder WHEN $2 THEN $3 ELSE co_founder END, "
        "waiting_for = CASE waiting_for WHEN $2 THEN $3 ELSE waiting_for END WHERE project = $1",
        project,
        before,
        after,
    )


async def put(transaction: Transaction, founding: Founding) -> None:
    entry = founding.co_founder_entry
    await transaction.run(
        f"INSERT INTO foundings ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
        "ON CONFLICT (offer) DO UPDATE SET state = excluded.state, "
        "waiting_for = excluded.waiting_for, answer_note = excluded.answer_note, "
        "acceptance = excluded.acceptance, co_founder_entry = excluded.co_founder_entry, "
        "since_ms = excluded.since_ms, genesis_signature = excluded.genesis_signature",
        founding.offer,
        founding.project,
        founding.founder,
        founding.co_founder,
        founding.state,
        founding.waiting_for,
        json.dumps(founding.entry.as_json()),
        founding.salt,
        founding.note,
        founding.language,
        founding.answer_note,
        founding.acceptance,
        None if entry is None else json.dumps(entry.as_json()),
        founding.offered_ms,
        founding.since_ms,
        founding.genesis_signature,
    )
