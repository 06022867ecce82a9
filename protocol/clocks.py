"""Is this node's own clock right? Judged by the clocks of its partners."""

from collections.abc import Sequence
from typing import Final

MAX_OFF_MS: Final = 600_000
"""A node that is further than this from its partners' median signs nothing in spaces."""
MAX_AHEAD_MS: Final = 3_600_000
"""What is signed further ahead than this no partner takes (PROTOCOL.md, Operations, `time`)."""
ENOUGH: Final = 2
"""One partner alone, whose own clock may be wrong, holds nobody up for minutes."""


def median(skews_ms: Sequence[int]) -> int:
    """The middle of `skews_ms`; of two middle ones the one that is nearer to this node's clock."""
    ordered = sorted(skews_ms)
    if not ordered:
        return 0
    middle = (ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])
    return min(middle, key=abs)


def is_off(skews_ms: Sequence[int]) -> bool:
    """Whether a node must not sign, by how much its partners' clocks are ahead of its own."""
    if len(skews_ms) >= ENOUGH:
        return abs(median(skews_ms)) > MAX_OFF_MS
    # The times of a log never go back: one word from next year would end the log until then.
    return median(skews_ms) < -MAX_AHEAD_MS
