"""Members of a space that never heard of each other meet by what their hubs state about them."""

from dataclasses import dataclass

from node.actions import find, forum, identity, joining, partners
from node.actions.permission import OPERATOR
from node.storage import cursors, spaces
from node.storage.accounts import Account
from node.storage.partners import Partner
from tests.node.actions.pairs import Pair
from tests.node.hubs.standing import World, partner_at, standing
from tests.node.hubs.test_approval import accepted, everybody
from tests.node.members.joining import befriend
from tests.node.spaces.schools import texts
from tests.nodes import Node, accredit, make_partners, present, refresh, settle


@dataclass
class Meeting:
    """Alpha and beta founded a project; gamma was invited by alpha, and knows alpha alone."""

    world: World
    people: Pair
    project: str
    gamma: Node
    cleo: Account

    @property
    def schools(self) -> tuple[Node, Node, Node]:
        return self.world.alpha, self.world.beta, self.gamma

    async def settle(self) -> None:
        await settle(*self.schools, self.world.hub_a, self.world.hub_b)

    async def space(self) -> str:
        async with self.gamma.context.database.read() as reader:
            found = await spaces.find_of_project(reader, self.project)
        assert found is not None
        return found.id

    async def join(self) -> None:
        people, alpha = self.people, self.world.alpha
        await befriend(alpha, people.ana, self.gamma, self.cleo, self.world.hub_a)
        await joining.invite(alpha.context, people.ana, self.project, self.cleo.actor)
        await self.settle()
        await joining.accept(self.gamma.context, self.cleo, self.project)
        await self.settle()


async def begin(world: World, gamma: Node) -> Meeting:
    people, project = await accepted(world)
    await everybody(world)
    cleo = await gamma.account("cleo")
    return Meeting(world, people, project, gamma, cleo)


async def write_and_see(meeting: Meeting, text: str) -> None:
    """What gamma writes arrives at beta although alpha is away, and back."""
    alpha, beta, gamma = meeting.schools
    space = await meeting.space()
    await alpha.close_doors()
    for node, writer, said in ((gamma, meeting.cleo, text), (beta, meeting.people.bob, f"{text}!")):
        await forum.start_thread(node.context, writer, space, title=said, text=said, language="en")
    await settle(beta, gamma)
    for node in (beta, gamma):
        assert {text, f"{text}!"} <= {one[0] for one in await texts(node, space)}
    await alpha.open_doors()


async def test_accredited_members_become_partners_when_a_school_is_admitted(
    world: World, gamma: Node
) -> None:
    await accredit(world.hub_b, gamma)
    await refresh(gamma, world.hub_a, world.alpha)
    await present(world.alpha, gamma)
    meeting = await begin(world, gamma)
    assert await partner_at(world.beta, gamma) is None
    await meeting.join()
    for here, there in ((world.beta, gamma), (gamma, world.beta)):
        assert (await standing(here, there)).why == "hub"
    space = await meeting.space()
    for node in meeting.schools:
        async with node.context.database.read() as reader:
            assert not await cursors.has_indirect_members(reader, space, node.url)
    await write_and_see(meeting, "directly")


async def test_a_member_that_hands_alone_approved_goes_on_through_others(
    world: World, gamma: Node
) -> None:
    await make_partners(world.alpha, gamma)
    meeting = await begin(world, gamma)
    await meeting.join()
    assert await partner_at(world.beta, gamma) is None
    assert await partner_at(gamma, world.beta) is None
    space = await meeting.space()
    await forum.start_thread(
        gamma.context, meeting.cleo, space, title="by others", text="by others", language="en"
    )
    await settle(gamma, world.alpha)
    world.alpha.clock.advance(seconds=200)
    await meeting.settle()
    assert "by others" in {one[0] for one in await texts(world.beta, space)}


async def test_who_is_blocked_or_of_a_hub_that_does_not_count_is_not_met(
    world: World, gamma: Node, hub_c: Node
) -> None:
    await make_partners(world.alpha, gamma)
    await accredit(hub_c, gamma)
    meeting = await begin(world, gamma)
    await meeting.join()
    assert await partner_at(world.beta, gamma) is None
    assert await partner_at(gamma, world.beta) is None


async def test_who_was_blocked_before_stays_blocked(world: World, gamma: Node) -> None:
    await accredit(world.hub_b, gamma)
    await refresh(gamma, world.hub_a, world.alpha)
    await present(world.alpha, gamma)
    meeting = await begin(world, gamma)
    await partners.add(world.beta.context, OPERATOR, gamma.url)
    await partners.block(world.beta.context, OPERATOR, gamma.url)
    await meeting.join()
    blocked: Partner | None = await partner_at(world.beta, gamma)
    assert blocked is not None
    assert blocked.state == "blocked"


async def test_nobody_but_members_is_told_who_is_in_a_space(world: World, gamma: Node) -> None:
    await accredit(world.hub_b, gamma)
    await refresh(gamma, world.hub_a, world.alpha)
    meeting = await begin(world, gamma)
    await present(gamma, world.alpha)
    await find.find_actor(gamma.context, meeting.cleo, meeting.people.ana.actor)
    async with world.alpha.context.database.read() as reader:
        space = await spaces.find_of_project(reader, meeting.project)
    assert space is not None
    speaker = await identity.get_service_identity(gamma.context)
    for name in (space.id, "A" * 43):
        answer = await gamma.context.client.get(
            f"{world.alpha.url}/spaces/{name}/accreditations",
            origin=world.alpha.url,
            as_=speaker,
        )
        assert answer.status == 404
