"""`scripts/soak/size`: a space with 50 members and 500,000 operations, at nodes of their own.

Everything goes through the real judge, every signature is real. Told are: how long it takes to fill
a replica, until a node with it is ready, what it holds in memory, how its pages answer, and how
long a member that has nothing needs until it has the same.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from node import events
from node.actions import refold, replicate
from node.actions.context import Context
from node.folder import Folder
from node.storage import cursors, operations, views
from scripts.benchmarks import report, space
from scripts.benchmarks.cost import Cost, core_of, resident_mib, spent
from scripts.benchmarks.replication import expected
from scripts.benchmarks.serving import LOOK_EVERY_S, PATIENCE_S, opened, prepared, serving
from scripts.benchmarks.space import MadeSpace
from scripts.demonstration.visitor import Visitor

MAX_CONVERSATIONS = 100
IDLE_AFTER_S = 5
LOOKS = 10
PAGES = {
    "home": "",
    "forum": "/forum",
    "pages": "/pages",
    "news": "/updates",
    "files": "/materials",
    "members": "/members",
}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--operations", type=int, default=500_000)
    asked.add_argument("--members", type=int, default=50)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-soak-") as folder:
        asyncio.run(_run(Path(folder), chosen.operations, chosen.members))


async def _run(folder: Path, count: int, members: int) -> None:
    async with prepared(folder, members) as (made, first, second):
        async with opened(first, doors=False) as context:
            with spent() as filled:
                await space.keep(context, made, made.introduce())
                await space.keep(context, made, made.write(count, made.schools[2:]))
            await space.seat(context, made)
            async with context.database.read() as reader:
                kept = await operations.count(reader, made.id)
                thread = (await views.list_threads(reader, made.id, limit=1))[0].reference
        figures = _Figures({"operations": count, "members": members})
        figures["filled_per_s"] = round(count / filled.taken_s)
        figures["filled_core_s"] = round(filled.core_s, 1)
        base = made.schools[0].founder.actor.removesuffix("/actor")
        with serving(first):
            await _ready(base)
        with serving(first) as pid:
            figures["ready_s"] = round(await _ready(base), 2)
            figures["ready_core_s"] = core_of(pid)
            await asyncio.sleep(IDLE_AFTER_S)
            figures["idle_mib"] = round(resident_mib(pid))
            figures["pages_ms"] = await asyncio.to_thread(_look, base, made, thread)
            answered_s = core_of(pid)
            async with opened(second, doors=False) as context:
                caught = await _converge(context, made)
                async with context.database.read() as reader:
                    held = await operations.count(reader, made.id)
            figures["answering_core_s"] = round(core_of(pid) - answered_s, 1)
            figures["busy_mib"] = round(resident_mib(pid))
    lost = 2 * (expected(made, count) + 1) - kept - held
    size_mb = round(Folder(first).database_file.stat().st_size / 1e6)
    last = {
        "lost": lost,
        "caught_up_s": round(caught.taken_s, 1),
        "caught_up_core_s": round(caught.core_s, 1),
        "caught_up_per_s": round(count / caught.taken_s),
        "database_mb": size_mb,
    }
    for name, value in last.items():
        figures[name] = value
    rows = [("", ""), *((name, str(value)) for name, value in figures.items())]
    report.show(f"A space with {members} members and {count:,} operations", rows)
    report.tell({"bench": "size", **figures})


class _Figures(dict[str, object]):
    """What is known so far. Each is told as soon as it is: the whole takes long."""

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        print(f"{name}: {value}", flush=True)


async def _ready(base: str) -> float:
    """Until the node that was just started says that it is ready; the seconds that it took."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_S:
        if await asyncio.to_thread(_is_ready, base):
            return time.perf_counter() - began
        await asyncio.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"{base} is not ready")


def _is_ready(base: str) -> bool:
    try:
        Visitor(base).download("/readyz")
    except (OSError, LookupError):
        return False
    return True


def _look(base: str, made: MadeSpace, thread: str) -> dict[str, float]:
    """The median time of each page for a teacher who is signed in, in milliseconds."""
    browser = Visitor(base)
    shown = browser.get("/login")
    browser.send(shown, "/login", handle="admin", password="a long enough password")
    looked, named = {}, thread.replace("/", "-", 1)
    for name, path in {**PAGES, "thread": f"/forum/{named}"}.items():
        taken = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            browser.download(f"/w/{made.id}{path}")
            taken.append(time.perf_counter() - began)
        looked[name] = report.milliseconds(taken)["p50_ms"]
    return looked


async def _converge(context: Context, made: MadeSpace) -> Cost:
    """What it costs a member with nothing but the control log until it agrees."""
    with spent() as cost:
        for _ in range(MAX_CONVERSATIONS):
            async with context.database.read() as reader:
                (exchange,) = await cursors.list_of_space(reader, made.id)
            if exchange.agreed_ms is not None:
                await refold.catch_up(context, made.id)
                return cost
            await replicate.converse(context, exchange)
    raise TimeoutError("the nodes do not agree")


if __name__ == "__main__":
    main()
