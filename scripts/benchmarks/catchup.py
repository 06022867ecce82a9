"""`scripts/bench/catchup`: a member that was away hears what fifty schools wrote meanwhile.

One real node is served in a process of its own and holds everything; the other, in this process,
asks it for all logs and verifies every signature. The ceiling replays the same operations from a
local file through the same judge, at a third node. Both end when everything is shown.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from node import events
from node.actions import refold, replicate
from node.storage import cursors, operations
from protocol.space import operation
from protocol.space.operation import Operation
from scripts.benchmarks import report, space
from scripts.benchmarks.cost import Cost, core_of, spent
from scripts.benchmarks.nodes import Clock, running
from scripts.benchmarks.replication import expected, take
from scripts.benchmarks.serving import answers, opened, prepared, serving
from scripts.benchmarks.space import MadeSpace

MAX_CONVERSATIONS = 10


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--operations", type=int, default=20_000)
    asked.add_argument("--logs", type=int, default=50)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.operations, chosen.logs))


async def _run(folder: Path, count: int, logs: int) -> None:
    async with prepared(folder, logs) as (made, first, second):
        file = folder / "operations.ndjson"
        async with opened(first) as context:
            introduced = list(made.introduce())
            await space.keep(context, made, iter(introduced))
            with file.open("wb") as stream:
                for batch in space.in_batches(made.write(count)):
                    stream.write(b"".join(operation.to_line(one) + b"\n" for one in batch))
                    await space.keep(context, made, iter(batch))
        caught, served_s, held = await _catch_up(made, first, second)
        replayed, replayed_held = await _replay(folder / "third", made, introduced, file)
    lost = 2 * expected(made, count) - held - replayed_held
    _tell(count, logs, lost, caught, served_s, replayed)


async def _catch_up(made: MadeSpace, first: Path, second: Path) -> tuple[Cost, float, int]:
    """What it costs the node that asks, the core's time of the one that answers, how many came."""
    # The asking node's doors stay closed: what it hears is what it asked for.
    async with opened(second, doors=False) as context:
        with serving(first) as pid:
            await answers(made.schools[0].founder.actor.rpartition("/")[0])
            served_s = core_of(pid)
            with spent() as cost:
                for _ in range(MAX_CONVERSATIONS):
                    async with context.database.read() as reader:
                        (exchange,) = await cursors.list_of_space(reader, made.id)
                    if exchange.agreed_ms is not None:
                        break
                    await replicate.converse(context, exchange)
                await refold.catch_up(context, made.id)
            served_s = core_of(pid) - served_s
        async with context.database.read() as reader:
            return cost, served_s, await operations.count(reader, made.id)


async def _replay(
    folder: Path, made: MadeSpace, introduced: Sequence[Operation], file: Path
) -> tuple[Cost, int]:
    async with running(folder, "Third", Clock(made.now_ms)) as third:
        await space.open_replica(third, made, made.schools[1].founder.node)
        await space.keep(third, made, iter(introduced))
        with spent() as cost:
            lines = iter((await asyncio.to_thread(file.read_bytes)).splitlines())
            await take(third, made, [b"\n".join(one) for one in space.in_batches(lines)])
            await refold.catch_up(third, made.id)
        async with third.database.read() as reader:
            return cost, await operations.count(reader, made.id)


def _tell(count: int, logs: int, lost: int, caught: Cost, served_s: float, replayed: Cost) -> None:
    rows: list[tuple[str, ...]] = [
        ("", "operations a second", "seconds", "seconds of the core"),
        (
            "replayed from a local file", f"{count / replayed.taken_s:,.0f}",
            f"{replayed.taken_s:.1f}", f"{replayed.core_s:.1f}",
        ),
        (
            "caught up over HTTP", f"{count / caught.taken_s:,.0f}",
            f"{caught.taken_s:.1f}", f"{caught.core_s:.1f}",
        ),
        ("the node that answers", "", "", f"{served_s:.1f}"),
    ]  # fmt: skip
    report.show(f"{count:,} operations in {logs} logs", rows)
    ratio = replayed.taken_s / caught.taken_s
    print(f"\nratio: {ratio:.2f} (goal 0.50, and 3 s of the core); operations lost: {lost}")
    report.tell(
        {
            "bench": "catchup",
            "operations": count,
            "logs": logs,
            "lost": lost,
            "caught_up_per_s": round(count / caught.taken_s),
            "replayed_per_s": round(count / replayed.taken_s),
            "ratio": round(ratio, 3),
            "core_s": round(caught.core_s, 2),
            "core_s_replayed": round(replayed.core_s, 2),
            "core_s_answering": round(served_s, 2),
            "ratio_of_core": round(replayed.core_s / caught.core_s, 3),
        }
    )


if __name__ == "__main__":
    main()
