"""A member node that says what its own code would never say: raw requests, signed as it signs."""

from collections.abc import Sequence
from dataclasses import replace

from node.actions import identity, replica
from node.remote.answer import Answer
from node.storage import operations, spaces, views
from protocol import names, outbound
from protocol.keys import Signer
from protocol.space import operation, writing
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.writing import By, Place
from tests.nodes import Node

STRANGER = "0" * 32
"""No node's id: what goes through the gate in its name is passed on unopened."""


async def get(node: Node, at: Node, path: str, *, person: str = "") -> Answer:
    """A signed GET by the node's service actor, or by a person of it."""
    async with node.context.database.read() as reader:
        actor = person or names.service_actor_id(node.url)
        speaker = await identity.get_identity(node.context, reader, actor)
    return await node.context.client.get(f"{at.url}{path}", origin=at.url, as_=speaker)


async def bring(node: Node, at: Node, space: str, batch: Sequence[Operation]) -> Answer:
    """POST operations to a space's inbox, whatever they are."""
    body = outbound.release_operations(node.context.book, batch, node=STRANGER)
    speaker = await identity.get_service_identity(node.context)
    url = f"{at.url}/spaces/{space}/inbox"
    return await node.context.client.post(url, body, origin=at.url, as_=speaker)


async def bring_statements(
    node: Node, at: Node, space: str, path: str, batch: Sequence[Signed]
) -> Answer:
    """POST signed statements to `path` of a space."""
    body = outbound.release_statements(node.context.book, batch)
    speaker = await identity.get_service_identity(node.context)
    url = f"{at.url}/spaces/{space}/{path}"
    return await node.context.client.post(url, body, origin=at.url, as_=speaker)


async def signer_of(node: Node, space: str) -> Signer:
    """The node's space key."""
    async with node.context.database.read() as reader:
        kept = await spaces.get(reader, space)
        return await replica.get_signer(node.context, reader, kept.key_id)


async def own_log(node: Node, space: str) -> list[Operation]:
    """Everything that the node wrote in the space."""
    async with node.context.database.read() as reader:
        kept = await spaces.get(reader, space)
        head = await replica.own_head(reader, kept)
        return await operations.list_accepted(reader, space, head.log, 0, limit=500)


async def next_place(node: Node, space: str) -> Place:
    """Where the node's next operation goes."""
    async with node.context.database.read() as reader:
        kept = await spaces.get(reader, space)
        head = await replica.own_head(reader, kept)
    return Place(space, head, kept.state.head[1], node.clock.now_ms())


def behind(place: Place, written: Operation) -> Place:
    """The place behind an operation of the same log."""
    header = written.header
    return replace(place, head=LogHead(header.log, header.seq, written.id, header.time))


def post_payload(text: str) -> str:
    """The payload of a reply or a thread that says `text`."""
    return operation.payload({"title": text, "text": text}, "en", bytes(16))


async def write_threads(node: Node, space: str, *texts: str) -> list[Operation]:
    """The next operations of the node's own log, signed and kept by nobody yet."""
    signer, place = await signer_of(node, space), await next_place(node, space)
    async with node.context.database.read() as reader:
        aliases = [one.pseudonym for one in await views.list_people(reader, space)]
        roles = await operations.list_roles_of_log(reader, space, place.head.log)
    author = next(one for one in aliases if one in roles)
    written = []
    for text in texts:
        name = names.random_name(node.context.chance.octets(16))
        header = writing.thread(place, By(author), name)
        written.append(operation.write(header, post_payload(text), signer))
        place = behind(place, written[-1])
    return written
