"""Does what is due without anybody's doing: invitations lapse, accounts end, duties are done,
the trash is emptied."""

from node.actions import duties, joining, removed, succession, trash
from node.actions.context import Context

LOOK_AGAIN_MS = 3_600_000


async def step(context: Context) -> int | None:
    """One look at everything; when the next one is, in milliseconds."""
    await joining.let_lapse(context)
    await succession.end_due(context)
    await duties.attend_all(context)
    await trash.empty(context)
    await removed.empty(context)
    return context.now_ms() + LOOK_AGAIN_MS
