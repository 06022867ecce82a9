"""Lines to nodes that accept no connection: such a node asks whether anybody calls it.

A call is a request as it would have been sent, signed for that node and nobody else. It waits here
until the node asks (`GET /calls`), and its answer comes back with a request of its own (`POST
/calls/{id}`). Nothing of it is kept: a caller whose call is not answered in time tries again, as
after any other failure (PROTOCOL.md, Reachability).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from node.remote.answer import Answer
from node.remote.roads import Whereabouts
from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused

IsClosed: TypeAlias = Callable[[str], Awaitable[bool]]
"""Whether the partner at this origin accepts no connection."""

MAX_WAITING = 64
"""Calls to one node that wait for it at the same time."""
MAX_HANDED = 16
MAX_HANDED_BYTES = 1 << 20
LOOK_EVERY_S = 1.0
"""How soon a broken connection is noticed."""
PART_CHARACTERS = 200_000
GRACE_S = 20.0
"""How long after its last question a node still counts as listening: it answers, and asks again."""


@dataclass(frozen=True)
class Call:
    """One request to a node that fetches it; `headers` are its own and those of its signature."""

    id: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None

    def as_json(self) -> JSONObject:
        headers: dict[str, JSON] = dict(self.headers)
        told: JSONObject = {"id": self.id, "method": self.method, "target": self.target}
        told["headers"] = headers
        if self.body is not None:
            text = self.body.decode("utf-8")
            starts = range(0, max(1, len(text)), PART_CHARACTERS)
            told["body"] = [text[start : start + PART_CHARACTERS] for start in starts]
        return told


@dataclass
class _Line:
    """What waits for one node, and when it last asked (on the loop's clock)."""

    waiting: list[Call] = field(default_factory=list)
    answers: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    questions: int = 0
    open_questions: int = 0
    asked_at: float = float("-inf")


class Lines:
    """The lines of one process to all nodes that ask it."""

    def __init__(self, is_closed: IsClosed) -> None:
        self._is_closed = is_closed
        self._lines: dict[str, _Line] = {}

    async def lead_to(self, origin: str, at: Whereabouts | None = None) -> bool:
        """Whether the node at `origin` is called, instead of being connected to. `at` is what is
        known of it already."""
        if self.is_listening(origin):
            return True
        return await self._is_closed(origin) if at is None else at.closed

    def hear_of(self, origin: str) -> None:
        """The node is about to ask: what is due for it may be called now."""
        line = self._lines.setdefault(origin, _Line())
        line.asked_at = asyncio.get_running_loop().time()

    def hush(self) -> None:
        """The door closes: end every open question with nothing."""
        for line in self._lines.values():
            line.questions += 1
            line.news.set()

    def is_listening(self, origin: str) -> bool:
        """Whether the node asked a moment ago, or asks just now."""
        line = self._lines.get(origin)
        if line is None:
            return False
        now = asyncio.get_running_loop().time()
        return line.open_questions > 0 or now - line.asked_at < GRACE_S

    async def call(self, origin: str, call: Call, timeout_s: float) -> Answer:
        """What the node answers. Refuses with UNREACHABLE: it sleeps, or does not answer in time;
        with BUSY where too much waits for it already.
        """
        line = self._lines.get(origin)
        if line is None or not self.is_listening(origin):
            raise Refused(
                Reason.UNREACHABLE,
                "the other node accepts no connections, and does not ask for its letters just now",
                failure="asleep",
            )
        if len(line.answers) >= MAX_WAITING:
            raise Refused(Reason.BUSY, "too much waits for this node already; try again later")
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        line.answers[call.id] = answered
        line.waiting.append(call)
        line.news.set()
        try:
            async with asyncio.timeout(timeout_s):
                return await answered
        except TimeoutError:
            # What it asked may have gone to a connection that is dead at the other end.
            line.questions += 1
            line.asked_at = float("-inf")
            line.news.set()
            raise
        finally:
            del line.answers[call.id]
            line.waiting = [one for one in line.waiting if one.id != call.id]

    async def take(self, origin: str, wait_s: float, is_there: Callable[[], bool]) -> list[Call]:
        """The calls that wait for the node that asks, at least one if any comes within `wait_s`.

        A node asks one question at a time: a newer one ends the older with nothing. So does a
        connection that broke: `is_there` says whether the asker still hears.
        """
        loop = asyncio.get_running_loop()
        line = self._lines.setdefault(origin, _Line())
        line.questions += 1
        own = line.questions
        line.news.set()
        line.open_questions += 1
        try:
            deadline = loop.time() + wait_s
            while (
                line.questions == own and is_there() and not line.waiting and loop.time() < deadline
            ):
                line.news.clear()
                await _wait(line.news, min(LOOK_EVERY_S, deadline - loop.time()))
        finally:
            line.open_questions -= 1
        if line.questions != own:
            return []
        if not is_there():
            line.asked_at = float("-inf")
            return []
        line.asked_at = loop.time()
        return _hand_out(line)

    def answer(self, origin: str, call_id: str, answer: Answer) -> None:
        """The node's answer to one of its own calls. Refuses with NOT_FOUND any other, and one that
        nobody waits for any more.
        """
        line = self._lines.get(origin)
        answered = None if line is None else line.answers.get(call_id)
        if line is None or answered is None or answered.done():
            raise Refused(Reason.NOT_FOUND, "Nobody waits for this answer.")
        answered.set_result(answer)


def _hand_out(line: _Line) -> list[Call]:
    handed: list[Call] = []
    octets = 0
    for call in line.waiting[:MAX_HANDED]:
        octets += len(call.body or b"")
        if handed and octets > MAX_HANDED_BYTES:
            break
        handed.append(call)
    del line.waiting[: len(handed)]
    return handed


async def _wait(news: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await news.wait()
    except TimeoutError:
        return
