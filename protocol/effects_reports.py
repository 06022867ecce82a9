"""What a letter about a report leads to, at the school that hears of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Decision = Literal["hidden", "kept", "erasure_asked", "deleted"]


@dataclass(frozen=True)
class PutReport:
    """The school with the service actor `school` has reported `item`, which this school wrote in
    `space`: it waits for a decision since `at`, when it came."""

    id: str
    space: str
    item: str
    school: str
    reason: str
    note: str
    language: str
    at: datetime
    by_pupil: bool = False


@dataclass(frozen=True)
class AnswerReport:
    """The other end of the report `id` has decided."""

    id: str
    decision: Decision
    at: datetime


@dataclass(frozen=True)
class QueueEscalation:
    """At a hub: the school with the service actor `actor` tells of what was reported there with the
    Flag `report`."""

    report: str
    actor: str
    space: str
    item: str
    reason: str
    note: str
    language: str
    at: datetime


ReportEffect = PutReport | AnswerReport | QueueEscalation
