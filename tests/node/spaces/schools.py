"""Schools that share a space: founded through the very actions that a person uses."""

from dataclasses import dataclass

from node.actions import contacts, find, found, projects, replica, spaces
from node.actions.projects import ProjectFields
from node.storage import contacts as contact_rows
from node.storage import spaces as space_rows
from node.storage import views
from node.storage.accounts import Account
from protocol import names
from protocol.canonical import b64
from protocol.keys import Signer
from protocol.space import genesis
from protocol.space.fold import forum
from protocol.space.fold.forum import Discussion
from protocol.space.genesis import Founder
from protocol.space.vocabulary import Role
from tests.nodes import Node, settle

FIELDS = ProjectFields(
    title="Birds of two coasts",
    summary="We count birds.",
    language="en",
    languages=["en"],
    subjects=["biology"],
    age_from=10,
    age_to=12,
)


@dataclass
class Shared:
    """A space of two schools, and its founding teachers."""

    space: str
    alpha: Node
    beta: Node
    ana: Account
    bob: Account


async def found_together(alpha: Node, beta: Node) -> Shared:
    """Ana offers, Bob accepts; both replicas are open when this returns."""
    ana, bob = await alpha.account("ana", "Ana Alves"), await beta.account("bob", "Bob Bell")
    there = await find.find_actor(alpha.context, ana, f"bob@{beta.url.partition('://')[2]}")
    await contacts.offer(alpha.context, ana, there, "Shall we?")
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        offered = await contact_rows.find_pair(reader, bob.actor, ana.actor)
    assert offered is not None
    await contacts.answer(beta.context, bob, offered.offer, "yes")
    await settle(alpha, beta)
    project = await projects.draft(alpha.context, ana, FIELDS)
    await projects.offer(alpha.context, ana, project, bob.actor, note="Count with us.")
    await settle(alpha, beta)
    await projects.accept(beta.context, bob, project)
    await settle(alpha, beta)
    listed = await spaces.list_spaces(alpha.context, ana)
    assert [one.title for one in listed] == ["Birds of two coasts"]
    return Shared(listed[0].id, alpha, beta, ana, bob)


async def open_together(alpha: Node, beta: Node) -> Shared:
    """The same without letters: both founders' replicas, opened by hand."""
    ana, bob = await alpha.account("ana", "Ana Alves"), await beta.account("bob", "Bob Bell")
    return await open_another(Shared("", alpha, beta, ana, bob), "A" * 22)


async def open_another(shared: Shared, name: str) -> Shared:
    """A space of the same people, for a project of this name."""
    alpha, beta, ana, bob = shared.alpha, shared.beta, shared.ana, shared.bob
    project = names.project_id(alpha.url, name)
    one, signer = await _entry(alpha, project)
    other, other_signer = await _entry(beta, project)
    salt = b64(bytes(16))
    signature = genesis.sign((one, other), salt, other_signer)
    written = genesis.write_genesis(
        (one, other), salt, signature, time_ms=alpha.clock.now_ms(), signer=signer
    )
    opened = genesis.open_genesis(written)
    for node, account, founder in ((alpha, ana, one), (beta, bob, other)):
        async with node.context.database.write() as transaction:
            space = await replica.open_replica(
                node.context, transaction, project, opened, founder.node
            )
            await spaces.declare(node.context, transaction, space, account, Role.TEACHER)
    # A school that has heard of the other's service actor knows its key.
    await settle(alpha, beta)
    assert await holds_the_same(alpha, beta, opened.space)
    return Shared(opened.space, alpha, beta, ana, bob)


async def _entry(node: Node, project: str) -> tuple[Founder, Signer]:
    """A school's entry for the genesis, and its space key, kept in the node."""
    async with node.context.database.write() as transaction:
        entry, _ = await found.propose_founder(node.context, transaction, project)
        key_id = replica.space_key_id(project)
        return entry, await replica.get_signer(node.context, transaction, key_id)


async def discussions(node: Node, space: str) -> list[Discussion]:
    """The forum as it is shown at a node."""
    async with node.context.database.read() as reader:
        return forum.view(await views.list_posts(reader, space))


async def texts(node: Node, space: str) -> list[list[str]]:
    """The texts of every thread at a node, in order."""
    return [
        [one.thread.text, *(reply.text for reply in one.replies)]
        for one in await discussions(node, space)
    ]


async def holds_the_same(one: Node, other: Node, space: str) -> bool:
    """Whether two nodes' heads and forums are equal."""
    async with one.context.database.read() as reader:
        first = await space_rows.get(reader, space)
    async with other.context.database.read() as reader:
        second = await space_rows.get(reader, space)
    forums = [await discussions(node, space) for node in (one, other)]
    return first.state == second.state and forums[0] == forums[1]
