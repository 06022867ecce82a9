"""The ledger of erasures: who confirmed, who owes it, since when, and who cannot be forced."""

import pytest

from node.actions import forum, ledger
from node.actions.ledger import Entry
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import erase_at, start
from tests.nodes import Node, settle


async def entries(shared: Shared) -> tuple[Entry, ...]:
    found = await ledger.list_of_space(shared.alpha.context, shared.ana, shared.space, 1)
    every = await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)
    assert every.entries == found.entries
    return found.entries


async def test_a_signed_receipt_is_a_confirmation(shared: Shared) -> None:
    thread = await start(shared, "Gone soon.")
    await settle(shared.alpha, shared.beta)
    assert await entries(shared) == ()
    await erase_at(shared, thread)
    await settle(shared.alpha, shared.beta)
    (entry,) = await entries(shared)
    assert not entry.is_open
    (owed,) = entry.owed
    assert owed.origin == shared.beta.url
    assert owed.received_ms == shared.alpha.clock.now_ms()


async def test_a_silent_school_is_outstanding_and_after_a_week_overdue(shared: Shared) -> None:
    thread = await start(shared, "Gone soon.")
    await settle(shared.alpha, shared.beta)
    await shared.beta.close_doors()
    await erase_at(shared, thread)
    await settle(shared.alpha)
    (entry,) = await entries(shared)
    assert entry.is_open
    assert entry.owed[0].exchange is not None
    assert entry.owed[0].exchange.why
    assert not entry.is_overdue(shared.alpha.clock.now_ms())
    assert await ledger.count_overdue(shared.alpha.context) == 0
    shared.alpha.clock.advance(days=7)
    assert entry.is_overdue(shared.alpha.clock.now_ms())
    assert await ledger.count_overdue(shared.alpha.context) == 1
    await shared.beta.open_doors()
    await settle(shared.alpha, shared.beta)
    assert not (await entries(shared))[0].is_open
    assert await ledger.count_overdue(shared.alpha.context) == 0


async def test_outstanding_ones_come_first_and_nobody_else_sees_them(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    first, second = await start(shared, "One."), await start(shared, "Two.")
    await settle(shared.alpha, shared.beta, gamma)
    await gamma.close_doors()
    await erase_at(shared, first)
    await settle(shared.alpha, shared.beta)
    assert [one.received_ms is None for one in (await entries(shared))[0].owed].count(True) == 1
    await gamma.open_doors()
    shared.alpha.clock.advance(days=1)
    await settle(shared.alpha, shared.beta, gamma)
    await shared.beta.close_doors()
    await erase_at(shared, second)
    await settle(shared.alpha, gamma)
    assert [one.is_open for one in await entries(shared)] == [True, False]
    with pytest.raises(Refused) as refused:
        await ledger.list_all(shared.alpha.context, shared.ana, 1)
    assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused) as refused:
        await ledger.list_of_space(shared.alpha.context, shared.alpha.admin, shared.space, 1)
    assert refused.value.reason is Reason.NOT_FOUND
    await shared.beta.open_doors()


async def test_what_others_take_back_is_in_their_ledger(shared: Shared) -> None:
    thread = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="B", text="By Bob.", language="en"
    )
    await settle(shared.alpha, shared.beta)
    await forum.erase(shared.beta.context, shared.bob, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    assert await entries(shared) == ()
    theirs = await ledger.list_of_space(shared.beta.context, shared.bob, shared.space, 1)
    assert len(theirs.entries) == 1
