"""What a node already knows of the matter that an activity is about, loaded before it is judged.

`protocol.intake.needs` says which of it an activity needs; all else stays at its default.
"""

from dataclasses import dataclass
from datetime import datetime

from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.effects import ContactState, FollowState, JoiningState, ProjectState
from protocol.effects_approvals import ApprovalState, Side
from protocol.effects_verifications import VerificationState
from protocol.space.genesis import Founder


@dataclass(frozen=True)
class StoredObject:
    """A document that this node holds, in the received form; once buried, its tombstone."""

    id: str
    kind: str
    owner: str
    version: int
    document: JSONObject
    buried: bool = False


@dataclass(frozen=True)
class LocalActor:
    """An actor that lives on this node: its document's type, and whether it approves followers."""

    id: str
    type: str
    approves_followers: bool = False


@dataclass(frozen=True)
class KnownFollow:
    """A Follow by its id, whichever side is here."""

    id: str
    follower: str
    followed: str
    state: FollowState


@dataclass(frozen=True)
class KnownContact:
    """What two people are to each other, by the offer it began with."""

    offer: str
    offerer: str
    offered: str
    state: ContactState
    offered_at: datetime
    changed_at: datetime
    acceptance: str | None = None

    def other(self, actor: str) -> str:
        """Who is at the other end."""
        return self.offered if actor == self.offerer else self.offerer


@dataclass(frozen=True)
class KnownProject:
    """The founding of a project, by its offer. `entry` and `salt` are the founder's.

    `co_founder_entry` is what somebody here accepted with; None at the founder's own node.
    """

    project: str
    offer: str
    founder: str
    co_founder: str
    state: ProjectState
    entry: Founder
    salt: str
    acceptance: str | None = None
    co_founder_entry: Founder | None = None
    genesis_signature: str | None = None


@dataclass(frozen=True)
class KnownApproval:
    """What a hub was asked about a founding: the own one, or that of the school at the other end.

    `asked` is the Offer to the own hub; that of the other school is not known here.
    """

    side: Side
    hub: str
    asked: str
    state: ApprovalState


@dataclass(frozen=True)
class KnownRequest:
    """At a hub: what a school asked, by its service actor."""

    asked: str
    actor: str


@dataclass(frozen=True)
class KnownTeacher:
    """At a hub: the request of a school, by its service actor, to verify one of its people."""

    asked: str
    actor: str
    state: VerificationState


@dataclass(frozen=True)
class KnownVerification:
    """At a school: what its hub was asked about one of its people, and since when it stands so."""

    asked: str
    hub: str
    person: str
    state: VerificationState
    since: datetime


@dataclass(frozen=True)
class KnownJoining:
    """An invitation of a further school into a running project, whichever side is here.

    `node` and `actor` are the invited school's node and service actor, as the founder signed them.
    """

    invite: str
    project: str
    space: str
    inviter: str
    invited: str
    state: JoiningState
    node: str
    actor: str
    invited_at: datetime


@dataclass(frozen=True)
class KnownOpen:
    """What teachers, or pupils, of one school have reported in a space: how many wait for a
    decision. `is_repeated` says that one of them is about the same item as it is now."""

    count: int = 0
    is_repeated: bool = False


@dataclass(frozen=True)
class KnownFlagged:
    """A space and an item in it that somebody reports. `members` are the service actors of its
    members; `is_ours` says that this school wrote the item and has it here.

    `by_teachers` and `by_pupils`: what the same school has reported already.
    """

    members: frozenset[str]
    is_ours: bool
    by_teachers: KnownOpen = KnownOpen()
    by_pupils: KnownOpen = KnownOpen()


@dataclass(frozen=True)
class KnownReport:
    """A report by its id, whichever end is here; `other` is the service actor of the other one."""

    id: str
    other: str


@dataclass(frozen=True)
class Known:
    """Everything that decides about one activity, besides the activity and the time.

    `base` is this node's public base. `inner` is the document inside the activity, opened.
    `blocked` says that the
    person here whom the activity addresses has blocked its actor; `followed` that somebody
    here follows the actor; `open_offers` counts the actor's unanswered offers of contact here.
    `node` is this node's id; `founders` are the service actors of those who founded the space of
    the project, as far as it is here.

    `own_hub` is the hub that accredits this school now, `their_hub` the one by whose word the
    speaker's node is admitted; `approvals` is what hubs were asked about `project`. `answer` is a
    hub's answer inside the activity, verified as its own; `trusts_hub` says that its word counts
    here. At a hub, `accredits` says that it accredits the speaker's node now, and `open_requests`
    counts that school's unanswered requests to verify teachers. `credential` is a hub's credential
    inside the activity, verified as the word of a hub that counts here.
    """

    base: str
    inner: Verified[JSONObject] | None = None
    stored: StoredObject | None = None
    local: LocalActor | None = None
    follow: KnownFollow | None = None
    contact: KnownContact | None = None
    project: KnownProject | None = None
    node: str = ""
    joining: KnownJoining | None = None
    founders: tuple[str, ...] = ()
    blocked: bool = False
    followed: bool = False
    open_offers: int = 0
    own_hub: str = ""
    their_hub: str = ""
    approvals: tuple[KnownApproval, ...] = ()
    answer: Verified[JSONObject] | None = None
    trusts_hub: bool = False
    is_hub: bool = False
    accredits: bool = False
    request: KnownRequest | None = None
    flagged: KnownFlagged | None = None
    report: KnownReport | None = None
    teacher: KnownTeacher | None = None
    open_requests: int = 0
    verification: KnownVerification | None = None
    credential: Verified[JSONObject] | None = None

    def approval_of(self, side: Side) -> KnownApproval | None:
        """What is known of the hub of one side."""
        return next((one for one in self.approvals if one.side == side), None)


@dataclass(frozen=True)
class Needed:
    """What to load for one activity; None means that it plays no part.

    - `inner`: the document inside, to be opened with the key its proof names: an actor's document
      with a key that it lists itself, any other with the known key of its owner.
    - `object`: the stored document of this id.
    - `local`: the actor of this node with this id; with it `blocked`, where it is a person.
    - `answered`: the follow, the contact (by its offer or its acceptance), the founding (by its
      offer) or the joining (by its invite) with this id; with it `blocked` by the side here.
    - `contact_with`: the newest contact of the activity's actor and this person here.
    - `project`: the newest founding of this project and the newest joining in which somebody here
      was invited to it, and who founded its space; with it `blocked` by the side that is here.
    - `answer`: the answer of a hub inside, to be opened with that hub's key if its word counts.
    - `asked`: the approval of a founding, or the verification, that was asked with this id, or at a
      hub the request with this id; with an approval, its founding.
    - `credential`: the credential of a hub inside, to be opened with that hub's key.
    - `followed`: whether anybody here follows the actor.
    - `flagged`: the space with this id, as far as it is here, and the item with this reference.
    - `report`: the report with this id.
    """

    inner: JSONObject | None = None
    object: str | None = None
    local: str | None = None
    answered: str | None = None
    contact_with: str | None = None
    project: str | None = None
    answer: JSONObject | None = None
    asked: str | None = None
    credential: JSONObject | None = None
    followed: bool = False
    flagged: tuple[str, str] | None = None
    report: str | None = None
