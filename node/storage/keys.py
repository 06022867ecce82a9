"""Private keys of own actors and spaces, sealed under the node's master secret."""

from dataclasses import astuple, dataclass

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from node.storage.database import Reader, Transaction
from protocol.errors import Reason, Refused

NONCE_OCTETS = SecretBox.NONCE_SIZE
_COLUMNS = "key_id, actor, public, sealed_seed, created_ms, valid_until_ms, revoked_ms"


@dataclass(frozen=True)
class OwnKey:
    key_id: str
    actor: str
    public: str
    sealed_seed: bytes
    created_ms: int
    valid_until_ms: int | None
    revoked_ms: int | None


def seal(seed: bytes, master: bytes, nonce: bytes) -> bytes:
    """`seed` sealed under `master` with a random nonce of 24 octets."""
    return bytes(SecretBox(master).encrypt(seed, nonce))


def unseal(sealed: bytes, master: bytes) -> bytes:
    """The seed. Refuses with BAD_DATA_FOLDER when `keys/node.key` is not the database's."""
    try:
        return SecretBox(master).decrypt(sealed)
    except CryptoError:
        raise Refused(
            Reason.BAD_DATA_FOLDER,
            "keys/node.key does not open this database's keys; restore both from one backup",
        ) from None


async def check_master(reader: Reader, master: bytes) -> None:
    """Refuses with BAD_DATA_FOLDER a master secret under which these keys were not sealed."""
    row = await reader.one("SELECT sealed_seed FROM keys LIMIT 1")
    if row is not None:
        unseal(row["sealed_seed"], master)


async def put(transaction: Transaction, key: OwnKey) -> None:
    await transaction.run(
        f"INSERT INTO keys ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *astuple(key),
    )


async def get_current(reader: Reader, actor: str) -> OwnKey:
    """The key with which an own actor signs now. Raises LookupError where it has none."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM keys WHERE actor = $1 AND valid_until_ms IS NULL "
        "AND revoked_ms IS NULL ORDER BY created_ms DESC LIMIT 1",
        actor,
    )
    if row is None:
        raise LookupError(f"{actor} has no key here")
    return OwnKey(*row)


async def get(reader: Reader, key_id: str) -> OwnKey:
    """An own key by its id, retired or not. Raises LookupError where there is none."""
    row = await reader.one(f"SELECT {_COLUMNS} FROM keys WHERE key_id = $1", key_id)
    if row is None:
        raise LookupError(f"there is no key {key_id} here")
    return OwnKey(*row)


async def retire(transaction: Transaction, key_id: str, valid_until_ms: int) -> None:
    """Sign nothing new with this key; others may take what it signed until then."""
    await transaction.run(
        "UPDATE keys SET valid_until_ms = $2 WHERE key_id = $1", key_id, valid_until_ms
    )


async def list_of_actor(reader: Reader, actor: str) -> list[OwnKey]:
    """All keys that an own actor ever had, oldest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM keys WHERE actor = $1 ORDER BY created_ms, key_id", actor
    )
    return [OwnKey(*row) for row in rows]


async def check_all(reader: Reader, master: bytes) -> int:
    """How many keys `master` opens; refuses with BAD_DATA_FOLDER if it does not open one."""
    rows = await reader.all("SELECT sealed_seed FROM keys")
    for row in rows:
        unseal(row["sealed_seed"], master)
    return len(rows)
