"""What follows from activities about the verification of teachers by their school's hub."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from protocol.canonical import JSONObject

VerificationState = Literal["waiting", "verified", "refused", "revoked", "withdrawn"]


@dataclass(frozen=True)
class QueueTeacher:
    """At a hub: the school with the service actor `actor` asks to verify `person`, a document."""

    asked: str
    person: JSONObject
    actor: str
    note: str
    language: str
    at: datetime


@dataclass(frozen=True)
class ForgetTeacher:
    """At a hub: the school does not ask any more, or the teacher has left it."""

    asked: str


@dataclass(frozen=True)
class KeepVerification:
    """At a school: what its hub answered about `person` to the Offer `asked`; `credential` where it
    verified."""

    asked: str
    person: str
    state: Literal["verified", "refused", "revoked"]
    at: datetime
    reason: str = ""
    language: str = ""
    credential: JSONObject | None = None


VerificationEffect = QueueTeacher | ForgetTeacher | KeepVerification
