"""A member that floods a space: its own log stops, and nobody else notices."""

import pytest

from node.actions import forum, quotas
from node.storage import usage
from protocol.errors import Reason
from tests.attacks.founding import Shared
from tests.attacks.hand import Hand, bring, is_taken, lines
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import send
from tests.nodes import Node

FLOOD = 3_000
AT_ONCE = 500


async def test_a_member_that_floods_is_stopped_at_its_share_and_alone(
    alpha: Node, mallory: Rogue, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "MIB", 60)
    most = alpha.context.settings.quotas.school_mib * 60
    hand = Hand(mallory, shared)
    await is_taken(alpha, hand, lines(hand.role(), hand.thread()))
    path = f"/spaces/{shared.space}/inbox"
    statuses = set()
    written = [hand.thread(number) for number in range(2, FLOOD + 2)]
    for start in range(0, FLOOD, AT_ONCE):
        batch = written[start : start + AT_ONCE]
        told = await send(alpha, bring(alpha, mallory, path, lines(*batch)))
        statuses.add(told.status)
        if told.status == 429:
            assert told.reason == Reason.OVER_QUOTA
            assert told.fields["retry-after"] == str(quotas.RETRY_AFTER_S)
    assert 429 in statuses
    assert statuses <= {202, 429, 409}
    async with alpha.context.database.read() as reader:
        used = await usage.list_of_space(reader, shared.space)
        (paused,) = await usage.list_paused(reader, shared.space)
    assert paused.node == mallory.node
    assert most - 2_000 < used[mallory.node] <= most, "full to the brim, and not a byte more"
    monkeypatch.undo()
    await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="T", text="I still write.", language="en"
    )


async def test_a_full_school_is_refused_what_is_new_and_may_repeat_the_rest(
    alpha: Node, mallory: Rogue, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(mallory, shared)
    await is_taken(alpha, hand, lines(hand.role(), hand.thread()))
    monkeypatch.setattr(quotas, "MIB", 0)
    opened = hand.thread(2)
    told = await send(alpha, bring(alpha, mallory, f"/spaces/{shared.space}/inbox", lines(opened)))
    assert told.status == 429
    repeat = Hand(mallory, shared)
    told = await send(
        alpha,
        bring(alpha, mallory, f"/spaces/{shared.space}/inbox", lines(repeat.role())),
    )
    assert told.status == 202, "what is here already is a repeat"
