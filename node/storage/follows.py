"""Who follows whom, whichever side is here; and who does not want to hear of whom."""

from dataclasses import dataclass

from node.storage.database import Reader, Transaction
from protocol.effects import FollowState

_COLUMNS = "id, follower, followed, state, since_ms"


@dataclass(frozen=True)
class FollowRow:
    id: str
    follower: str
    followed: str
    state: FollowState
    since_ms: int


async def find(reader: Reader, id_: str) -> FollowRow | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM follows WHERE id = $1", id_)
    return None if row is None else FollowRow(*row)


async def find_pair(reader: Reader, follower: str, followed: str) -> FollowRow | None:
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM follows WHERE follower = $1 AND followed = $2",
        follower,
        followed,
    )
    return None if row is None else FollowRow(*row)


async def list_followed(reader: Reader, follower: str) -> list[FollowRow]:
    """Whom `follower` follows or asked to, the newest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM follows WHERE follower = $1 AND state <> 'refused' "
        "ORDER BY since_ms DESC",
        follower,
    )
    return [FollowRow(*row) for row in rows]


async def list_followers(reader: Reader, followed: str) -> list[FollowRow]:
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM follows WHERE followed = $1 AND state = 'following' "
        "ORDER BY since_ms DESC",
        followed,
    )
    return [FollowRow(*row) for row in rows]


async def count_followers(reader: Reader, followed: str) -> int:
    return await reader.count(
        "SELECT count(*) FROM follows WHERE followed = $1 AND state = 'following'", followed
    )


async def is_followed(reader: Reader, followed: str, follower_prefix: str) -> bool:
    """Whether anybody whose id begins with `follower_prefix` follows `followed`."""
    row = await reader.one(
        "SELECT 1 FROM follows WHERE followed = $1 AND substr(follower, 1, length($2)) = $2 "
        "LIMIT 1",
        followed,
        follower_prefix,
    )
    return row is not None


async def put(transaction: Transaction, follow: FollowRow) -> None:
    await transaction.run(
        f"INSERT INTO follows ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (follower, followed) DO UPDATE SET id = excluded.id, state = excluded.state",
        follow.id,
        follow.follower,
        follow.followed,
        follow.state,
        follow.since_ms,
    )


async def drop(transaction: Transaction, follower: str, followed: str) -> None:
    await transaction.run(
        "DELETE FROM follows WHERE follower = $1 AND followed = $2", follower, followed
    )


async def drop_of_actor(transaction: Transaction, actor: str) -> None:
    """The actor is no more: it follows nobody and nobody follows it."""
    await transaction.run("DELETE FROM follows WHERE follower = $1 OR followed = $1", actor)


async def put_block(
    transaction: Transaction, account_actor: str, blocked: str, now_ms: int
) -> None:
    await transaction.run(
        "INSERT INTO blocks (account_actor, blocked, since_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        account_actor,
        blocked,
        now_ms,
    )


async def drop_block(transaction: Transaction, account_actor: str, blocked: str) -> None:
    await transaction.run(
        "DELETE FROM blocks WHERE account_actor = $1 AND blocked = $2", account_actor, blocked
    )


async def is_blocked(reader: Reader, account_actor: str, actor: str) -> bool:
    row = await reader.one(
        "SELECT 1 FROM blocks WHERE account_actor = $1 AND blocked = $2", account_actor, actor
    )
    return row is not None


async def list_blocked(reader: Reader, account_actor: str) -> list[str]:
    rows = await reader.all(
        "SELECT blocked FROM blocks WHERE account_actor = $1 ORDER BY since_ms", account_actor
    )
    return [str(row[0]) for row in rows]
