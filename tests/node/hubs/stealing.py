"""A thief with a school's old key, and what its hub and its partners make of it."""

from datetime import datetime

from node.actions import identity, rekey
from node.actions.permission import OPERATOR
from node.clock import moment
from node.remote.client import Identity
from node.storage import objects
from protocol import activities, canonical, documents, names, outbound
from protocol.activities import Said
from protocol.canonical import JSONObject
from protocol.keys import Signer
from protocol.objects import ActorKey, listed_keys, stamp
from tests.node.actions.pairs import Pair, meet
from tests.node.hubs.standing import World, admission_of, partner_at
from tests.nodes import (
    Node,
    present,
    refresh,
    settle,
)

THIEF = Signer.from_seed(b"t" * 32)
HOUR_MS = 3_600_000


async def stolen(node: Node) -> Identity:
    """The key of the service actor, in other hands."""
    async with node.context.database.read() as reader:
        return await identity.get_identity(node.context, reader, names.service_actor_id(node.url))


async def say_as_thief(
    victim: Node, there: Node, old: Identity, *, dated: datetime, also: tuple[ActorKey, ...] = ()
) -> int:
    """With the old key, tell `there` that the service actor signs with the thief's key now."""
    actor = names.service_actor_id(victim.url)
    async with there.context.database.read() as reader:
        stored = await objects.find(reader, actor)
    assert stored is not None
    thiefs = ActorKey(names.key_id(actor, 2), THIEF.public.multikey)
    first = ActorKey(
        old.key_id, old.signer.public.multikey, moment(victim.clock.now_ms() + HOUR_MS)
    )
    said = {name: value for name, value in stored.document.items() if name != "proof"}
    forged: JSONObject = said | {
        "assertionMethod": listed_keys(actor, [first, *also, thiefs]),
        "version": stored.version + 1_000_000,
        "updated": stamp(dated),
    }
    document = documents.sign_document(forged, THIEF, thiefs.id, dated)
    name = names.activity_id(victim.url, names.random_name(victim.context.chance.octets(16)))
    activity = documents.sign_document(
        activities.update(Said(name, actor, dated), document), old.signer, old.key_id, dated
    )
    answer = await victim.context.client.post(
        f"{there.url}/inbox",
        outbound.release(victim.context.book, activity),
        origin=there.url,
        as_=old,
    )
    await settle(there)
    return answer.status


async def asked_by(node: Node, there: Node, speaker: Identity) -> int:
    answer = await node.context.client.get(f"{there.url}/outbox", origin=there.url, as_=speaker)
    return answer.status


def thief_of(node: Node) -> Identity:
    return Identity(names.key_id(names.service_actor_id(node.url), 2), THIEF)


async def rekeyed(world: World, since_ms: int) -> str:
    """Alpha makes a fresh key, its hub's officer compares it by telephone and states it."""
    shown = await rekey.replace_own(world.alpha.context, OPERATOR, since_ms)
    world.alpha.clock.advance(seconds=60)
    asked = await admission_of(world.hub_a, world.alpha)
    await rekey.restate(world.hub_a.context, OPERATOR, asked.id, compared=shown, since_ms=since_ms)
    await refresh(world.alpha)
    return shown


async def public_at(there: Node, node: Node) -> str:
    partner = await partner_at(there, node)
    assert partner is not None
    return partner.public


async def together(world: World) -> Pair:
    await present(world.alpha, world.beta)
    people = await meet(world.alpha, world.beta)
    await people.become_contacts()
    return people


async def introduced_credential(hub: Node, number: int) -> JSONObject:
    async with hub.context.database.read() as reader:
        row = await reader.one("SELECT credential FROM issued WHERE number = $1", number)
    assert row is not None
    return canonical.read_object(row[0].encode())
