"""Where this node and its partners are reached, after one of them has moved to another domain.

A node keeps the names that it gave, and changes the address at which it is reached. It says so
twice: in its service actor's document, signed with the node's key, and for each space in a
descriptor, signed with the key that it has there. Members pass descriptors on to each other.
"""

from node import events
from node.actions import identity, replica, serve_space
from node.actions.context import Context
from node.actions.recognise import Asked, remember
from node.storage import descriptors, spaces
from node.storage.database import Transaction
from node.storage.spaces import Space
from protocol import names, outbound
from protocol.errors import Reason, Refused
from protocol.space.descriptor import Described, Descriptor, open_descriptor, sign_descriptor
from protocol.space.statement import Signed

TOPIC = "addresses"
AGAIN_MS = 300_000


async def check_new(context: Context, text: str) -> str:
    """The new address in its one spelling; empty for that of the node's names.

    Refuses with BAD_NAME, and with BAD_INPUT where this node does not answer there.
    """
    address = names.read_base(text, development=context.settings.node.development)
    if address == context.base:
        return ""
    if not await context.client.names_origin(address, context.base):
        raise Refused(
            Reason.BAD_INPUT,
            f"{address} does not lead to this node yet; let its name and its proxy point here, "
            "beside the old ones, then try again",
        )
    return address


async def renew(context: Context) -> None:
    """At start: let the own descriptors say where the settings say that this node is."""
    address = context.settings.node.address
    async with context.database.write() as transaction:
        for space in await spaces.list_all(transaction):
            kept = await descriptors.find(transaction, space.id, space.node)
            if kept is None and address is None:
                continue  # the genesis or the admission says the same
            await _renew_one(context, transaction, space, kept)


async def _renew_one(
    context: Context, transaction: Transaction, space: Space, kept: descriptors.Kept | None
) -> None:
    address = context.settings.node.address or context.base
    known = None if kept is None else open_descriptor(kept.signed, space.state)
    addresses = tuple(dict.fromkeys((address, context.base)))
    if known is not None and known.said.addresses == addresses:
        return
    signer = await replica.get_admitted_signer(context, transaction, space)
    said = Descriptor(
        v=1,
        space=space.id,
        node=space.node,
        version=1 if known is None else known.said.version + 1,
        actor=names.service_actor_id(context.base),
        addresses=addresses,
    )
    described = open_descriptor(sign_descriptor(said, signer), space.state)
    await _keep(transaction, space, described, own=True)


async def _keep(transaction: Transaction, space: Space, described: Described, *, own: bool) -> None:
    """From now on the member is known by the service actor that it names."""
    first_actor = space.state.actors[described.said.node]
    await descriptors.put(transaction, described, first_actor, own=own)
    await spaces.put_described_actors(transaction, space.id)


async def accept(context: Context, asked: Asked, space: str) -> None:
    """Keep what a member brings of its own and of others' descriptors, where it is newer.

    Refuses as `serve_space.admit`, and as `open_descriptor`; then nothing is kept.
    """
    member = await serve_space.admit(context, asked, space)
    brought = serve_space.read_statements(asked.body or b"")
    async with context.database.write() as transaction:
        await remember(context, transaction, member)
        kept = await spaces.get(transaction, space)
        newer = [
            described
            for described in (open_descriptor(one, kept.state) for one in brought)
            if described.said.node != kept.node
            and described.replaces(await _find(transaction, kept, described.said.node))
        ]
        for described in newer:
            await _keep(transaction, kept, described, own=False)
    for described in newer:
        events.address_changed(space, described.said.node, described.said.addresses[0])
    if newer:
        context.wake.notify(TOPIC)


async def _find(transaction: Transaction, space: Space, node: str) -> Described | None:
    kept = await descriptors.find(transaction, space.id, node)
    if kept is None:
        return None
    try:
        return open_descriptor(kept.signed, space.state)
    except Refused:
        return None  # it was signed with a key that has been replaced


async def tell_due(context: Context) -> int | None:
    """Bring each partner the descriptors that it has not confirmed; when to try again."""
    async with context.database.read() as reader:
        hearers = await descriptors.list_hearers(reader)
    waiting = False
    for space, origin in hearers:
        try:
            await _tell(context, space, origin)
        except Refused as refused:
            events.replication_waits(space, origin, str(refused.reason))
            waiting = True
    return context.now_ms() + AGAIN_MS if waiting else None


async def _tell(context: Context, space: str, origin: str) -> None:
    async with context.database.read() as reader:
        unheard = await descriptors.list_unheard(reader, space, origin)
    speaker = await identity.get_service_identity(context)
    statements: list[Signed] = [one.signed for one in unheard]
    answer = await context.client.post(
        f"{origin}/spaces/{space}/descriptors",
        outbound.release_statements(context.book, statements),
        origin=origin,
        as_=speaker,
    )
    if not answer.ok:
        raise Refused(answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}")
    async with context.database.write() as transaction:
        await descriptors.put_heard(transaction, origin, unheard)
