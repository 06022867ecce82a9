"""`/people/{name}`: who somebody is; following, offering to be contacts, blocking."""

from datetime import datetime

from aiohttp import web

from node.actions import actors, approvals, verified
from node.actions import contacts as acting
from node.actions import follow as following
from node.actions.context import CONTEXT
from node.actions.find import find_actor
from node.actions.verified import Verified
from node.storage import contacts, follows, objects, verifications
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.objects import StoredDocument
from node.web import answering, cards, directory, questions, views
from node.web.directory import Directory, actor_of, is_open, path_of
from node.web.door import me, signed_in
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.fresh import is_fresh

FAMILY = "people"


def _actor(request: web.Request) -> str:
    return actor_of(FAMILY, request.match_info["name"], request.app[CONTEXT].base)


_WHY_NOT = {
    Reason.CONFLICT: later("An offer is open already."),
    Reason.ALREADY_ANSWERED: later(
        "This person has answered no. They can offer you a contact themselves."
    ),
    Reason.TOO_MANY_REQUESTS: later(
        "This person has answered “not now”. You can offer a contact again 30 days after that."
    ),
}
"""Why a contact cannot be offered, in words at the form."""


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    asking = signed_in(request)
    account = None if asking is None else asking.account
    actor = _actor(request)
    async with context.database.read() as reader:
        stored = await _get(reader, context.base, actor, account)
        notes = await objects.list_of_owner(reader, actor, "note", limit=20)
        notices = await objects.list_of_owner(reader, actor, "notice", limit=20)
        known = await directory.look_up(reader, context.base, [actor])
        stated = await verified.find(context, reader, stored.document)
        may_wish = await _may_wish(reader, account, actor)
        relation = None
        if account is not None and account.actor != actor:
            relation = await _relation(reader, account, actor, context.base)
    own = "" if account is None else account.actor
    return render(
        request,
        "profile.html",
        person=_profile(stored, known, context.now(), stated),
        may_wish=may_wish,
        mine=own == actor,
        relation=relation,
        notes=[
            cards.entry(one, known, context.now(), reader=own)
            for one in notes
            if one.listed or not one.local
        ],
        notices=[
            notice
            for one in notices
            if directory.is_open(one, account)
            and not (notice := cards.notice(one, known, context.now())).over
        ],
    )


async def follow(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    # Somebody whom a search found was never asked for at his own school.
    await find_actor(context, me(request), actor)
    await following.follow(context, me(request), actor)
    return see_other(path_of(actor, context.base), "followed")


async def unfollow(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    await following.unfollow(context, me(request), actor)
    return see_other(path_of(actor, context.base), "unfollowed")


async def ask_contact(request: web.Request) -> web.Response:
    beginning = await answering.begin(request, _actor(request))
    return await _contact_page(request, Form.filled(note=beginning), 200)


async def offer_contact(request: web.Request) -> web.Response:
    form = await read_form(request)
    note = form.text("note", longest=acting.MAX_NOTE_CHARACTERS)
    if form.ok:
        with form.mending("note", _WHY_NOT):
            await acting.offer(request.app[CONTEXT], me(request), _actor(request), note)
            return see_other("/contacts", "contact-offered")
    return await _contact_page(request, form, 422)


async def ask_block(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    async with context.database.read() as reader:
        await _get(reader, context.base, actor, me(request))
        known = await directory.look_up(reader, context.base, [actor])
    person = known.person(actor)
    return questions.ask(
        request,
        back=person.path,
        question=later("Block %(name)s?"),
        consequence=later(
            "You hear nothing of this person any more: no updates, no offers, no messages. "
            "Nobody is told. You can take it back."
        ),
        yes=later("Block"),
        values={"name": person.name},
    )


async def block(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    await acting.block(context, me(request), actor)
    return see_other(path_of(actor, context.base), "blocked")


async def unblock(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    await acting.unblock(context, me(request), actor)
    return see_other(path_of(actor, context.base), "unblocked")


async def _contact_page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    actor = await find_actor(context, me(request), _actor(request))
    async with context.database.read() as reader:
        known = await directory.look_up(reader, context.base, [actor])
    person = known.person(actor)
    return render(request, "contact_new.html", status=status, form=form, person=person)


async def _get(reader: Reader, base: str, actor: str, account: Account | None) -> StoredDocument:
    """A person that this reader may see: all for staff, for visitors whom everybody may read of."""
    stored = await directory.find_document(reader, base, actor)
    # What remains of a profile does not say for whom it was: visitors learn of none.
    hidden = stored is not None and stored.buried and account is None
    if stored is None or stored.kind != "person" or hidden or not is_open(stored, account):
        raise Refused(Reason.NOT_FOUND, "Nobody of this address is known here.")
    if stored.buried:
        raise Refused(Reason.GONE, "This person is no longer here.")
    return stored


async def _relation(reader: Reader, account: Account, actor: str, base: str) -> views.Relation:
    row = await follows.find_pair(reader, account.actor, actor)
    contact = await contacts.find_pair(reader, account.actor, actor)
    blocked = await follows.is_blocked(reader, account.actor, actor)
    standing = "no"
    if contact is not None and contact.state == "contacts":
        standing = "yes"
    elif contact is not None and contact.state == "offered":
        standing = "sent" if contact.offerer == account.actor else "received"
    state = {None: "no", "asked": "asked", "following": "yes", "refused": "no"}
    return views.Relation(
        following=state[None if row is None else row.state],
        contact=standing,
        blocked=blocked,
        message_path="/messages/" + path_of(actor, base).removeprefix("/people/"),
    )


async def _may_wish(reader: Reader, account: Account | None, actor: str) -> bool:
    """Whether it is one's own page, and one may ask to be verified by the hub."""
    if account is None or account.actor != actor or not await approvals.find_own_hub(reader):
        return False
    known = await verifications.find(reader, actor)
    return known is None or known.state in {"refused", "revoked", "withdrawn"}


def _profile(
    stored: StoredDocument, known: Directory, now: datetime, stated: Verified | None
) -> views.Profile:
    profile = actors.profile_of(stored.document)
    person = known.person(stored.id)
    return views.Profile(
        name=person.name,
        path=person.path,
        address=person.address,
        school=person.school,
        school_path=path_of(person.school.url, known.base),
        role=profile.role,
        subjects=profile.subjects,
        languages=profile.languages,
        age_from=profile.age_from,
        age_to=profile.age_to,
        key_competences=profile.key_competences,
        availability=profile.availability,
        said_on=profile.availability_date,
        stale=not is_fresh(stored.document, now),
        about=profile.about,
        about_language=profile.about_language,
        reach=profile.reach,
        verified=None
        if stated is None
        else views.Verified(stated.hub, stated.school, stated.since_ms),
    )
