"""Letters wait for a partner that is away, and arrive in order when it is back."""

from node.actions import contacts, messages, partners
from node.actions import deliveries as delivery_actions
from node.actions.permission import OPERATOR
from node.storage import deliveries
from node.storage import messages as message_rows
from node.storage.deliveries import Delivery
from tests.node.actions.pairs import Pair, meet
from tests.nodes import Node, VirtualClock, settle


async def _open(node: Node) -> list[Delivery]:
    async with node.context.database.read() as reader:
        return await deliveries.list_open(reader)


async def _write(them: Pair, *texts: str) -> None:
    for text in texts:
        await messages.send(them.alpha.context, them.ana, them.bob.actor, text=text, language="en")


async def test_letters_wait_for_a_partner_that_is_away(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await them.beta.close_doors()
    await _write(them, "one", "two", "three")
    await settle(them.alpha)
    waiting = await _open(them.alpha)
    assert len(waiting) == 3
    assert {one.why for one in waiting} >= {"unreachable"}
    clock.advance(days=42)
    await settle(them.alpha)
    assert len(await _open(them.alpha)) == 3
    await them.beta.open_doors()
    clock.advance(seconds=6 * 3600)
    await them.settle()
    assert await _open(them.alpha) == []
    async with them.beta.context.database.read() as reader:
        received = await message_rows.list_with(reader, them.bob.actor, them.ana.actor)
    assert sorted(one.text for one in received) == ["one", "three", "two"]


async def test_an_administrator_can_try_again_at_once(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await them.beta.close_doors()
    await _write(them, "one")
    await settle(them.alpha)
    [waiting] = await _open(them.alpha)
    assert waiting.next_ms > clock.now_ms()
    await them.beta.open_doors()
    await delivery_actions.retry(them.alpha.context, OPERATOR, waiting.id)
    await settle(them.alpha)
    assert await _open(them.alpha) == []


async def test_a_dropped_letter_never_leaves(pair: tuple[Node, Node], clock: VirtualClock) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await them.beta.close_doors()
    await _write(them, "one", "two")
    await settle(them.alpha)
    waiting = await _open(them.alpha)
    await delivery_actions.drop(them.alpha.context, OPERATOR, waiting[0].id)
    await them.beta.open_doors()
    clock.advance(seconds=6 * 3600)
    await them.settle()
    async with them.beta.context.database.read() as reader:
        received = await message_rows.list_with(reader, them.bob.actor, them.ana.actor)
    assert [one.text for one in received] == ["two"]


async def test_a_letter_delivered_twice_has_one_effect(pair: tuple[Node, Node]) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await _write(them, "once")
    await them.settle()
    async with them.alpha.context.database.write() as transaction:
        await transaction.run("UPDATE deliveries SET state = 'waiting', next_ms = 0")
    await them.settle()
    async with them.beta.context.database.read() as reader:
        received = await message_rows.list_with(reader, them.bob.actor, them.ana.actor)
    assert [one.text for one in received] == ["once"]


async def test_an_answer_to_a_blocked_school_waits_until_the_block_is_lifted(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    offer = await them.offer_contact()
    await partners.block(them.beta.context, OPERATOR, them.alpha.url)
    await contacts.answer(them.beta.context, them.bob, offer, "no")
    await them.settle()
    assert (await them.contact_at(them.alpha)).state == "offered"
    await partners.unblock(them.beta.context, OPERATOR, them.alpha.url)
    await partners.approve(them.beta.context, OPERATOR, them.alpha.url, them.alpha.fingerprint)
    await them.settle()
    assert (await them.contact_at(them.alpha)).state == "no"


async def test_a_writer_can_tell_what_arrived_from_what_was_dropped(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await _write(them, "arrives")
    await them.settle()
    await them.beta.close_doors()
    await _write(them, "dropped", "waits")
    await settle(them.alpha)
    first = (await _open(them.alpha))[0]
    await delivery_actions.drop(them.alpha.context, OPERATOR, first.id)
    async with them.alpha.context.database.read() as reader:
        sent = await message_rows.list_with(reader, them.ana.actor, them.bob.actor)
    shown = {one.text: one.travel for one in sent}
    assert shown == {"arrives": "done", "dropped": "dropped", "waits": "waiting"}
    await them.beta.open_doors()


async def test_a_letter_that_the_gate_holds_back_is_given_up_and_the_next_one_goes(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await _write(them, "one", "two")
    await _spoil_first(them.alpha, "activity = json_set(activity, '$.surplus', 1)")
    await them.settle()
    assert [(one.state, one.why) for one in await _open(them.alpha)] == [("given_up", "bad_shape")]


async def test_a_letter_at_which_this_node_fails_waits_and_the_next_one_goes(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await _write(them, "one", "two")
    nobody = "http://127.0.0.1:1/people/nobody#ed25519-key"
    signed = f"json_set(activity, '$.proof.verificationMethod', '{nobody}')"
    await _spoil_first(them.alpha, f"activity = {signed}")
    await them.settle()
    assert [(one.state, one.why) for one in await _open(them.alpha)] == [("waiting", "busy")]


async def _spoil_first(node: Node, assignment: str) -> None:
    async with node.context.database.write() as transaction:
        await transaction.run(
            f"UPDATE deliveries SET {assignment} "
            "WHERE id = (SELECT min(id) FROM deliveries WHERE state = 'waiting')"
        )
