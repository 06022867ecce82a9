"""Passwords of staff: argon2id, with the cost that the settings say."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from node.config import SignInSettings
from protocol.errors import Reason, Refused

MIN_CHARACTERS = 12
MAX_CHARACTERS = 256


def _hasher(settings: SignInSettings) -> PasswordHasher:
    return PasswordHasher(
        time_cost=settings.argon2_time_cost,
        memory_cost=settings.argon2_memory_kib,
        parallelism=1,
    )


def require_good(password: str) -> None:
    """Refuse with BAD_INPUT a password that is too short or too long."""
    if len(password) < MIN_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Choose a password of at least {MIN_CHARACTERS} characters."
        )
    if len(password) > MAX_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Choose a password of at most {MAX_CHARACTERS} characters."
        )


async def hash_password(settings: SignInSettings, password: str) -> str:
    """The text to keep instead of `password`. In a thread: it takes tens of milliseconds."""
    require_good(password)
    return await asyncio.to_thread(_hasher(settings).hash, password)


async def matches(settings: SignInSettings, kept: str | None, password: str) -> bool:
    """Whether `password` belongs to `kept`.

    Without an account (`kept` is None) the same work is done for nothing, so that the time tells
    nobody which accounts exist.
    """
    hasher = _hasher(settings)
    if kept is None:
        await asyncio.to_thread(hasher.hash, password[:MAX_CHARACTERS])
        return False
    try:
        return await asyncio.to_thread(hasher.verify, kept, password[:MAX_CHARACTERS])
    except (VerificationError, InvalidHashError):
        return False
