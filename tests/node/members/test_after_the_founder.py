"""The founder's node is gone for good: the list of members goes on without it."""

from node.actions import forum, stewards
from tests.node.members.joining import Joined, join, space_at
from tests.node.spaces.schools import holds_the_same, texts
from tests.nodes import Node, settle


async def test_a_school_joins_that_the_gone_founder_never_heard_of(
    begun: Joined, gamma: Node
) -> None:
    """Its invitation says what is settled, in an epoch of which the genesis knows nothing."""
    alpha, beta, bob = begun.shared.alpha, begun.shared.beta, begun.shared.bob
    await forum.start_thread(
        alpha.context, begun.shared.ana, begun.space, title="t", text="before", language="en"
    )
    await begun.settle()
    await alpha.close_doors()
    me = (await space_at(beta, begun.space)).node
    await stewards.vote(beta.context, bob, begun.space, me)
    await forum.start_thread(beta.context, bob, begun.space, title="t", text="since", language="en")
    begun.nodes.remove(alpha)
    await join(begun, beta, bob, gamma, "cleo")
    kept = await space_at(gamma, begun.space)
    assert (kept.state.steward, kept.state.epoch) == (me, 1)
    assert kept.node in kept.state.members
    assert kept.awaited == ""
    assert sorted(await texts(gamma, begun.space)) == [["before"], ["since"]]
    assert await holds_the_same(beta, gamma, begun.space)
    await alpha.open_doors()
    for _ in range(3):
        alpha.clock.advance(seconds=7 * 3600)
        await settle(alpha, beta, gamma)
    assert await holds_the_same(alpha, gamma, begun.space)
