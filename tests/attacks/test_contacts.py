"""Follows, contacts and letters: nobody answers, ends or writes in another's place."""

import pytest

from node.actions import contacts, follow
from node.storage import contacts as rows
from node.storage.accounts import Account
from protocol import activities, names
from protocol.errors import Reason
from protocol.objects import stamp
from tests.attacks.founding import befriend_people, changes_nothing, known, offer_contact
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import send
from tests.nodes import Node, settle


@pytest.fixture
async def ana(alpha: Node) -> Account:
    return await alpha.account("ana")


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue) -> str:
    return await known(alpha, mallory, "eve")


@pytest.fixture
async def bob(alpha: Node, mallory: Rogue) -> str:
    return await known(alpha, mallory, "bob")


async def state(alpha: Node, offer: str) -> str:
    async with alpha.context.database.read() as reader:
        contact = await rows.find(reader, offer)
    assert contact is not None
    return contact.state


async def test_only_the_one_who_was_asked_answers(
    alpha: Node, mallory: Rogue, ana: Account, eve: str, bob: str
) -> None:
    await contacts.offer(alpha.context, ana, eve, "Shall we twin?")
    await settle(alpha)
    async with alpha.context.database.read() as reader:
        offered = await rows.find_pair(reader, ana.actor, eve)
    assert offered is not None
    service = names.service_actor_id(mallory.base)
    for other in (bob, service):
        attack = activities.accept(mallory.said(other), offered.offer, to=ana.actor)
        await changes_nothing(alpha, mallory, attack, ("refused", "not_allowed"))
        no = activities.reject(mallory.said(other), offered.offer, to=ana.actor, answer="no")
        await changes_nothing(alpha, mallory, no, ("refused", "not_allowed"))
    await mallory.is_done(alpha, activities.accept(mallory.said(eve), offered.offer, to=ana.actor))
    assert await state(alpha, offered.offer) == "contacts"


async def test_an_answer_to_what_was_never_offered_is_refused(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    for never in (
        names.activity_id(alpha.url, mallory.name()),
        names.activity_id(mallory.base, mallory.name()),
        ana.actor,
    ):
        attack = activities.accept(mallory.said(eve), never, to=ana.actor)
        await changes_nothing(alpha, mallory, attack, ("refused", "never_offered"))


async def test_nobody_accepts_an_own_offer(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    offer = offer_contact(mallory, eve, ana.actor)
    await mallory.is_done(alpha, offer)
    attack = activities.accept(mallory.said(eve), str(offer["id"]), to=ana.actor)
    await changes_nothing(alpha, mallory, attack, ("refused", "not_allowed"))
    assert await state(alpha, str(offer["id"])) == "offered"


async def test_an_old_yes_does_not_bring_an_ended_contact_back(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    await contacts.offer(alpha.context, ana, eve, "Shall we twin?")
    await settle(alpha)
    offer = next(str(one["id"]) for one in mallory.letters if one["type"] == "Offer")
    yes = activities.accept(mallory.said(eve), offer, to=ana.actor)
    await mallory.is_done(alpha, yes)
    await contacts.end(alpha.context, ana, offer)
    await settle(alpha)
    for again in (yes, activities.accept(mallory.said(eve), offer, to=ana.actor)):
        await changes_nothing(alpha, mallory, again, ("done", ""))
    assert await state(alpha, offer) == "ended"
    letter = mallory.create(eve, mallory.note(eve, reader=ana.actor))
    await changes_nothing(alpha, mallory, letter, ("refused", "not_allowed"))


async def test_a_no_is_not_turned_into_a_yes(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    offer = offer_contact(mallory, eve, ana.actor)
    await mallory.is_done(alpha, offer)
    await contacts.answer(alpha.context, ana, str(offer["id"]), "no")
    await settle(alpha)
    for attack in (
        offer,
        {**offer, "id": mallory.said(eve).url},
        offer_contact(mallory, eve, ana.actor),
    ):
        await changes_nothing(alpha, mallory, attack, ("done", ""))
    assert await state(alpha, str(offer["id"])) == "no"


async def test_only_the_two_of_them_end_a_contact(
    alpha: Node, mallory: Rogue, ana: Account, eve: str, bob: str
) -> None:
    offer = str((await befriend_people(alpha, mallory, ana, eve))["id"])
    async with alpha.context.database.read() as reader:
        contact = await rows.find(reader, offer)
    assert contact is not None
    assert contact.acceptance is not None
    for undone in (offer, contact.acceptance):
        attack = activities.undo(mallory.said(bob), undone, to=ana.actor)
        await mallory.is_refused(alpha, attack, Reason.NOT_OWNER)
    theirs = activities.undo(mallory.said(eve), contact.acceptance, to=ana.actor)
    await mallory.is_refused(alpha, theirs, Reason.NOT_OWNER)
    await mallory.is_done(alpha, activities.undo(mallory.said(eve), offer, to=ana.actor))
    assert await state(alpha, offer) == "ended"


async def test_nobody_offers_in_anothers_name(
    alpha: Node, mallory: Rogue, ana: Account, eve: str, bob: str
) -> None:
    offer = offer_contact(mallory, eve, ana.actor)
    inner = offer["object"]
    assert isinstance(inner, dict)
    for subject in (bob, alpha.admin.actor, ana.actor):
        attack = {**offer, "object": {**inner, "subject": subject}}
        await mallory.is_refused(alpha, attack, Reason.NOT_OWNER)
    await mallory.is_done(alpha, offer)


async def test_whether_somebody_lives_here_is_not_told_at_the_door(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    told = []
    for handle in ("ana", "nobody"):
        person = names.person_id(alpha.url, handle)
        for activity in (
            mallory.follow(eve, person),
            offer_contact(mallory, eve, person),
            mallory.create(eve, mallory.note(eve, reader=person)),
        ):
            answer = await send(alpha, mallory.letter(alpha, activity))
            told.append((answer.status, answer.body))
    assert set(told) == {(202, b"")}


async def test_ten_offers_wait_and_no_more(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    for number in range(10):
        person = await alpha.account(f"teacher{number}")
        await mallory.is_done(alpha, offer_contact(mallory, eve, person.actor))
    attack = offer_contact(mallory, eve, ana.actor)
    await changes_nothing(alpha, mallory, attack, ("refused", "too_many_items"))


async def test_a_letter_reaches_contacts_only(
    alpha: Node, mallory: Rogue, ana: Account, eve: str, bob: str
) -> None:
    await befriend_people(alpha, mallory, ana, eve)
    for writer, reader in ((bob, ana.actor), (eve, alpha.admin.actor)):
        attack = mallory.create(writer, mallory.note(writer, reader=reader))
        await changes_nothing(alpha, mallory, attack, ("refused", "not_allowed"))
    absent = mallory.create(eve, mallory.note(eve, reader=f"{alpha.url}/people/nobody"))
    await changes_nothing(alpha, mallory, absent, ("refused", "not_found"))
    elsewhere = mallory.create(eve, mallory.note(eve, reader=bob))
    await changes_nothing(alpha, mallory, elsewhere, ("refused", "not_found"))
    both = mallory.note(eve, {"to": [ana.actor, alpha.admin.actor]})
    await mallory.is_refused(alpha, mallory.create(eve, both), Reason.BAD_SHAPE)
    forged = mallory.note(bob, {"attributedTo": eve}, reader=ana.actor)
    await mallory.is_refused(alpha, mallory.create(bob, forged), Reason.BAD_PROOF)
    await mallory.is_done(alpha, mallory.create(eve, mallory.note(eve, reader=ana.actor)))
    assert await alpha.count("messages") == 1


async def test_whoever_is_blocked_is_not_told_and_reaches_nobody(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    await befriend_people(alpha, mallory, ana, eve)
    await contacts.block(alpha.context, ana, eve)
    await settle(alpha)
    said = len(mallory.letters)
    for attack in (
        mallory.create(eve, mallory.note(eve, reader=ana.actor)),
        mallory.follow(eve, ana.actor),
        offer_contact(mallory, eve, ana.actor),
    ):
        await changes_nothing(alpha, mallory, attack, ("done", ""))
    assert len(mallory.letters) == said


async def test_only_the_followed_one_accepts_a_follow(
    alpha: Node, mallory: Rogue, ana: Account, eve: str, bob: str
) -> None:
    await follow.follow(alpha.context, ana, eve)
    await settle(alpha)
    asked = next(str(one["id"]) for one in mallory.letters if one["type"] == "Follow")
    attack = activities.accept(mallory.said(bob), asked, to=ana.actor)
    await changes_nothing(alpha, mallory, attack, ("refused", "not_allowed"))
    await mallory.is_done(alpha, activities.accept(mallory.said(eve), asked, to=ana.actor))
    assert await alpha.count(f"follows WHERE id = '{asked}' AND state = 'following'") == 1


async def test_a_date_in_the_future_stays_on_top_of_nothing(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    await befriend_people(alpha, mallory, ana, eve)
    note = mallory.note(eve, {"published": "2099-01-01T00:00:00Z"}, reader=ana.actor)
    await mallory.is_done(alpha, mallory.create(eve, note))
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT max(at_ms) FROM messages")
    assert row is not None
    assert row[0] <= alpha.clock.now_ms()
    for odd in ("2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "0000-00-00T00:00:00Z"):
        spoiled = mallory.note(eve, {"published": odd, "updated": stamp(mallory.now())})
        told = await mallory.is_refused(alpha, mallory.create(eve, spoiled), Reason.BAD_SHAPE)
        assert told.status == 400


async def test_whoever_was_deleted_says_nothing_more(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    await befriend_people(alpha, mallory, ana, eve)
    end = mallory.delete(eve, mallory.tombstone(mallory.profile("eve")))
    await mallory.is_done(alpha, end)
    follows = await alpha.count("follows")
    for attack in (
        mallory.follow(eve, ana.actor),
        mallory.update(eve, mallory.profile("eve", {"version": 9})),
        mallory.create(eve, mallory.note(eve, reader=ana.actor)),
    ):
        told = await send(alpha, mallory.letter(alpha, attack))
        assert (told.status, told.reason) == (401, "revoked_key"), told.body
    assert await alpha.count("follows") == follows
    # Whose answer got lost sends it again, and must not do so for ever.
    assert (await send(alpha, mallory.letter(alpha, end))).status == 202
