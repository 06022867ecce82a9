"""Messages between contacts, as each person here reads them; and the feed of public notes."""

from dataclasses import astuple, dataclass
from typing import Literal

from node.storage.database import Reader, Transaction
from node.storage.deliveries import DeliveryState

_COLUMNS = "id, reader, other, sent, text, language, at_ms, read_ms, activity, travel"


@dataclass(frozen=True)
class Message:
    """One message in the conversation of `reader` (who is here) with `other`.

    `activity` carries a sent one to another school, and `travel` says how far it came; both are
    empty for a message that never leaves the school, and for a received one.
    """

    id: str
    reader: str
    other: str
    sent: bool
    text: str
    language: str
    at_ms: int
    read_ms: int | None
    activity: str = ""
    travel: DeliveryState | Literal[""] = ""


@dataclass(frozen=True)
class Conversation:
    other: str
    at_ms: int
    unread: int
    text: str


async def put(transaction: Transaction, message: Message) -> None:
    await transaction.run(
        f"INSERT INTO messages ({_COLUMNS}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT (id, reader) DO UPDATE SET text = excluded.text, language = excluded.language",
        *astuple(message),
    )


async def drop(transaction: Transaction, id_: str) -> None:
    await transaction.run("DELETE FROM messages WHERE id = $1", id_)


async def list_with(reader: Reader, who: str, other: str, limit: int = 200) -> list[Message]:
    """The last messages of a conversation, the oldest first.

    Documents carry whole seconds: what was written within one stands as it was written or came in.
    """
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM messages WHERE reader = $1 AND other = $2 "
        "ORDER BY at_ms DESC, rowid DESC LIMIT $3",
        who,
        other,
        limit,
    )
    return [Message(*row) for row in reversed(rows)]


async def list_conversations(reader: Reader, who: str) -> list[Conversation]:
    """One row a conversation, the last written in first."""
    rows = await reader.all(
        "SELECT other, max(at_ms), sum(sent = 0 AND read_ms IS NULL), (SELECT text FROM messages "
        "AS last WHERE last.reader = $1 AND last.other = messages.other "
        "ORDER BY at_ms DESC, rowid DESC LIMIT 1) FROM messages "
        "WHERE reader = $1 GROUP BY other ORDER BY 2 DESC",
        who,
    )
    return [Conversation(*row) for row in rows]


async def count_unread(reader: Reader, who: str) -> int:
    return await reader.count(
        "SELECT count(*) FROM messages WHERE reader = $1 AND sent = 0 AND read_ms IS NULL", who
    )


async def put_read(transaction: Transaction, who: str, other: str, now_ms: int) -> int:
    return await transaction.run(
        "UPDATE messages SET read_ms = $3 WHERE reader = $1 AND other = $2 AND read_ms IS NULL",
        who,
        other,
        now_ms,
    )
