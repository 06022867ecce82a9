"""Invitations of further schools into running projects: one row an Invite, the newest counts."""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject
from protocol.effects import JoiningState

_COLUMNS = (
    "invite, project, space, inviter, invited, state, node, actor, signature, genesis, document, "
    "note, language, answer_note, invited_ms, since_ms, settled"
)


@dataclass(frozen=True)
class Joining:
    """`node` and `actor` are the invited school's, `signature` the founder's for it; `genesis` is
    that of the space as it travels, `document` the project as it was sent, both as JSON text;
    `settled` the last settled control operation of the space when it was sent."""

    invite: str
    project: str
    space: str
    inviter: str
    invited: str
    state: JoiningState
    node: str
    actor: str
    signature: str
    genesis: str
    document: str
    note: str
    language: str
    answer_note: str
    invited_ms: int
    since_ms: int
    settled: str = ""

    @property
    def project_document(self) -> JSONObject:
        document: JSONObject = json.loads(self.document)
        return document


def _read(row: Row) -> Joining:
    return Joining(*row)


async def find(reader: Reader, invite: str) -> Joining | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM joinings WHERE invite = $1", invite)
    return None if row is None else _read(row)


async def find_here(reader: Reader, project: str, base: str) -> Joining | None:
    """The newest invitation of somebody of the node at `base` into a project."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM joinings WHERE project = $1 AND invited LIKE $2 || '/%' "
        "ORDER BY rowid DESC LIMIT 1",
        project,
        base,
    )
    return None if row is None else _read(row)


async def list_of_project(reader: Reader, project: str) -> list[Joining]:
    """All invitations into a project, the last one first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM joinings WHERE project = $1 ORDER BY rowid DESC",
        project,
    )
    return [_read(row) for row in rows]


async def list_of_invited(reader: Reader, actor: str) -> list[Joining]:
    """The invitations of a person, the last changed first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM joinings WHERE invited = $1 ORDER BY since_ms DESC", actor
    )
    return [_read(row) for row in rows]


async def list_invited_before(reader: Reader, moment_ms: int) -> list[Joining]:
    """Invitations without an answer that were made before a moment."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM joinings WHERE state = 'invited' AND invited_ms < $1", moment_ms
    )
    return [_read(row) for row in rows]


async def list_documents(reader: Reader, projects: Iterable[str]) -> dict[str, JSONObject]:
    """The projects as they were sent with the last invitation, by their ids."""
    rows = await reader.all(
        "SELECT project, document FROM joinings "
        "WHERE project IN (SELECT value FROM json_each($1)) ORDER BY invited_ms",
        json.dumps(sorted(projects)),
    )
    return {row["project"]: json.loads(row["document"]) for row in rows}


async def put(transaction: Transaction, joining: Joining) -> None:
    await transaction.run(
        f"INSERT INTO joinings ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
        "ON CONFLICT (invite) DO UPDATE SET state = excluded.state, "
        "answer_note = excluded.answer_note, since_ms = excluded.since_ms",
        *astuple(joining),
    )


async def put_state(
    transaction: Transaction, invite: str, state: JoiningState, since_ms: int
) -> None:
    await transaction.run(
        "UPDATE joinings SET state = $2, since_ms = $3 WHERE invite = $1", invite, state, since_ms
    )


async def put_person(transaction: Transaction, project: str, before: str, after: str) -> None:
    """Somebody takes over a colleague's part in the invitations into a project."""
    await transaction.run(
        "UPDATE joinings SET inviter = CASE inviter WHEN $2 THEN $3 ELSE inviter END, "
        "invited = CASE invited WHEN $2 THEN $3 ELSE invited END WHERE project = $1",
        project,
        before,
        after,
    )
