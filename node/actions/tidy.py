"""Tidying: what is over and was long ago is dropped from the queues, a few rows at a time.

Nothing that people see stands on these rows. A repeat of an activity whose row is gone is judged
again, and changes nothing: its document is no newer, its offer has its answer.
"""

from node.actions import enclosures, escalations, teachers
from node.actions.context import Context
from node.storage import sessions, tidy, view_tickets
from node.storage.register import DAYS_OF_LETTERS

DAY_MS = 86_400_000
KEPT_MS = DAYS_OF_LETTERS * DAY_MS
ROWS_AT_ONCE = 500
AGAIN_MS = 6 * 3_600_000


async def tidy_up(context: Context) -> int | None:
    """Drop what is over. A worker's step; looks again within six hours."""
    now_ms = context.now_ms()
    await enclosures.drop_over(context)
    await teachers.drop_over(context)
    await escalations.drop_over(context)
    async with context.database.write_small() as transaction:
        await view_tickets.drop_over(transaction, now_ms)
    while True:
        async with context.database.read() as reader:
            over = await tidy.is_any_over(reader, now_ms - KEPT_MS, now_ms)
        if not over:
            return now_ms + AGAIN_MS
        # Others get their turn between two portions.
        async with context.database.write_small() as transaction:
            await tidy.drop_over(transaction, now_ms - KEPT_MS, ROWS_AT_ONCE)
            await sessions.drop_expired(transaction, now_ms)
