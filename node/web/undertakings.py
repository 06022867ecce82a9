"""Projects as a reader stands to them: founder, asked to found, or looking on; who acts next."""

from dataclasses import dataclass, replace

from node.actions.projects import OVER, ProjectFields, get_fields
from node.storage import (
    approvals,
    contacts,
    drafts,
    foundings,
    hubs,
    joinings,
    listings,
    objects,
    spaces,
)
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.foundings import Founding
from node.storage.joinings import Joining
from node.storage.objects import StoredDocument
from node.storage.spaces import Space
from node.web import cards, views
from node.web.directory import Directory, look_up, path_of
from node.web.i18n import later
from protocol import names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import number_of, optional_text_of

Next = tuple[str, str, str]
"""Whose turn it is (mine, theirs, nobody), the sentence that says so, the step that is offered."""

_OFFER: Next = ("mine", later("You can offer this project to one of your contacts."), "offer")
_WAIT: Next = ("theirs", later("%(name)s is to answer your offer."), "wait")
_ANSWER: Next = ("mine", later("%(name)s asks you to found this project together."), "answer")
_OPENING_OWN: Next = (
    "nobody",
    later("%(name)s has accepted. The space opens by itself in a moment."),
    "",
)
_OPENING: Next = (
    "theirs",
    later("You have accepted. The server of %(name)s opens the space; nobody need do anything."),
    "",
)
_HUB: Next = (
    "theirs",
    later("Both of you want to found the project. Now %(name)s has to approve it."),
    "wait",
)
_HUB_ASKED: Next = (_HUB[0], _HUB[1], "")
_WORK: Next = ("nobody", later("The project is running. Work goes on in its space."), "work")
_INVITED: Next = (
    "mine",
    later("%(name)s invites your school to take part in this project."),
    "join",
)
_JOINING: Next = (
    "theirs",
    later("You have accepted. The schools of the project let yours in; nobody need do anything."),
    "",
)
_CLOSED: Next = ("nobody", later("The project is closed. Its space can be read for ever."), "work")
_PARTED: Next = (
    "nobody",
    later("Your school takes part no more. What you had together can still be read."),
    "work",
)
_OPEN_JOINING = frozenset({"invited", "accepted", "member"})
_OVER: Next = ("nobody", later("You do not found this project."), "")


@dataclass(frozen=True)
class Undertaking:
    """One project with all that a page needs about it.

    `joining` is the reader's invitation into it, `inside` that the reader works in its space.
    `hub` is the name of the hub that has still to approve it, `refused_by` of one that did not.
    """

    id: str
    document: JSONObject
    own: bool
    fields: ProjectFields | None
    founding: Founding | None
    space: Space | None
    hub: str = ""
    refused_by: str = ""
    joining: Joining | None = None
    inside: bool = False

    @property
    def state(self) -> str:
        """draft, offered, active, archived or closed, as this reader sees it."""
        if self.space is not None and self.space.state.limit is not None:
            return "closed" if self.space.state.closed else "archived"
        if self.founding is not None and self.founding.state not in OVER:
            return "active" if self.founding.state == "active" else "offered"
        return "draft" if self.own else optional_text_of(self.document, "state")

    def founders(self) -> list[str]:
        """Whoever founds it, the first before the second."""
        if self.founding is not None and self.founding.state not in OVER:
            return [self.founding.founder, self.founding.co_founder]
        named = ("attributedTo", "coFounder")
        return [one for name in named if (one := optional_text_of(self.document, name))]

    def is_founded_by(self, account: Account | None) -> bool:
        return account is not None and (self.own or account.actor in self.founders())

    @property
    def title(self) -> str:
        return optional_text_of(self.document, "name")

    def may_lead(self, account: Account | None) -> bool:
        """Whether the reader invites and removes schools, and may close the project."""
        space, founding = self.space, self.founding
        return (
            account is not None
            and space is not None
            and space.is_member
            and not space.state.closed
            and founding is not None
            and founding.state == "active"
            and account.actor in {founding.founder, founding.co_founder}
        )

    def takes_part(self, account: Account | None) -> bool:
        """Whether the reader founds it, was invited to it, or works in its space."""
        return self.is_founded_by(account) or self.joining is not None or self.inside

    def actors(self) -> list[str]:
        """Whom a directory has to know in order to show it."""
        guest = [] if self.joining is None else [self.joining.inviter]
        others = (
            guest
            if self.founding is None
            else [*guest, self.founding.founder, self.founding.co_founder]
        )
        return [*cards.project_actors(self.document), *self.founders(), *others]


async def get(reader: Reader, project: str, account: Account | None) -> Undertaking:
    """A project that this reader may see. What is hidden and what is absent are NOT_FOUND alike."""
    stored = await objects.find(reader, project)
    listed = await listings.find(reader, project) if stored is None and account else None
    if listed is not None and not listed.buried:
        stored = listed.as_stored("")
    draft = None if account is None else await drafts.find(reader, project)
    own = draft is not None and account is not None and draft.owner == account.actor
    founding = await foundings.find_of_project(reader, project)
    asked = (
        account is not None
        and founding is not None
        and account.actor in {founding.founder, founding.co_founder}
    )
    joining = None if account is None else await _find_joining(reader, project, account)
    space = await spaces.find_of_project(reader, project)
    inside = (
        account is not None
        and space is not None
        and await spaces.find_alias(reader, space.id, account.id) is not None
    )
    if not (own or asked or joining or inside or _is_open(stored, account)):
        raise Refused(Reason.NOT_FOUND, "There is no such project.")
    fields = await get_fields(reader, project) if own else None
    if stored is not None and stored.kind == "project":
        document = stored.document
    elif joining is not None:
        document = joining.project_document
    elif space is not None and inside:
        document = (await joinings.list_documents(reader, [project])).get(project, {})
    elif fields is not None and account is not None:
        document = document_of(fields, account.actor)
    else:
        raise Refused(Reason.NOT_FOUND, "There is no such project.")
    mine = founding if own or asked else None
    hub, refused_by = await _hubs_of(reader, mine)
    shown = space if inside else None
    return Undertaking(
        project, document, own, fields, mine, shown, hub, refused_by, joining, inside
    )


async def list_mine(reader: Reader, account: Account) -> list[Undertaking]:
    """What the reader founds or was asked to, the last changed first."""
    kept = await drafts.list_of_owner(reader, account.actor)
    asked = await foundings.list_of_actor(reader, account.actor)
    # Of a project that was withdrawn or declined, only its founder keeps something.
    running = [one.project for one in asked if one.state not in OVER]
    invited = await joinings.list_of_invited(reader, account.actor)
    running += [one.project for one in invited if one.state in _OPEN_JOINING]
    running += [one.project for one in await spaces.list_of_account(reader, account.id)]
    ids = dict.fromkeys(running + [one.project for one in kept])
    return [await get(reader, project, account) for project in ids]


def show(one: Undertaking, known: Directory, account: Account | None) -> views.Project:
    """The project's page for this reader."""
    document = one.document
    founder_of = one.takes_part(account)
    turn, sentence, _ = next_of(one, account)
    return views.Project(
        path=path_of(one.id, known.base),
        title=optional_text_of(document, "name"),
        summary=optional_text_of(document, "summary"),
        language=optional_text_of(document, "language"),
        schools=schools(one, known),
        age_from=number_of(document, "ageFrom") or 3,
        age_to=number_of(document, "ageTo") or 20,
        state=one.state,
        founders=known.people(one.founders(), account),
        subjects=cards.listed(document, "subjects"),
        languages=cards.listed(document, "languages"),
        scope=optional_text_of(document, "scope"),
        mine=one.own,
        founder_of=founder_of,
        turn=turn if founder_of else "nobody",
        next=sentence,
        letter="" if one.joining is None else one.joining.note,
        letter_language="" if one.joining is None else one.joining.language,
        next_values={"name": one.hub or _other(one, known, account)},
        since_ms=_since(one),
        space_path="" if one.space is None else f"/w/{one.space.id}",
        pupils=number_of(document, "pupils"),
        start=cards.day(document, "startDate"),
        end=cards.day(document, "endDate"),
        description=optional_text_of(document, "description"),
        aims=optional_text_of(document, "aims"),
        work_process=optional_text_of(document, "workProcess"),
        expected_results=optional_text_of(document, "expectedResults"),
        tools=cards.listed(document, "tools"),
        key_competences=cards.listed(document, "keyCompetences"),
        declined=_declined(one, known),
        continues=path_of(before, known.base)
        if (before := optional_text_of(document, "continues"))
        else "",
        accepted=one.founding is not None and one.founding.state in {"accepted", "active"},
    )


def card(one: Undertaking, known: Directory) -> views.ProjectCard:
    """The project in a gallery, for somebody who founds it."""
    stored = StoredDocument(one.id, "project", "", "", 0, one.document, True, False, False, 0)
    plain = cards.project_card(stored, known)
    return replace(plain, state=one.state, schools=schools(one, known))


def schools(one: Undertaking, known: Directory) -> list[views.School]:
    """The schools of the founders, each once."""
    marks = [known.school_of(actor) for actor in one.founders()]
    return list(dict.fromkeys(marks))


def next_of(one: Undertaking, account: Account | None) -> Next:
    """Who is to act next."""
    if one.space is not None and one.space.state.closed:
        return _CLOSED
    if one.space is not None and one.space.ended:
        return _PARTED
    founding = one.founding
    if founding is None or founding.state in OVER:
        return _next_of_guest(one)
    if founding.state == "active":
        return _WORK
    is_founder = account is not None and account.actor == founding.founder
    if one.hub:
        return _HUB if is_founder else _HUB_ASKED
    if founding.state == "accepted":
        return _OPENING_OWN if is_founder else _OPENING
    return _WAIT if is_founder else _ANSWER


def _next_of_guest(one: Undertaking) -> Next:
    """Whoever does not found it: invited, let in, or a colleague of who was."""
    if one.joining is not None and one.joining.state == "invited":
        return _INVITED
    if one.joining is not None and one.joining.state == "accepted":
        return _JOINING
    if one.inside:
        return _WORK
    return _OFFER if one.own else _OVER


async def list_guests(
    reader: Reader, account: Account, base: str, space: Space | None = None
) -> list[tuple[str, str]]:
    """The contacts whose schools could be invited: at other nodes that take no part yet."""
    standing = await contacts.list_standing(reader, account.actor)
    others = dict.fromkeys(one.other(account.actor) for one in standing)
    inside = {base}
    if space is not None:
        inside |= {names.origin(space.state.actors[node]) for node in space.state.members}
    elsewhere = [actor for actor in others if names.origin(actor) not in inside]
    known = await look_up(reader, base, elsewhere)
    people = [(actor, known.person(actor)) for actor in elsewhere]
    return [(actor, f"{person.name} ({person.school.name})") for actor, person in people]


def document_of(fields: ProjectFields, founder: str) -> JSONObject:
    """A draft in the form of the document that it would become."""
    document: JSONObject = {
        "attributedTo": founder,
        "name": fields.title,
        "summary": fields.summary,
        "language": fields.language,
        "scope": fields.scope,
        "languages": list(fields.languages),
        "subjects": list(fields.subjects),
        "ageFrom": fields.age_from,
        "ageTo": fields.age_to,
        "description": fields.description,
        "aims": fields.aims,
        "workProcess": fields.work_process,
        "expectedResults": fields.expected_results,
        "tools": list(fields.tools),
        "keyCompetences": list(fields.key_competences),
        "startDate": fields.start.isoformat() if fields.start else "",
        "endDate": fields.end.isoformat() if fields.end else "",
        "continues": fields.continues,
    }
    if fields.pupils is not None:
        document["pupils"] = fields.pupils
    return document


async def _hubs_of(reader: Reader, founding: Founding | None) -> tuple[str, str]:
    """The names of the hub that has still to decide, and of the one that refused."""
    if founding is None or founding.state not in {"accepted", "declined"}:
        return "", ""
    asked = await approvals.list_of_offer(reader, founding.offer)
    waiting = [one.hub for one in asked if one.state == "waiting"]
    refused = [one.hub for one in asked if one.state == "refused"]
    first = waiting[:1] if founding.state == "accepted" else []
    return await _name_of(reader, first), await _name_of(reader, refused[:1])


async def _name_of(reader: Reader, hub: list[str]) -> str:
    if not hub:
        return ""
    known = await hubs.find(reader, hub[0])
    return names.origin(hub[0]).partition("://")[2] if known is None else known.name


def _is_open(stored: StoredDocument | None, account: Account | None) -> bool:
    """Whether anybody (of the staff, where it is another school's) may look at it."""
    if stored is None or stored.kind != "project" or stored.buried:
        return False
    if stored.local:
        return stored.listed
    return account is not None and optional_text_of(stored.document, "state") != "offered"


def _since(one: Undertaking) -> int | None:
    if one.founding is not None:
        return one.founding.since_ms
    return None if one.joining is None else one.joining.since_ms


async def _find_joining(reader: Reader, project: str, account: Account) -> Joining | None:
    """The reader's own invitation into a project, while it leads anywhere."""
    found = await joinings.list_of_invited(reader, account.actor)
    return next(
        (one for one in found if one.project == project and one.state in _OPEN_JOINING), None
    )


def _other(one: Undertaking, known: Directory, account: Account | None) -> str:
    founding = one.founding
    if founding is None:
        return "" if one.joining is None else known.person(one.joining.inviter).name
    is_founder = account is not None and account.actor == founding.founder
    return known.person(founding.co_founder if is_founder else founding.founder).name


def _declined(one: Undertaking, known: Directory) -> views.Declined | None:
    founding = one.founding
    if founding is None or not one.own or founding.state not in {"declined", "left"}:
        return None
    name = one.refused_by or known.person(founding.co_founder).name
    return views.Declined(name, founding.answer_note, "")
