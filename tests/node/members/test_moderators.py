"""A founder lets a school moderate by a page, and takes it back: both by the control log."""

from node.actions import moderation, parting
from protocol.errors import Reason
from protocol.space import authority
from protocol.space.fold.history import Standing
from tests.node.members.joining import Joined, space_at
from tests.node.members.test_parting import node_of, refused, say
from tests.node.spaces.schools import discussions
from tests.node.web.browser import browsing
from tests.nodes import Node

WHY = {"reason": "hate", "text": "", "language": "en"}


async def standings(node: Node, space: str) -> dict[str, Standing]:
    return {one.thread.object: one.thread.standing for one in await discussions(node, space)}


async def test_a_school_moderates_from_the_grant_to_its_end(three: Joined, gamma: Node) -> None:
    alpha, beta, cleo = three.shared.alpha, three.shared.beta, three.people["gamma"]
    first, second = await say(three, alpha, "one"), await say(three, alpha, "two")
    third = await say(three, alpha, "three")
    await three.settle()
    guest = await node_of(gamma, three.space)

    async def hide(item: str) -> None:
        await moderation.hide(gamma.context, cleo, three.space, item, **WHY)

    assert await refused(hide(first)) is Reason.NOT_ALLOWED
    members = f"/w/{three.space}/members"
    ask = f"/w/{three.space}/schools/{guest}/moderate"
    # Bob's school does not keep the list of members: it asks the one that does.
    async with browsing(beta, "bob") as bob, browsing(gamma, "cleo") as stranger:
        assert ask in (await bob.get(members)).html
        assert ask not in (await stranger.get(members)).html
        assert (await stranger.get(ask)).status == 404
        assert (await stranger.send(ask, to="yes")).status == 404
        done = await bob.submit(await bob.get(ask), "/moderate")
        assert "It counts as soon as the list of members says so." in done.text
        assert "is to moderate" in done.text
        twice = await bob.submit(await bob.get(ask), "/moderate")
        assert (twice.status, "This is so already" in twice.text) == (422, True)
        await three.settle()
        assert "is to moderate" not in (await bob.get(members)).text
    for node in (alpha, beta, gamma):
        assert authority.is_moderator((await space_at(node, three.space)).state, guest)
    await hide(first)
    await three.settle()
    async with browsing(alpha, "ana") as ana:
        asked = await ana.get(ask)
        assert "moderate no more?" in asked.text
        await ana.submit(asked, "/moderate")
    # The guest's school has not heard of it yet, and hides once more: that counts for nobody.
    await hide(second)
    await three.settle()
    assert await refused(hide(third)) is Reason.NOT_ALLOWED
    names = [one.partition("/")[2] for one in (first, second, third)]
    for node in (alpha, beta, gamma):
        found = await standings(node, three.space)
        assert [found[one] for one in names] == [
            Standing.HIDDEN,
            Standing.SHOWN,
            Standing.SHOWN,
        ]
    await parting.let_moderate(alpha.context, three.shared.ana, three.space, guest, moderates=True)
    await three.settle()
    await hide(third)
    await three.settle()
    assert (await standings(beta, three.space))[names[2]] is Standing.HIDDEN


async def test_no_founder_and_no_stranger_is_let_or_stopped(three: Joined, gamma: Node) -> None:
    alpha, beta = three.shared.alpha, three.shared.beta
    for node, account, whom in (
        (alpha, three.shared.ana, await node_of(beta, three.space)),
        (alpha, three.shared.ana, await node_of(alpha, three.space)),
        (alpha, three.shared.ana, "f" * 32),
        (gamma, three.people["gamma"], await node_of(gamma, three.space)),
    ):
        for moderates in (True, False):
            work = parting.let_moderate(
                node.context, account, three.space, whom, moderates=moderates
            )
            assert await refused(work) is Reason.NOT_FOUND
