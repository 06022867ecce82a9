"""What becomes of a letter after a try: done, wait until, or given up. Pure; the worker asks.

Nothing is lost to a long absence: whatever time, an administrator or a repair may heal is tried
again without end, first after half a minute, in the end every four to six hours. Given up is only
what the partner's node itself refuses by name as this very document (a dead letter, kept and shown,
which an administrator can send again), and everything for a partner whose service actor is gone.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from protocol.errors import Reason

FIRST_WAIT_MS: Final = 30_000
LONGEST_WAIT_MS: Final = 6 * 3_600_000
LONGEST_RETRY_AFTER_MS: Final = 24 * 3_600_000
TOLD_FAILURES: Final = frozenset(
    {"certificate", "certificate_expired", "certificate_name", "tls", "name", "asleep", "proxy"}
)
"""Classes of failure on the way to a partner that say more than that it does not answer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait between tries: after the first, and at most."""

    first_wait_ms: int = FIRST_WAIT_MS
    longest_wait_ms: int = LONGEST_WAIT_MS


PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended.

    `status` is None where no answer came; `reason` is the partner's own from its problem document,
    or the client's where there was no answer; `actor_gone` says that the partner's service actor,
    asked after a 410, answered 410 too; `failure` is what the client found wrong on the way there.
    """

    status: int | None
    reason: Reason | None = None
    retry_after_s: int | None = None
    actor_gone: bool = False
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The partner has it."""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Try again at `at_ms`. `why`, for the administrator, is as of `why_not`.

    `holds_queue` says that the partner as a whole has to wait; else only this letter does, and
    those behind it may go.
    """

    at_ms: int
    why: str
    holds_queue: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Never by itself again: `why` is a reason's value."""

    why: str


Step: TypeAlias = Done | WaitUntil | GiveUp


def next_step(
    outcome: Outcome, attempts: int, now_ms: int, chance: float, patience: Patience = PATIENCE
) -> Step:
    """What follows the `attempts`-th try, which ended so at `now_ms`; `chance` is in [0, 1)."""
    if outcome.actor_gone:
        return GiveUp(Reason.GONE)
    if outcome.status is not None and 200 <= outcome.status < 300:
        return Done()
    if _is_partners_word(outcome) and outcome.reason is not None and is_final(outcome.reason):
        return GiveUp(outcome.reason)
    wait_ms = _wait_ms(outcome, attempts, chance, patience)
    return WaitUntil(now_ms + wait_ms, _why(outcome), _concerns_all(outcome))


def wait_after(attempts: int, chance: float, patience: Patience = PATIENCE) -> int:
    """Milliseconds between the `attempts`-th failed try and the next: 30 s, doubling, to 6 h."""
    doublings = min(max(attempts, 1) - 1, 20)
    # Jitter adds up to a half, so that the partners of a node that returns do not all call at once.
    bare_ms = min(patience.first_wait_ms << doublings, patience.longest_wait_ms * 2 // 3)
    return bare_ms + int(bare_ms / 2 * chance)


def is_final(reason: Reason) -> bool:
    """Whether a node that refuses a document for this reason would refuse it for ever."""
    match reason:
        # The document itself is wrong: its bytes, its shape, its proof, who speaks for whom. Our
        # side made it, and would send the same again.
        case (
            Reason.BAD_JSON
            | Reason.TOO_LARGE
            | Reason.TOO_DEEP
            | Reason.BAD_SHAPE
            | Reason.BAD_NAME
            | Reason.UNSUPPORTED_MEDIA_TYPE
            | Reason.BAD_KEY
            | Reason.BAD_PROOF
            | Reason.WRONG_ACTOR
            | Reason.NOT_OWNER
            | Reason.FOREIGN_ORIGIN
            | Reason.OWN_ORIGIN
            | Reason.IMMUTABLE_FIELD
            | Reason.TOO_MANY_ITEMS
            | Reason.BAD_INPUT
            | Reason.BAD_OPERATION
        ):
            return True
        # It was judged and came to nothing: the matter is closed, void or not this actor's.
        case (
            Reason.NOT_ALLOWED
            | Reason.NOT_FOUND
            | Reason.GONE
            | Reason.CONFLICT
            | Reason.NEVER_OFFERED
            | Reason.ALREADY_ANSWERED
            | Reason.LAPSED
            | Reason.READ_ONLY
        ):
            return True
        # The request around it was refused: a clock is wrong, a proxy changed a header, a key is
        # not yet known. A retry is signed anew, and administrators can mend the rest.
        case (
            Reason.BAD_SIGNATURE
            | Reason.MISSING_SIGNATURE
            | Reason.MISSING_COVERAGE
            | Reason.BAD_DIGEST
            | Reason.OUTSIDE_TIME_WINDOW
            | Reason.REPLAYED
            | Reason.UNKNOWN_KEY
            | Reason.REVOKED_KEY
            | Reason.CLOCK_AHEAD
            | Reason.CLOCK_OFF
        ):
            return False
        # Approval may still come, a block may be lifted, a partner may upgrade.
        case (
            Reason.NOT_PARTNER
            | Reason.BLOCKED
            | Reason.UNSUPPORTED_VERSION
            | Reason.NOT_SIGNED_IN
            | Reason.CROSS_SITE
            | Reason.BAD_CREDENTIALS
        ):
            return False
        # Something has to arrive first, or there is no room or time just now.
        case (
            Reason.GAP
            | Reason.UNKNOWN_HEAD
            | Reason.TOO_MANY_REQUESTS
            | Reason.OVER_QUOTA
            | Reason.TOO_SLOW
            | Reason.BUSY
            | Reason.STORAGE_FULL
            | Reason.STORAGE_FAILED
        ):
            return False
        # The way there, or the partner's own house, is out of order.
        case (
            Reason.FORBIDDEN_ADDRESS
            | Reason.UNREACHABLE
            | Reason.REDIRECTED
            | Reason.MISDIRECTED
            | Reason.BAD_ANSWER
            | Reason.BAD_SETTING
            | Reason.BAD_DATA_FOLDER
            | Reason.NEWER_DATABASE
        ):
            return False
        case other:
            assert_never(other)


def _is_partners_word(outcome: Outcome) -> bool:
    """Only a refusal (4xx) that names a reason is the partner's own, not a proxy's before it."""
    return outcome.status is not None and 400 <= outcome.status < 500


def _concerns_all(outcome: Outcome) -> bool:
    """Whether the next letter would fare no better.

    An unnamed refusal that a proxy gives for one body (its size, its type, its content) says
    nothing about the other letters; whatever else went wrong stands before the whole partner.
    """
    return outcome.reason is not None or outcome.status not in {400, 409, 410, 413, 415, 422}


def _wait_ms(outcome: Outcome, attempts: int, chance: float, patience: Patience) -> int:
    wait_ms = wait_after(attempts, chance, patience)
    if outcome.retry_after_s is None:
        return wait_ms
    # The partner's wish counts where it is longer; a slip must not silence it for years.
    asked_ms = min(outcome.retry_after_s * 1000, LONGEST_RETRY_AFTER_MS)
    return max(wait_ms, asked_ms + int(patience.first_wait_ms * chance))


def _why(outcome: Outcome) -> str:
    if outcome.reason is not None:
        return why_not(outcome.reason, outcome.failure)
    return "unreachable" if outcome.status is None else f"http_{outcome.status}"


def why_not(reason: Reason, failure: str = "") -> str:
    """What is kept of a failed try: the reason's value; for the one that says least, the class of
    failure where that tells an administrator more.
    """
    return failure if reason is Reason.UNREACHABLE and failure in TOLD_FAILURES else reason
