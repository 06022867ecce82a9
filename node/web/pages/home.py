"""`/home`: what waits, what is new, my spaces, the first steps."""

from collections.abc import Sequence

from aiohttp import web

from node.actions import announcements, leftovers, suspended, trust
from node.actions import reports as reporting
from node.actions.context import CONTEXT
from node.classroom import release, reminders, safeguarding, standing_in, withdrawing
from node.classroom.room import CLASSROOM
from node.storage import (
    contacts,
    feed,
    follows,
    foundings,
    joinings,
    objects,
    partners,
    reports,
    spaces,
    waiting,
)
from node.storage.accounts import Account
from node.storage.contacts import Contact
from node.storage.database import Reader
from node.storage.feed import FeedItem
from node.storage.foundings import Founding
from node.storage.joinings import Joining
from node.storage.spaces import Space
from node.storage.waiting import Counts
from node.web import cards, directory, guard_views, office_views, rooms, views
from node.web.directory import Directory, path_of
from node.web.door import me
from node.web.i18n import later
from node.web.render import FACE, render
from protocol import names

AT_ONCE = 30
TOLD_DAYS = 30
"""So long whoever was away reads who stood in."""
MAX_DIGITS = 15


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    before = request.query.get("before", "")
    before_ms = int(before) if before.isdecimal() and len(before) <= MAX_DIGITS else None
    async with context.database.read() as reader:
        counts = await waiting.count(
            reader,
            account.actor,
            admin=account.is_admin,
            now=context.now(),
            officer=account.is_officer and trust.is_hub(context),
        )
        items = await feed.list_for(reader, account.actor, before_ms=before_ms, limit=AT_ONCE)
        notes = await objects.list_many(reader, [item.id for item in items])
        offers = await contacts.list_of_actor(reader, account.actor)
        founded = await foundings.list_of_actor(reader, account.actor)
        invited = await joinings.list_of_invited(reader, account.actor)
        mine = await spaces.list_of_account(reader, account.id)
        steps = await _steps(reader, account, offers, founded)
        people = {item.author for item in items} | {one.founder for one in founded}
        people |= {one.other(account.actor) for one in offers}
        people |= {one.inviter for one in invited}
        people |= {name for one in mine for name in rooms.names_in(one)}
        known = await directory.look_up(reader, context.base, people)
        decisions = await _decisions(reader, account, mine)
        reported = await reports.list_waiting(reader, account.id)
        left = await leftovers.list_waiting(reader, mine)
        deciding = {one.id for one in mine if reporting.decides(one, is_admin=account.is_admin)}
        heard = await announcements.list_heard(context, reader)
        hub = await trust.find_own_hub(reader)
    entries = [
        cards.entry(notes[item.id], known, context.now(), reader=account.actor)
        for item in items
        if item.id in notes
    ]
    return render(
        request,
        "home.html",
        waiting=[
            *_waiting(account, counts, offers, founded, known),
            *_invited(invited, known),
            *decisions,
            *await _held(request, account),
            *await _withdrawn(request, account),
            *await _sealed(request, account),
            *await _lacking(request, account),
            *await _forsaken(request, account),
            *(
                views.Waiting(
                    f"/w/{space}/moderation", later("Somebody has reported something"), since
                )
                for space, (since, by_pupil) in reported.items()
                if by_pupil or space in deciding
            ),
            *(
                views.Waiting(
                    f"/w/{space}/leftovers",
                    later("Our school wrote further on something that another school deleted"),
                    since,
                )
                for space, since in left.items()
            ),
        ],
        steps=steps,
        days=_days(entries, request),
        spaces=[rooms.view(one, known) for one in mine],
        older=_older(items),
        news=[cards.news(one) for one in heard],
        hub="" if hub is None else hub.name,
        standings=await _standing_in(request, account),
    )


async def _standing_in(request: web.Request, account: Account) -> list[office_views.Standing]:
    """For whom the reader stands in at present, and who does for him or did until lately."""
    room = request.app.get(CLASSROOM)
    if room is None:
        return []
    after_ms = room.now_ms() - TOLD_DAYS * 86_400_000
    found = await standing_in.list_of(room, account, after_ms=after_ms)
    return [office_views.standing(one) for one in found]


def _older(items: Sequence[FeedItem]) -> str:
    """From where the next page goes on; "" where this one is the last."""
    return str(items[-1].at_ms) if len(items) == AT_ONCE else ""


def _days(entries: Sequence[views.Entry], request: web.Request) -> list[views.Day]:
    face = request.app[FACE]
    days: dict[object, list[views.Entry]] = {}
    for entry in entries:
        days.setdefault(face.day_of(entry.at_ms), []).append(entry)
    return [views.Day(found[0].at_ms, found) for found in days.values()]


def _waiting(
    account: Account,
    counts: Counts,
    offers: Sequence[Contact],
    founded: Sequence[Founding],
    known: Directory,
) -> list[views.Waiting]:
    found = [
        views.Waiting(
            "/contacts",
            later("%(name)s offers to be contacts"),
            one.offered_ms,
            {"name": known.person(one.offerer).name},
        )
        for one in offers
        if one.offered == account.actor and one.state == "offered"
    ]
    found += [
        views.Waiting(
            path_of(one.project, known.base) + "/manage",
            later("%(name)s asks you to found a project together"),
            one.since_ms,
            {"name": known.person(one.founder).name},
        )
        for one in founded
        if one.waiting_for == account.actor and one.state == "offered"
    ]
    for path, sentence, number in (
        ("/me/availability", later("Do you still look for partners?"), counts.renewals),
        ("/messages", later("There are new messages"), counts.unread),
        ("/school/staff", later("Somebody asks for an account"), counts.accounts),
        ("/agency/schools", later("A school asks to be accredited"), counts.schools),
        ("/school/staff", later("Somebody wishes to be verified by the hub"), counts.wishes),
        ("/agency/teachers", later("A teacher waits to be verified"), counts.teachers),
        ("/agency/reports", later("A school tells of a report"), counts.escalations),
        ("/agency/projects", later("A project waits to be approved"), counts.approvals),
        ("/admin/partners", later("A school waits to be compared and approved"), counts.partners),
    ):
        if number:
            found.append(views.Waiting(path, sentence, None))
    return found


async def _sealed(request: web.Request, account: Account) -> list[views.Waiting]:
    """What a safeguarding person has still to look at."""
    room = request.app.get(CLASSROOM)
    if room is None or not await safeguarding.count_open(room, account):
        return []
    return [views.Waiting("/safeguarding", later("Something was reported at your school"), None)]


async def _lacking(request: web.Request, account: Account) -> list[views.Waiting]:
    """What an administrator has to see to, so that what pupils report is read."""
    room = request.app.get(CLASSROOM)
    lacks = [] if room is None else await safeguarding.list_lacks(room, account)
    return [views.Waiting("/school/staff", guard_views.LACKS[one], None) for one in lacks]


async def _forsaken(request: web.Request, account: Account) -> list[views.Waiting]:
    """Who stands in for somebody who works here no more: for an administrator to end."""
    room = request.app.get(CLASSROOM)
    found = [] if room is None else await standing_in.list_forsaken(room, account)
    said = later(
        "%(name)s stands in for somebody whose account has ended: end it, or hand over for good"
    )
    return [
        views.Waiting(f"/school/staff/{number}", said, None, {"name": name})
        for number, name in found
    ]


async def _held(request: web.Request, account: Account) -> list[views.Waiting]:
    """Pupils' work that waits to be released, where this node has classes."""
    room = request.app.get(CLASSROOM)
    if room is None or not await release.count_held(room, account):
        return []
    since_ms = await reminders.find_overdue(room, account)
    if since_ms is not None:
        sentence = later("Work of your pupils has waited for more than three school days")
        return [views.Waiting("/held", sentence, since_ms)]
    return [views.Waiting("/held", later("Work of your pupils waits to be released"), None)]


async def _withdrawn(request: web.Request, account: Account) -> list[views.Waiting]:
    """What older pupils took back and no teacher has seen."""
    room = request.app.get(CLASSROOM)
    since_ms = None if room is None else await withdrawing.find_told(room, account)
    if since_ms is None:
        return []
    sentence = later("A pupil has taken back what was released")
    return [views.Waiting("/withdrawn", sentence, since_ms)]


async def _decisions(
    reader: Reader, account: Account, mine: Sequence[Space]
) -> list[views.Waiting]:
    """Suspended schools in spaces that the reader founded: to remove, or to keep."""
    found = []
    for space in mine:
        origins = {
            names.origin(actor): node
            for node, actor in space.state.actors.items()
            if node in space.state.members
        }
        listed = await partners.list_suspended(reader, origins)
        for origin, since_ms in listed.items():
            if await suspended.is_kept(reader, space.id, origins[origin], since_ms):
                continue
            if await suspended.is_founder(reader, account, space):
                named = await partners.list_named(reader, [origin])
                found.append(
                    views.Waiting(
                        f"/w/{space.id}",
                        later("%(school)s is suspended: remove it from your project, or keep it"),
                        since_ms,
                        {"school": named[origin][0]},
                    )
                )
    return found


def _invited(invited: Sequence[Joining], known: Directory) -> list[views.Waiting]:
    """Projects into which the reader's school is invited."""
    return [
        views.Waiting(
            path_of(one.project, known.base) + "/manage",
            later("%(name)s invites your school to take part in a project"),
            one.since_ms,
            {"name": known.person(one.inviter).name},
        )
        for one in invited
        if one.state == "invited"
    ]


async def _steps(
    reader: Reader, account: Account, offers: Sequence[Contact], founded: Sequence[Founding]
) -> list[views.Step]:
    """The first steps; none when all are done."""
    person = await objects.find(reader, account.actor)
    followed = await follows.list_followed(reader, account.actor)
    steps = [
        views.Step(
            "/me",
            later("Tell others about yourself"),
            person is not None and bool({"subjects", "about"} & person.document.keys()),
        ),
        views.Step("/people", later("Follow somebody at another school"), bool(followed)),
        views.Step("/people", later("Offer somebody to be contacts"), bool(offers)),
        views.Step("/projects/new", later("Plan a project"), bool(founded)),
    ]
    return [] if all(step.done for step in steps) else steps
