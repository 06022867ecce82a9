"""Two teachers at two partner schools who are contacts already."""

from dataclasses import dataclass

from node.actions import contacts, find, projects
from node.actions.projects import ProjectFields
from node.storage import contacts as contact_rows
from node.storage import foundings
from node.storage.accounts import Account
from node.storage.contacts import Contact
from node.storage.foundings import Founding
from tests.nodes import Node, settle

FIELDS = ProjectFields(
    title="Two rivers",
    summary="We measure two rivers.",
    language="en",
    languages=["en", "pt"],
    subjects=["biology"],
    age_from=11,
    age_to=14,
)


@dataclass
class Pair:
    """Ana at alpha, Bob at beta."""

    alpha: Node
    beta: Node
    ana: Account
    bob: Account

    async def settle(self) -> None:
        await settle(self.alpha, self.beta)

    async def contact_at(self, node: Node) -> Contact:
        """What Ana and Bob are to each other, as `node` knows it."""
        async with node.context.database.read() as reader:
            found = await contact_rows.find_pair(reader, self.ana.actor, self.bob.actor)
        assert found is not None
        return found

    async def founding_at(self, node: Node, project: str) -> Founding:
        """How the project stands, as `node` knows it."""
        async with node.context.database.read() as reader:
            found = await foundings.find_of_project(reader, project)
        assert found is not None
        return found

    async def offer_contact(self, note: str = "Shall we?") -> str:
        """Ana offers, Bob has it."""
        await find.find_actor(self.alpha.context, self.ana, self.bob.actor)
        offer = await contacts.offer(self.alpha.context, self.ana, self.bob.actor, note)
        await self.settle()
        return offer

    async def become_contacts(self) -> str:
        offer = await self.offer_contact()
        await contacts.answer(self.beta.context, self.bob, offer, "yes")
        await self.settle()
        return offer

    async def offer_project(self) -> str:
        """Ana drafts a project and offers it to Bob, who has it."""
        project = await projects.draft(self.alpha.context, self.ana, FIELDS)
        await projects.offer(self.alpha.context, self.ana, project, self.bob.actor, note="Us two?")
        await self.settle()
        return project


async def meet(alpha: Node, beta: Node) -> Pair:
    """Ana and Bob, who do not know each other yet, at partner schools."""
    return Pair(alpha, beta, await alpha.account("ana"), await beta.account("bob"))
