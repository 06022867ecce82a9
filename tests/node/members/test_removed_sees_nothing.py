"""A school that is removed sees nothing more of what stays at the others."""

import pytest

from node.actions import give, parting, views
from node.actions.give import Elsewhere
from node.actions.views import Range
from protocol.errors import Reason, Refused
from tests.files import film
from tests.node.members.joining import Joined, space_at
from tests.node.spaces.viewing import FILM, look, publish_home
from tests.nodes import Node, settle


async def seen_at(three: Joined, node: Node, file: str) -> bytes:
    found = await give.locate(node.context, three.people[node.name], three.space, file)
    assert isinstance(found, Elsewhere)
    async with views.opened(node.context, found, Range()) as view:
        return b"".join([piece async for piece in view.pieces])


async def test_a_school_that_is_removed_sees_nothing_from_that_moment_on(
    three: Joined, gamma: Node
) -> None:
    alpha, octets = three.shared.alpha, film(50_000)
    file = await publish_home(three.shared, octets, FILM)
    await three.settle()
    assert await seen_at(three, gamma, file) == octets
    node = (await space_at(gamma, three.space)).node
    await gamma.close_doors()
    await parting.remove(alpha.context, three.shared.ana, three.space, node)
    await settle(alpha, three.shared.beta)
    assert node not in (await space_at(alpha, three.space)).state.members
    # Gamma has not heard of it, and holds a ticket.
    with pytest.raises(Refused) as refused:
        await seen_at(three, gamma, file)
    assert refused.value.reason is Reason.NOT_FOUND
    assert (await look(three.shared, file))[1] == octets
