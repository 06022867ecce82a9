"""Workers go on: one that fails is told and tried again, and never stops another."""

import asyncio

import pytest

from node.actions.context import Context
from node.workers import supervisor
from node.workers.supervisor import Worker
from tests.nodes import Node


async def test_a_failing_worker_stops_neither_itself_nor_others(
    alpha: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "AFTER_DEFECT_S", 0.001)
    failed, done = asyncio.Event(), asyncio.Event()
    rounds = 0

    async def fail(_: Context) -> int | None:
        nonlocal rounds
        rounds += 1
        if rounds > 2:
            failed.set()
        raise KeyError("a defect")

    async def work(_: Context) -> int | None:
        if failed.is_set():
            done.set()
        return alpha.context.now_ms()

    workers = [Worker("failing", "one", fail), Worker("working", "two", work)]
    running = asyncio.create_task(supervisor.run(alpha.context, workers))
    async with asyncio.timeout(10):
        await failed.wait()
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert rounds >= 3


def test_the_place_of_a_defect_has_no_words_of_the_error() -> None:
    try:
        raise ValueError("Anna wrote this")
    except ValueError as error:
        place = supervisor.place_of(error)
    assert "Anna" not in place
    assert place.rpartition(":")[2].isdigit()
