"""Keeps the workers running: one task each; a defect in a round is told and the worker goes on.

A worker is a `step`: do everything that is due now and return the milliseconds at which it wants
to be asked again, or None when only news can make work. News arrive through the waker, from this
process or another one. Tests call the same steps themselves, without tasks and without waiting.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from node import events
from node.actions.context import Context

LONGEST_SLEEP_S = 30.0
AFTER_DEFECT_S = 5.0


@dataclass(frozen=True)
class Worker:
    """One kind of work: the topic of news that wake it, and its step."""

    name: str
    topic: str
    step: Callable[[Context], Awaitable[int | None]]


async def run(context: Context, workers: list[Worker]) -> None:
    """Run all workers until cancelled."""
    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(_keep_running(context, worker), name=worker.name)


async def _keep_running(context: Context, worker: Worker) -> None:
    while True:
        # Gathered, a defect comes back as a value: it stops neither this worker nor the others.
        context.meter.began(worker.name, context.now_ms())
        (done,) = await asyncio.gather(worker.step(context), return_exceptions=True)
        context.meter.ended(worker.name, well=not isinstance(done, BaseException))
        sleep_s = LONGEST_SLEEP_S
        if isinstance(done, BaseException):
            events.worker_failed(worker.name, type(done).__name__, place_of(done))
            await asyncio.sleep(AFTER_DEFECT_S)
            continue
        if done is not None:
            sleep_s = min(sleep_s, max(0.0, (done - context.now_ms()) / 1000))
        await context.wake.wait(worker.topic, sleep_s)


def place_of(error: BaseException) -> str:
    """File and line where `error` was raised: never its words, which may repeat a person's."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
