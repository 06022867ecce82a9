"""Schools that share a space: founded through the very actions that a person uses."""

from dataclasses import dataclass

from node.actions import contacts, find, projects, spaces
from node.actions.projects import ProjectFields
from node.storage import contacts as contact_rows
from node.storage import spaces as space_rows
from node.storage import views
from node.storage.accounts import Account
from protocol.space.fold import forum
from protocol.space.fold.forum import Discussion
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
