"""What this node knows of one of its spaces, for whoever looks after the node."""

from collections.abc import Mapping
from dataclasses import dataclass

from node.actions import serve_space
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import carried, control, cursors, objects, operations, payloads, spaces, usage
from node.storage.cursors import Exchange
from node.storage.database import Reader
from node.storage.spaces import Space
from node.storage.usage import Paused
from protocol import names
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of
from protocol.space import sync
from protocol.space.sync import Heads

MANY = 1_000


@dataclass(frozen=True)
class MemberState:
    """One school that was ever admitted. `exchange` is None for the own node and for one with which
    this node exchanges nothing; `overdue` counts own statements that it has not confirmed."""

    node: str
    origin: str
    member: bool
    own: bool
    steward: bool
    exchange: Exchange | None
    overdue: int


@dataclass(frozen=True)
class SpaceState:
    """One replica in figures. `settled` and `control` are numbers in the control log, `own_log` the
    log that this node writes and its number; `forked` the logs that have stopped at a fork.

    `awaited` are control operations that somebody named and that have not come, `lacking` payloads,
    `branches` logs of which a named branch has not come.

    `usage` are the bytes of each school, `paused` those whose logs wait for room here.
    """

    space: Space
    title: str
    members: tuple[MemberState, ...]
    settled: int
    logs: int
    operations: int
    forked: tuple[str, ...]
    own_log: tuple[str, int]
    awaited: int
    lacking: int
    branches: tuple[str, ...]
    bytes: int
    usage: Mapping[str, int]
    paused: tuple[Paused, ...]


async def describe(context: Context, by: By, space: str) -> SpaceState:
    """How a replica stands. Refuses with NOT_FOUND."""
    require_admin(by)
    async with context.database.read() as reader:
        kept = await _get(reader, space)
        project = await objects.find(reader, kept.project)
        heads = await operations.list_heads(reader, kept.id)
        own = [one for log, one in heads.items() if log.startswith(f"c/{kept.node}/")]
        last = max(own, key=lambda one: int(one.log.rpartition("/")[2]), default=None)
        return SpaceState(
            kept,
            "" if project is None else optional_text_of(project.document, "name"),
            await _list_members(reader, kept),
            1 if kept.pin is None else kept.pin.head[0],
            len(heads),
            await operations.count(reader, kept.id),
            tuple(log for log, one in heads.items() if one.fork is not None),
            ("", 0) if last is None else (last.log, last.seq),
            len(await control.list_unknown(reader, kept.id, limit=MANY)),
            len(await payloads.list_lacking(reader, kept.id, limit=MANY)),
            tuple(sorted(sync.awaiting(kept.state, heads.values()))),
            await carried.sum_bytes(reader, kept.id),
            await usage.list_of_space(reader, kept.id),
            tuple(await usage.list_paused(reader, kept.id)),
        )


async def find_heads(context: Context, by: By, space: str) -> Heads:
    """The heads that partners see. Refuses with NOT_FOUND."""
    require_admin(by)
    async with context.database.read() as reader:
        return await serve_space.build_heads(reader, await _get(reader, space))


async def _list_members(reader: Reader, space: Space) -> tuple[MemberState, ...]:
    exchanges = {one.node: one for one in await cursors.list_of_space(reader, space.id)}
    overdue = await carried.count_unconfirmed(reader, space.id, space.node)
    state = space.state
    found = [
        MemberState(
            node,
            names.origin(actor),
            node in state.members,
            node == space.node,
            node == state.steward,
            exchanges.get(node),
            0 if node == space.node else overdue.get(node, 0),
        )
        for node, actor in state.actors.items()
    ]
    return tuple(sorted(found, key=lambda one: (not one.member, not one.own, one.origin)))


async def _get(reader: Reader, space: str) -> Space:
    kept = await spaces.find(reader, space)
    if kept is None:
        raise Refused(Reason.NOT_FOUND, f"There is no space {space}; see: schoolgate space list")
    return kept
