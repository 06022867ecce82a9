"""What founders have removed for good: hidden by one word, erased by two, confirmed by all."""

import pytest

from node.actions import examine, forum, ledger, removals, replica, trash
from node.actions.permission import OPERATOR
from node.actions.removals import Removal
from node.storage import operations, spaces
from node.storage import payloads as texts_of
from protocol.errors import Reason, Refused
from protocol.space import consent, writing
from protocol.space.vocabulary import Arguments
from tests.node.spaces.schools import Shared, texts
from tests.node.spaces.test_stewards import admin
from tests.nodes import Node, settle

Three = tuple[Shared, Node]


async def post(three: Three) -> str:
    """A thread by the school that did not found; its reference."""
    shared, gamma = three
    cleo = await admin(gamma, "cleo")
    made = await forum.start_thread(
        gamma.context, cleo, shared.space, title="Bad", text="Libel.", language="en"
    )
    await settle(shared.alpha, shared.beta, gamma)
    return made


async def asked(node: Node, space: str) -> list[Removal]:
    async with node.context.database.read() as reader:
        return await removals.list_asked(reader, await spaces.get(reader, space))


async def payloads(node: Node, space: str, item: str) -> int:
    """How many texts of an object a node still has."""
    home, _, name = item.partition("/")
    async with node.context.database.read() as reader:
        rows = await operations.list_effective(reader, space, [(home, name)])
        return len(await texts_of.list_by_op(reader, space, [id_ for _, id_, _ in rows]))


async def test_one_founder_hides_and_the_other_makes_it_final(three: Three) -> None:
    shared, gamma = three
    item, space = await post(three), shared.space
    nodes = (shared.alpha, shared.beta, gamma)
    ana, bob = await admin(shared.alpha, "ana"), await admin(shared.beta, "bob")
    await removals.ask(shared.beta.context, bob, space, item)
    await settle(*nodes)
    for node in nodes:
        assert await texts(node, space) == [[""]]
        assert await payloads(node, space, item) == 1
    (wish,) = await asked(shared.alpha, space)
    assert wish.hidden
    assert wish.ours
    assert not wish.erased
    assert wish.made is not None
    assert getattr(wish.made, "text", "") == "Libel."
    await removals.agree(shared.alpha.context, ana, space, wish.home, wish.name)
    await settle(*nodes)
    shared.alpha.clock.advance(seconds=700)
    await settle(*nodes)
    for node in nodes:
        assert await payloads(node, space, item) == 0
        assert (await examine.examine(node.context, OPERATOR, space)).troubles == []
    (wish,) = await asked(shared.alpha, space)
    assert wish.erased
    assert not wish.ours


async def test_every_school_confirms_to_both_founders(three: Three) -> None:
    shared, gamma = three
    item, space = await post(three), shared.space
    nodes = (shared.alpha, shared.beta, gamma)
    ana, bob = await admin(shared.alpha, "ana"), await admin(shared.beta, "bob")
    await removals.ask(shared.alpha.context, ana, space, item)
    await settle(*nodes)
    (wish,) = await asked(shared.beta, space)
    await removals.agree(shared.beta.context, bob, space, wish.home, wish.name)
    for _ in range(3):
        await settle(*nodes)
        shared.alpha.clock.advance(seconds=700)
    for node, account in ((shared.alpha, ana), (shared.beta, bob)):
        found = (await ledger.list_of_space(node.context, account, space, 1)).entries
        (entry,) = found
        assert entry.purged
        assert entry.targets == 1
        assert len(entry.owed) == 2
        assert not entry.is_open
    cleo = await admin(gamma, "cleo")
    assert (await ledger.list_of_space(gamma.context, cleo, space, 1)).entries == ()


async def test_what_is_only_hidden_is_shown_again(three: Three) -> None:
    shared, gamma = three
    item, space = await post(three), shared.space
    ana, bob = await admin(shared.alpha, "ana"), await admin(shared.beta, "bob")
    await removals.ask(shared.alpha.context, ana, space, item)
    await settle(shared.alpha, shared.beta, gamma)
    await removals.take_back(shared.beta.context, bob, space, item)
    await settle(shared.alpha, shared.beta, gamma)
    for node in (shared.alpha, shared.beta, gamma):
        assert await texts(node, space) == [["Libel."]]
        assert await asked(node, space) == []
    # The word that was given before does not count any more.
    await removals.ask(shared.beta.context, bob, space, item)
    await settle(shared.alpha, shared.beta, gamma)
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta, gamma)
    assert await payloads(gamma, space, item) == 1
    (wish,) = await asked(shared.alpha, space)
    await removals.agree(shared.alpha.context, ana, space, wish.home, wish.name)
    await settle(shared.alpha, shared.beta, gamma)
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta, gamma)
    assert await payloads(gamma, space, item) == 0


async def test_a_third_schools_wish_is_nobodys_to_agree_to(three: Three) -> None:
    shared, gamma = three
    item, space = await post(three), shared.space
    nodes = (shared.alpha, shared.beta, gamma)
    ana, bob = await admin(shared.alpha, "ana"), await admin(shared.beta, "bob")
    async with gamma.context.database.write() as transaction:
        kept = await spaces.get(transaction, space)
        home, _, object_ = item.partition("/")
        rows = await operations.list_effective(transaction, space, [(home, object_)])
        stored = await operations.list_stored(transaction, space, [id_ for _, id_, _ in rows])
        targets = tuple((one.header.log, one.header.seq, id_) for id_, one in stored.items())
        signer = await replica.get_admitted_signer(gamma.context, transaction, kept)
        args: Arguments = {
            "kind": "purge",
            "targets": [list(one) for one in targets],
            "word": consent.sign(consent.purging(space, targets, ""), signer),
        }
        await replica.append(
            gamma.context,
            transaction,
            kept,
            lambda place: writing.propose(place, "P" * 21 + "A", args),
            None,
        )
    await settle(*nodes)
    assert await asked(shared.alpha, space) == []
    with pytest.raises(Refused) as refused:
        await removals.agree(shared.alpha.context, ana, space, kept.node, "P" * 21 + "A")
    assert refused.value.reason is Reason.NOT_FOUND
    await removals.ask(shared.beta.context, bob, space, item)
    await settle(*nodes)
    (wish,) = await asked(shared.alpha, space)
    assert len(wish.asked) == 1
    assert wish.ours


async def test_only_who_speaks_for_a_founding_school_asks(three: Three) -> None:
    shared, gamma = three
    item = await post(three)
    cleo = await admin(gamma, "cleo")
    for node, account in ((gamma, cleo), (shared.alpha, shared.ana)):
        with pytest.raises(Refused) as refused:
            await removals.ask(node.context, account, shared.space, item)
        assert refused.value.reason is Reason.NOT_ALLOWED
    ana = await admin(shared.alpha, "ana")
    await removals.ask(shared.alpha.context, ana, shared.space, item)
    with pytest.raises(Refused) as refused:
        await removals.ask(shared.alpha.context, ana, shared.space, item)
    assert refused.value.reason is Reason.CONFLICT
    (wish,) = await asked(shared.alpha, shared.space)
    with pytest.raises(Refused) as refused:
        await removals.agree(shared.alpha.context, ana, shared.space, wish.home, wish.name)
    assert refused.value.reason is Reason.CONFLICT
    async with shared.alpha.context.database.read() as reader:
        space = await spaces.get(reader, shared.space)
        assert (await trash.get(reader, space, item)).reference == item
