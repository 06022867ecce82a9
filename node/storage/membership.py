"""How this school stands at its own hub: asked, accredited, refused or revoked."""

import json
from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Transaction
from protocol.canonical import JSONObject

AdmissionState = Literal["waiting", "accredited", "refused", "revoked"]
_COLUMNS = (
    "hub, admission, state, since_ms, reason, language, credential, asked_ms, next_ms, attempts, "
    "trouble"
)


@dataclass(frozen=True)
class Membership:
    """`admission` is the address at the hub where this school's request is answered."""

    hub: str
    admission: str
    state: AdmissionState
    since_ms: int
    reason: str
    language: str
    credential: JSONObject | None
    asked_ms: int | None
    next_ms: int
    attempts: int
    trouble: str


async def find(reader: Reader) -> Membership | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM membership")
    if row is None:
        return None
    values = list(row)
    values[6] = None if values[6] is None else json.loads(values[6])
    return Membership(*values)


async def put(transaction: Transaction, one: Membership) -> None:
    """Keep how it stands; there is one row."""
    await transaction.run("DELETE FROM membership")
    await transaction.run(
        f"INSERT INTO membership ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.hub,
        one.admission,
        one.state,
        one.since_ms,
        one.reason,
        one.language,
        None if one.credential is None else json.dumps(one.credential, ensure_ascii=False),
        one.asked_ms,
        one.next_ms,
        one.attempts,
        one.trouble,
    )


async def drop(transaction: Transaction) -> None:
    await transaction.run("DELETE FROM membership")
