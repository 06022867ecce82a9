"""Public keys of partners' actors, as they themselves announced them."""

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from node.storage.database import Reader, Transaction
from protocol.keys import KnownKey, PublicKey

_COLUMNS = "key_id, actor, origin, public, fetched_ms, valid_until_ms, revoked_ms"


@dataclass(frozen=True)
class ActorKey:
    key_id: str
    actor: str
    origin: str
    public: str
    fetched_ms: int
    valid_until_ms: int | None
    revoked_ms: int | None

    @property
    def known(self) -> KnownKey:
        """The key with its limits in time."""
        return KnownKey(
            PublicKey.read(self.public), _moment(self.valid_until_ms), _moment(self.revoked_ms)
        )


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


async def find(reader: Reader, key_id: str) -> ActorKey | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM actor_keys WHERE key_id = $1", key_id)
    return None if row is None else ActorKey(*row)


async def list_of_actor(reader: Reader, actor: str) -> list[ActorKey]:
    rows = await reader.all(f"SELECT {_COLUMNS} FROM actor_keys WHERE actor = $1", actor)
    return [ActorKey(*row) for row in rows]


async def replace(transaction: Transaction, actor: str, keys: Sequence[ActorKey]) -> None:
    """Keep `keys` as all keys of `actor`; one that it no longer lists is revoked at once."""
    listed = {key.key_id for key in keys}
    for known in await list_of_actor(transaction, actor):
        if known.key_id not in listed and known.revoked_ms is None and keys:
            await transaction.run(
                "UPDATE actor_keys SET revoked_ms = $2 WHERE key_id = $1",
                known.key_id,
                keys[0].fetched_ms,
            )
    # A key id stands for one key for ever: what it names is never exchanged.
    for key in keys:
        await transaction.run(
            f"INSERT INTO actor_keys ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) "
            "ON CONFLICT (key_id) DO UPDATE SET valid_until_ms = excluded.valid_until_ms",
            *astuple(key),
        )


async def drop_of_actor(transaction: Transaction, actor: str) -> None:
    """Forget all keys of `actor`: others are stated by whoever stands above them."""
    await transaction.run("DELETE FROM actor_keys WHERE actor = $1", actor)


async def end(transaction: Transaction, actor: str, publics: Collection[str], at_ms: int) -> None:
    """These public keys of `actor` count until `at_ms` at most."""
    for public in sorted(publics):
        await transaction.run(
            "UPDATE actor_keys SET valid_until_ms = min(coalesce(valid_until_ms, $3), $3) "
            "WHERE actor = $1 AND public = $2",
            actor,
            public,
            at_ms,
        )


async def revoke_of_actor(transaction: Transaction, actor: str, now_ms: int) -> None:
    """End all keys of `actor`, who is no more."""
    await transaction.run(
        "UPDATE actor_keys SET revoked_ms = $2 WHERE actor = $1 AND revoked_ms IS NULL",
        actor,
        now_ms,
    )
