"""`scripts/bench/harvest`: one node reads on at another, everything real, both in this process.

The ceiling beside it does the verifying alone: read the line, fit its shape, and check the proof
and the voucher, with nothing asked for over a connection and nothing kept.
"""

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from node import events
from node.actions import actors, harvest, identity, partners
from node.actions.actors import Profile
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.storage import harvests, objects
from protocol import canonical, names, vouchers
from protocol.keys import PublicKey
from scripts.benchmarks import population, report
from scripts.benchmarks.nodes import Clock, running

BATCH = 100


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=2_000)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.people))


async def _run(folder: Path, people: int) -> None:
    clock = Clock()
    async with (
        running(folder / "school", "School", clock) as school,
        running(folder / "reader", "Reader", clock) as reader,
    ):
        await _fill(school, people)
        for here, there in ((school, reader), (reader, school)):
            found = await partners.add(here, OPERATOR, there.base)
            await partners.approve(here, OPERATOR, found.origin, found.fingerprint)
        await harvest.step(reader)
        clock.at_ms += 120_000
        began = time.perf_counter()
        await harvest.step(reader)
        taken_s = time.perf_counter() - began
        async with reader.database.read() as view:
            (source,) = await harvests.list_all(view)
        bare_s = await _verify_alone(school, source.taken)
    _tell(source.taken, people, taken_s, bare_s)


async def _fill(school: Context, people: int) -> None:
    chance = random.Random(3)
    for start in range(0, people, BATCH):
        async with school.database.write() as transaction:
            for number in range(start, min(start + BATCH, people)):
                handle = f"p{number}"
                actor = names.person_id(school.base, handle)
                await identity.make_key(school, transaction, actor)
                about = " ".join(chance.sample(population.SENTENCES, 2))
                profile = Profile(
                    f"{chance.choice(population.FIRST.split())} Number{number}",
                    subjects=chance.sample(population.SUBJECTS, 2),
                    languages=("pt", "en"),
                    about=about,
                    about_language="en",
                )
                await actors.put_person(school, transaction, handle, profile)


async def _verify_alone(school: Context, count: int) -> float:
    """The same lines verified, as often as documents were taken."""
    speaker = await identity.get_service_identity(school)
    async with school.database.read() as reader:
        changed = await objects.list_changes(reader, 0, count)
    lines = [
        canonical.encode(
            {
                "n": n,
                "document": one.document,
                "voucher": vouchers.vouch(one.document, speaker.signer, speaker.key_id).to_json(),
            }
        )
        for n, one in changed
    ]
    key: PublicKey = speaker.signer.public
    began = time.perf_counter()
    for line in lines:
        said = canonical.read_object(line)
        school.book.check("change", said)
        document = said["document"]
        if isinstance(document, dict):
            voucher = vouchers.read_voucher(said)
            vouchers.open_vouched(document, voucher, key, owner=None, now=school.now())
    return time.perf_counter() - began


def _tell(taken: int, people: int, taken_s: float, bare_s: float) -> None:
    minute = round(taken / taken_s * 60)
    bare = round(taken / bare_s * 60)
    lost = people + 2 - taken
    rows: list[tuple[str, ...]] = [
        ("", "documents a minute"),
        ("harvest, over HTTP, verified and listed", f"{minute:,}"),
        ("verifying alone", f"{bare:,}"),
        ("goal", "1,000"),
    ]
    report.show(f"{taken:,} documents of one node", rows)
    print(f"\nratio to verifying alone: {minute / bare:.2f}; documents lost: {lost}")
    report.tell(
        {
            "bench": "harvest",
            "documents": taken,
            "lost": lost,
            "per_minute": minute,
            "verifying_per_minute": bare,
            "ratio": round(minute / bare, 3),
        }
    )


if __name__ == "__main__":
    main()
