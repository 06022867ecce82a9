"""What conversations about one space begin with: looked at once for all partners that are due.

Fifty partners of a space are told the same news, from the same state, in the same name. So this is
read in one view of the database, the batch is made and let out once, and each conversation asks the
database again only where it has more to do than that. When a conversation ends, `conclude` compares
what was agreed on with what is there then.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from node.actions import identity, serve_space, tips, trust, whereabouts
from node.actions.context import Context
from node.remote.client import Identity
from node.remote.roads import Whereabouts
from node.storage import cursors, erasures, membership, operations, partners, payloads, spaces
from node.storage.cursors import Exchange
from node.storage.database import Reader
from node.storage.partners import Partner
from node.storage.spaces import Space
from protocol import names, outbound
from protocol.outbound import Outbound
from protocol.reading import text_of
from protocol.space import sync
from protocol.space.control import Heads as Positions
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.sync import Heads

MAX_PACKED = 8
"""Batches that are kept for partners who have come equally far."""


@dataclass(frozen=True)
class Packed:
    """One batch of news as it leaves, and how far the own logs have come with it."""

    body: Outbound
    count: int
    reached: Positions


@dataclass(frozen=True)
class Ground:
    """One space as it is when conversations begin, and what is known of the partners.

    `strange` are members that nobody here knows, where there are hubs that could; `credential` is
    the own one that a hub admitted this node by; `owed` are the members' nodes to which receipts or
    statements are owed; `told_ms` when the last erasure was heard of.
    """

    space: Space
    heads: Heads
    own: Mapping[str, LogHead]
    speaker: Identity
    partners: Mapping[str, Partner]
    whereabouts: Mapping[str, Whereabouts]
    cursors: Mapping[str, Positions]
    owed: frozenset[str]
    told_ms: int | None
    lacks_payloads: bool
    strange: frozenset[str]
    credential: str
    _packed: dict[tuple[int, ...], Packed | None] = field(default_factory=dict)

    async def pack(self, context: Context, origin: str) -> Packed | None:
        """The news since the cursor of a partner; None where there are none, or more than one
        batch holds."""
        known = self.cursors.get(origin, {})
        logs = sorted(self.own, key=lambda log: not log.startswith("k/"))
        after = tuple(known.get(log, (0, ""))[0] for log in logs)
        if after not in self._packed:
            if len(self._packed) >= MAX_PACKED:
                self._packed.clear()
            async with context.database.read() as reader:
                news = [
                    one
                    for log, seq in zip(logs, after, strict=True)
                    for one in await self._list_news(reader, log, seq)
                ]
            self._packed[after] = self._let_out(context, news)
        return self._packed[after]

    async def _list_news(self, reader: Reader, log: str, after: int) -> list[Operation]:
        """What is newer than this view of the space waits for the next conversation."""
        last = self.own[log].seq
        if after >= last:
            return []
        limit = sync.MAX_BATCH_OPERATIONS
        found = await operations.list_accepted(reader, self.space.id, log, after, limit=limit)
        return [one for one in found if one.header.seq <= last]

    def _let_out(self, context: Context, news: Sequence[Operation]) -> Packed | None:
        batch = serve_space.fill(news)
        if not batch or len(batch) < len(news):
            return None
        body = outbound.release_operations(context.book, batch, node=self.space.node)
        return Packed(body, len(batch), {one.header.log: (one.header.seq, one.id) for one in batch})


async def survey(context: Context, space: str, exchanges: Iterable[Exchange]) -> Ground:
    """Look at a space for these conversations. Own tips are noted down before anything leaves."""
    origins = [one.origin for one in exchanges]
    async with context.database.read() as reader:
        kept, logs, told_ms, hubs, school, speaker = await asyncio.gather(
            spaces.get(reader, space),
            operations.list_heads(reader, space),
            erasures.find_newest_ms(reader, space),
            trust.list_hubs(reader),
            membership.find(reader),
            identity.get_identity(context, reader, names.service_actor_id(context.base)),
        )
        known, at, positions, lacking, strange = await asyncio.gather(
            partners.list_of(reader, origins),
            whereabouts.list_of(reader, origins),
            cursors.list_cursors_of(reader, space, origins),
            payloads.list_lacking(reader, space, limit=1),
            cursors.list_strange_members(reader, space, context.base),
        )
        owed = await erasures.list_owed(reader, space, kept.node)
        heads = await serve_space.build_heads(reader, kept, logs)
    credential = None if school is None else school.credential
    own = {log: head for log, head in logs.items() if head.node == kept.node}
    ground = Ground(
        space=kept,
        heads=heads,
        own=own,
        speaker=speaker,
        partners={one.origin: one for one in known},
        whereabouts=at,
        cursors=positions,
        owed=owed,
        told_ms=told_ms,
        lacks_payloads=bool(lacking),
        strange=frozenset(strange if hubs else ()),
        credential="" if credential is None else text_of(credential, "id"),
    )
    await tips.note(context, kept, own.values())
    return ground


async def survey_all(
    context: Context, exchanges: Sequence[Exchange]
) -> list[tuple[Exchange, Ground | Exception]]:
    """The same for conversations about several spaces. A defect of one space delays no other."""
    by_space: dict[str, list[Exchange]] = {}
    for one in exchanges:
        by_space.setdefault(one.space, []).append(one)
    found = await asyncio.gather(
        *(survey(context, space, some) for space, some in by_space.items()), return_exceptions=True
    )
    grounds = []
    for (_, some), ground in zip(by_space.items(), found, strict=True):
        if isinstance(ground, BaseException) and not isinstance(ground, Exception):
            raise ground
        grounds += [(one, ground) for one in some]
    return grounds
