"""Does what is due without anybody's doing: invitations lapse, accounts end, duties are done,
the trash is emptied, and pictures go after their words."""

from node.actions import along, duties, joining, recover, removed, succession, trash
from node.actions.context import Context

LOOK_AGAIN_MS = 3_600_000
GO_ON_MS = 1_000


async def step(context: Context) -> int | None:
    """One look at everything; when the next one is, in milliseconds."""
    await joining.let_lapse(context)
    await succession.end_due(context)
    await duties.attend_all(context)
    more = await recover.go_on(context)
    await trash.empty(context)
    await removed.empty(context)
    await along.let_go(context)
    return context.now_ms() + (GO_ON_MS if more else LOOK_AGAIN_MS)
