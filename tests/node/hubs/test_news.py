"""News for all schools of a hub leave some at a time, and each school gets them once."""

import pytest

from node.actions import announcements
from node.actions.permission import OPERATOR
from node.storage import broadcasts
from tests.nodes import Node, accredit, settle


async def letters(hub: Node) -> list[str]:
    async with hub.context.database.read() as reader:
        rows = await reader.all("SELECT origin FROM deliveries WHERE kind = 'create' ORDER BY id")
    return [row["origin"] for row in rows]


async def is_over(hub: Node) -> bool:
    async with hub.context.database.read() as reader:
        return await broadcasts.find_first(reader) is None


async def heard(school: Node) -> list[str]:
    async with school.context.database.read() as reader:
        told = await announcements.list_heard(school.context, reader)
    return [str(one.document["content"]) for one in told]


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "AT_ONCE", 1)
    monkeypatch.setattr(announcements, "MOST_UNTRIED", 1)


@pytest.mark.usefixtures("one_at_a_time")
async def test_letters_are_queued_as_the_ones_before_leave_and_each_school_gets_one(
    hub_a: Node, alpha: Node, beta: Node
) -> None:
    await accredit(hub_a, alpha, beta)
    before = len(await letters(hub_a))
    await announcements.tell(hub_a.context, OPERATOR, text="A course in May.", language="en")
    assert len(await letters(hub_a)) == before
    # However often it is asked, no more are queued while one waits: also after a new start.
    for _ in range(3):
        await announcements.spread(hub_a.context)
    assert len(await letters(hub_a)) == before + 1
    assert not await is_over(hub_a)
    await settle(hub_a, alpha, beta)
    assert await is_over(hub_a)
    assert sorted((await letters(hub_a))[before:]) == sorted([alpha.url, beta.url])
    assert len(await heard(alpha)) == len(await heard(beta)) == 1


@pytest.mark.usefixtures("one_at_a_time")
async def test_what_was_taken_back_meanwhile_is_told_to_nobody_else(
    hub_a: Node, alpha: Node, beta: Node
) -> None:
    await accredit(hub_a, alpha, beta)
    before = len(await letters(hub_a))
    told = await announcements.tell(hub_a.context, OPERATOR, text="In May.", language="en")
    await announcements.spread(hub_a.context)
    await announcements.take_back(hub_a.context, OPERATOR, told)
    await settle(hub_a, alpha, beta)
    assert len(await letters(hub_a)) == before + 1
    assert await is_over(hub_a)
    assert await heard(alpha) == await heard(beta) == []
