"""The school that keeps the list of members is gone: the others take over the keys of the space."""

import pytest

from node.actions import replica, stewards
from node.actions.stewards import Stewardship
from node.storage import accounts, spaces
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.control import State
from tests.node.spaces.schools import Shared, holds_the_same
from tests.nodes import Node, settle

Three = tuple[Shared, Node]


async def state_at(node: Node, space: str) -> State:
    async with node.context.database.read() as reader:
        return (await spaces.get(reader, space)).state


async def id_of(node: Node, space: str) -> str:
    async with node.context.database.read() as reader:
        return (await spaces.get(reader, space)).node


async def admin(node: Node, name: str) -> Account:
    """A person of the school who may speak for it."""
    async with node.context.database.write() as transaction:
        found = await accounts.find_by_handle(transaction, name)
        assert found is not None
        await accounts.put_roles(transaction, found.id, frozenset({*found.roles, "admin"}))
        again = await accounts.find_by_handle(transaction, name)
    assert again is not None
    return again


async def seen(node: Node, name: str, space: str) -> Stewardship:
    async with node.context.database.read() as reader:
        account = await accounts.find_by_handle(reader, name)
        assert account is not None
        return await stewards.find(reader, account, await spaces.get(reader, space))


async def test_the_others_take_over_where_the_founders_node_is_gone_for_ever(three: Three) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    bob, cleo = await admin(beta, "bob"), await admin(gamma, "cleo")
    await alpha.close_doors()
    me = await id_of(beta, space)
    await stewards.vote(beta.context, bob, space, me)
    await settle(beta, gamma)
    assert (await state_at(gamma, space)).epoch == 0
    (asked,) = (await seen(gamma, "cleo", space)).candidacies
    assert (asked.steward, asked.voters) == (me, (me,))
    await stewards.vote(gamma.context, cleo, space, me)
    await settle(beta, gamma)
    for node in (beta, gamma):
        state = await state_at(node, space)
        assert (state.steward, state.epoch) == (me, 1)
    gone = await id_of(alpha, space)
    async with beta.context.database.write() as transaction:
        kept = await spaces.get(transaction, space)
        await replica.append_control(
            beta.context, transaction, kept, lambda place: writing.cut(place, gone, {})
        )
    await settle(beta, gamma)
    assert gone not in (await state_at(gamma, space)).members
    assert await holds_the_same(beta, gamma, space)
    # Both have confirmed the cut, so nothing undoes it.
    async with gamma.context.database.read() as reader:
        pin = (await spaces.get(reader, space)).pin
    assert pin is not None
    assert gone not in pin.members


async def test_a_founder_who_comes_back_hears_that_others_took_over(three: Three) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    bob, cleo = await admin(beta, "bob"), await admin(gamma, "cleo")
    await alpha.close_doors()
    me = await id_of(beta, space)
    await stewards.vote(beta.context, bob, space, me)
    await settle(beta, gamma)
    await stewards.vote(gamma.context, cleo, space, me)
    await settle(beta, gamma)
    await alpha.open_doors()
    alpha.clock.advance(seconds=7 * 3600)
    await settle(alpha, beta, gamma)
    assert (await state_at(alpha, space)).steward == me
    assert await holds_the_same(alpha, beta, space)
    async with alpha.context.database.read() as reader:
        assert not await replica.may_steer(alpha.context, reader, await spaces.get(reader, space))


async def test_the_list_is_handed_over_when_enough_have_confirmed_it(three: Three) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    ana = await admin(alpha, "ana")
    other = await id_of(beta, space)
    await stewards.hand_over(alpha.context, ana, space, other)
    assert (await state_at(alpha, space)).successor == other
    with pytest.raises(Refused) as refused:
        await stewards.hand_over(alpha.context, ana, space, other)
    assert refused.value.reason is Reason.CONFLICT
    await settle(alpha, beta, gamma)
    for node in (alpha, beta, gamma):
        state = await state_at(node, space)
        assert (state.steward, state.epoch, state.successor) == (other, 1, "")


async def test_two_schools_each_can_take_over_from_the_other(shared: Shared) -> None:
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    bob = await admin(beta, "bob")
    await stewards.vote(beta.context, bob, space, await id_of(beta, space))
    await settle(alpha, beta)
    assert (await state_at(alpha, space)).steward == await id_of(beta, space)


async def test_a_school_votes_once_for_an_epoch(three: Three) -> None:
    shared, gamma = three
    beta, space = shared.beta, shared.space
    bob = await admin(beta, "bob")
    await stewards.vote(beta.context, bob, space, await id_of(beta, space))
    before = await seen(beta, "bob", space)
    assert before.voted is not None
    assert before.voted.epoch == 1
    await stewards.vote(beta.context, bob, space, await id_of(gamma, space))
    after = await seen(beta, "bob", space)
    assert after.voted is not None
    assert after.voted.epoch == 2


async def test_whoever_voted_acknowledges_nothing_until_then(three: Three) -> None:
    shared, _ = three
    beta, space = shared.beta, shared.space
    bob = await admin(beta, "bob")
    await stewards.vote(beta.context, bob, space, await id_of(beta, space))
    async with beta.context.database.read() as reader:
        assert await replica.find_acknowledged(reader, await spaces.get(reader, space)) == ""


async def test_only_who_speaks_for_the_school_votes(three: Three) -> None:
    shared, _ = three
    me = await id_of(shared.beta, shared.space)
    with pytest.raises(Refused) as refused:
        await stewards.vote(shared.beta.context, shared.bob, shared.space, me)
    assert refused.value.reason is Reason.NOT_ALLOWED


async def test_a_restored_node_does_not_vote_before_it_heard_enough(three: Three) -> None:
    shared, _ = three
    beta, space = shared.beta, shared.space
    bob = await admin(beta, "bob")
    async with beta.context.database.write() as transaction:
        await spaces.put_heard(transaction, space, ())
    me = await id_of(beta, space)
    with pytest.raises(Refused) as refused:
        await stewards.vote(beta.context, bob, space, me)
    assert refused.value.reason is Reason.READ_ONLY
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, beta, three[1])
    await stewards.vote(beta.context, bob, space, await id_of(beta, space))
