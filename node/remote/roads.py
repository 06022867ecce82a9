"""Which address leads to a partner that has moved.

It says itself where it is now; before anything goes there, the node there has to say that it is the
one. Its names, and so what signatures speak of, stay as they were.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from node.clock import Clock

FindAddress: TypeAlias = Callable[[str], Awaitable[str]]
"""The address of which the partner of this origin says that it is reached there."""
Names: TypeAlias = Callable[[str, str], Awaitable[bool]]
"""Whether the node at this address names that origin as its own."""

ASK_AGAIN_MS = 60_000


@dataclass(frozen=True)
class Whereabouts:
    """What a partner says of itself: whether it accepts no connection, and where it is reached."""

    closed: bool
    address: str


class Roads:
    """The confirmed addresses of one process."""

    def __init__(self, find_address: FindAddress, names_origin: Names, clock: Clock) -> None:
        self._find_address = find_address
        self._names_origin = names_origin
        self._clock = clock
        self._confirmed: dict[str, str] = {}
        self._refused_ms: dict[str, int] = {}

    async def lead_to(self, origin: str, at: Whereabouts | None = None) -> str:
        """Where to connect for `origin`: its new address once that is confirmed, else itself.

        `at` is what is known of it already.
        """
        address = await self._find_address(origin) if at is None else at.address
        if address in (origin, self._confirmed.get(origin)):
            return address
        now_ms = self._clock.now_ms()
        if now_ms - self._refused_ms.get(address, -ASK_AGAIN_MS) < ASK_AGAIN_MS:
            return origin
        if await self._names_origin(address, origin):
            self._confirmed[origin] = address
            return address
        self._refused_ms[address] = now_ms
        return origin
