"""I11: a crash at any commit leaves both an object and its deliveries, or neither.

Two whole nodes live from one seed: their teachers write, change, erase and send, their workers
work, and now and then the power of one goes off just before or just after one of its commits. At
that moment, before the node starts again and looks around, whatever belongs together lies together
on its disk. Afterwards nothing that was acknowledged is lost.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from node.actions import forum, identity, messages, publish, replica
from node.actions.context import Context
from node.app import begin, open_context
from node.storage import deliveries, outbox
from node.storage.accounts import Account
from node.storage.database import Transaction
from node.workers.rota import WORKERS
from protocol import canonical, names, reading
from protocol.canonical import JSONObject
from protocol.errors import Refused
from protocol.shapes import kind_of
from tests.node.spaces.schools import found_together, holds_the_same, texts
from tests.nodes import (
    CHEAP,
    Node,
    SeededChance,
    VirtualClock,
    make_partners,
    running,
    settle,
    shared_book,
)
from tests.simulation.power import Power
from tests.together import TOGETHER

STEPS = 24
MANY_STEPS = 250
SEEDS = range(2)
FURTHEST_COMMIT = 3

ERASED = """
    SELECT e.id, m.origin FROM erasures AS e JOIN spaces AS s ON s.id = e.space AND e.node = s.node
    JOIN space_members AS m ON m.space = e.space AND m.node <> s.node
    LEFT JOIN receipts AS r ON r.space = e.space AND r.statement = e.id AND r.node = m.node
    LEFT JOIN replication AS n ON n.space = e.space AND n.origin = m.origin
    WHERE r.node IS NULL AND (n.origin IS NULL OR (n.attempts = 0 AND n.next_ms > e.received_ms))
"""


@dataclass
class Life:
    """Two schools with a space, contacts, and a power supply that is not to be relied on."""

    chance: random.Random
    power: Power
    nodes: list[Node]
    people: list[Account]
    space: str
    opened: AsyncExitStack
    posts: list[list[str]] = field(default_factory=lambda: [[], []])
    kept: list[list[str]] = field(default_factory=lambda: [[], []])  # texts, by who wrote them
    happened: Counter[str] = field(default_factory=Counter)

    async def go_on(self, steps: int) -> None:
        for _ in range(steps):
            await self.step()
            self.nodes[0].clock.advance(seconds=10)

    async def step(self) -> None:
        """One side does something, and perhaps dies of it."""
        at = self.chance.randrange(2)
        if self.chance.random() < 0.5:
            commits = self.chance.randint(1, FURTHEST_COMMIT)
            after = self.chance.random() < 0.5
            self.power.cut(self.nodes[at].folder.database_file, commits, after=after)
        act = self.chance.choice([self.write, self.answer, self.change, self.erase, self.send])
        try:
            await act(at)
            await self.work()
        except (sqlite3.Error, Refused, RuntimeError):
            assert self.power.went_off
        if self.power.went_off:
            self.happened["after" if self.power.after else "before"] += 1
            await self.require_whole()
            await self.start_again(at)
        self.power.stay()
        self.power.went_off = False
        await self.require_whole()

    async def require_whole(self) -> None:
        """I11, on the disk of each."""
        for node in self.nodes:
            async with node.context.database.read() as reader:
                for belongs, sql in {**TOGETHER, "an erasure and who is told": ERASED}.items():
                    assert not await reader.all(sql), f"I11: {belongs}"

    async def start_again(self, at: int) -> None:
        """From the same folder. Nobody has told the old process, which writes nothing any more."""
        old = self.nodes[at]
        await old.close_doors()
        chance = SeededChance(f"{old.name} {sum(self.happened.values())}")
        context = await self.opened.enter_async_context(
            open_context(old.folder, CHEAP, clock=old.clock, chance=chance, book=shared_book())
        )
        await begin(context)
        self.nodes[at] = replace(old, context=context)
        await self.nodes[at].open_doors()
        self.opened.push_async_callback(self.nodes[at].close_doors)

    async def work(self) -> None:
        """All workers of both, once: the dead one's do nothing."""
        for node in self.nodes:
            for worker in WORKERS:
                await worker.step(node.context)

    # -- what people do

    def text(self) -> str:
        return f"words {self.chance.randrange(10**9)}"

    async def write(self, at: int) -> None:
        text = self.text()
        post = await forum.start_thread(
            self.nodes[at].context,
            self.people[at],
            self.space,
            title="Birds",
            text=text,
            language="en",
        )
        self.posts[at].append(post)
        self.kept[at].append(text)

    async def answer(self, at: int) -> None:
        if not self.posts[at]:
            return await self.write(at)
        thread, text = self.posts[at][0], self.text()
        context, who = self.nodes[at].context, self.people[at]
        await forum.reply(context, who, self.space, thread, text=text, language="en")
        self.kept[at].append(text)
        return None

    async def change(self, at: int) -> None:
        if len(self.posts[at]) < 2:
            return await self.write(at)
        context, who, post = self.nodes[at].context, self.people[at], self.posts[at][0]
        self.kept[at] = []  # which text stands may be the old or the new one
        await forum.edit(context, who, self.space, post, text=self.text(), language="en")
        return None

    async def erase(self, at: int) -> None:
        if len(self.posts[at]) < 3:
            return await self.write(at)
        post = self.posts[at].pop()
        self.kept[at] = []
        await forum.erase(self.nodes[at].context, self.people[at], self.space, post)
        self.happened["erased"] += 1
        return None

    async def send(self, at: int) -> None:
        other = self.people[1 - at].actor
        context, who = self.nodes[at].context, self.people[at]
        await messages.send(context, who, other, text=self.text(), language="en")
        self.happened["sent"] += 1


@asynccontextmanager
async def living(path: Path, seed: int) -> AsyncIterator[Life]:
    power, clock = Power(), VirtualClock()
    with power.around():
        async with (
            running("alpha", path / "alpha", clock) as alpha,
            running("beta", path / "beta", clock) as beta,
            AsyncExitStack() as opened,
        ):
            await make_partners(alpha, beta)
            shared = await found_together(alpha, beta)
            chance = random.Random(seed)
            people = [shared.ana, shared.bob]
            yield Life(chance, power, [alpha, beta], people, shared.space, opened)


async def live(path: Path, seed: int) -> Life:
    async with living(path, seed) as life:
        await life.go_on(STEPS)
        life.nodes[0].clock.advance(days=1)
        await settle(*life.nodes)
        await life.require_whole()
        here, there = life.nodes
        assert await holds_the_same(here, there, life.space)
        shown = {one for thread in await texts(life.nodes[0], life.space) for one in thread}
        for kept in life.kept:
            assert set(kept) <= shown, "what was acknowledged is lost"
        counts = [await node.count("messages") for node in life.nodes]
        assert counts[0] == counts[1]
        assert counts[0] >= life.happened["sent"]
    return life


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_crash_at_any_commit_leaves_an_object_and_its_deliveries_or_neither(
    tmp_path: Path, seed: int
) -> None:
    life = await live(tmp_path, seed)
    reached = [name for name in ("before", "after", "erased", "sent") if life.happened[name]]
    assert reached == ["before", "after", "erased", "sent"]


Break = Callable[[pytest.MonkeyPatch], None]


def partners_are_told_in_a_step_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """An operation is kept first; that the partners have to hear of it is noted down afterwards."""
    real_tell = replica.tell

    async def later(_: Context, __: Transaction, ___: str) -> None:
        return None

    async def tell(context: Context, space: str) -> None:
        async with context.database.write() as transaction:
            await real(context, transaction, space)
        await real_tell(context, space)

    real = replica.make_due
    patch.setattr(replica, "make_due", later)
    patch.setattr(replica, "tell", tell)


def letters_are_queued_in_a_step_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """What is said is kept first, and queued afterwards."""
    real_send = messages.send

    async def say(context: Context, transaction: Transaction, activity: JSONObject) -> JSONObject:
        signed = await identity.sign(
            context, transaction, activity, reading.text_of(activity, "actor")
        )
        await outbox.put(transaction, signed, public=False, now_ms=context.now_ms())
        return signed

    async def send(
        context: Context, account: Account, other: str, *, text: str, language: str
    ) -> str:
        id_ = await real_send(context, account, other, text=text, language=language)
        async with context.database.write() as transaction:
            row = await transaction.one("SELECT activity FROM outbox ORDER BY seq DESC LIMIT 1")
            assert row is not None
            said = canonical.read_object(row["activity"].encode())
            await deliveries.put(
                transaction,
                origin=names.origin(other),
                actor=account.actor,
                activity=said,
                kind=kind_of(said),
                now_ms=context.now_ms(),
            )
        return id_

    patch.setattr(publish, "say", say)
    patch.setattr(messages, "send", send)


@pytest.mark.parametrize(
    "variant",
    [partners_are_told_in_a_step_of_its_own, letters_are_queued_in_a_step_of_its_own],
    ids=lambda one: one.__name__,
)
async def test_two_steps_in_place_of_one_are_noticed(
    tmp_path: Path, variant: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path, 0) as life:
        variant(monkeypatch)
        with pytest.raises(AssertionError, match="I11"):
            await life.go_on(MANY_STEPS)
