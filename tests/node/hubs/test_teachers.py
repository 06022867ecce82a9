"""A hub verifies teachers of its schools; nodes that trust it show that as long as it counts."""

import json
from dataclasses import replace

import pytest

from node.actions import accredit as accrediting
from node.actions import (
    actors,
    find,
    people,
    publish,
    succession,
    teachers,
    verification,
    verified,
)
from node.actions.permission import OPERATOR
from node.actions.verified import Verified
from node.storage import deliveries, objects, verifications
from node.storage import teachers as rows
from node.storage.accounts import Account
from node.storage.teachers import Teacher
from node.storage.verifications import Verification
from node.web import agency
from protocol import activities
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.names import service_actor_id
from protocol.reading import text_of
from tests.node.hubs.standing import World, admission_of
from tests.nodes import Node, accredit, present, refresh, settle


async def standing_of(school: Node, person: Account) -> Verification | None:
    async with school.context.database.read() as reader:
        return await verifications.find(reader, person.actor)


async def requests_at(hub: Node) -> list[Teacher]:
    async with hub.context.database.read() as reader:
        numbers = await reader.all("SELECT number FROM teacher_requests ORDER BY number")
        found = [await rows.find(reader, row[0]) for row in numbers]
    return [one for one in found if one is not None]


async def document_at(here: Node, person: str) -> JSONObject:
    async with here.context.database.read() as reader:
        stored = await objects.find(reader, person)
    assert stored is not None
    return stored.document


async def shown_at(here: Node, person: str) -> Verified | None:
    """What a page at this node says about a person whom it knows."""
    document = await document_at(here, person)
    async with here.context.database.read() as reader:
        return await verified.find(here.context, reader, document)


async def asked_for(world: World, handle: str = "ana") -> tuple[Account, Teacher]:
    """Alpha's administrator asked the hub about a teacher."""
    person = await world.alpha.account(handle)
    await verification.ask(world.alpha.context, OPERATOR, person, "Here since 2019.", "en")
    await settle(world.alpha, world.hub_a)
    return person, (await requests_at(world.hub_a))[-1]


async def is_verified(world: World) -> tuple[Account, Teacher]:
    """The same, and the hub said yes."""
    person, row = await asked_for(world)
    await teachers.verify(world.hub_a.context, OPERATOR, row.number)
    await settle(world.alpha, world.hub_a)
    return person, row


async def met_by_beta(world: World, person: Account) -> None:
    """Somebody at beta looks the teacher up."""
    await present(world.beta, world.alpha)
    await present(world.alpha, world.beta)
    bob = await world.beta.account("bob")
    await find.find_actor(world.beta.context, bob, person.actor)
    await settle(world.beta, world.alpha)
    await refresh(world.beta)


async def test_a_teacher_is_verified_and_a_school_of_another_hub_shows_it(world: World) -> None:
    person, row = await asked_for(world)
    assert (row.state, row.note) == ("waiting", "Here since 2019.")
    await teachers.verify(world.hub_a.context, OPERATOR, row.number)
    await settle(world.alpha, world.hub_a)
    known = await standing_of(world.alpha, person)
    assert known is not None
    assert known.state == "verified"
    await met_by_beta(world, person)
    for node in (world.alpha, world.beta):
        shown = await shown_at(node, person.actor)
        assert shown is not None, node.name
        assert (shown.hub, shown.school) == ("Hub A", "School Alpha")


async def test_a_refusal_comes_back_with_its_reason(world: World) -> None:
    person, row = await asked_for(world)
    with pytest.raises(Refused) as silent:
        await teachers.refuse(world.hub_a.context, OPERATOR, row.number, " ", "en")
    assert silent.value.reason is Reason.BAD_INPUT
    await teachers.refuse(world.hub_a.context, OPERATOR, row.number, "Not in the list.", "en")
    await settle(world.alpha, world.hub_a)
    known = await standing_of(world.alpha, person)
    assert known is not None
    assert (known.state, known.reason) == ("refused", "Not in the list.")
    assert "verification" not in await document_at(world.alpha, person.actor)
    with pytest.raises(Refused) as twice:
        await teachers.verify(world.hub_a.context, OPERATOR, row.number)
    assert twice.value.reason is Reason.CONFLICT


async def test_a_revoked_one_is_shown_nowhere_after_the_next_look(world: World) -> None:
    person, row = await is_verified(world)
    await met_by_beta(world, person)
    assert await shown_at(world.beta, person.actor) is not None
    await teachers.revoke(world.hub_a.context, OPERATOR, row.number, "He has left.", "en")
    await refresh(world.beta)
    assert await shown_at(world.beta, person.actor) is None
    await settle(world.alpha, world.hub_a)
    known = await standing_of(world.alpha, person)
    assert known is not None
    assert (known.state, known.reason) == ("revoked", "He has left.")
    assert "verification" not in await document_at(world.alpha, person.actor)


async def test_a_school_that_is_revoked_takes_its_teachers_verifications_along(
    world: World,
) -> None:
    person, _ = await is_verified(world)
    await met_by_beta(world, person)
    asked = await admission_of(world.hub_a, world.alpha)
    await accrediting.revoke(world.hub_a.context, OPERATOR, asked.id, "It has closed.", "en")
    await refresh(world.beta)
    assert await shown_at(world.beta, person.actor) is None
    assert [one.state for one in await requests_at(world.hub_a)] == ["revoked"]


async def test_a_credential_of_one_person_shows_nothing_on_the_profile_of_another(
    world: World,
) -> None:
    person, _ = await is_verified(world)
    ana = await document_at(world.alpha, person.actor)
    eve = await world.alpha.account("eve", "Ana")
    async with world.alpha.context.database.write() as transaction:
        forged = {
            name: value
            for name, value in (await document_at(world.alpha, eve.actor)).items()
            if name != "proof"
        }
        forged |= {"verification": ana["verification"], "version": 2}
        signed = await publish.put_document(world.alpha.context, transaction, forged)
        await actors.announce(world.alpha.context, transaction, signed)
    await met_by_beta(world, eve)
    assert "verification" in await document_at(world.beta, eve.actor)
    assert await shown_at(world.beta, eve.actor) is None


async def test_a_new_name_is_not_the_one_that_was_verified(world: World) -> None:
    person, _ = await is_verified(world)
    document = await document_at(world.alpha, person.actor)
    profile = actors.profile_of(document)
    renamed = replace(profile, name="The Minister")
    await people.update_profile(world.alpha.context, person, renamed)
    assert "verification" not in await document_at(world.alpha, person.actor)
    again = {**document, "name": "The Minister"}
    async with world.alpha.context.database.read() as reader:
        assert await verified.find(world.alpha.context, reader, again) is None
    await people.update_profile(world.alpha.context, person, profile)
    assert "verification" in await document_at(world.alpha, person.actor)


async def test_a_hub_that_nobody_endorses_verifies_nobody_here(
    hub_a: Node, hub_b: Node, alpha: Node, beta: Node
) -> None:
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    person, _ = await is_verified(World(hub_a, hub_b, alpha, beta))
    document = await document_at(alpha, person.actor)
    async with beta.context.database.read() as reader:
        assert await verified.find(beta.context, reader, document) is None


async def test_whoever_is_not_accredited_asks_in_vain(world: World) -> None:
    asked = await admission_of(world.hub_a, world.alpha)
    person = await world.alpha.account("ana")
    await accrediting.revoke(world.hub_a.context, OPERATOR, asked.id, "It has closed.", "en")
    await verification.ask(world.alpha.context, OPERATOR, person, "", "en")
    await settle(world.alpha, world.hub_a)
    assert await requests_at(world.hub_a) == []
    await refresh(world.alpha)
    with pytest.raises(Refused) as refused:
        await verification.ask(world.alpha.context, OPERATOR, person, "", "en")
    assert refused.value.reason in {Reason.NOT_FOUND, Reason.CONFLICT}


async def test_a_school_asks_for_nobody_of_another_school(world: World) -> None:
    await present(world.alpha, world.beta)
    bob = await world.beta.account("bob")
    async with world.alpha.context.database.write() as transaction:
        said = publish.saying(world.alpha.context, service_actor_id(world.alpha.url))
        activity = activities.offer_verification(
            said,
            await document_at(world.beta, bob.actor),
            to=service_actor_id(world.hub_a.url),
            note="",
            language="en",
        )
        await publish.say(world.alpha.context, transaction, activity)
    await settle(world.alpha, world.hub_a)
    assert await requests_at(world.hub_a) == []


async def test_a_teacher_does_not_ask_for_herself(world: World) -> None:
    ana = await world.alpha.account("ana")
    async with world.alpha.context.database.write() as transaction:
        activity = activities.offer_verification(
            publish.saying(world.alpha.context, ana.actor),
            await document_at(world.alpha, ana.actor),
            to=service_actor_id(world.hub_a.url),
            note="",
            language="en",
        )
        await publish.say(world.alpha.context, transaction, activity)
    await settle(world.alpha, world.hub_a)
    assert await requests_at(world.hub_a) == []
    await verification.wish(world.alpha.context, ana)
    known = await standing_of(world.alpha, ana)
    assert known is not None
    assert known.state == "wished"


async def test_what_was_asked_twice_waits_once(world: World) -> None:
    person, _ = await asked_for(world)
    with pytest.raises(Refused) as refused:
        await verification.ask(world.alpha.context, OPERATOR, person, "", "en")
    assert refused.value.reason is Reason.CONFLICT
    await verification.withdraw(world.alpha.context, OPERATOR, person)
    await verification.ask(world.alpha.context, OPERATOR, person, "", "en")
    await settle(world.alpha, world.hub_a)
    assert [one.state for one in await requests_at(world.hub_a)] == ["withdrawn", "waiting"]


async def test_an_account_that_ends_gives_its_verification_back(world: World) -> None:
    person, _ = await is_verified(world)
    await met_by_beta(world, person)
    await succession.end_account(world.alpha.context, OPERATOR, person.handle)
    await settle(world.alpha, world.hub_a)
    assert [one.state for one in await requests_at(world.hub_a)] == ["withdrawn"]
    await refresh(world.beta)
    assert await shown_at(world.beta, person.actor) is None


async def test_a_renewal_takes_the_place_of_what_was_stated(world: World) -> None:
    person, _ = await is_verified(world)
    first = await standing_of(world.alpha, person)
    world.alpha.clock.advance(days=600)
    await verification.ask(world.alpha.context, OPERATOR, person, "", "en")
    await settle(world.alpha, world.hub_a)
    assert "verification" in await document_at(world.alpha, person.actor)
    await teachers.verify(
        world.hub_a.context, OPERATOR, (await requests_at(world.hub_a))[-1].number
    )
    await settle(world.alpha, world.hub_a)
    second = await standing_of(world.alpha, person)
    assert first is not None
    assert second is not None
    assert first.credential != second.credential
    assert [one.state for one in await requests_at(world.hub_a)] == ["withdrawn", "verified"]


@pytest.mark.parametrize("refuses", [True, False])
async def test_what_was_stated_is_revoked_and_given_back_whatever_became_of_a_renewal(
    world: World, refuses: bool
) -> None:
    alpha, hub = world.alpha, world.hub_a
    person, stated = await is_verified(world)
    await verification.ask(alpha.context, OPERATOR, person, "", "en")
    await settle(alpha, hub)
    renewal = (await requests_at(hub))[-1]
    if refuses:
        await teachers.refuse(hub.context, OPERATOR, renewal.number, "Not now.", "en")
        await settle(alpha, hub)
    assert "verification" in await document_at(alpha, person.actor)
    await teachers.revoke(hub.context, OPERATOR, stated.number, "She has left.", "en")
    await settle(alpha, hub)
    assert "verification" not in await document_at(alpha, person.actor)
    known = await standing_of(alpha, person)
    assert known is not None
    assert (known.state, known.credential) == ("revoked" if refuses else "waiting", None)


async def test_what_was_stated_is_given_back_after_a_renewal_was_refused(world: World) -> None:
    alpha, hub = world.alpha, world.hub_a
    person, stated = await is_verified(world)
    await verification.ask(alpha.context, OPERATOR, person, "", "en")
    await settle(alpha, hub)
    renewal = (await requests_at(hub))[-1]
    await teachers.refuse(hub.context, OPERATOR, renewal.number, "Not now.", "en")
    await settle(alpha, hub)
    await verification.wish(alpha.context, person)
    assert "verification" in await document_at(alpha, person.actor)
    await verification.withdraw(alpha.context, OPERATOR, person)
    await settle(alpha, hub)
    assert "verification" not in await document_at(alpha, person.actor)
    states = {one.number: one.state for one in await requests_at(hub)}
    assert states == {stated.number: "withdrawn", renewal.number: "refused"}


async def test_the_same_letter_again_is_nothing_new(world: World) -> None:
    _, row = await asked_for(world)
    await teachers.refuse(world.hub_a.context, OPERATOR, row.number, "Not in the list.", "en")
    hub = world.hub_a
    async with world.alpha.context.database.write() as transaction:
        sent = await transaction.one("SELECT activity FROM outbox WHERE id = $1", row.asked)
        assert sent is not None
        activity: JSONObject = json.loads(sent[0])
        await deliveries.put(
            transaction,
            origin=hub.url,
            actor=row.actor,
            activity=activity,
            kind="offer-verification",
            now_ms=world.alpha.clock.now_ms(),
        )
    await settle(world.alpha, hub)
    assert [(one.number, one.state) for one in await requests_at(hub)] == [(row.number, "refused")]


async def test_what_a_school_sent_is_emptied_some_time_after_the_decision(world: World) -> None:
    hub = world.hub_a
    _, row = await is_verified(world)
    bea, refused_row = await asked_for(world, "bea")
    _, waiting_row = await asked_for(world, "cem")
    await teachers.refuse(hub.context, OPERATOR, refused_row.number, "Not in the list.", "en")
    hub.clock.advance(days=29)
    await settle(hub)
    assert all(one.note and len(one.document) > 5 for one in await requests_at(hub))
    hub.clock.advance(days=2)
    await settle(hub)
    verified_, refused_, waiting_ = await requests_at(hub)
    assert (verified_.number, verified_.document, verified_.note) == (
        row.number,
        {"name": text_of(row.document, "name")},
        "",
    )
    assert (refused_.document, refused_.note) == ({}, "")
    assert (waiting_.number, waiting_.note) == (waiting_row.number, "Here since 2019.")
    shown = agency.teacher(refused_, "School Alpha", None)
    assert (shown.name, shown.handle, shown.state) == ("bea", "bea", "refused")
    assert bea.actor == refused_.person
    # What is stated still is, until it is taken back; then its name goes as well.
    await teachers.revoke(hub.context, OPERATOR, row.number, "Left.", "en")
    hub.clock.advance(days=31)
    await settle(hub)
    assert (await requests_at(hub))[0].document == {}
