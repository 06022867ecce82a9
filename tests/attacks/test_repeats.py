"""The same thing a hundred times at once: one effect, and everybody who may is answered 202."""

import asyncio

import pytest

from tests.attacks.hostile import Rogue
from tests.attacks.speaking import send
from tests.node.spaces.schools import Shared, open_together, texts
from tests.node.spaces.speaking import bring, write_threads
from tests.node.spaces.third import join
from tests.nodes import Node, settle

TIMES = 100


@pytest.fixture
async def shared(pair: tuple[Node, Node], gamma: Node) -> Shared:
    """A space of alpha, beta and gamma."""
    return (await join(await open_together(*pair), gamma))[0]


async def test_a156_one_letter_a_hundred_times_at_once_has_one_effect(
    alpha: Node, mallory: Rogue, third: Rogue, stranger: Rogue
) -> None:
    eve = mallory.person("eve")
    activity = mallory.follow(eve, alpha.admin.actor)
    told = await asyncio.gather(
        *(send(alpha, mallory.letter(alpha, activity)) for _ in range(TIMES))
    )
    assert {one.status for one in told} == {202}
    # Nobody else brings it in her place.
    for other in (third, stranger):
        body = mallory.letter(alpha, activity).body
        assert (await send(alpha, other.post(alpha, body, other.service))).status == 401
    await settle(alpha)
    assert await alpha.count("inbox WHERE state <> 'refused'") == 1
    assert await alpha.count("follows") == 1


async def test_a156_one_batch_a_hundred_times_at_once_by_three_schools_has_one_effect(
    shared: Shared, gamma: Node
) -> None:
    batch = await write_threads(gamma, shared.space, "said once")
    before = await shared.beta.count("operations")
    told = await asyncio.gather(
        *(
            bring(each, shared.beta, shared.space, batch)
            for _ in range(TIMES // 2)
            for each in (shared.alpha, gamma)
        )
    )
    assert {one.status for one in told} == {202}
    assert await shared.beta.count("operations") == before + 1
    assert sum("said once" in str(one) for one in await texts(shared.beta, shared.space)) == 1
