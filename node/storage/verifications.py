"""At a school: how each of its people stands at its hub, and what the hub stated."""

import json
from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

Standing = Literal["wished", "waiting", "verified", "refused", "revoked", "withdrawn"]
_COLUMNS = "person, state, hub, asked, since_ms, reason, language, credential, held, held_ms"


@dataclass(frozen=True)
class Verification:
    """One person; `asked` is the Offer to the hub, empty while it is only wished for.

    `held` is the Offer on which `credential` was stated, since `held_ms`: an earlier one where a
    renewal waits or was refused.
    """

    person: str
    state: Standing
    hub: str
    asked: str
    since_ms: int
    reason: str = ""
    language: str = ""
    credential: JSONObject | None = None
    held: str = ""
    held_ms: int = 0


def _read(row: Row) -> Verification:
    values = list(row)
    values[7] = None if values[7] is None else json.loads(values[7])
    return Verification(*values)


async def find(reader: Reader, person: str) -> Verification | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM verifications WHERE person = $1", person)
    return None if row is None else _read(row)


async def find_asked(reader: Reader, asked: str) -> Verification | None:
    """The one about which the hub was asked with this Offer, or stated on it what is held."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM verifications WHERE (asked = $1 AND asked <> '') "
        "OR (held = $1 AND held <> '')",
        asked,
    )
    return None if row is None else _read(row)


async def list_all(reader: Reader) -> dict[str, Verification]:
    """All of this school's people for whom there is one, by person."""
    rows = await reader.all(f"SELECT {_COLUMNS} FROM verifications")
    return {row["person"]: _read(row) for row in rows}


async def put(transaction: Transaction, one: Verification) -> None:
    await transaction.run(
        f"INSERT INTO verifications ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT (person) DO UPDATE SET state = excluded.state, hub = excluded.hub, "
        "asked = excluded.asked, since_ms = excluded.since_ms, reason = excluded.reason, "
        "language = excluded.language, credential = excluded.credential, "
        "held = excluded.held, held_ms = excluded.held_ms",
        one.person,
        one.state,
        one.hub,
        one.asked,
        one.since_ms,
        one.reason,
        one.language,
        None if one.credential is None else json.dumps(one.credential, ensure_ascii=False),
        one.held,
        one.held_ms,
    )


async def drop(transaction: Transaction, person: str) -> None:
    await transaction.run("DELETE FROM verifications WHERE person = $1", person)
