"""Looking at what nodes are to each other."""

from dataclasses import dataclass

from node.actions import trust
from node.actions.trust import Standing
from node.storage import admissions, membership, partners
from node.storage.admissions import Admission
from node.storage.membership import Membership
from node.storage.partners import Partner
from tests.nodes import Node


@dataclass
class World:
    """alpha under hub_a, beta under hub_b; the hubs endorse one another."""

    hub_a: Node
    hub_b: Node
    alpha: Node
    beta: Node


async def standing(here: Node, there: Node) -> Standing:
    """What `there` is at `here`."""
    async with here.context.database.read() as reader:
        return await trust.standing_of(here.context, reader, there.url)


async def admission_of(hub: Node, school: Node) -> Admission:
    """The newest request of a school, as its hub has it."""
    async with hub.context.database.read() as reader:
        found = await admissions.find_of_origin(reader, school.url)
    assert found is not None
    return found


async def membership_of(school: Node) -> Membership:
    """How a school stands at its hub, as it knows."""
    async with school.context.database.read() as reader:
        found = await membership.find(reader)
    assert found is not None
    return found


async def partner_at(here: Node, there: Node) -> Partner | None:
    async with here.context.database.read() as reader:
        return await partners.find(reader, there.url)
