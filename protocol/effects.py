"""What a judgement asks for: values that whoever stores things performs in one transaction.

`protocol.intake` returns them for documents. They are few on purpose; what is not here does not
happen because of what another node says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from protocol.canonical import JSONObject
from protocol.effects_approvals import ApprovalEffect
from protocol.effects_reports import ReportEffect
from protocol.effects_verifications import VerificationEffect
from protocol.space.genesis import Founder, Genesis

FollowState = Literal["asked", "following", "refused"]
ContactState = Literal["offered", "contacts", "not_now", "no", "withdrawn", "lapsed", "ended"]
ProjectState = Literal["offered", "accepted", "active", "declined", "withdrawn", "left"]

JoiningState = Literal["invited", "accepted", "member", "declined", "withdrawn", "lapsed", "over"]


@dataclass(frozen=True)
class PutObject:
    """Keep `document`, the received value unchanged, as the newest version of `id`."""

    id: str
    kind: str
    owner: str
    version: int
    document: JSONObject


@dataclass(frozen=True)
class BuryObject:
    """Replace the document `id` by `tombstone`; drop it from feeds, conversations and search.

    Where the document was an actor, its follows end, and its contacts.
    """

    id: str
    kind: str
    owner: str
    tombstone: JSONObject


@dataclass(frozen=True)
class RecordConflict:
    """Keep `document` beside the stored one: the same version says two things (for the admin)."""

    id: str
    version: int
    document: JSONObject


@dataclass(frozen=True)
class PutFeedItem:
    """Show the note `id` to those who follow `author` here; `at` is never later than now."""

    id: str
    author: str
    at: datetime


@dataclass(frozen=True)
class PutMessage:
    """Put the note `id` into the conversation of `reader`, who is here, with `sender`.

    `at` is never later than now.
    """

    id: str
    sender: str
    reader: str
    at: datetime


@dataclass(frozen=True)
class PutFollow:
    """`follower` follows `followed`, or asks to; `id` is the Follow's."""

    id: str
    follower: str
    followed: str
    state: FollowState


@dataclass(frozen=True)
class DropFollow:
    """`follower` follows `followed` no more."""

    id: str
    follower: str
    followed: str


@dataclass(frozen=True)
class AnswerFollow:
    """Send `follower` the Accept of the Follow `id`, said by `followed`, who is here."""

    id: str
    follower: str
    followed: str


@dataclass(frozen=True)
class PutContact:
    """The contact that the offer `offer` is about is now in `state`; who was who stays.

    `note` and `language` are the letter that came with this step, empty where there was none;
    `at` is when the step was made, `said` the activity that made it.
    """

    offer: str
    offerer: str
    offered: str
    state: ContactState
    at: datetime
    said: str
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class PutProjectOffer:
    """`founder` offers `co_founder`, who is here, to found `project`; it waits for the latter.

    `entry` and `salt` are the founder's part of the genesis (see `protocol.space.genesis`).
    """

    project: str
    offer: str
    founder: str
    co_founder: str
    entry: Founder
    salt: str
    note: str
    language: str
    at: datetime


@dataclass(frozen=True)
class ChangeProject:
    """`project` is now in `state` and waits for the actor `waiting_for` (None: for nobody)."""

    project: str
    offer: str
    state: ProjectState
    waiting_for: str | None
    at: datetime
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class FoundSpace:
    """Both schools agreed: sign and write the genesis, then send `co_founder` the Invite.

    What `protocol.space.genesis.write_genesis` takes: both entries, the own one first, and the
    other's `signature`, already verified.
    """

    project: str
    offer: str
    acceptance: str
    co_founder: str
    founders: tuple[Founder, Founder]
    salt: str
    signature: str


@dataclass(frozen=True)
class JoinSpace:
    """Open the replica of the space of `project`, beginning with the verified `genesis`."""

    project: str
    genesis: Genesis


@dataclass(frozen=True)
class PutInvitation:
    """`inviter`, of a founder's school, invites `invited`, who is here, and their school.

    `signature` is the founder's, `genesis` that of the space, both verified; `settled` is the last
    settled control operation there; `document` is the project as it was sent. It waits for
    `invited`.
    """

    invite: str
    project: str
    inviter: str
    invited: str
    node: str
    actor: str
    signature: str
    genesis: Genesis
    settled: str
    document: JSONObject
    note: str
    language: str
    at: datetime


@dataclass(frozen=True)
class ChangeJoining:
    """What the invitation `invite` led to is now in `state`."""

    invite: str
    state: JoiningState
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class ProposeSchool:
    """The school that was invited from here has accepted as `candidate`: ask the steward to admit
    it. `acceptance` is its signature, already verified."""

    invite: str
    candidate: Founder
    acceptance: str


@dataclass(frozen=True)
class EndMembership:
    """This school is no member of the space of `project` any more: a founder removed it."""

    project: str
    at: datetime


@dataclass(frozen=True)
class ChangeFounder:
    """`founder` founds `project` in place of `before`, a colleague of the same school."""

    project: str
    before: str
    founder: str


@dataclass(frozen=True)
class Nothing:
    """Take it and do nothing; `why` is a short English phrase for the log."""

    why: str


Effect = (
    PutObject
    | BuryObject
    | RecordConflict
    | PutFeedItem
    | PutMessage
    | PutFollow
    | DropFollow
    | AnswerFollow
    | PutContact
    | PutProjectOffer
    | ChangeProject
    | FoundSpace
    | JoinSpace
    | PutInvitation
    | ChangeJoining
    | ProposeSchool
    | EndMembership
    | ChangeFounder
    | ApprovalEffect
    | VerificationEffect
    | ReportEffect
    | Nothing
)
