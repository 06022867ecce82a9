"""`scripts/bench/growth`: what a write costs as a space grows to ten and a hundred times its size.

A teacher replies in the forum, changes a block of a page, and a batch of another school arrives,
by the very actions that the pages and the inbox use. Rows are those that came out of the database:
what is the same at every size reads no more of an old space than of a young one.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from node import events
from node.actions import blocks, forum, pages
from node.actions.blocks import Said
from node.actions.context import Context
from node.storage import operations
from node.storage import pages as page_rows
from node.storage.accounts import Account
from scripts.benchmarks import report, space
from scripts.benchmarks.cost import Cost, counted
from scripts.benchmarks.nodes import Clock, running
from scripts.benchmarks.replication import expected, open_space, take, to_bodies
from scripts.benchmarks.space import MadeSpace

BLOCKS = 5


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--operations", type=int, default=1_000, help="at first; then 10 and 100 x")
    asked.add_argument("--steps", type=int, default=3)
    asked.add_argument("--rounds", type=int, default=40)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.operations, chosen.steps, chosen.rounds))


async def _run(folder: Path, first: int, steps: int, rounds: int) -> None:
    figures: list[dict[str, object]] = []
    rows: list[tuple[str, ...]] = [
        ("operations", "what", "median ms", "95 % ms", "visits to the database", "rows read")
    ]
    async with running(folder / "school", "School", Clock()) as context:
        made = await open_space(context)
        account = await space.seat(context, made)
        filled, written, lost = 0, 1, 0
        for step in range(steps):
            size = first * 10**step
            await space.keep(context, made, made.write(size - filled, made.schools[1:]))
            filled = size
            for what, costs in (await _write(context, made, account, rounds)).items():
                told = report.milliseconds([one.taken_s for one in costs])
                visits, read = (_middle([one.visits for one in costs]),
                                _middle([one.rows for one in costs]))  # fmt: skip
                rows.append(
                    (f"{size:,}", what, f"{told['p50_ms']:.1f}", f"{told['p95_ms']:.1f}",
                     str(visits), str(read))
                )  # fmt: skip
                figures.append(
                    {"operations": size, "what": what, **told, "visits": visits, "rows": read}
                )
            filled += rounds
            written += 2 + BLOCKS + 2 * rounds
        async with context.database.read() as reader:
            lost = expected(made, filled) + written - await operations.count(reader, made.id)
    report.show(f"What a write costs, {rounds} rounds each", rows)
    print(f"\noperations lost: {lost}")
    report.tell({"bench": "growth", "lost": lost, "writes": figures})


async def _write(
    context: Context, made: MadeSpace, account: Account, rounds: int
) -> dict[str, list[Cost]]:
    """Each kind of write so often, on a thread and on a page of its own."""
    thread = await forum.start_thread(
        context, account, made.id, title="Storks", text=space.TEXT, language="en"
    )
    page = await pages.make(
        context, account, made.id, title="Storks", language="en", audience="members"
    )
    said = Said("paragraph", {"text": space.TEXT}, "en")
    put = [await blocks.add(context, account, made.id, page, said) for _ in range(BLOCKS)]

    async def reply(number: int) -> None:
        await forum.reply(
            context, account, made.id, thread, text=f"{number} {space.TEXT}", language="en"
        )

    async def change(number: int) -> None:
        block = put[number % BLOCKS]
        async with context.database.read() as reader:
            before = await page_rows.find_block(reader, made.id, *block.split("/"))
        if before is None:
            raise LookupError("the block is gone")
        changed = Said("paragraph", {"text": f"{number} {space.TEXT}"}, "en")
        await blocks.change(context, account, made.id, block, changed, bases=before.bases["body"])

    async def arrive(number: int) -> None:
        await take(context, made, [bodies[number]])

    sources = to_bodies(made.write(rounds, made.schools[1:2]))
    bodies = [line for body in sources for line in body.split(b"\n")]
    return {
        "forum reply": await _measure(reply, rounds),
        "page block": await _measure(change, rounds),
        "received": await _measure(arrive, rounds),
    }


async def _measure(act: Callable[[int], Awaitable[None]], rounds: int) -> list[Cost]:
    costs = []
    for number in range(rounds):
        with counted() as cost:
            await act(number)
        costs.append(cost)
    return costs


def _middle(values: Sequence[int]) -> int:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
