"""Time and chance, as things that are handed in: a test hands in its own."""

import random
import secrets
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. `now_ms` is milliseconds since 1970 in UTC."""

    def now_ms(self) -> int: ...


class Chance(Protocol):
    """Gives random bytes (for names, salts, nonces, tokens) and fractions in [0, 1)."""

    def octets(self, count: int) -> bytes: ...

    def fraction(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class SystemChance:
    """The operating system's source of randomness."""

    def octets(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def fraction(self) -> float:
        return random.SystemRandom().random()


def moment(at_ms: int) -> datetime:
    """The aware UTC datetime of `at_ms`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def stamp(at_ms: int) -> str:
    """`at_ms` as documents write it: whole seconds, UTC, `2026-11-23T19:00:00Z`."""
    return moment(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def unstamp(text: str) -> int:
    """The milliseconds of a document's time text. Raises ValueError for any other form."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp()) * 1000
