"""`/home`: what waits, what is new, my spaces, the first steps."""

from collections.abc import Sequence

from aiohttp import web

from node.actions.context import CONTEXT
from node.storage import contacts, feed, follows, foundings, joinings, objects, spaces, waiting
from node.storage.accounts import Account
from node.storage.contacts import Contact
from node.storage.database import Reader
from node.storage.feed import FeedItem
from node.storage.foundings import Founding
from node.storage.joinings import Joining
from node.storage.waiting import Counts
from node.web import cards, directory, rooms, views
from node.web.directory import Directory, path_of
from node.web.door import me
from node.web.i18n import later
from node.web.render import FACE, render

AT_ONCE = 30
MAX_DIGITS = 15


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    before = request.query.get("before", "")
    before_ms = int(before) if before.isdecimal() and len(before) <= MAX_DIGITS else None
    async with context.database.read() as reader:
        counts = await waiting.count(
            reader, account.actor, admin=account.is_admin, now=context.now()
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
    entries = [
        cards.entry(notes[item.id], known, context.now(), reader=account.actor)
        for item in items
        if item.id in notes
    ]
    return render(
        request,
        "home.html",
        waiting=_waiting(account, counts, offers, founded, known) + _invited(invited, known),
        steps=steps,
        days=_days(entries, request),
        spaces=[rooms.view(one, known) for one in mine],
        older=_older(items),
    )


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
        ("/admin/partners", later("A school waits to be compared and approved"), counts.partners),
    ):
        if number:
            found.append(views.Waiting(path, sentence, None))
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
