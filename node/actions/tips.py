"""After a restored backup: nothing is written in a space before it is known what was written.

Own tips are noted in `state/tips` after each own write and before anything leaves the node. A
database that is behind them, or a node without the file, waits until one partner's heads have been
heard; also where it holds nothing of its own, for that may have been written since. Else the same
place of a log would be filled twice, which stops it at every replica.
"""

import asyncio
from collections.abc import Iterable

from node import events
from node.actions.context import Context
from node.storage import meta, operations, renewals, spaces
from node.storage import tips as tip_file
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from node.storage.tips import Tips
from protocol.errors import Refused
from protocol.space.log import LogHead
from protocol.space.renewal import open_renewal
from protocol.space.statement import Signed

RESTORED = "restored"
RENEWING = "renewing"
"""Why a space is closed to writing: after a restored backup; while a new key is asked for."""

RESTORED_MS = "restored_ms"
"""The fact that says when this node last found itself behind what it had written."""


async def record(context: Context, space: str) -> None:
    """Note down how far this node's own logs of a space have come."""
    async with context.database.read() as reader:
        kept = await spaces.get(reader, space)
        own = await _list_own(reader, kept)
    await note(context, kept, own)


async def note(context: Context, space: Space, own: Iterable[LogHead]) -> None:
    """The same where they have been looked up already."""
    if not space.closed_to_writing:
        tips = _as_tips(space, own)
        await asyncio.to_thread(tip_file.record, context.folder.tips_file, tips)


async def renew(context: Context, space: str) -> None:
    """What was lost in a restored backup, and no partner ever heard, is given up."""
    async with context.database.read() as reader:
        own = await _own_tips(reader, await spaces.get(reader, space))
    await asyncio.to_thread(tip_file.renew, context.folder.tips_file, space, own)


async def check(context: Context) -> None:
    """At start: close to writing every space in which more was written than the database holds."""
    known = await asyncio.to_thread(tip_file.read, context.folder.tips_file)
    async with context.database.read() as reader:
        behind = [
            space.id
            for space in await spaces.list_all(reader)
            if await _is_behind(reader, space, known)
        ]
    for space_id in behind:
        async with context.database.write() as transaction:
            await spaces.put_closed_to_writing(transaction, space_id, RESTORED)
            await spaces.put_heard(transaction, space_id, ())
            await meta.put(transaction, RESTORED_MS, str(context.now_ms()))
        events.space_closed_to_writing(space_id, RESTORED)


async def reopen(transaction: Transaction, space: str) -> bool:
    """A partner's heads were heard and all that it had of ours is here: write on from there.

    Where the own log has stopped at a fork it goes on in a new one (`recover`). While this school
    waits for a new key it goes on waiting. Whether it caught up; if so, `renew` follows.
    """
    kept = await spaces.get(transaction, space)
    if kept.closed_to_writing != RESTORED:
        return False
    asked = await renewals.find(transaction, space, kept.node)
    waits = asked is not None and _is_open(asked, kept)
    await spaces.put_closed_to_writing(transaction, space, RENEWING if waits else "")
    return True


def _is_open(asked: Signed, space: Space) -> bool:
    """Whether the space has not answered yet."""
    try:
        open_renewal(asked, space.state)
    except Refused:
        return False
    return True


async def hear(transaction: Transaction, space: str, node: str) -> None:
    """A member's heads were heard and all that it had is here. Until more than two thirds were
    heard since a backup was restored, this node neither votes nor acknowledges."""
    kept = await spaces.get(transaction, space)
    if kept.heard is None or node in kept.heard:
        return
    heard = {*kept.heard, node}
    # Once all were heard there is no branch of the own log that somebody else still keeps.
    over = kept.state.members <= heard | {kept.node}
    await spaces.put_heard(transaction, space, None if over else heard)


async def _is_behind(reader: Reader, space: Space, known: Tips | None) -> bool:
    """Whether anything is missing that was written here. What lies beyond a fork of the own log is
    here, and is said again: nobody has to be asked for it first, and nothing forgets it."""
    if known is None:
        return True
    prefix = tip_file.name(space.id, "")
    written = {id_: seq for key, (seq, id_) in known.items() if key.startswith(prefix)}
    stored = await operations.list_stored(reader, space.id, written)
    return any(id_ not in stored or stored[id_].header.seq < seq for id_, seq in written.items())


async def _own_tips(reader: Reader, space: Space) -> Tips:
    return _as_tips(space, await _list_own(reader, space))


async def _list_own(reader: Reader, space: Space) -> list[LogHead]:
    heads = await operations.list_heads(reader, space.id)
    return [one for one in heads.values() if one.node == space.node]


def _as_tips(space: Space, own: Iterable[LogHead]) -> Tips:
    return {tip_file.name(space.id, one.log): (one.seq, one.id) for one in own if one.seq}
