"""Words of hubs and strangers about keys that are not theirs."""

from node.actions import known_actors
from node.storage import actor_keys
from protocol import objects
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused
from protocol.names import service_actor_id
from protocol.objects import ActorKey
from tests.attacks.hostile import Rogue
from tests.attacks.test_hubs import described
from tests.nodes import Node

VICTIM = "https://victim.example/people/anna"


def listing_of_another(here: Rogue) -> JSONObject:
    """A stranger's service actor that lists a key of somebody else's as one of its own."""
    key, public = here.service, here.service.signer.public.multikey
    document = objects.application(
        service_actor_id(here.base),
        here.written(),
        node=here.node,
        name="School Mallory",
        keys=[ActorKey(key.id, public)],
    )
    entries = document["assertionMethod"]
    assert isinstance(entries, list)
    assert isinstance(entries[0], dict)
    listed: list[JSON] = [*entries, {**entries[0], "id": f"{VICTIM}#ed25519-key"}]
    return here.sign({**document, "assertionMethod": listed}, key)


async def test_a_stranger_brings_no_key_of_another_actor(alpha: Node, stranger: Rogue) -> None:
    for document, reason in (
        (described(stranger), None),
        (listing_of_another(stranger), Reason.NOT_OWNER),
    ):
        opened = known_actors.open_actor(document, alpha.context)
        told = None
        try:
            async with alpha.context.database.write() as transaction:
                await known_actors.keep(alpha.context, transaction, opened, "application")
        except Refused as refused:
            told = refused.reason
        assert told is reason
    async with alpha.context.database.read() as reader:
        assert await actor_keys.find(reader, f"{VICTIM}#ed25519-key") is None
        assert await actor_keys.find(reader, stranger.service.id) is not None
