"""One conversation about one space with one partner: asking and telling in this node's name."""

from dataclasses import dataclass, field

from node.actions.context import Context
from node.remote.answer import Answer
from node.remote.client import Identity
from node.storage.cursors import Exchange
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound
from protocol.space import sync
from protocol.space.operation import MAX_LINE_BYTES

MAX_PAGE_BYTES = sync.MAX_BATCH_BYTES + MAX_LINE_BYTES


@dataclass(frozen=True)
class Talk:
    """One conversation: with whom, about what, in whose name; and what went wrong with one log."""

    context: Context
    exchange: Exchange
    speaker: Identity
    troubles: list[Refused] = field(default_factory=list)

    @property
    def space(self) -> str:
        return self.exchange.space

    async def get(self, path: str, *, max_bytes: int = MAX_PAGE_BYTES) -> Answer:
        return await self.context.client.get(
            f"{self.exchange.origin}/spaces/{self.space}/{path}",
            origin=self.exchange.origin,
            as_=self.speaker,
            accept="application/json, application/x-ndjson",
            max_bytes=max_bytes,
        )

    async def post(self, path: str, body: Outbound) -> Answer:
        return await self.context.client.post(
            f"{self.exchange.origin}/spaces/{self.space}/{path}",
            body,
            origin=self.exchange.origin,
            as_=self.speaker,
        )


def require_ok(answer: Answer) -> Answer:
    """Refuses with the reason that the partner gave; without one it was not the partner itself."""
    if answer.ok:
        return answer
    facts = {} if answer.retry_after_s is None else {"retry_after_s": answer.retry_after_s}
    raise Refused(
        answer.reason or Reason.UNREACHABLE, f"the partner answered {answer.status}", **facts
    )
