"""`scripts/bench/replication`: operations into a replica, beside the bare stages of the same work.

A member school's operations arrive in batches of 500 and are verified, judged and stored when a
batch is acknowledged. What people see of them is folded behind, and told apart. The ceiling does
the least that must be done to the same bytes: decode the line and the header, hash both, check the
signature, and put three rows into a database that is as careful. Then one real node brings its own
operations to another one that runs in a process of its own, and that is set against taking them in
here.
"""

import argparse
import asyncio
import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from nacl.signing import VerifyKey

from node import events
from node.actions import refold, replicate, serve_space
from node.actions.context import Context
from node.storage import cursors, operations
from protocol.canonical import b64, unb64
from protocol.keys import PublicKey
from protocol.space import operation
from protocol.space.operation import PREFIX, Header, Operation
from scripts.benchmarks import report, space
from scripts.benchmarks.cost import Cost, spent
from scripts.benchmarks.nodes import Clock, running
from scripts.benchmarks.serving import Setting, a_pair
from scripts.benchmarks.space import MadeSchool, MadeSpace

BARE_TABLES = (
    "CREATE TABLE operations (id TEXT PRIMARY KEY, header BLOB, signature BLOB) WITHOUT ROWID",
    "CREATE TABLE payloads (id TEXT PRIMARY KEY, payload TEXT) WITHOUT ROWID",
    "CREATE TABLE objects (object TEXT PRIMARY KEY, time INTEGER) WITHOUT ROWID",
)


class _Line(msgspec.Struct):
    header: str
    signature: str
    payload: str | None


_lines = msgspec.json.Decoder(_Line)
_headers = msgspec.json.Decoder(Header)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--operations", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=3)
    chosen = asked.parse_args()
    events.silence()
    asyncio.run(_run(chosen.operations, chosen.rounds))


async def _run(count: int, rounds: int) -> None:
    ours, shown, bare, here, there = [], [], [], [], []
    lost = 0
    for _ in range(rounds):
        # One after the other in each round, so that a busy machine is as busy for all of them.
        with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
            taken, folded, lacking, lines, keys = await _take_in(Path(folder), count)
            ours.append(taken)
            shown.append(folded)
            lost += lacking
            bare.append(_bare(Path(folder) / "bare.db", lines, keys))
        with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
            sent, same, lacking = await _bring(Path(folder), count)
            there.append(sent)
            here.append(same)
            lost += lacking
    _tell(count, lost, [_best(one) for one in (ours, bare, here, there, shown)])


async def _take_in(folder: Path, count: int) -> tuple[Cost, Cost, int, list[bytes], dict[str, str]]:
    """What it costs to take operations in, and to show them; how many are lost; their lines, and
    the logs' keys."""
    async with running(folder / "school", "School", Clock()) as context:
        made = await open_space(context)
        lines = to_bodies(made.write(count, made.schools[1:]))
        with spent() as cost:
            await take(context, made, lines)
        with spent() as folded:
            await refold.catch_up(context, made.id)
        async with context.database.read() as reader:
            held = await operations.count(reader, made.id)
    keys = {one.head.log: one.founder.key for one in made.schools}
    return cost, folded, expected(made, count) - held, lines, keys


async def open_space(context: Context, members: int = 3) -> MadeSpace:
    """A space of the node and schools without a node, at whose beginning all are settled."""
    project = f"{context.base}/projects/{space.name_of('a project')}"
    own = await space.enter(context, project)
    others = [MadeSchool.made_up(number) for number in range(1, members)]
    made = space.make(project, [own, *others], context.now_ms())
    await space.open_replica(context, made, own.founder.node)
    await space.keep(context, made, made.introduce())
    return made


def expected(made: MadeSpace, count: int) -> int:
    """How many operations a whole replica holds."""
    return len(made.control) + len(made.schools) + count


def to_bodies(source: Iterator[Operation]) -> list[bytes]:
    """Bodies of NDJSON as they travel."""
    return [
        b"\n".join(operation.to_line(one) for one in batch) for batch in space.in_batches(source)
    ]


async def take(context: Context, made: MadeSpace, bodies: Sequence[bytes]) -> None:
    """All that a node does with a batch once it knows who sent it."""
    for body in bodies:
        batch = serve_space.read_operations(body)
        async with context.database.write() as transaction:
            await serve_space.take(context, transaction, made.id, batch)


def _bare(file: Path, bodies: Sequence[bytes], keys: dict[str, str]) -> Cost:
    """Decode, hash, verify, three rows; one commit a batch, on the disk before the next."""
    plain = sqlite3.connect(file, isolation_level=None)
    for rule in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        plain.execute(f"PRAGMA {rule}")
    for table in BARE_TABLES:
        plain.execute(table)
    known = {log: VerifyKey(PublicKey.read(key).raw) for log, key in keys.items()}
    with spent() as cost:
        for body in bodies:
            rows = [_bare_rows(line, known) for line in body.split(b"\n")]
            plain.execute("BEGIN IMMEDIATE")
            plain.executemany("INSERT INTO operations VALUES (?, ?, ?)", [one[:3] for one in rows])
            plain.executemany("INSERT INTO payloads VALUES (?, ?)", [one[3:5] for one in rows])
            plain.executemany("INSERT INTO objects VALUES (?, ?)", [one[5:] for one in rows])
            plain.execute("COMMIT")
    plain.close()
    return cost


def _bare_rows(
    line: bytes, keys: dict[str, VerifyKey]
) -> tuple[str, bytes, bytes, str, str | None, str, int]:
    parts = _lines.decode(line)
    octets, signature = parts.header.encode("ascii"), unb64(parts.signature)
    header = _headers.decode(octets)
    id_ = b64(hashlib.sha256(octets).digest())
    hashlib.sha256((parts.payload or "").encode()).digest()
    keys[header.log].verify(PREFIX + octets, signature)
    return id_, octets, signature, id_, parts.payload, header.object, header.time


async def _bring(folder: Path, count: int) -> tuple[Cost, Cost, int]:
    """Between two processes: what it costs until the other holds all; the same taken in here by
    a third node; how many are lost."""
    async with a_pair(folder) as pair:
        written = list(pair.space.write(count, [pair.space.schools[0]]))
        await space.keep(pair.context, pair.space, iter(written))
        sent = await _send(pair)
        lost = expected(pair.space, count) - pair.held()
        bodies = to_bodies(iter(written))
        first = [*pair.space.control, *pair.introduced]
    async with running(folder / "third", "Third", Clock(pair.space.now_ms)) as third:
        await space.open_replica(third, pair.space, pair.space.schools[1].founder.node)
        await space.keep(third, pair.space, iter(first))
        with spent() as same:
            await take(third, pair.space, bodies)
    return sent, same, lost


async def _send(pair: Setting) -> Cost:
    async with pair.context.database.read() as reader:
        (exchange,) = await cursors.list_of_space(reader, pair.space.id)
    with spent() as cost:
        await replicate.converse(pair.context, exchange)
    return cost


def _best(costs: Sequence[Cost]) -> Cost:
    """The quickest round: what other work on the machine held up says nothing."""
    return min(costs, key=lambda one: one.taken_s)


def _tell(count: int, lost: int, costs: Sequence[Cost]) -> None:
    ours, bare, here, there, shown = (count / one.taken_s for one in costs)
    core, bare_core = (count / one.core_s for one in costs[:2])
    whole_s = costs[0].core_s + costs[4].core_s
    rows: list[tuple[str, ...]] = [
        ("", "operations a second", "by the core's time", "ratio", "goal"),
        ("bare stages", f"{bare:,.0f}", f"{bare_core:,.0f}", "", ""),
        (
            "verified, judged, stored", f"{ours:,.0f}", f"{core:,.0f}",
            f"{ours / bare:.2f}", "0.70",
        ),
        (
            "folded behind: views, search", f"{shown:,.0f}", f"{count / costs[4].core_s:,.0f}",
            "", "",
        ),
        (
            "both together", "", f"{count / whole_s:,.0f}",
            f"{costs[1].core_s / whole_s:.2f}", "",
        ),
        ("taken in of one log, in process", f"{here:,.0f}", "", "", ""),
        ("between two processes, over HTTP", f"{there:,.0f}", "", f"{there / here:.2f}", "0.60"),
    ]  # fmt: skip
    report.show(f"{count:,} operations in batches of {space.BATCH}", rows)
    print(f"\noperations lost: {lost}")
    report.tell(
        {
            "bench": "replication",
            "operations": count,
            "lost": lost,
            "ours_per_s": round(ours),
            "bare_per_s": round(bare),
            "ratio": round(ours / bare, 3),
            "ratio_of_core": round(core / bare_core, 3),
            "shown_per_s": round(shown),
            "ratio_of_core_with_views": round(costs[1].core_s / whole_s, 3),
            "in_process_per_s": round(here),
            "http_per_s": round(there),
            "http_ratio": round(there / here, 3),
        }
    )


if __name__ == "__main__":
    main()
