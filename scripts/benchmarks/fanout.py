"""`scripts/bench/fanout`: one write until all partner nodes have it, beside bare signed requests.

All nodes are in this process, on loopback and on one core: what is measured is all that writer and
partners do together. The ceiling sends as many signed requests of the same body to doors that check
the signature and keep nothing.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import schemas
from node import events
from node.actions import forum, identity
from node.actions.context import Context
from node.clock import SystemClock
from node.storage import operations
from node.storage.accounts import Account
from node.workers import replication
from protocol import outbound
from protocol.outbound import Outbound
from protocol.shapes import SchemaBook
from scripts.benchmarks import report, space
from scripts.benchmarks.bare import bare_door
from scripts.benchmarks.cost import Cost, spent
from scripts.benchmarks.nodes import running
from scripts.benchmarks.serving import MANY_REQUESTS, make_partners
from scripts.benchmarks.space import MadeSpace

AT_ONCE = {"SCHOOLGATE_REPLICATION__COALESCE_S": "0"}
MAX_STEPS = 20


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--partners", type=int, default=49)
    asked.add_argument("--rounds", type=int, default=5)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.partners, chosen.rounds))


async def _run(folder: Path, count: int, rounds: int) -> None:
    book = SchemaBook(schemas.read_all())
    async with AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(
                running(
                    folder / str(number), f"School {number}", SystemClock(),
                    environment=AT_ONCE | MANY_REQUESTS, book=book,
                )
            )
            for number in range(count + 1)
        ]  # fmt: skip
        writer, others = nodes[0], nodes[1:]
        for one in others:
            await make_partners(writer, one)
        made, account = await _open(nodes)
        bare_base = await stack.enter_async_context(bare_door(writer))
        seen: list[Cost] = []
        bare: list[Cost] = []
        lost = 0
        for number in range(rounds):
            cost, lacking = await _write(nodes, made, account, number)
            seen.append(cost)
            lost += lacking
            bare.append(await _post(writer, made, bare_base, count))
    _tell(count, rounds, lost, seen, bare)


async def _open(nodes: Sequence[Context]) -> tuple[MadeSpace, Account]:
    """All are members and agree; the first node's administrator writes."""
    project = f"{nodes[0].base}/projects/{space.name_of('a project')}"
    schools = [await space.enter(one, project) for one in nodes]
    made = space.make(project, schools, nodes[0].now_ms())
    for context, school in zip(nodes, schools, strict=True):
        await space.open_replica(context, made, school.founder.node)
    account = await space.seat(nodes[0], made)
    for _ in range(MAX_STEPS):
        await replication.step(nodes[0])
        if not await _count_lacking(nodes, made):
            return made, account
    raise TimeoutError("the nodes do not agree at the beginning")


async def _write(
    nodes: Sequence[Context], made: MadeSpace, account: Account, number: int
) -> tuple[Cost, int]:
    """One thread until every partner has it; how many lack it after all."""
    writer = nodes[0]
    await forum.start_thread(
        writer, account, made.id, title=f"Storks {number}", text=space.TEXT, language="en"
    )
    whole = Cost()
    for _ in range(MAX_STEPS):
        # To look at every node whether it has it already is the benchmark's work, not theirs.
        with spent() as cost:
            await replication.step(writer)
        whole.taken_s += cost.taken_s
        whole.core_s += cost.core_s
        if not await _count_lacking(nodes, made):
            break
    return whole, await _count_lacking(nodes, made)


async def _count_lacking(nodes: Sequence[Context], made: MadeSpace) -> int:
    """How many nodes lack what the first one has of its own log."""
    log = made.schools[0].head.log
    heads = []
    for context in nodes:
        async with context.database.read() as reader:
            heads.append((await operations.find_head(reader, made.id, log)).id)
    return sum(head != heads[0] for head in heads)


async def _post(writer: Context, made: MadeSpace, base: str, count: int) -> Cost:
    """As many signed requests with the writer's last operation, beside each other."""
    speaker = await identity.get_service_identity(writer)
    log = made.schools[0].head.log
    async with writer.database.read() as reader:
        head = await operations.find_head(reader, made.id, log)
        last = await operations.get(reader, made.id, head.id)
    body: Outbound = outbound.release_operations(
        writer.book, [last], node=made.schools[0].founder.node
    )

    async def send() -> None:
        answer = await writer.client.post(f"{base}/inbox", body, origin=base, as_=speaker)
        if answer.status != 202:
            raise RuntimeError(f"the bare door answered {answer.status}")

    with spent() as cost:
        await asyncio.gather(*(send() for _ in range(count)))
    return cost


def _tell(count: int, rounds: int, lost: int, seen: list[Cost], bare: list[Cost]) -> None:
    ours, least = (report.share([one.taken_s for one in costs], 0.5) for costs in (seen, bare))
    core, least_core = (report.share([one.core_s for one in costs], 0.5) for costs in (seen, bare))
    rows: list[tuple[str, ...]] = [
        ("", "median ms", "ms of the core"),
        (f"{count} bare signed requests", f"{least * 1000:.0f}", f"{least_core * 1000:.0f}"),
        (f"one write at {count} partners", f"{ours * 1000:.0f}", f"{core * 1000:.0f}"),
    ]
    report.show(f"One write, {rounds} rounds", rows)
    print(f"\nratio: {ours / least:.2f} (goal 2.00); nodes without the write: {lost}")
    report.tell(
        {
            "bench": "fanout",
            "partners": count,
            "lost": lost,
            "seen_ms": round(ours * 1000, 1),
            "bare_ms": round(least * 1000, 1),
            "ratio": round(ours / least, 2),
            "ratio_of_core": round(core / least_core, 2),
        }
    )


if __name__ == "__main__":
    main()
