"""A school leaves, is removed, or the project is closed: what stays, what ends, for whom."""

from collections.abc import Awaitable

import pytest

from node.actions import forum, joining, parting, spaces
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from tests.node.members.joining import Joined, card_at, join, joining_at, space_at
from tests.node.spaces.schools import holds_the_same, texts
from tests.node.spaces.speaking import get
from tests.nodes import Node, make_partners, settle


async def say(joined: Joined, node: Node, text: str) -> str:
    who = joined.people[node.name]
    return await forum.start_thread(
        node.context, who, joined.space, title="t", text=text, language="en"
    )


async def node_of(node: Node, space: str) -> str:
    return (await space_at(node, space)).node


async def refused(work: Awaitable[object]) -> Reason:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def test_a_school_that_leaves_keeps_what_it_has_and_receives_nothing_more(
    three: Joined, gamma: Node
) -> None:
    alpha, beta, cleo = three.shared.alpha, three.shared.beta, three.people["gamma"]
    await say(three, gamma, "from gamma")
    await say(three, alpha, "before")
    await three.settle()
    await parting.leave(gamma.context, cleo, three.space)
    await three.settle()
    for node in (alpha, beta):
        assert len((await space_at(node, three.space)).state.members) == 2
    await say(three, alpha, "after")
    alpha.clock.advance(days=1)
    await three.settle()
    assert sorted(await texts(gamma, three.space)) == [["before"], ["from gamma"]]
    assert sorted(await texts(alpha, three.space)) == [["after"], ["before"], ["from gamma"]]
    assert (await joining_at(alpha, three.project)).state == "over"
    assert "partnerSchools" not in await card_at(alpha, three.project)
    seen = await spaces.find_space(gamma.context, cleo, three.space)
    assert seen.space.ended == "left"
    assert await refused(say(three, gamma, "too late")) is Reason.READ_ONLY


async def test_a_removed_school_is_cut_where_the_others_have_it_and_told(
    three: Joined, gamma: Node
) -> None:
    alpha, beta, ana = three.shared.alpha, three.shared.beta, three.shared.ana
    await say(three, gamma, "not yet told")  # removing pulls it first
    await parting.remove(alpha.context, ana, three.space, await node_of(gamma, three.space))
    await three.settle()
    for node in (alpha, beta):
        assert len((await space_at(node, three.space)).state.members) == 2
        assert await texts(node, three.space) == [["not yet told"]]
    assert (await space_at(gamma, three.space)).ended == "removed"
    assert await holds_the_same(alpha, beta, three.space)
    await say(three, alpha, "among us")
    alpha.clock.advance(days=1)
    await three.settle()
    assert await texts(gamma, three.space) == [["not yet told"]]
    answer = await get(gamma, alpha, f"/spaces/{three.space}/heads")
    assert answer.status == 404


async def test_the_co_founder_removes_through_the_steward(three: Joined, gamma: Node) -> None:
    alpha, beta, bob = three.shared.alpha, three.shared.beta, three.shared.bob
    await alpha.close_doors()
    await parting.remove(beta.context, bob, three.space, await node_of(gamma, three.space))
    await settle(beta)
    assert len((await space_at(beta, three.space)).state.members) == 3
    await alpha.open_doors()
    beta.clock.advance(days=1)
    await three.settle()
    assert len((await space_at(beta, three.space)).state.members) == 2


async def test_a_removed_school_comes_back_by_a_new_invitation(three: Joined, gamma: Node) -> None:
    alpha, ana, cleo = three.shared.alpha, three.shared.ana, three.people["gamma"]
    await say(three, gamma, "first time")
    await parting.remove(alpha.context, ana, three.space, await node_of(gamma, three.space))
    await three.settle()
    await say(three, alpha, "meanwhile")
    await joining.invite(alpha.context, ana, three.project, cleo.actor)
    await three.settle()
    await joining.accept(gamma.context, cleo, three.project)
    await three.settle()
    await say(three, gamma, "again")
    await three.settle()
    every = [["again"], ["first time"], ["meanwhile"]]
    for node in (alpha, gamma):
        assert sorted(await texts(node, three.space)) == every
        assert len((await space_at(node, three.space)).state.members) == 3


async def test_a_school_that_parted_still_erases_and_hears_of_erasures(
    three: Joined, gamma: Node
) -> None:
    alpha, ana, cleo = three.shared.alpha, three.shared.ana, three.people["gamma"]
    theirs, ours = await say(three, gamma, "of gamma"), await say(three, alpha, "of alpha")
    await three.settle()
    await parting.remove(alpha.context, ana, three.space, await node_of(gamma, three.space))
    await three.settle()
    await forum.erase(gamma.context, cleo, three.space, theirs)
    await forum.erase(alpha.context, ana, three.space, ours)
    await three.settle()
    for node in (alpha, gamma):
        assert await texts(node, three.space) == [[""], [""]]


async def test_a_school_on_its_way_back_erases_what_it_wrote_before(
    three: Joined, gamma: Node
) -> None:
    alpha, ana, cleo = three.shared.alpha, three.shared.ana, three.people["gamma"]
    before = await say(three, gamma, "first time")
    await three.settle()
    await parting.remove(alpha.context, ana, three.space, await node_of(gamma, three.space))
    await three.settle()
    await joining.invite(alpha.context, ana, three.project, cleo.actor)
    await three.settle()
    await alpha.close_doors()
    # It has a fresh key from here on, and nobody has admitted that yet.
    await joining.accept(gamma.context, cleo, three.project)
    await forum.erase(gamma.context, cleo, three.space, before)
    await alpha.open_doors()
    alpha.clock.advance(days=1)
    await three.settle()
    for node in (alpha, gamma):
        assert await texts(node, three.space) == [[""]]
        assert len((await space_at(node, three.space)).state.members) == 3


async def test_two_schools_cannot_part_but_close(begun: Joined) -> None:
    alpha, beta, ana, bob = (
        begun.shared.alpha,
        begun.shared.beta,
        begun.shared.ana,
        begun.shared.bob,
    )
    assert await refused(parting.leave(beta.context, bob, begun.space)) is Reason.CONFLICT
    other = await node_of(beta, begun.space)
    assert await refused(parting.remove(alpha.context, ana, begun.space, other)) is Reason.CONFLICT
    await parting.close(beta.context, bob, begun.project)
    await begun.settle()
    assert (await space_at(beta, begun.space)).state.closed


async def test_the_school_that_keeps_the_list_cannot_leave(three: Joined) -> None:
    alpha, ana = three.shared.alpha, three.shared.ana
    assert await refused(parting.leave(alpha.context, ana, three.space)) is Reason.CONFLICT


async def test_a_closed_project_is_read_only_on_every_replica_alike(
    three: Joined, gamma: Node
) -> None:
    alpha, ana = three.shared.alpha, three.shared.ana
    await say(three, gamma, "in time")
    await gamma.close_doors()
    await parting.close(alpha.context, ana, three.project)
    await gamma.open_doors()
    await say(three, gamma, "too late, and it could not know")
    alpha.clock.advance(days=1)
    await three.settle()
    for node in three.nodes:
        assert await refused(say(three, node, "later")) is Reason.READ_ONLY
        assert (await card_at(node, three.project))["state"] == "closed"
        assert (await space_at(node, three.space)).state.closed
    seen = [await texts(node, three.space) for node in three.nodes]
    assert seen[0] == seen[1] == seen[2]
    assert await refused(parting.close(alpha.context, ana, three.project)) is Reason.READ_ONLY
    assert await refused(parting.leave(gamma.context, three.people["gamma"], three.space)) is (
        Reason.READ_ONLY
    )


async def test_only_who_may_removes_and_closes(three: Joined, gamma: Node) -> None:
    alpha, cleo = three.shared.alpha, three.people["gamma"]
    eve: Account = await alpha.account("eve")
    node = await node_of(three.shared.beta, three.space)
    for at, who in ((alpha, eve), (gamma, cleo)):
        assert await refused(parting.remove(at.context, who, three.space, node)) is Reason.NOT_FOUND
        assert await refused(parting.close(at.context, who, three.project)) is Reason.NOT_FOUND
    dora = await gamma.account("dora")
    await spaces.add_colleague(gamma.context, cleo, three.space, "dora")
    assert await refused(parting.leave(gamma.context, dora, three.space)) is Reason.NOT_ALLOWED


async def test_a_fourth_school_comes_and_one_goes_in_one_partition(
    three: Joined, gamma: Node, delta: Node
) -> None:
    """Beta invites delta while alpha removes gamma, and both hear of each other afterwards."""
    alpha, beta, bob = three.shared.alpha, three.shared.beta, three.shared.bob
    await make_partners(beta, gamma)
    dan = await join(three, beta, bob, delta, "dan")
    await say(three, gamma, "gamma was here")
    await three.settle()
    await beta.close_doors()
    await parting.remove(
        alpha.context, three.shared.ana, three.space, await node_of(gamma, three.space)
    )
    await forum.start_thread(
        delta.context, dan, three.space, title="t", text="delta too", language="en"
    )
    await settle(alpha, gamma, delta)
    await beta.open_doors()
    for _ in range(3):
        beta.clock.advance(days=1)
        await three.settle()
    for node in (alpha, beta, delta):
        assert len((await space_at(node, three.space)).state.members) == 3
        assert sorted(await texts(node, three.space)) == [["delta too"], ["gamma was here"]]
