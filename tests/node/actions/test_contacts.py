"""Contacts across two schools: offers, answers, lapsing, ending, silent blocks."""

import pytest

from node.actions import contacts, find, messages
from node.storage import messages as message_rows
from protocol.errors import Reason, Refused
from tests.node.actions.pairs import meet
from tests.nodes import Node, VirtualClock, settle


async def test_yes_makes_both_contacts(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    for node in pair:
        assert (await them.contact_at(node)).state == "contacts"


@pytest.mark.parametrize("answer", ["no", "not_now"])
async def test_a_refusal_is_told_with_its_note(
    pair: tuple[Node, Node], answer: contacts.Answer
) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    await contacts.answer(them.beta.context, them.bob, offer, answer, "After the exams.")
    await them.settle()
    there = await them.contact_at(them.alpha)
    assert (there.state, there.answer_note) == (answer, "After the exams.")


async def test_an_offer_is_answered_once(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    await contacts.answer(them.beta.context, them.bob, offer, "no")
    with pytest.raises(Refused) as refused:
        await contacts.answer(them.beta.context, them.bob, offer, "yes")
    assert refused.value.reason is Reason.ALREADY_ANSWERED


async def test_an_offer_can_be_withdrawn_before_the_answer(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    await contacts.withdraw(them.alpha.context, them.ana, offer)
    await them.settle()
    assert (await them.contact_at(them.beta)).state == "withdrawn"


async def test_an_offer_lapses_at_both_ends_after_thirty_days(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    clock.advance(days=31)
    await settle(*pair)
    for node in pair:
        assert (await them.contact_at(node)).state == "lapsed"
    with pytest.raises(Refused) as refused:
        await contacts.answer(them.beta.context, them.bob, offer, "yes")
    assert refused.value.reason is Reason.LAPSED


async def test_the_one_reminder_is_due_before_the_offer_lapses(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    await them.offer_contact()
    offered = await them.contact_at(them.beta)
    assert not contacts.is_to_be_reminded(offered, clock.now_ms())
    clock.advance(days=25)
    assert contacts.is_to_be_reminded(offered, clock.now_ms())


async def test_the_eleventh_open_offer_is_refused(pair: tuple[Node, Node]) -> None:
    alpha, _ = pair
    ana = await alpha.account("ana")
    for number in range(10):
        other = await alpha.account(f"colleague{number}")
        await contacts.offer(alpha.context, ana, other.actor, "Hello")
    last = await alpha.account("last")
    with pytest.raises(Refused) as refused:
        await contacts.offer(alpha.context, ana, last.actor, "Hello")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS


async def test_a_note_of_more_than_a_thousand_characters_is_refused(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    with pytest.raises(Refused) as refused:
        await them.offer_contact("x" * 1001)
    assert refused.value.reason is Reason.BAD_INPUT


async def test_after_a_no_only_the_one_who_gave_it_offers_again(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    await contacts.answer(them.beta.context, them.bob, offer, "no")
    await them.settle()
    clock.advance(days=300)
    with pytest.raises(Refused) as refused:
        await them.offer_contact()
    assert refused.value.reason is Reason.ALREADY_ANSWERED
    await find.find_actor(them.beta.context, them.bob, them.ana.actor)
    await contacts.offer(them.beta.context, them.bob, them.ana.actor, "Now I would.")
    await them.settle()
    assert (await them.contact_at(them.alpha)).state == "offered"


async def test_after_a_not_now_one_asks_again_in_a_month(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    await contacts.answer(them.beta.context, them.bob, offer, "not_now")
    await them.settle()
    clock.advance(days=29)
    with pytest.raises(Refused) as refused:
        await them.offer_contact()
    assert refused.value.reason is Reason.TOO_MANY_REQUESTS
    clock.advance(days=2)
    await them.offer_contact()
    assert (await them.contact_at(them.beta)).state == "offered"


async def test_a_block_is_silent(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await contacts.block(them.beta.context, them.bob, them.ana.actor)
    before = await them.beta.count("outbox")
    await messages.send(
        them.alpha.context, them.ana, them.bob.actor, text="Are you there?", language="en"
    )
    await them.settle()
    async with them.beta.context.database.read() as reader:
        assert await message_rows.list_with(reader, them.bob.actor, them.ana.actor) == []
    assert await them.beta.count("outbox") == before
    async with them.alpha.context.database.read() as reader:
        sent = await message_rows.list_with(reader, them.ana.actor, them.bob.actor)
    assert [one.text for one in sent] == ["Are you there?"]


async def test_nobody_writes_to_a_stranger(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.offer_contact()
    with pytest.raises(Refused) as refused:
        await messages.send(
            them.alpha.context, them.ana, them.bob.actor, text="Hello", language="en"
        )
    assert refused.value.reason is Reason.NOT_ALLOWED


async def test_an_ended_contact_can_no_longer_be_written_to(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    offer = await them.become_contacts()
    await contacts.end(them.beta.context, them.bob, offer)
    await them.settle()
    for node in pair:
        assert (await them.contact_at(node)).state == "ended"


async def test_colleagues_of_one_school_become_contacts_without_a_letter(alpha: Node) -> None:
    ana, tia = await alpha.account("ana"), await alpha.account("tia")
    offer = await contacts.offer(alpha.context, ana, tia.actor, "Lunch?")
    await contacts.answer(alpha.context, tia, offer, "yes")
    await messages.send(alpha.context, ana, tia.actor, text="At one.", language="en")
    async with alpha.context.database.read() as reader:
        received = await message_rows.list_with(reader, tia.actor, ana.actor)
    assert [one.text for one in received] == ["At one."]
    assert await alpha.count("deliveries") == 0
