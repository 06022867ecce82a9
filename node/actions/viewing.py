"""What a process remembers while it shows files that stay at other schools; nothing of it is kept.

Tickets are used again as long as they are good, by whichever of this school's people. A school that
does not answer rests for a while, longer each time, and is then asked by one reader alone: an
absent school costs nobody any time. Each school has its own bounded room, so that none takes
another's.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from protocol.errors import Reason, Refused

FIRST_REST_MS = 20_000
LONGEST_REST_MS = 300_000
PROBE_MS = 15_000
MAX_TICKETS = 5_000
AT_ONCE = 8
"""Views from one school at a time; of them `LARGE` may be others than small pictures."""
LARGE = 6
WAIT_S = 10.0
BUSY_RETRY_AFTER_S = 10


@dataclass(frozen=True)
class Held:
    """A ticket, and what the school says of the bytes. `thumbnail_size` is 0 where it has none."""

    ticket: str
    media_type: str
    size: int
    thumbnail_size: int
    until_ms: int


@dataclass
class _Room:
    all: asyncio.Semaphore
    large: asyncio.Semaphore


class Viewing:
    """Tickets by space and file, and how other schools answered, by origin."""

    def __init__(self) -> None:
        self._tickets: OrderedDict[tuple[str, str], Held] = OrderedDict()
        self._rests: dict[str, tuple[int, int]] = {}
        self._rooms: dict[str, _Room] = {}

    def is_resting(self, origin: str, now_ms: int) -> bool:
        """Whether that school is not asked just now, because it did not answer."""
        return self._rests.get(origin, (0, 0))[1] > now_ms

    def require_awake(self, origin: str, now_ms: int) -> None:
        """Refuses with UNREACHABLE while a school rests. After it has, one reader asks first."""
        if self.is_resting(origin, now_ms):
            raise Refused(Reason.UNREACHABLE, "this school did not answer a moment ago")
        failures, _ = self._rests.get(origin, (0, 0))
        if failures:
            self._rests[origin] = (failures, now_ms + PROBE_MS)

    def failed(self, origin: str, now_ms: int) -> None:
        """It did not answer, or not what was asked."""
        failures, _ = self._rests.get(origin, (0, 0))
        rest_ms = min(FIRST_REST_MS << min(failures, 10), LONGEST_REST_MS)
        self._rests[origin] = (failures + 1, now_ms + rest_ms)

    def answered(self, origin: str) -> None:
        """It answers: it is asked as before."""
        self._rests.pop(origin, None)

    def find(self, space: str, file: str, now_ms: int) -> Held | None:
        """A ticket that is good for a while yet."""
        held = self._tickets.get((space, file))
        return held if held is not None and held.until_ms > now_ms else None

    def keep(self, space: str, file: str, held: Held) -> None:
        self._tickets[space, file] = held
        self._tickets.move_to_end((space, file))
        while len(self._tickets) > MAX_TICKETS:
            self._tickets.popitem(last=False)

    def forget(self, space: str, file: str) -> None:
        """The ticket does not open anything any more."""
        self._tickets.pop((space, file), None)

    @asynccontextmanager
    async def room(self, origin: str, *, small: bool) -> AsyncIterator[None]:
        """Room for one view from a school. Refuses with BUSY where it does not become free soon."""
        room = self._rooms.setdefault(
            origin, _Room(asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(LARGE))
        )
        wanted = [room.all] if small else [room.large, room.all]
        taken: list[asyncio.Semaphore] = []
        try:
            async with asyncio.timeout(WAIT_S):
                for one in wanted:
                    await one.acquire()
                    taken.append(one)
        except BaseException as stopped:
            for one in taken:
                one.release()
            if not isinstance(stopped, TimeoutError):
                raise
            raise Refused(
                Reason.BUSY,
                "too much of this school is being looked at just now; try again soon",
                retry_after_s=BUSY_RETRY_AFTER_S,
            ) from None
        try:
            yield
        finally:
            for one in taken:
                one.release()
