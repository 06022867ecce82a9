"""What this node knows of the matter that an activity is about: loaded here, judged elsewhere."""

import asyncio

from node.actions import approvals, known_actors, reports, teachers, trust, verification
from node.actions.context import Context
from node.clock import moment
from node.storage import contacts, escalations, follows, foundings, joinings, meta, objects, spaces
from node.storage import teachers as teacher_rows
from node.storage.contacts import Contact
from node.storage.database import Reader
from node.storage.follows import FollowRow
from node.storage.foundings import Founding
from node.storage.joinings import Joining
from node.storage.spaces import Space
from protocol import intake, names
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.errors import Refused
from protocol.known import (
    Known,
    KnownContact,
    KnownFollow,
    KnownJoining,
    KnownProject,
    LocalActor,
    StoredObject,
)
from protocol.reading import text_of
from protocol.shapes import kind_of


async def load_known(context: Context, reader: Reader, activity: JSONObject) -> Known:
    """Everything that `intake.needs` names. Refuses with BAD_PROOF an inner document's proof."""
    needed = intake.needs(activity)
    actor = text_of(activity, "actor")
    inner = None
    if needed.inner is not None:
        inner = await known_actors.open_inner(context, reader, needed.inner)
    local = None if needed.local is None else await _find_local(reader, needed.local)
    follow = contact = project = joining = space = None
    if needed.answered is not None:
        follow = await follows.find(reader, needed.answered)
        contact = await contacts.find(reader, needed.answered)
        project = await foundings.find(reader, needed.answered)
        joining = await joinings.find(reader, needed.answered)
    if needed.asked is not None:
        project = project or await approvals.find_founding(reader, needed.asked)
    if needed.contact_with is not None:
        contact = await contacts.find_pair(reader, actor, needed.contact_with)
    if needed.project is not None:
        project = await foundings.find_of_project(reader, needed.project)
        joining = await joinings.find_here(reader, needed.project, context.base)
        space = await spaces.find_of_project(reader, needed.project)
    node, stored, own_hub, their_hub, accredits, open_offers = await asyncio.gather(
        meta.get(reader, "node"),
        _find_stored(reader, needed.object),
        approvals.find_own_hub(reader),
        approvals.find_their_hub(reader, actor),
        approvals.is_accredited(context, reader, actor),
        contacts.count_open_offers(reader, actor),
    )
    answer = None
    if needed.answer is not None:
        answer = await approvals.open_answer(context, reader, needed.answer)
    asked = needed.asked if trust.is_hub(context) else None
    here = needed.local or _ours(context, follow, contact, project, joining)
    return Known(
        base=context.base,
        node=node,
        inner=inner,
        stored=stored,
        local=local,
        follow=None if follow is None else _follow(follow),
        contact=None if contact is None else contact_of(contact),
        project=None if project is None else _project(project),
        joining=None if joining is None else _joining(joining),
        founders=() if space is None else _founders(space),
        blocked=here is not None and await follows.is_blocked(reader, here, actor),
        # A school hears its hub without anybody having asked for it.
        followed=needed.followed
        and (actor == own_hub or await follows.is_followed(reader, actor, f"{context.base}/")),
        own_hub=own_hub,
        their_hub=their_hub,
        approvals=() if project is None else await approvals.list_known(reader, project.offer),
        answer=answer,
        trusts_hub=answer is not None,
        is_hub=trust.is_hub(context),
        accredits=accredits,
        request=None if asked is None else await approvals.find_request(reader, asked),
        teacher=None if asked is None else await teachers.find_known(reader, asked),
        open_requests=await _count_open(context, reader, activity),
        verification=None
        if needed.asked is None
        else await verification.find_known(reader, needed.asked),
        credential=None
        if needed.credential is None
        else await _open_credential(context, reader, needed.credential),
        flagged=None
        if needed.flagged is None
        else await reports.find_flagged(reader, actor, *needed.flagged),
        report=None if needed.report is None else await reports.find_known(reader, needed.report),
        open_offers=open_offers,
    )


async def _count_open(context: Context, reader: Reader, activity: JSONObject) -> int:
    """At a hub: how many requests of this kind of the speaker's school wait already."""
    kind, origin = kind_of(activity), names.origin(text_of(activity, "actor"))
    if not trust.is_hub(context):
        return 0
    if kind == "escalated-flag":
        return await escalations.count_open(reader, origin)
    return await teacher_rows.count_open(reader, origin) if kind == "offer-verification" else 0


async def _open_credential(
    context: Context, reader: Reader, credential: JSONObject
) -> Verified[JSONObject] | None:
    """A hub's credential inside; None where it is not of a hub whose word counts here."""
    try:
        return await trust.open_credential(context, reader, credential)
    except Refused:
        return None


def _ours(
    context: Context,
    follow: FollowRow | None,
    contact: Contact | None,
    project: Founding | None,
    joining: Joining | None,
) -> str | None:
    """The person here whom the matter concerns."""
    sides: list[str] = []
    if follow is not None:
        sides += [follow.follower, follow.followed]
    if contact is not None:
        sides += [contact.offerer, contact.offered]
    if project is not None:
        sides += [project.founder, project.co_founder]
    if joining is not None:
        sides += [joining.inviter, joining.invited]
    return next((one for one in sides if names.same_origin(one, context.base)), None)


async def _find_stored(reader: Reader, id_: str | None) -> StoredObject | None:
    stored = None if id_ is None else await objects.find(reader, id_)
    if stored is None:
        return None
    return StoredObject(
        stored.id, stored.kind, stored.owner, stored.version, stored.document, stored.buried
    )


async def _find_local(reader: Reader, id_: str) -> LocalActor | None:
    stored = await objects.find(reader, id_)
    if stored is None or not stored.local or not stored.listed or stored.buried:
        return None
    approves = stored.document.get("manuallyApprovesFollowers") is True
    return LocalActor(id_, text_of(stored.document, "type"), approves)


def _follow(row: FollowRow) -> KnownFollow:
    return KnownFollow(row.id, row.follower, row.followed, row.state)


def contact_of(row: Contact) -> KnownContact:
    return KnownContact(
        row.offer,
        row.offerer,
        row.offered,
        row.state,
        moment(row.offered_ms),
        moment(row.changed_ms),
        row.acceptance,
    )


def _project(row: Founding) -> KnownProject:
    return KnownProject(
        row.project,
        row.offer,
        row.founder,
        row.co_founder,
        row.state,
        row.entry,
        row.salt,
        row.acceptance,
        row.co_founder_entry,
        row.genesis_signature,
    )


def _joining(row: Joining) -> KnownJoining:
    return KnownJoining(
        row.invite,
        row.project,
        row.space,
        row.inviter,
        row.invited,
        row.state,
        row.node,
        row.actor,
        moment(row.invited_ms),
    )


def _founders(space: Space) -> tuple[str, ...]:
    return tuple(space.state.actors[node] for node in space.state.founders)
