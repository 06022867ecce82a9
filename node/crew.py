"""Who works beside a process's doors: the road to other machines, and what the vault's rules and
unfinished releases ask for."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Literal

from node import events, private
from node.actions.context import Context
from node.classroom import (
    keeping,
    portraits,
    release,
    reminders,
    reporting,
    retention,
    standing_in,
    vault_copies,
    withdrawing,
)
from node.classroom.room import Classroom, open_classroom
from node.web import i18n, mailing
from node.web.i18n import Languages
from node.workers import supervisor
from node.workers.rota import WORKERS
from node.workers.supervisor import Worker

Role = Literal["all", "web", "federation"]


@asynccontextmanager
async def open_classroom_of(context: Context, role: Role) -> AsyncIterator[Classroom | None]:
    """The classroom while the block lasts. The process that speaks to other machines has none, and
    says so where it could open the vault; who opens it lets no other process look."""
    if role == "federation":
        if os.access(context.folder.vault, os.X_OK):
            events.vault_within_reach(str(context.folder.vault))
        yield None
        return
    private.forbid_inspection()
    async with open_classroom(context) as classroom:
        yield classroom


async def prepare(classroom: Classroom | None) -> None:
    """What is seen to before anybody comes in: what a stop interrupted is settled, and
    whoever was forgotten is forgotten again in a restored vault, and each no to pictures counts."""
    if classroom is not None:
        await release.finish(classroom)
        await reporting.finish(classroom)
        await withdrawing.finish(classroom)
        await keeping.forget_again(classroom)
        await keeping.refuse_again(classroom)
        await keeping.tidy_files(classroom)
        await standing_in.end_due(classroom)


def pick(role: Role, classroom: Classroom | None) -> list[Worker]:
    """Each worker where its doors are: what pupils' records need never beside federation alone."""
    workers = [] if role == "web" else [*WORKERS]
    if classroom is not None:
        workers.append(Worker("vault", retention.TOPIC, partial(retention.step, classroom)))
        workers.append(Worker("releases", release.TOPIC, partial(release.step, classroom)))
        workers.append(Worker("portraits", portraits.TOPIC, partial(portraits.step, classroom)))
        workers.append(
            Worker("substitutes", standing_in.TOPIC, partial(standing_in.step, classroom))
        )
        workers.append(Worker("copies", vault_copies.TOPIC, partial(vault_copies.step, classroom)))
        remind = partial(reminders.step, classroom, _remind)
        workers.append(Worker("reminders", reminders.TOPIC, remind))
    return workers


@cache
def _languages() -> Languages:
    return i18n.load()


def _remind(tag: str, school: str, url: str, many: int) -> tuple[str, str]:
    """A letter in its reader's language."""
    return mailing.reminder(_languages().choose(tag, ""), school, url, many)


@asynccontextmanager
async def work(context: Context, workers: list[Worker]) -> AsyncIterator[None]:
    """Run the workers while the block lasts."""
    working = asyncio.create_task(supervisor.run(context, workers))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
