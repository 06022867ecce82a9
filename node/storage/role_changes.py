"""Who gave and took the roles of the staff, and when."""

from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Transaction


@dataclass(frozen=True)
class RoleChange:
    """`by` is the account of an administrator, None for the command line."""

    account: int
    role: str
    given: bool
    by: int | None
    at_ms: int


async def put(
    transaction: Transaction,
    account: int,
    *,
    before: Iterable[str],
    after: Iterable[str],
    by: int | None,
    now_ms: int,
) -> None:
    """Keep what changed between two sets of roles."""
    old, new = frozenset(before), frozenset(after)
    await transaction.many(
        "INSERT INTO role_changes (account, role, given, changed_by, at_ms) "
        "VALUES ($1, $2, $3, $4, $5)",
        [(account, role, int(role in new), by, now_ms) for role in sorted(old ^ new)],
    )


async def list_of_account(reader: Reader, account: int) -> list[RoleChange]:
    """The newest first."""
    rows = await reader.all(
        "SELECT account, role, given, changed_by, at_ms FROM role_changes WHERE account = $1 "
        "ORDER BY id DESC",
        account,
    )
    return [RoleChange(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]


async def list_of_role(reader: Reader, role: str) -> list[RoleChange]:
    """Those of one role, the newest first."""
    rows = await reader.all(
        "SELECT account, role, given, changed_by, at_ms FROM role_changes WHERE role = $1 "
        "ORDER BY id DESC",
        role,
    )
    return [RoleChange(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]
