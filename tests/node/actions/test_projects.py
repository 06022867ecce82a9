"""Founding a project across two schools: who is to act next is always known at both."""

import pytest

from node.actions import projects
from node.storage import objects
from protocol.errors import Reason, Refused
from tests.node.actions.pairs import FIELDS, meet
from tests.nodes import FLEETING, Node


async def test_a_draft_is_nobodys_business(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    before = await them.beta.dump(but=FLEETING)
    project = await projects.draft(them.alpha.context, them.ana, FIELDS)
    await them.settle()
    assert await them.beta.dump(but=FLEETING) == before
    async with them.alpha.context.database.read() as reader:
        assert await objects.find(reader, project) is None


async def test_an_offer_waits_for_the_co_founder_at_both_schools(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    project = await them.offer_project()
    for node in pair:
        founding = await them.founding_at(node, project)
        assert (founding.state, founding.waiting_for) == ("offered", them.bob.actor)


async def test_acceptance_makes_it_active_and_opens_the_space_at_both(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    project = await them.offer_project()
    await projects.accept(them.beta.context, them.bob, project)
    await them.settle()
    for node in pair:
        founding = await them.founding_at(node, project)
        assert (founding.state, founding.waiting_for) == ("active", None)
        assert await node.count("spaces") == 1
        async with node.context.database.read() as reader:
            stored = await objects.find(reader, project)
        assert stored is not None
        assert stored.document["state"] == "active"
        assert stored.document["coFounder"] == them.bob.actor


async def test_declining_gives_the_turn_back_and_another_offer_is_possible(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    project = await them.offer_project()
    await projects.decline(them.beta.context, them.bob, project, "No time this year.")
    await them.settle()
    founding = await them.founding_at(them.alpha, project)
    assert (founding.state, founding.waiting_for) == ("declined", them.ana.actor)
    assert founding.answer_note == "No time this year."
    await projects.offer(them.alpha.context, them.ana, project, them.bob.actor)
    await them.settle()
    assert (await them.founding_at(them.beta, project)).state == "offered"


async def test_a_withdrawn_offer_cannot_be_accepted(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    project = await them.offer_project()
    await projects.withdraw(them.alpha.context, them.ana, project)
    await them.settle()
    with pytest.raises(Refused) as refused:
        await projects.accept(them.beta.context, them.bob, project)
    assert refused.value.reason is Reason.ALREADY_ANSWERED
    assert await them.beta.count("spaces") == 0


async def test_a_project_is_not_changed_while_it_is_offered(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    project = await them.offer_project()
    with pytest.raises(Refused) as refused:
        await projects.edit(them.alpha.context, them.ana, project, FIELDS)
    assert refused.value.reason is Reason.CONFLICT


async def test_only_a_contact_at_another_school_can_be_asked(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.offer_contact()
    project = await projects.draft(them.alpha.context, them.ana, FIELDS)
    with pytest.raises(Refused) as refused:
        await projects.offer(them.alpha.context, them.ana, project, them.bob.actor)
    assert refused.value.reason is Reason.NOT_ALLOWED
