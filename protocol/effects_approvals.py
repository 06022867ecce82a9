"""What follows from activities about the approval of a project by the founders' hubs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from protocol.canonical import JSONObject
from protocol.space.genesis import Founder

Side = Literal["own", "other"]
ApprovalState = Literal["waiting", "approved", "refused"]


@dataclass(frozen=True)
class AwaitApprovals:
    """The co-founder accepted; what he signed waits until these hubs have approved.

    `own_hub` is to be asked; the answer of `their_hub` will be passed on. One of them may be empty.
    """

    offer: str
    acceptance: str
    entry: Founder
    signature: str
    own_hub: str
    their_hub: str
    at: datetime


@dataclass(frozen=True)
class PutApproval:
    """The hub of one side has decided about the founding `offer`; `answer` is as it was said."""

    offer: str
    side: Side
    state: ApprovalState
    at: datetime
    note: str
    language: str
    answer: JSONObject


@dataclass(frozen=True)
class PassApproval:
    """Tell the founder what the co-founder's hub, the own one, decided."""

    offer: str
    answer: JSONObject


@dataclass(frozen=True)
class PutRequest:
    """At a hub: the school with the service actor `actor` asks whether `project` may begin, as the
    co-founder agreed to by `acceptance`."""

    asked: str
    project: JSONObject
    actor: str
    founder: str
    co_founder: str
    acceptance: str
    at: datetime


@dataclass(frozen=True)
class DropRequest:
    """At a hub: the school does not ask any more."""

    asked: str


ApprovalEffect = AwaitApprovals | PutApproval | PassApproval | PutRequest | DropRequest
