"""Nodes that no administrator introduced meet by what their hubs state, and part again."""

from urllib.parse import urlencode

import pytest

from node.actions import accredit as accrediting
from node.actions import endorsements, find, identity, introduce, membership, partners
from node.actions.permission import OPERATOR
from node.storage import hubs
from protocol.errors import Reason, Refused
from protocol.names import service_actor_id
from tests.node.actions.pairs import meet
from tests.node.hubs.standing import World, admission_of, membership_of, partner_at, standing
from tests.nodes import Node, accredit, credential_of, make_partners, present, refresh, settle


async def test_schools_of_two_hubs_become_contacts_without_their_administrators(
    world: World,
) -> None:
    await present(world.alpha, world.beta)
    people = await meet(world.alpha, world.beta)
    await people.become_contacts()
    assert (await people.contact_at(world.alpha)).state == "contacts"
    assert (await people.contact_at(world.beta)).state == "contacts"
    assert (await standing(world.beta, world.alpha)).why == "hub"


async def test_a_typed_address_of_a_stranger_is_found_through_the_own_hub(world: World) -> None:
    ana = await world.alpha.account("ana")
    bob = await world.beta.account("bob")
    for _ in range(3):
        # The school's hub reads on at the school, then the other hub at that hub.
        await settle(world.hub_b, world.hub_a)
        world.alpha.clock.advance(seconds=1800)
    assert await partner_at(world.alpha, world.beta) is None
    host = world.beta.url.partition("://")[2]
    found = await find.find_actor(world.alpha.context, ana, f"bob@{host}")
    assert found == bob.actor
    assert (await standing(world.alpha, world.beta)).why == "hub"
    assert (await standing(world.beta, world.alpha)).why == "hub"


async def test_an_address_that_no_hub_knows_is_met_by_nobody(world: World, gamma: Node) -> None:
    ana = await world.alpha.account("ana")
    await gamma.account("gil")
    host = gamma.url.partition("://")[2]
    with pytest.raises(Refused) as refused:
        await find.find_actor(world.alpha.context, ana, f"gil@{host}")
    assert refused.value.reason is Reason.NOT_PARTNER
    assert await partner_at(world.alpha, gamma) is None


async def test_a_hub_tells_nobody_but_accredited_schools_whom_it_accredits(
    world: World, gamma: Node
) -> None:
    await make_partners(world.hub_a, gamma)
    speaker = await identity.get_service_identity(gamma.context)
    for origin in (world.alpha.url, gamma.url):
        asked = f"{world.hub_a.url}/accreditations?{urlencode({'origin': origin})}"
        answer = await gamma.context.client.get(
            asked, origin=world.hub_a.url, as_=speaker, accept="application/vc"
        )
        assert (answer.status, answer.reason) == (403, Reason.NOT_ALLOWED)


async def test_a_node_introduces_itself_once(world: World) -> None:
    await present(world.alpha, world.beta)
    people = await meet(world.alpha, world.beta)
    assert await partner_at(world.beta, world.alpha) is None
    await find.find_actor(world.alpha.context, people.ana, people.bob.actor)
    first = await partner_at(world.beta, world.alpha)
    assert first is not None
    await world.beta.close_doors()
    known = await partner_at(world.alpha, world.beta)
    assert known is not None
    await introduce.introduce(world.alpha.context, known)


async def test_a_revoked_school_is_closed_at_its_hub_at_once_and_elsewhere_at_the_next_look(
    world: World,
) -> None:
    await present(world.alpha, world.beta)
    asked = await admission_of(world.hub_b, world.beta)
    await accrediting.revoke(world.hub_b.context, OPERATOR, asked.id, "It has closed.", "en")
    assert not (await standing(world.hub_b, world.beta)).admitted
    assert (await standing(world.alpha, world.beta)).admitted
    await refresh(world.alpha)
    closed = await standing(world.alpha, world.beta)
    assert (closed.admitted, closed.why, closed.worth) == (False, "suspended", "revoked")
    await refresh(world.beta)
    told = await membership_of(world.beta)
    assert (told.state, told.reason, told.credential) == ("revoked", "It has closed.", None)


async def test_a_removed_endorsement_closes_at_the_next_look(world: World) -> None:
    await present(world.alpha, world.beta)
    hub_b = service_actor_id(world.hub_b.url)
    await endorsements.take_back(world.hub_a.context, OPERATOR, hub_b)
    assert (await standing(world.alpha, world.beta)).admitted
    await refresh(world.alpha)
    closed = await standing(world.alpha, world.beta)
    assert (closed.admitted, closed.worth) == (False, "not_endorsed")
    await endorsements.endorse(world.hub_a.context, OPERATOR, world.hub_b.url)
    await refresh(world.alpha)
    assert (await standing(world.alpha, world.beta)).admitted


async def test_the_workers_look_by_themselves(world: World) -> None:
    await present(world.alpha, world.beta)
    asked = await admission_of(world.hub_b, world.beta)
    await accrediting.revoke(world.hub_b.context, OPERATOR, asked.id, "It has closed.", "en")
    await settle(world.alpha)
    assert (await standing(world.alpha, world.beta)).admitted
    world.alpha.clock.advance(seconds=world.alpha.context.settings.hub.refresh_s)
    await settle(world.alpha)
    assert not (await standing(world.alpha, world.beta)).admitted


async def test_a_silent_hub_closes_nobody_before_the_accreditation_ends(world: World) -> None:
    await present(world.alpha, world.beta)
    await world.hub_b.close_doors()
    world.alpha.clock.advance(days=300)
    await settle(world.alpha)
    assert (await standing(world.alpha, world.beta)).admitted
    async with world.alpha.context.database.read() as reader:
        hub = await hubs.find(reader, service_actor_id(world.hub_b.url))
    assert hub is not None
    assert hub.trouble == "unreachable"
    world.alpha.clock.advance(days=431)
    await settle(world.alpha)
    ended = await standing(world.alpha, world.beta)
    assert (ended.admitted, ended.worth) == (False, "expired")


async def test_a_renewed_accreditation_is_shown_to_partners_before_the_old_one_ends(
    world: World,
) -> None:
    await present(world.alpha, world.beta)
    people = await meet(world.alpha, world.beta)
    await people.become_contacts()
    old = await credential_of(world.alpha)
    world.alpha.clock.advance(days=700)
    asked = await admission_of(world.hub_a, world.alpha)
    await accrediting.renew(world.hub_a.context, OPERATOR, asked.id)
    await settle(world.alpha)
    assert await credential_of(world.alpha) != old
    world.alpha.clock.advance(days=40)
    await settle(world.alpha, world.beta)
    assert (await standing(world.beta, world.alpha)).admitted
    assert not (await standing(world.alpha, world.beta)).admitted


async def test_what_hands_approved_no_hub_takes_back(hub_a: Node, alpha: Node, beta: Node) -> None:
    await make_partners(alpha, beta)
    await accredit(hub_a, alpha, beta)
    await present(alpha, beta)
    assert (await standing(alpha, beta)).why == "hand"
    asked = await admission_of(hub_a, beta)
    await accrediting.revoke(hub_a.context, OPERATOR, asked.id, "It has closed.", "en")
    await refresh(alpha)
    assert (await standing(alpha, beta)).why == "hand"


async def test_leaving_the_hub_closes_whom_it_admitted(world: World) -> None:
    await present(world.alpha, world.beta)
    await membership.leave(world.alpha.context, OPERATOR)
    assert (await standing(world.alpha, world.beta)).why == "suspended"


async def test_a_blocked_node_stays_blocked_whatever_its_hub_states(world: World) -> None:
    await present(world.alpha, world.beta)
    await partners.block(world.alpha.context, OPERATOR, world.beta.url)
    await refresh(world.alpha)
    assert (await standing(world.alpha, world.beta)).why == "blocked"
    people = await meet(world.beta, world.alpha)
    await present(world.beta, world.alpha)
    with pytest.raises(Refused):
        await find.find_actor(world.beta.context, people.ana, people.bob.actor)
    assert (await standing(world.alpha, world.beta)).why == "blocked"
