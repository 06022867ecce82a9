"""A project of two accredited schools opens when both founders' hubs have approved it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import accredit as accrediting
from node.actions import approvals, projects
from node.actions.permission import OPERATOR
from node.storage import approvals as approval_rows
from node.storage import spaces
from node.storage.approvals import Approval, Request, RequestState
from node.storage.paging import START
from node.web import directory, undertakings
from protocol.errors import Reason, Refused
from protocol.names import service_actor_id
from tests.node.actions.pairs import Pair, meet
from tests.node.hubs.standing import World, admission_of
from tests.nodes import (
    Node,
    VirtualClock,
    accredit,
    endorse,
    make_partners,
    present,
    refresh,
    running,
    settle,
)

BY_HAND = {"SCHOOLGATE_HUB__APPROVE_PROJECTS": "false"}


@pytest.fixture
async def careful(
    tmp_path: Path, clock: VirtualClock, alpha: Node, beta: Node
) -> AsyncIterator[World]:
    """As `world`, with hubs whose officers decide about each project."""
    async with (
        running("a", tmp_path / "hub_a", clock, BY_HAND, mode="hub") as hub_a,
        running("b", tmp_path / "hub_b", clock, BY_HAND, mode="hub", country="DE") as hub_b,
    ):
        await endorse(hub_a, hub_b)
        await accredit(hub_a, alpha)
        await accredit(hub_b, beta)
        await refresh(alpha, beta)
        yield World(hub_a, hub_b, alpha, beta)


async def accepted(world: World) -> tuple[Pair, str]:
    """Ana offered a project, Bob accepted it."""
    await present(world.alpha, world.beta)
    people = await meet(world.alpha, world.beta)
    await people.become_contacts()
    project = await people.offer_project()
    await projects.accept(world.beta.context, people.bob, project)
    return people, project


async def everybody(world: World) -> None:
    await settle(world.alpha, world.beta, world.hub_a, world.hub_b)


async def requests_at(hub: Node, state: RequestState = "waiting") -> list[Request]:
    async with hub.context.database.read() as reader:
        return (await approval_rows.list_page(reader, state, START))[0]


async def approvals_at(people: Pair, school: Node, project: str) -> dict[str, Approval]:
    founding = await people.founding_at(school, project)
    async with school.context.database.read() as reader:
        return {one.side: one for one in await approval_rows.list_of_offer(reader, founding.offer)}


async def is_open(school: Node, project: str) -> bool:
    async with school.context.database.read() as reader:
        return await spaces.find_of_project(reader, project) is not None


async def test_hubs_approve_projects_of_accredited_schools_by_themselves(world: World) -> None:
    people, project = await accepted(world)
    await everybody(world)
    for school in (world.alpha, world.beta):
        assert (await people.founding_at(school, project)).state == "active"
        assert await is_open(school, project)
    both = await approvals_at(people, world.alpha, project)
    assert {side: one.state for side, one in both.items()} == {
        "own": "approved",
        "other": "approved",
    }


async def test_the_space_opens_when_the_second_officer_has_approved(careful: World) -> None:
    people, project = await accepted(careful)
    await everybody(careful)
    hub_a, hub_b = (service_actor_id(one.url) for one in (careful.hub_a, careful.hub_b))
    waiting = await people.founding_at(careful.alpha, project)
    assert (waiting.state, waiting.waiting_for) == ("accepted", hub_a)
    (first,) = await requests_at(careful.hub_a)
    await approvals.decide(careful.hub_a.context, OPERATOR, first.asked, approved=True)
    await everybody(careful)
    waiting = await people.founding_at(careful.alpha, project)
    assert (waiting.state, waiting.waiting_for) == ("accepted", hub_b)
    assert not await is_open(careful.alpha, project)
    (second,) = await requests_at(careful.hub_b)
    await approvals.decide(careful.hub_b.context, OPERATOR, second.asked, approved=True)
    await everybody(careful)
    assert await is_open(careful.alpha, project)
    assert await is_open(careful.beta, project)


async def test_a_hub_that_does_not_approve_says_why_to_both_founders(careful: World) -> None:
    people, project = await accepted(careful)
    await everybody(careful)
    (asked,) = await requests_at(careful.hub_b)
    why = "The school has no consent for this."
    await approvals.decide(careful.hub_b.context, OPERATOR, asked.asked, approved=False, reason=why)
    await everybody(careful)
    for school in (careful.alpha, careful.beta):
        founding = await people.founding_at(school, project)
        assert (founding.state, founding.answer_note) == ("declined", why)
        assert not await is_open(school, project)
    assert await requests_at(careful.hub_a) == []
    assert len(await requests_at(careful.hub_a, "withdrawn")) == 1


async def test_a_withdrawn_offer_leaves_both_queues(careful: World) -> None:
    people, project = await accepted(careful)
    await everybody(careful)
    await projects.withdraw(careful.alpha.context, people.ana, project)
    await everybody(careful)
    assert await requests_at(careful.hub_a) == []
    assert await requests_at(careful.hub_b) == []
    (over,) = await requests_at(careful.hub_a, "withdrawn")
    with pytest.raises(Refused) as refused:
        await approvals.decide(careful.hub_a.context, OPERATOR, over.asked, approved=True)
    assert refused.value.reason is Reason.CONFLICT


async def test_a_pair_without_hubs_needs_nobody_to_approve(alpha: Node, beta: Node) -> None:
    await make_partners(alpha, beta)
    people = await meet(alpha, beta)
    await people.become_contacts()
    project = await people.offer_project()
    await projects.accept(beta.context, people.bob, project)
    await people.settle()
    assert await is_open(alpha, project)
    assert await approvals_at(people, alpha, project) == {}


async def test_hubs_that_do_not_know_one_another_each_decide_for_their_own_school(
    hub_a: Node, hub_b: Node, alpha: Node, beta: Node
) -> None:
    await make_partners(alpha, beta)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    people = await meet(alpha, beta)
    await people.become_contacts()
    project = await people.offer_project()
    await projects.accept(beta.context, people.bob, project)
    await settle(alpha, beta, hub_a, hub_b)
    assert await is_open(alpha, project)
    assert await is_open(beta, project)
    both = await approvals_at(people, alpha, project)
    assert [one.state for one in both.values()] == ["approved", "approved"]


async def test_a_school_that_was_revoked_meanwhile_is_not_answered(careful: World) -> None:
    _, project = await accepted(careful)
    admission = await admission_of(careful.hub_b, careful.beta)
    await accrediting.revoke(careful.hub_b.context, OPERATOR, admission.id, "Gone.", "en")
    await everybody(careful)
    assert await requests_at(careful.hub_b) == []
    assert not await is_open(careful.beta, project)


async def test_the_page_names_the_hub_that_has_still_to_approve(careful: World) -> None:
    people, project = await accepted(careful)
    await everybody(careful)
    for school, person in ((careful.alpha, people.ana), (careful.beta, people.bob)):
        async with school.context.database.read() as reader:
            one = await undertakings.get(reader, project, person)
            known = await directory.look_up(reader, school.url, one.actors())
        shown = undertakings.show(one, known, person)
        name = "Hub A" if school is careful.alpha else "Hub B"
        assert (shown.turn, dict(shown.next_values)) == ("theirs", {"name": name})
        assert "has to approve" in shown.next
        assert shown.since_ms == careful.alpha.clock.now_ms()
