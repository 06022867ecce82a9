"""What people are bringing from their browsers, until it is published or thrown away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from node.storage.database import Reader, Row, Transaction

State = Literal["coming", "ready"]
PARTS: Final = ("picture", "thumbnail", "clean")
"""What is made of an upload beside the bytes as they came."""
_COLUMNS: Final = (
    "id, space, account, name, size, received, state, media_type, sha256, octets, width, height, "
    "thumbnail, thumbnail_octets, began_ms, touched_ms"
)


@dataclass(frozen=True)
class Upload:
    """One file on its way in. `size` is what the browser announced, `received` what is safe.

    Once it is `ready`: what the bytes are, their hash and number, and for a picture its width and
    height and the same of its thumbnail.
    """

    id: str
    space: str
    account: int
    name: str
    size: int
    received: int
    state: State
    media_type: str = ""
    sha256: str = ""
    octets: int = 0
    width: int = 0
    height: int = 0
    thumbnail: str = ""
    thumbnail_octets: int = 0
    began_ms: int = 0
    touched_ms: int = 0

    @property
    def is_picture(self) -> bool:
        return self.thumbnail != ""


def _read(row: Row) -> Upload:
    return Upload(*(row[name] for name in _COLUMNS.split(", ")))


async def find(reader: Reader, id_: str) -> Upload | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM uploads WHERE id = $1", id_)
    return None if row is None else _read(row)


async def list_of_account(reader: Reader, account: int, space: str) -> list[Upload]:
    """What somebody is bringing to a space, in the order in which it began."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM uploads WHERE account = $1 AND space = $2 ORDER BY began_ms, id",
        account,
        space,
    )
    return [_read(row) for row in rows]


async def count_of_account(reader: Reader, account: int) -> int:
    return await reader.count("SELECT count(*) FROM uploads WHERE account = $1", account)


async def list_untouched(reader: Reader, before_ms: int) -> list[Upload]:
    """What nobody has touched since."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM uploads WHERE touched_ms < $1 ORDER BY id", before_ms
    )
    return [_read(row) for row in rows]


async def list_ids(reader: Reader) -> frozenset[str]:
    rows = await reader.all("SELECT id FROM uploads")
    return frozenset(row["id"] for row in rows)


async def put(transaction: Transaction, upload: Upload) -> None:
    """Begin one."""
    await transaction.run(
        "INSERT INTO uploads (id, space, account, name, size, began_ms, touched_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        upload.id,
        upload.space,
        upload.account,
        upload.name,
        upload.size,
        upload.began_ms,
        upload.touched_ms,
    )


async def put_received(transaction: Transaction, id_: str, received: int, now_ms: int) -> None:
    """So many bytes are safe on the disk."""
    await transaction.run(
        "UPDATE uploads SET received = $2, touched_ms = $3 WHERE id = $1", id_, received, now_ms
    )


async def put_size(transaction: Transaction, id_: str, size: int) -> None:
    """All of it has come, and this is how much it was."""
    await transaction.run("UPDATE uploads SET size = $2, received = $2 WHERE id = $1", id_, size)


async def put_ready(transaction: Transaction, upload: Upload, now_ms: int) -> None:
    """All of it has arrived and was looked at."""
    await transaction.run(
        "UPDATE uploads SET state = 'ready', size = $2, received = $2, media_type = $3, "
        "sha256 = $4, octets = $5, width = $6, height = $7, thumbnail = $8, "
        "thumbnail_octets = $9, touched_ms = $10, name = $11 WHERE id = $1",
        upload.id,
        upload.size,
        upload.media_type,
        upload.sha256,
        upload.octets,
        upload.width,
        upload.height,
        upload.thumbnail,
        upload.thumbnail_octets,
        now_ms,
        upload.name,
    )


async def drop(transaction: Transaction, ids: Iterable[str]) -> None:
    await transaction.many("DELETE FROM uploads WHERE id = $1", [(one,) for one in ids])
