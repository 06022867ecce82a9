"""One letter travels: from a person at one school to a person at another, and nowhere else."""

from collections.abc import Iterable

import pytest

from node.actions import contacts, find, follow, messages, people
from node.storage import contacts as contact_rows
from node.storage import deliveries, feed, partners
from node.storage import messages as message_rows
from node.storage.database import Reader
from node.storage.partners import PartnerState
from protocol.errors import Reason, Refused
from tests.nodes import Node, settle


async def test_a_message_between_contacts_reaches_the_other_school(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana, bob = await alpha.account("ana"), await beta.account("bob")
    there = await find.find_actor(alpha.context, ana, f"bob@{beta.url.partition('://')[2]}")
    assert there == bob.actor
    await contacts.offer(alpha.context, ana, there, "Shall we twin our classes?")
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        offered = await contact_rows.find_pair(reader, bob.actor, ana.actor)
    assert offered is not None
    assert offered.note == "Shall we twin our classes?"
    await contacts.answer(beta.context, bob, offered.offer, "yes")
    await settle(alpha, beta)
    await messages.send(alpha.context, ana, bob.actor, text="Olá, Bob!", language="pt")
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        received = await message_rows.list_with(reader, bob.actor, ana.actor)
    assert [one.text for one in received] == ["Olá, Bob!"]
    # The clock stands still: all of these are of the same second.
    texts = [f"{number} of many" for number in range(8)]
    for text in texts:
        await messages.send(alpha.context, ana, bob.actor, text=text, language="en")
    await settle(alpha, beta)
    for node, who, other in ((alpha, ana.actor, bob.actor), (beta, bob.actor, ana.actor)):
        async with node.context.database.read() as reader:
            read = await message_rows.list_with(reader, who, other)
            assert [one.text for one in read] == ["Olá, Bob!", *texts]
            assert (await message_rows.list_conversations(reader, who))[0].text == texts[-1]


async def test_a_message_to_a_blocked_school_is_refused_and_not_shown_as_sent(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana, bob = await alpha.account("ana"), await beta.account("bob")
    there = await find.find_actor(alpha.context, ana, bob.actor)
    await contacts.offer(alpha.context, ana, there, "Shall we twin our classes?")
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        offered = await contact_rows.find_pair(reader, bob.actor, ana.actor)
    assert offered is not None
    await contacts.answer(beta.context, bob, offered.offer, "yes")
    await settle(alpha, beta)
    async with alpha.context.database.write() as transaction:
        await partners.put_state(transaction, beta.url, "blocked", alpha.context.now_ms())
    with pytest.raises(Refused) as refusal:
        await messages.send(alpha.context, ana, bob.actor, text="Olá?", language="pt")
    assert refusal.value.reason is Reason.NOT_PARTNER
    async with alpha.context.database.read() as reader:
        assert await message_rows.list_with(reader, ana.actor, bob.actor) == []


async def test_a_public_update_reaches_the_home_page_of_a_follower(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana, bob = await alpha.account("ana"), await beta.account("bob")
    target = await find.find_actor(beta.context, bob, ana.actor)
    await follow.follow(beta.context, bob, target)
    await settle(alpha, beta)
    note = await people.publish_update(alpha.context, ana, text="We begin.", language="en")
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        items = await feed.list_for(reader, bob.actor)
    assert [one.id for one in items] == [note]


async def test_whoever_says_something_reads_the_partners_that_it_is_for(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta = pair
    ana, bob = await alpha.account("ana"), await beta.account("bob")
    there = await find.find_actor(alpha.context, ana, bob.actor)
    asked: list[set[str]] = []
    list_states = partners.list_states

    async def listen(reader: Reader, origins: Iterable[str]) -> dict[str, PartnerState]:
        asked.append(set(origins))
        return await list_states(reader, origins)

    monkeypatch.setattr(partners, "list_states", listen)
    monkeypatch.setattr(partners, "list_all", None)
    await contacts.offer(alpha.context, ana, there, "Shall we twin our classes?")
    assert asked == [{beta.url}]
    async with alpha.context.database.read() as reader:
        assert [one.origin for one in await deliveries.list_open(reader)] == [beta.url]
