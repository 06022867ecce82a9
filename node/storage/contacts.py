"""Contacts: two people who may write to each other, and the offers on the way there."""

from dataclasses import astuple, dataclass

from node.storage.database import Reader, Transaction
from protocol.effects import ContactState

_COLUMNS = (
    "offer, offerer, offered, state, note, language, answer_note, offered_ms, changed_ms, "
    "acceptance, reminded_ms"
)


@dataclass(frozen=True)
class Contact:
    offer: str
    offerer: str
    offered: str
    state: ContactState
    note: str
    language: str
    answer_note: str
    offered_ms: int
    changed_ms: int
    acceptance: str | None
    reminded_ms: int | None

    def other(self, actor: str) -> str:
        """Who is at the other end."""
        return self.offered if actor == self.offerer else self.offerer


async def find(reader: Reader, id_: str) -> Contact | None:
    """By the offer's id or its acceptance's."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM contacts WHERE offer = $1 OR acceptance = $1", id_
    )
    return None if row is None else Contact(*row)


async def find_pair(reader: Reader, one: str, other: str) -> Contact | None:
    """The newest contact or offer between two people; a standing contact before any other."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM contacts WHERE (offerer = $1 AND offered = $2) "
        "OR (offerer = $2 AND offered = $1) "
        "ORDER BY state = 'contacts' DESC, offered_ms DESC LIMIT 1",
        one,
        other,
    )
    return None if row is None else Contact(*row)


async def list_of_actor(reader: Reader, actor: str) -> list[Contact]:
    """Everything between `actor` and others, the last changed first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM contacts WHERE offerer = $1 OR offered = $1 "
        "ORDER BY changed_ms DESC",
        actor,
    )
    return [Contact(*row) for row in rows]


async def list_standing(reader: Reader, actor: str) -> list[Contact]:
    """The contacts of `actor`."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM contacts WHERE state = 'contacts' "
        "AND (offerer = $1 OR offered = $1) ORDER BY changed_ms DESC",
        actor,
    )
    return [Contact(*row) for row in rows]


async def count_open_offers(reader: Reader, offerer: str) -> int:
    return await reader.count(
        "SELECT count(*) FROM contacts WHERE offerer = $1 AND state = 'offered'", offerer
    )


async def list_offered_before(reader: Reader, before_ms: int) -> list[Contact]:
    """Offers that nobody has answered since before `before_ms`."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM contacts WHERE state = 'offered' AND offered_ms <= $1",
        before_ms,
    )
    return [Contact(*row) for row in rows]


async def put(transaction: Transaction, contact: Contact) -> None:
    await transaction.run(
        f"INSERT INTO contacts ({_COLUMNS}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
        "ON CONFLICT (offer) DO UPDATE SET state = excluded.state, "
        "answer_note = excluded.answer_note, changed_ms = excluded.changed_ms, "
        "acceptance = excluded.acceptance, reminded_ms = excluded.reminded_ms",
        *astuple(contact),
    )


async def end_of_actor(transaction: Transaction, actor: str, now_ms: int) -> None:
    """The actor is no more: its contacts end, its offers lapse."""
    await transaction.run(
        "UPDATE contacts SET changed_ms = $2, "
        "state = CASE state WHEN 'contacts' THEN 'ended' ELSE 'lapsed' END "
        "WHERE state IN ('contacts', 'offered') AND (offerer = $1 OR offered = $1)",
        actor,
        now_ms,
    )
