"""Consents: what was said about a pupil's pictures in a space, by whom, when and until when.

Nothing that was said is written over: the last word of a pupil in a space counts, and those before
tell who changed what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from node.storage.database import Row
from node.vault.vault import Unit, View

Said: TypeAlias = Literal["space", "public", "refused", "withdrawn"]
SignedBy: TypeAlias = Literal["guardian", "pupil"]
Way: TypeAlias = Literal["paper", "slip", "page"]

_COLUMNS = (
    "c.pupil, c.space, c.said, c.way, c.signed_by, c.signer, c.signed_ms, c.until_ms, c.account, "
    "c.at_ms"
)
_LAST = "c.id = (SELECT max(l.id) FROM consents l WHERE l.pupil = c.pupil AND l.space = c.space)"


class State(StrEnum):
    """How a pupil's consent in a space stands."""

    MISSING = "missing"
    GIVEN = "given"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Consent:
    """One word about one pupil in one space.

    `space` of `said` is the schools of the project, `public` its public pages too. `signer` is a
    free name, empty where nobody gave one; `account` is None where it came by the code of a slip.
    """

    pupil: int
    space: str
    said: Said
    way: Way
    signed_by: SignedBy | None
    signer: str
    signed_ms: int
    until_ms: int
    account: int | None
    at_ms: int


def state_of(consent: Consent | None, now_ms: int) -> State:
    """How it stands with the last word, if there is one."""
    if consent is None:
        return State.MISSING
    if consent.said == "refused":
        return State.REFUSED
    if consent.said == "withdrawn":
        return State.WITHDRAWN
    return State.GIVEN if now_ms < consent.until_ms else State.EXPIRED


def withdrawn(pupil: int, space: str, now_ms: int) -> Consent:
    """What the code of a slip says."""
    return Consent(pupil, space, "withdrawn", "slip", None, "", now_ms, now_ms, None, now_ms)


async def put(unit: Unit, one: Consent) -> None:
    await unit.change.run(
        "INSERT INTO consents (pupil, space, said, way, signed_by, signer, signed_ms, until_ms, "
        "account, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        one.pupil,
        one.space,
        one.said,
        one.way,
        one.signed_by,
        unit.box.seal_optional("consents.signer", one.signer),
        one.signed_ms,
        one.until_ms,
        one.account,
        one.at_ms,
    )


async def find(view: View, pupil: int, space: str) -> Consent | None:
    """The last word of a pupil in a space."""
    row = await view.rows.one(
        f"SELECT {_COLUMNS} FROM consents c WHERE c.pupil = $1 AND c.space = $2 "
        "ORDER BY c.id DESC LIMIT 1",
        pupil,
        space,
    )
    return None if row is None else _read(view, row)


async def list_of_space(view: View, space: str) -> dict[int, Consent]:
    """The last word of each pupil in a space, by pupil."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM consents c WHERE c.space = $1 AND {_LAST}", space
    )
    return {row["pupil"]: _read(view, row) for row in rows}


async def list_of_pupil(view: View, pupil: int) -> Sequence[Consent]:
    """Every word about a pupil, in the order in which they were said."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM consents c WHERE c.pupil = $1 ORDER BY c.id", pupil
    )
    return [_read(view, row) for row in rows]


def _read(view: View, row: Row) -> Consent:
    return Consent(
        row["pupil"],
        row["space"],
        row["said"],
        row["way"],
        row["signed_by"],
        view.box.open_optional("consents.signer", row["signer"]),
        row["signed_ms"],
        row["until_ms"],
        row["account"],
        row["at_ms"],
    )
