"""Chance that repeats itself from life to life, whatever else is drawn meanwhile."""

from dataclasses import dataclass, field
from inspect import currentframe
from itertools import islice
from traceback import walk_stack

from tests.nodes import SeededChance


@dataclass
class Streams:
    """Chance in streams of their own: who draws more often changes nothing of what others draw.

    A stream is known by the three functions of the product that asked for it.
    """

    seed: str
    streams: dict[str, SeededChance] = field(default_factory=dict)

    def octets(self, count: int) -> bytes:
        return self._stream().octets(count)

    def fraction(self) -> float:
        return self._stream().fraction()

    def _stream(self) -> SeededChance:
        asked_by = islice(walk_stack(currentframe()), 2, 5)
        key = " < ".join(
            f"{frame.f_globals['__name__']}.{frame.f_code.co_name}" for frame, _ in asked_by
        )
        return self.streams.setdefault(key, SeededChance(f"{self.seed} {key}"))
