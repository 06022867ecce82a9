"""The schools of a project as its pages show them: who takes part, who was invited, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.storage import joinings, operations, partners, proposals, spaces
from node.storage.database import Reader
from node.storage.joinings import Joining
from node.storage.spaces import Space
from node.web import views
from node.web.directory import Directory
from node.web.i18n import later
from protocol.space import authority, stewardship
from protocol.space.fold.proposals import Proposal

INVITATION = {
    "invited": later("Not answered yet"),
    "accepted": later("Has accepted, and is being let in"),
    "declined": later("Has declined"),
    "withdrawn": later("Withdrawn"),
    "lapsed": later("Not answered in 30 days"),
}
ASKED = {
    "admit": later("%(school)s is to be let in"),
    "cut": later("%(school)s is to be removed"),
    "rekey": later("%(school)s is to get a new key for this space"),
    "purge": later("Something is to be removed for good"),
    "unpurge": later("Something that was removed is to be shown again"),
    "moderator": later("%(school)s is to moderate"),
    "unmoderator": later("%(school)s is to moderate no more"),
    "close": later("The project is to be closed"),
    "archive": later("The space is to be archived"),
    "reopen": later("The space is to be opened again"),
    "leave": later("%(school)s has left"),
}


@dataclass(frozen=True)
class MemberSchool:
    """A school that takes part. `keeps` the list of members; `direct` tells whether this node
    exchanges with its node; `remove_path` and `moderate_path` are empty where the reader
    cannot remove it, or say whether it moderates."""

    school: views.School
    own: bool
    keeps: bool
    founds: bool
    direct: bool
    remove_path: str
    moderates: bool
    moderate_path: str


@dataclass(frozen=True)
class SchoolInvitation:
    """A school that was invited into a project; `state` is a marked sentence."""

    id: str
    person: views.Person
    state: str
    since_ms: int
    answer: str
    mine: bool


@dataclass(frozen=True)
class Awaited:
    """What waits for the school `keeper`, which keeps the list of members; a marked sentence."""

    sentence: str
    values: Mapping[str, str]
    keeper: str
    since_ms: int | None


@dataclass(frozen=True)
class Participants:
    """What is stored of a project's schools, before a directory is there to name them."""

    space: Space
    joinings: Sequence[Joining]
    waiting: Sequence[Proposal]
    leaving: frozenset[str]
    direct: frozenset[str]

    def actors(self) -> list[str]:
        """Whom a directory has to know."""
        invited = [one.invited for one in self.joinings]
        asked = [one.candidate.actor for one in self.waiting if one.candidate]
        return [*self.space.state.actors.values(), *invited, *asked]


async def load(reader: Reader, space: Space) -> Participants:
    """The schools of a space and what is asked about them."""
    heads = await operations.list_heads(reader, space.id)
    asked = await proposals.list_of_space(reader, space.id)
    approved = {one.origin for one in await partners.list_all(reader) if one.state == "approved"}
    lying = await spaces.list_member_origins(reader, space.id)
    state = space.state
    return Participants(
        space,
        await joinings.list_of_project(reader, space.project),
        [one for one in asked if one.home in state.founders and one.is_open(state)],
        frozenset(one for one in state.members if stewardship.has_left(state, one, heads)),
        frozenset(node for node, origin in lying if origin in approved),
    )


def members(found: Participants, known: Directory, *, may_remove: bool) -> list[MemberSchool]:
    """The schools that take part, the own one first."""
    space, state = found.space, found.space.state
    return [
        MemberSchool(
            school=known.school_of(state.actors[node]),
            own=node == space.node,
            keeps=node == state.steward,
            founds=node in state.founders,
            direct=node in found.direct,
            remove_path=f"/w/{space.id}/schools/{node}/remove"
            if may_remove and node != space.node and stewardship.can_be_cut(state, node)
            else "",
            moderates=authority.is_moderator(state, node),
            moderate_path=f"/w/{space.id}/schools/{node}/moderate"
            if may_remove and state.limit is None and node not in state.founders
            else "",
        )
        for node in sorted(state.members, key=lambda one: (one != space.node, one))
    ]


def invitations(found: Participants, known: Directory, reader_actor: str) -> list[SchoolInvitation]:
    """Invitations from here that led to no membership yet, the last first."""
    return [
        SchoolInvitation(
            id=one.invite,
            person=known.person(one.invited),
            state=INVITATION[one.state],
            since_ms=one.since_ms,
            answer=one.answer_note,
            mine=one.inviter == reader_actor and one.state == "invited",
        )
        for one in found.joinings
        if one.state in INVITATION
    ]


def waiting(found: Participants, known: Directory) -> list[Awaited]:
    """What waits for the school that keeps the list of members."""
    state = found.space.state
    steward = known.school_of(state.actors[state.steward]).name
    asked: list[tuple[str, str, int | None]] = [
        (one.kind, _school(one, found, known), one.time) for one in found.waiting
    ]
    asked += [
        ("leave", known.school_of(state.actors[node]).name, None) for node in sorted(found.leaving)
    ]
    return [
        Awaited(ASKED[kind], {"school": school}, steward, since) for kind, school, since in asked
    ]


def _school(one: Proposal, found: Participants, known: Directory) -> str:
    if one.candidate is not None:
        return known.school_of(one.candidate.actor).name
    actor = found.space.state.actors.get(one.node, "")
    return known.school_of(actor).name if actor else ""
