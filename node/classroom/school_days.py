"""School days: Monday to Friday. Holidays differ from school to school, and are not known here."""

from datetime import UTC, datetime

DAY_MS = 86_400_000
_FRIDAY = 5
_LONG_DAYS = 30


def school_ms(since_ms: int, now_ms: int) -> int:
    """How much of the time between two moments lay on school days (UTC), in milliseconds; what is
    longer than a month counts whole."""
    if now_ms - since_ms > _LONG_DAYS * DAY_MS:
        return now_ms - since_ms
    passed, at_ms = 0, since_ms
    while at_ms < now_ms:
        midnight_ms = min(now_ms, at_ms - at_ms % DAY_MS + DAY_MS)
        if datetime.fromtimestamp(at_ms / 1000, UTC).isoweekday() <= _FRIDAY:
            passed += midnight_ms - at_ms
        at_ms = midnight_ms
    return passed
