"""Schools that join a running project through the very actions that a person uses."""

from dataclasses import dataclass, field

from node.actions import contacts, find, joining
from node.storage import contacts as contact_rows
from node.storage import joinings, objects, spaces
from node.storage.accounts import Account
from node.storage.joinings import Joining
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from tests.node.spaces.schools import Shared
from tests.nodes import Node, make_partners, settle


@dataclass
class Joined:
    """A project of alpha and beta, and the schools that joined it."""

    shared: Shared
    project: str
    nodes: list[Node]
    people: dict[str, Account] = field(default_factory=dict)

    @property
    def space(self) -> str:
        return self.shared.space

    async def settle(self) -> None:
        await settle(*self.nodes)


async def project_of(shared: Shared) -> str:
    async with shared.alpha.context.database.read() as reader:
        return (await spaces.get(reader, shared.space)).project


async def befriend(one: Node, who: Account, other: Node, whom: Account, *around: Node) -> None:
    """Two teachers at partner schools become contacts."""
    await find.find_actor(one.context, who, whom.actor)
    offer = await contacts.offer(one.context, who, whom.actor, "Shall we?")
    await settle(one, other, *around)
    async with other.context.database.read() as reader:
        known = await contact_rows.find(reader, offer)
    assert known is not None
    await contacts.answer(other.context, whom, offer, "yes")
    await settle(one, other, *around)


async def invite(joined: Joined, inviter: Node, who: Account, guest: Node, whom: Account) -> None:
    """The guest's node is a partner of the inviter's only, unless somebody else arranged more."""
    await make_partners(inviter, guest)
    if guest not in joined.nodes:
        joined.nodes.append(guest)
    await befriend(inviter, who, guest, whom, *joined.nodes)
    await joining.invite(inviter.context, who, joined.project, whom.actor, note="Count with us!")
    await joined.settle()


async def join(joined: Joined, inviter: Node, who: Account, guest: Node, handle: str) -> Account:
    """The guest's teacher is invited and accepts; all have settled when this returns."""
    whom = await guest.account(handle, f"{handle.title()} {guest.name.title()}")
    joined.people[guest.name] = whom
    await invite(joined, inviter, who, guest, whom)
    await joining.accept(guest.context, whom, joined.project)
    await joined.settle()
    return whom


async def space_at(node: Node, space: str) -> Space:
    async with node.context.database.read() as reader:
        return await spaces.get(reader, space)


async def joining_at(node: Node, project: str) -> Joining:
    """The newest invitation into the project, as this node knows it."""
    async with node.context.database.read() as reader:
        found = await joinings.list_of_project(reader, project)
    return found[0]


async def card_at(node: Node, project: str) -> JSONObject:
    """The project's public document, as this node knows it."""
    async with node.context.database.read() as reader:
        found = await objects.find(reader, project)
    assert found is not None
    return found.document
