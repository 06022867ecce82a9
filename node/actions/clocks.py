"""This node's clock beside those of its partners: noted as they answer, asked before it signs.

A node whose clock is wrong writes operations that others do not take for hours, or that stand
before what they answer (PROTOCOL.md, Operations, `time`).
"""

from node.actions.context import Context
from node.storage import clocks
from node.storage.database import Reader, Transaction
from protocol import clocks as judging
from protocol.errors import Reason, Refused

KEPT_MS = 86_400_000


async def note(context: Context, transaction: Transaction, *origins: str) -> None:
    """Keep what the last answers of these told about their clocks."""
    skews_ms = ((origin, context.client.skew_of(origin)) for origin in origins)
    known = [(origin, skew_ms) for origin, skew_ms in skews_ms if skew_ms is not None]
    await clocks.put(transaction, known, context.now_ms())


async def forget(transaction: Transaction) -> None:
    """At start: a clock that was wrong has perhaps been set."""
    await clocks.forget(transaction)


async def find_skew_ms(context: Context, reader: Reader) -> int:
    """How far partners' clocks are ahead of this node's, by their median; 0 if nothing is known."""
    return judging.median(await _list(context, reader))


async def require_right(context: Context, reader: Reader, last_ms: int = 0) -> None:
    """Refuse with CLOCK_OFF to sign while this node's clock is far from its partners', or far
    before `last_ms`, the time of what it signed last: the next may not be earlier.
    """
    behind_ms = last_ms - context.now_ms()
    if behind_ms > judging.MAX_AHEAD_MS:
        raise Refused(
            Reason.CLOCK_OFF,
            f"This node's clock stands {behind_ms // 1000} s before the last word that it signed; "
            "set it right. If it is right now, this school goes on in a new log as soon as a "
            "partner's clock was heard.",
            skew_s=behind_ms // 1000,
        )
    skews_ms = await _list(context, reader)
    if judging.is_off(skews_ms):
        off_s = abs(judging.median(skews_ms)) // 1000
        raise Refused(
            Reason.CLOCK_OFF,
            f"This node's clock is {off_s} s away from those of its partners; set it right.",
            skew_s=off_s,
        )


async def is_confirmed(context: Context, reader: Reader) -> bool:
    """Whether a partner's clock was heard within a day, and this node's agrees with those heard:
    enough to say that what was signed far ahead of it was signed by a clock that was wrong."""
    skews_ms = await _list(context, reader)
    return bool(skews_ms) and abs(judging.median(skews_ms)) <= judging.MAX_OFF_MS


async def is_right(context: Context, reader: Reader) -> bool:
    """Whether this node's clock is near enough to its partners' to sign."""
    return not judging.is_off(await _list(context, reader))


async def _list(context: Context, reader: Reader) -> list[int]:
    now_ms = context.now_ms()
    # What was noted "later" than now was noted by a clock that has been set right since.
    return await clocks.list_between(reader, now_ms - KEPT_MS, now_ms)
