"""Mallory as a member of a space: a log written as she likes, and brought to alpha's door."""

from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.canonical import b64
from protocol.errors import Reason
from protocol.keys import Signer
from protocol.outbound import LINES
from protocol.space import operation, writing
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.vocabulary import Role
from protocol.space.writing import By, Place
from tests.attacks.founding import Shared
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import Key, Request, Told, expect_refusal, send, signed
from tests.nodes import FLEETING, Node

OTHER = Signer.from_seed(b"\7" * 32)
ALIAS = b64(b"\1" * 16)
TOUCHED = frozenset({*FLEETING, "cursors", "replication", "deliveries"})
"""What every signed word of a member changes: he is there again, so he is written to again."""


@dataclass
class Hand:
    """Mallory's own log in the space, as it would be if mallory were honest."""

    mallory: Rogue
    shared: Shared
    head: LogHead = field(init=False)

    def __post_init__(self) -> None:
        self.head = LogHead(f"c/{self.mallory.node}/0")

    def place(self, log: str = "") -> Place:
        head = LogHead(log) if log else self.head
        return Place(self.shared.space, head, self.shared.space, self.mallory.clock.now_ms())

    def write(
        self,
        make: Callable[[Place], Header],
        payload: str | None = None,
        *,
        by: Signer | None = None,
    ) -> Operation:
        """The next operation of the log; the one after it comes behind it."""
        header = make(self.place())
        written = operation.write(header, payload, by or self.shared.signer)
        self.head = LogHead(header.log, header.seq, written.id, header.time)
        return written

    def role(self) -> Operation:
        payload = operation.payload({"name": "Eve"}, "en", b"\2" * 16)
        return self.write(lambda place: writing.role(place, ALIAS, Role.TEACHER), payload)

    def thread(self, number: int = 1, by: By | None = None) -> Operation:
        payload = text(f"Thread {number}")
        name = b64(number.to_bytes(16, "big"))
        author = by or By(ALIAS)
        return self.write(lambda place: writing.thread(place, author, name), payload)


def text(words: str) -> str:
    return operation.payload({"title": words, "text": words}, "en", b"\3" * 16)


def lines(*batch: Operation) -> bytes:
    return b"\n".join(operation.to_line(one) for one in batch)


def bring(alpha: Node, mallory: Rogue, path: str, body: bytes, by: Key | None = None) -> Request:
    """A signed POST of lines."""
    key = by or mallory.service
    now_ms = mallory.clock.now_ms()
    return signed("POST", alpha.url, path, key, now_ms, body, media_type=LINES)


async def is_refused(alpha: Node, hand: Hand, body: bytes, reason: Reason) -> Told:
    """The whole batch is refused, and nothing of it is kept."""
    path = f"/spaces/{hand.shared.space}/inbox"
    return await expect_refusal(alpha, bring(alpha, hand.mallory, path, body), reason, but=TOUCHED)


async def is_taken(alpha: Node, hand: Hand, body: bytes) -> None:
    path = f"/spaces/{hand.shared.space}/inbox"
    told = await send(alpha, bring(alpha, hand.mallory, path, body))
    assert told.status == 202, told.body


async def posts(alpha: Node) -> list[tuple[object, ...]]:
    """What people see in the forum."""
    return (await alpha.dump())["posts"]


async def node_of(alpha: Node) -> str:
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT value FROM meta WHERE key = 'node'")
    assert row is not None
    return str(row[0])
