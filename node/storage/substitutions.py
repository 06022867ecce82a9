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

    def covers(self, absent: int, ends_ms: int | None) -> bool:
        """Whether it is for this absent one, and as long as until then (None: until it is ended)"""
        longer = self.ends_ms is None or (ends_ms is not None and ends_ms <= self.ends_ms)
        return self.absent == absent and longer


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
    """Those in which the substitute stays when it is over."""
    rows = await reader.all(
        "SELECT space FROM substitution_spaces WHERE substitution = $1 AND stays = 1", number
    )
    return [row["space"] for row in rows]


async def list_covering(reader: Reader, space: str, substitute: int) -> list[Substitution]:
    """Those because of which alone somebody is there at present."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM substitutions WHERE substitute = $2 AND ended_ms IS NULL "
        "AND EXISTS (SELECT 1 FROM substitution_spaces x WHERE x.substitution = number "
        "AND x.space = $1 AND x.stays = 0) ORDER BY number",
        space,
        substitute,
    )
    return [Substitution(*row) for row in rows]


async def put_ended(transaction: Transaction, number: int, now_ms: int, by: int | None) -> None:
    await transaction.run(
        "UPDATE substitutions SET ended_ms = $2, ended_by = $3 WHERE number = $1",
        number,
        now_ms,
        by,
    )


async def put_stays(
    transaction: Transaction, space: str, substitute: int, number: int | None = None
) -> None:
    """The substitute is in the space for good: of this one, or of all that run."""
    await transaction.run(
        "UPDATE substitution_spaces SET stays = 1 WHERE space = $1 AND substitution IN "
        "(SELECT number FROM substitutions WHERE substitute = $2 "
        "AND (number = $3 OR ($3 IS NULL AND ended_ms IS NULL)))",
        space,
        substitute,
        number,
    )


async def put_shut_out(transaction: Transaction, space: str, account: int) -> None:
    """Whatever the space's log says, somebody is nobody there until he is declared anew."""
    await transaction.run(
        "UPDATE space_accounts SET shut_out = 1 WHERE space = $1 AND account = $2", space, account
    )


async def list_shut_out(reader: Reader) -> list[tuple[str, int]]:
    """The spaces whose log calls somebody a teacher who is shut out, and whose account that is."""
    rows = await reader.all(
        "SELECT a.space, a.account FROM space_accounts a JOIN spaces s ON s.id = a.space "
        "JOIN space_people p ON p.space = a.space AND p.home = s.node "
        "AND p.pseudonym = a.pseudonym AND p.role = 'teacher' WHERE a.shut_out = 1"
    )
    return [(row["space"], row["account"]) for row in rows]


async def drop_shut_out(transaction: Transaction, space: str, account: int) -> None:
    """What the log says of somebody counts again: he is declared anew."""
    await transaction.run(
        "UPDATE space_accounts SET shut_out = 0 WHERE space = $1 AND account = $2", space, account
    )


async def drop_over(transaction: Transaction, before_ms: int) -> None:
    """Those that ended before this moment."""
    await transaction.run(
        "DELETE FROM substitution_spaces WHERE substitution IN "
        "(SELECT number FROM substitutions WHERE ended_ms < $1)",
        before_ms,
    )
    await transaction.run("DELETE FROM substitutions WHERE ended_ms < $1", before_ms)


async def is_any_over(reader: Reader, before_ms: int) -> bool:
    row = await reader.one("SELECT 1 FROM substitutions WHERE ended_ms < $1 LIMIT 1", before_ms)
    return row is not None
