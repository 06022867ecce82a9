"""A power cut at any moment: what was acknowledged is there, at its writer and at the partner."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event, Thread

from tests.faults.pairs import Pair, Side, require_sound

MOMENTS = 30
SEED = 20_261_123
BETWEEN_WRITES_S = 0.03
LONGEST_RUN_S = 0.6


@dataclass
class Writer:
    """One teacher who writes without pause, messages and posts in turn."""

    side: Side
    name: str
    thread: str
    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    strange: Counter[int] = field(default_factory=Counter)

    def write_until(self, stop: Event) -> None:
        number = 0
        while not stop.wait(BETWEEN_WRITES_S):
            number += 1
            text = f"{self.name} {number}"
            if number % 2:
                status = self.side.write(text)
            else:
                status = self.side.post(self.thread, text=text, language="en")
            match status:
                case 0:
                    self.unanswered.append(text)
                case 303:
                    self.acknowledged.append(text)
                case _:
                    self.strange[status] += 1


def kept(side: Side) -> Counter[str]:
    """Every text at that school, sent, received or posted, and how often."""
    return Counter(side.texts("SELECT text FROM messages UNION ALL SELECT text FROM posts"))


def test_kill_at_any_moment_loses_nothing_that_was_acknowledged(pair: Pair) -> None:
    chance = random.Random(SEED)
    before = {id(side): kept(side) for side in pair.sides}
    writers = [Writer(side, name, pair.thread) for side, name in zip(pair.sides, "ab", strict=True)]
    stop = Event()
    threads = [Thread(target=one.write_until, args=(stop,), daemon=True) for one in writers]
    for thread in threads:
        thread.start()
    try:
        for _ in range(MOMENTS):
            victim = chance.choice(writers)
            time.sleep(chance.uniform(0.0, LONGEST_RUN_S))
            told = len(victim.acknowledged)
            victim.side.school.kill()
            require_sound(victim.side)
            assert not set(victim.acknowledged[:told]) - set(kept(victim.side))
            victim.side.school.start()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    pair.settle()
    for side in pair.sides:
        require_sound(side)
        found = kept(side) - before[id(side)]
        for writer in writers:
            assert not writer.strange
            assert len(writer.acknowledged) > MOMENTS
            written = [text for text in found if text.startswith(f"{writer.name} ")]
            assert (
                set(writer.acknowledged)
                <= set(written)
                <= {
                    *writer.acknowledged,
                    *writer.unanswered,
                }
            )
            assert [text for text in written if found[text] > 1] == []
    assert kept(pair.azul) - before[id(pair.azul)] == kept(pair.vert) - before[id(pair.vert)]
