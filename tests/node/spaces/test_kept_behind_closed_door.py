"""A file that stays at a school which accepts no connection: seen while that school asks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import partners
from node.actions.permission import OPERATOR
from node.app import answer_calls
from protocol.errors import Reason, Refused
from tests.files import film
from tests.node.spaces.schools import Shared, open_together
from tests.node.spaces.viewing import FILM, look, publish_home, traces
from tests.nodes import Node, VirtualClock, running, settle

CLOSED = {
    "SCHOOLGATE_NODE__REACHABILITY": "outbound-only",
    "SCHOOLGATE_REMOTE__TIMEOUT_S": "8",
}


@pytest.fixture
async def half_closed(tmp_path: Path, clock: VirtualClock, beta: Node) -> AsyncIterator[Shared]:
    """Ana's school has an address that leads nowhere."""
    base = "http://127.0.0.1:9"
    async with running("closed", tmp_path / "closed", clock, CLOSED, base) as closed:
        found = await partners.add(closed.context, OPERATOR, beta.url)
        await partners.approve(closed.context, OPERATOR, found.origin, beta.fingerprint)
        card = await partners.get_card(closed.context, OPERATOR)
        found = await partners.add_card(beta.context, OPERATOR, card)
        await partners.approve(beta.context, OPERATOR, found.origin, found.fingerprint)
        yield await open_together(closed, beta)


async def test_what_stays_behind_a_closed_door_is_seen_while_its_school_asks(
    half_closed: Shared,
) -> None:
    octets = film(2_000_000)
    file = await publish_home(half_closed, octets, FILM)
    await settle(half_closed.alpha, half_closed.beta)
    with pytest.raises(Refused) as refused:
        await look(half_closed, file)
    assert refused.value.reason is Reason.UNREACHABLE
    half_closed.beta.clock.advance(seconds=21)
    async with answer_calls(half_closed.alpha.context):
        lines = half_closed.beta.context.viewer.lines
        for _ in range(1_000):
            if lines.is_listening(half_closed.alpha.url):
                break
            await asyncio.sleep(0.01)
        assert await look(half_closed, file) == ("video/mp4", octets)
    assert traces(half_closed.beta, octets) == []
