"""This node's own actors and their keys: made here, sealed at rest, used to sign.

Every actor has a key pair of its own. A private seed lies in the database, sealed under the master
secret of `keys/node.key`; it is opened for one signature and never logged or sent.
"""

from node.actions.context import Context
from node.clock import moment
from node.remote.client import Identity
from node.storage import keys
from node.storage.database import Reader, Transaction
from node.storage.keys import OwnKey
from protocol import documents, names
from protocol.canonical import JSONObject
from protocol.keys import PublicKey, Signer
from protocol.objects import ActorKey

MAX_LISTED = 8
"""As many keys as the shape of an actor has room for."""


async def make_key(
    context: Context, transaction: Transaction, actor: str, key_id: str = ""
) -> PublicKey:
    """Make and keep the first key pair of an own actor (or space); returns the public half."""
    seed = context.chance.octets(32)
    public = Signer.from_seed(seed).public
    sealed = keys.seal(seed, context.master, context.chance.octets(keys.NONCE_OCTETS))
    await keys.put(
        transaction,
        OwnKey(
            key_id or names.key_id(actor),
            actor,
            public.multikey,
            sealed,
            context.now_ms(),
            None,
            None,
        ),
    )
    return public


async def get_identity(context: Context, reader: Reader, actor: str) -> Identity:
    """The key id and signer with which an own actor speaks now."""
    row = await keys.get_current(reader, actor)
    return Identity(row.key_id, Signer.from_seed(keys.unseal(row.sealed_seed, context.master)))


async def get_identity_of_key(context: Context, reader: Reader, key_id: str) -> Identity:
    """The same with one key: for what that key has signed already."""
    row = await keys.get(reader, key_id)
    return Identity(row.key_id, Signer.from_seed(keys.unseal(row.sealed_seed, context.master)))


async def get_service_identity(context: Context) -> Identity:
    """The service actor's identity: it signs fetches and all talk about spaces."""
    async with context.database.read() as reader:
        return await get_identity(context, reader, names.service_actor_id(context.base))


async def list_listed_keys(reader: Reader, actor: str) -> list[ActorKey]:
    """An own actor's keys as its document lists them, the newest; revoked ones are not listed."""
    listed = [
        ActorKey(
            row.key_id,
            row.public,
            None if row.valid_until_ms is None else moment(row.valid_until_ms),
        )
        for row in await keys.list_of_actor(reader, actor)
        if row.revoked_ms is None
    ]
    return listed[-MAX_LISTED:]


async def sign(context: Context, reader: Reader, document: JSONObject, actor: str) -> JSONObject:
    """`document` with a proof by the own actor `actor`, dated now."""
    speaker = await get_identity(context, reader, actor)
    return documents.sign_document(document, speaker.signer, speaker.key_id, context.now())
