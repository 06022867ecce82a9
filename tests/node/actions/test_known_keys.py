"""A kept key counts for the actor whose it is, whoever names it."""

import pytest

from node.actions import known_actors, vouched
from node.storage import actor_keys
from protocol.errors import Reason, Refused
from protocol.names import service_actor_id
from tests.node.actions.pairs import meet
from tests.nodes import Node, make_partners, settle


async def test_a_kept_key_opens_only_what_its_own_actor_signed(alpha: Node, beta: Node) -> None:
    await make_partners(alpha, beta)
    people = await meet(alpha, beta)
    await people.become_contacts()
    await settle(alpha, beta)
    bob = people.bob.actor
    async with alpha.context.database.read() as reader:
        (own,) = await actor_keys.list_of_actor(reader, bob)
        key = await known_actors.get_stored_key(reader, own.key_id, bob)
        assert key.multikey == own.public
        for other in (people.ana.actor, service_actor_id(beta.url)):
            with pytest.raises(Refused) as refused:
                await known_actors.get_stored_key(reader, own.key_id, other)
            assert refused.value.reason is Reason.UNKNOWN_KEY


async def test_no_person_vouches_for_what_a_node_lists(alpha: Node, beta: Node) -> None:
    await make_partners(alpha, beta)
    people = await meet(alpha, beta)
    await people.become_contacts()
    async with alpha.context.database.read() as reader:
        (bobs,) = await actor_keys.list_of_actor(reader, people.bob.actor)
        (nodes,) = await actor_keys.list_of_actor(reader, service_actor_id(beta.url))
        for named in (bobs, nodes):
            key = await vouched.find_partners_key(reader, beta.url, named.key_id, nodes.public)
            assert key.multikey == nodes.public
