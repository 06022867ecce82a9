"""Who stands in for whom, in which spaces, since when and until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.storage.database import Reader, Transaction

_COLUMNS = "number, absent, substitute, appointed_by, at_ms, ends_ms, ended_ms, ended_by"


@dataclass(frozen=True)
class Substitution:
    """`absent`, `substitute`, `appointed_by` and `ended_by` are accounts; nobody ended one that
    ended by itself."""

    number: int
    absent: int
    substitute: int
    appointed_by: int
    at_ms: int
    ends_ms: int | None
    ended_ms: int | None
    ended_by: int | None


async def put(
    transaction: Transaction,
    *,
    absent: int,
    substitute: int,
    by: int,
    now_ms: int,
    ends_ms: int | None,
    spaces: Sequence[str],
) -> int:
    """A new one; its number."""
    number = await transaction.insert(
        "INSERT INTO substitutions (absent, substitute, appointed_by, at_ms, ends_ms) "
        "VALUES ($1, $2, $3, $4, $5)",
        absent,
        substitute,
        by,
        now_ms,
        ends_ms,
    )
    await transaction.many(
        "INSERT INTO substitution_spaces (substitution, space) VALUES ($1, $2)",
        [(number, space) for space in spaces],
    )
    return number


async def find(reader: Reader, number: int) -> Substitution | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM substitutions WHERE number = $1", number)
    return None if row is None else Substitution(*row)


async def list_of_account(reader: Reader, account: int) -> list[Substitution]:
    """Those in which somebody is absent or stands in, the running ones first, then the newest."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM substitutions WHERE absent = $1 OR substitute = $1 "
        "ORDER BY ended_ms IS NOT NULL, number DESC",
        account,
    )
    return [Substitution(*row) for row in rows]


async def list_running(reader: Reader) -> list[Substitution]:
    """Those that are not ended."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM substitutions WHERE ended_ms IS NULL ORDER BY number"
    )
    return [Substitution(*row) for row in rows]


async def list_spaces(reader: Reader, number: int) -> list[str]:
    """The spaces that one reaches."""
    rows = await reader.all(
        "SELECT space FROM substitution_spaces WHERE substitution = $1 ORDER BY space", number
    )
    return [row["space"] for row in rows]


async def list_spaces_kept(reader: Reader, number: int) -> list[str]:
    """Those of an ended one in which the substitute stayed."""
    rows = await reader.all(
        "SELECT space FROM substitution_spaces WHERE substitution = $1 AND stays = 1", number
    )
    return [row["space"] for row in rows]


async def list_covering(reader: Reader, space: str, substitute: int) -> list[int]:
    """For whom somebody stands in there at present."""
    rows = await reader.all(
        "SELECT n.absent FROM substitution_spaces x JOIN substitutions n "
        "ON n.number = x.substitution "
        "WHERE x.space = $1 AND n.substitute = $2 AND n.ended_ms IS NULL",
        space,
        substitute,
    )
    return [row["absent"] for row in rows]


async def put_ended(transaction: Transaction, number: int, now_ms: int, by: int | None) -> None:
    await transaction.run(
        "UPDATE substitutions SET ended_ms = $2, ended_by = $3 WHERE number = $1",
        number,
        now_ms,
        by,
    )


async def put_stays(transaction: Transaction, number: int, space: str) -> None:
    """The substitute looks after the project by now."""
    await transaction.run(
        "UPDATE substitution_spaces SET stays = 1 WHERE substitution = $1 AND space = $2",
        number,
        space,
    )


async def put_shut_out(transaction: Transaction, number: int, space: str, account: int) -> None:
    """The space's log cannot say at present that the substitute left."""
    await transaction.run(
        "UPDATE substitution_spaces SET shut_out = $3 WHERE substitution = $1 AND space = $2",
        number,
        space,
        account,
    )


async def list_shut_out(reader: Reader) -> list[tuple[str, int]]:
    """The spaces whose log does not say yet that somebody left, and whose account that is."""
    rows = await reader.all(
        "SELECT DISTINCT space, shut_out FROM substitution_spaces WHERE shut_out IS NOT NULL"
    )
    return [(row["space"], row["shut_out"]) for row in rows]


async def drop_shut_out(transaction: Transaction, space: str, account: int) -> None:
    """What the log says of somebody counts again."""
    await transaction.run(
        "UPDATE substitution_spaces SET shut_out = NULL WHERE space = $1 AND shut_out = $2",
        space,
        account,
    )
