"""One conversation about one space with one partner: asking and telling in this node's name."""

from dataclasses import dataclass, field

from node.actions.context import Context
from node.actions.ground import Ground
from node.remote.answer import Answer
from node.storage.cursors import Exchange
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound
from protocol.space import sync
from protocol.space.control import Heads as Positions
from protocol.space.operation import MAX_LINE_BYTES
from protocol.space.statement import Signed

MAX_PAGE_BYTES = sync.MAX_BATCH_BYTES + MAX_LINE_BYTES


@dataclass(frozen=True)
class Talk:
    """One conversation: with whom, about what, from where; and what went wrong with one log."""

    context: Context
    exchange: Exchange
    ground: Ground
    troubles: list[Refused] = field(default_factory=list)

    @property
    def space(self) -> str:
        return self.exchange.space

    async def get(self, path: str) -> Answer:
        return await self.context.client.get(
            f"{self.exchange.origin}/spaces/{self.space}/{path}",
            origin=self.exchange.origin,
            as_=self.ground.speaker,
            at=self.ground.whereabouts.get(self.exchange.origin),
            accept="application/json, application/x-ndjson",
            max_bytes=MAX_PAGE_BYTES,
        )

    async def post(self, path: str, body: Outbound) -> Answer:
        return await self.context.client.post(
            f"{self.exchange.origin}/spaces/{self.space}/{path}",
            body,
            origin=self.exchange.origin,
            as_=self.ground.speaker,
            at=self.ground.whereabouts.get(self.exchange.origin),
        )


@dataclass(frozen=True)
class Ended:
    """How a conversation ended. `agreed` is the digest of what both have, None where they differ;
    `reached` how far the partner has own logs, `asked` which new key of this school it was asked
    for, `refused` what the next try waits for. `over`: there is nothing more to say to each other.
    """

    exchange: Exchange
    agreed: str | None = None
    reached: Positions = field(default_factory=dict)
    asked: Signed | None = None
    refused: Refused | None = None
    waits_for_room: bool = False
    over: bool = False


def require_ok(answer: Answer) -> Answer:
    """Refuses with the reason that the partner gave; without one it was not the partner itself."""
    if answer.ok:
        return answer
    facts = {} if answer.retry_after_s is None else {"retry_after_s": answer.retry_after_s}
    raise Refused(
        answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}", **facts
    )
