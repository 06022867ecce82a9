"""A space key is stolen: the school asks for a new one, two others vouch, and it goes on."""

import asyncio

import pytest
from click.testing import Result

from node.actions import absorb, acquaint, forum, renewals, tips
from node.actions.renewals import Asking
from node.actions.talk import Talk
from node.clock import SystemClock
from node.storage import accounts, control, operations, spaces
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from protocol.space.effects import PutAcknowledgement
from protocol.space.writing import By, Place
from tests.node.cli.test_commands import run
from tests.node.spaces.schools import Shared, holds_the_same, texts
from tests.node.spaces.speaking import signer_of
from tests.node.spaces.test_stewards import admin, id_of, state_at
from tests.nodes import Node, settle

Three = tuple[Shared, Node]


async def asking(node: Node, name: str, space: str) -> list[Asking]:
    async with node.context.database.read() as reader:
        account = await accounts.find_by_handle(reader, name)
        assert account is not None
        return await renewals.list_asking(reader, account, await spaces.get(reader, space))


async def write(node: Node, name: str, space: str, text: str) -> None:
    account = await admin(node, name)
    await forum.start_thread(node.context, account, space, title=text, text=text, language="en")


async def renew(three: Three) -> None:
    """Beta asks, the two others compare the number and vouch."""
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    bob = await admin(beta, "bob")
    await renewals.ask(beta.context, bob, space)
    await settle(alpha, beta, gamma)
    (own,) = await asking(beta, "bob", space)
    assert own.ours
    for node, name in ((alpha, "ana"), (gamma, "cleo")):
        account = await admin(node, name)
        (one,) = await asking(node, name, space)
        assert one.fingerprint == own.fingerprint
        assert one.may
        await renewals.vouch(node.context, account, space, one.node, one.key)
        await settle(alpha, beta, gamma)
    alpha.clock.advance(seconds=700)
    await settle(alpha, beta, gamma)


async def test_two_schools_vouch_and_the_school_goes_on_under_its_new_key(three: Three) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await write(beta, "bob", space, "Before.")
    await settle(alpha, beta, gamma)
    stolen = await signer_of(beta, space)
    await renew(three)
    node = await id_of(beta, space)
    for one, name in ((alpha, "ana"), (beta, "bob"), (gamma, "cleo")):
        assert (await state_at(one, space)).base[node] == 8
        assert await asking(one, name, space) == []
    await write(beta, "bob", space, "After.")
    await settle(alpha, beta, gamma)
    for one in (alpha, gamma):
        assert sorted(await texts(one, space)) == [["After."], ["Before."]]
    assert await holds_the_same(alpha, beta, space)
    assert await holds_the_same(alpha, gamma, space)
    # The thief goes on with the old log, before whoever listens.
    async with gamma.context.database.write() as transaction:
        head = await operations.find_head(transaction, space, f"c/{node}/0")
        theft = writing.thread(
            Place(space, head, "", gamma.clock.now_ms()), By("A" * 22), "B" * 21 + "A"
        )
        written = operation.write(theft, _payload(), stolen)
        judged = await absorb.absorb(gamma.context, transaction, space, [written])
        assert judged.passed_over == [written.id]
    async with alpha.context.database.read() as reader:
        kept = await spaces.get(reader, space)
        assert kept.settled == kept.state.head[1]


def _payload() -> str:
    return operation.payload({"title": "Theft", "text": "Stolen."}, "en", bytes(16))


async def test_while_it_waits_the_school_writes_nothing(three: Three) -> None:
    shared, _ = three
    bob = await admin(shared.beta, "bob")
    await renewals.ask(shared.beta.context, bob, shared.space)
    with pytest.raises(Refused) as refused:
        await write(shared.beta, "bob", shared.space, "Whose words?")
    assert refused.value.reason is Reason.READ_ONLY
    shared.beta.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await write(shared.beta, "bob", shared.space, "Whose words?")
    assert refused.value.reason is Reason.READ_ONLY


async def test_a_school_that_asks_during_a_conversation_is_heard_at_once(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No log tells of the wish: both sides agree about all the rest by then."""
    shared, gamma = three
    bob, asked = await admin(shared.beta, "bob"), False
    go_on = acquaint.acquaint

    async def ask_meanwhile(talk: Talk) -> None:
        nonlocal asked
        if talk.context is shared.beta.context and not asked:
            asked = True
            await renewals.ask(shared.beta.context, bob, shared.space)
        await go_on(talk)

    monkeypatch.setattr(acquaint, "acquaint", ask_meanwhile)
    shared.beta.clock.advance(seconds=3 * 3600)
    await settle(shared.alpha, shared.beta, gamma)
    assert asked
    for node, name in ((shared.alpha, "ana"), (gamma, "cleo")):
        assert [one.ours for one in await asking(node, name, shared.space)] == [False]


async def test_a_restored_backup_does_not_end_the_waiting(three: Three) -> None:
    shared, gamma = three
    beta, space = shared.beta, shared.space
    await renewals.ask(beta.context, await admin(beta, "bob"), space)
    async with beta.context.database.write() as transaction:
        await spaces.put_closed_to_writing(transaction, space, tips.RESTORED)
        await spaces.put_heard(transaction, space, ())
    beta.clock.advance(seconds=700)
    await settle(shared.alpha, beta, gamma)
    async with beta.context.database.read() as reader:
        assert (await spaces.get(reader, space)).closed_to_writing == tips.RENEWING
    await renew(three)
    await write(beta, "bob", space, "After.")
    await settle(shared.alpha, beta, gamma)
    assert await texts(gamma, space) == [["After."]]


async def test_what_the_old_key_named_leaves_the_new_one_its_room(three: Three) -> None:
    shared, _ = three
    node = await id_of(shared.beta, shared.space)
    # All of them name what never arrives.
    said = [
        PutAcknowledgement(node, number, f"{at:042}A", f"{at + 500:042}A")
        for number, many in ((0, control.MAX_PENDING + 1), (8, 1))
        for at in range(100 * number, 100 * number + many)
    ]
    async with shared.alpha.context.database.write() as transaction:
        for one in said:
            await control.put_acknowledgement(transaction, shared.space, one)
        kept = await control.list_acknowledged(transaction, shared.space, node)
    assert said[-1].control in kept
    assert said[-2].control not in kept


async def test_one_school_alone_changes_nothing_and_vouches_once(three: Three) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    bob, ana = await admin(beta, "bob"), await admin(alpha, "ana")
    await renewals.ask(beta.context, bob, space)
    await settle(alpha, beta, gamma)
    (one,) = await asking(alpha, "ana", space)
    with pytest.raises(Refused) as refused:
        await renewals.vouch(alpha.context, ana, space, one.node, "z6Mkanother")
    assert refused.value.reason is Reason.CONFLICT
    await renewals.vouch(alpha.context, ana, space, one.node, one.key)
    await settle(alpha, beta, gamma)
    assert (await state_at(alpha, space)).base[one.node] == 0
    with pytest.raises(Refused) as refused:
        await renewals.vouch(alpha.context, ana, space, one.node, one.key)
    assert refused.value.reason is Reason.CONFLICT


async def test_the_school_that_keeps_the_list_asks_after_another_took_it_over(three: Three) -> None:
    shared, _ = three
    ana = await admin(shared.alpha, "ana")
    with pytest.raises(Refused) as refused:
        await renewals.ask(shared.alpha.context, ana, shared.space)
    assert refused.value.reason is Reason.CONFLICT


async def test_the_command_line_asks_for_a_new_key_and_prints_what_is_read_to_the_others(
    three: Three,
) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space

    async def typed(node: Node, named: str) -> Result:
        return await asyncio.to_thread(run, node.folder.path, "space", "rekey", named)

    # The command goes by the clock of the machine, and what it makes due is due then.
    ahead_ms = SystemClock().now_ms() - alpha.clock.now_ms()
    alpha.clock.advance(seconds=max(0, ahead_ms // 1000) + 60)
    await settle(alpha, beta, gamma)
    keeper = await typed(alpha, space)
    assert (keeper.exit_code, "keeps the list of members" in keeper.output) == (1, True)
    unknown = await typed(beta, "B" * 43)
    assert (unknown.exit_code, "There is no space" in unknown.output) == (1, True)
    done = await typed(beta, space)
    assert done.exit_code == 0, done.output
    with pytest.raises(Refused) as refused:
        await write(beta, "bob", space, "Whose word is it?")
    assert refused.value.reason is Reason.READ_ONLY
    await settle(alpha, beta, gamma)
    for node, name in ((alpha, "ana"), (gamma, "cleo")):
        account = await admin(node, name)
        (one,) = await asking(node, name, space)
        assert one.fingerprint in done.output
        await renewals.vouch(node.context, account, space, one.node, one.key)
        await settle(alpha, beta, gamma)
    alpha.clock.advance(seconds=700)
    await settle(alpha, beta, gamma)
    await write(beta, "bob", space, "Under the new key.")
    await settle(alpha, beta, gamma)
    assert await texts(alpha, space) == [["Under the new key."]]
