"""`/schools/{name}`: a school's card, its people, notices and projects; following it."""

from aiohttp import web

from node.actions import find, follow
from node.actions.context import CONTEXT, Context
from node.storage import follows, listings, objects
from node.storage.database import Reader
from node.web import cards, directory, results
from node.web.directory import actor_of, path_of
from node.web.door import me, signed_in
from node.web.render import render, see_other
from node.web.results import Result
from protocol.errors import Reason, Refused
from protocol.notices import is_over
from protocol.reading import optional_text_of

AT_ONCE = 60
LOOKING = {"looking_for_partners": 0, "open_to_offers": 1}
STANDING = {None: "no", "asked": "asked", "following": "yes", "refused": "no"}


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    asking = signed_in(request)
    actor = _actor(request)
    async with context.database.read() as reader:
        stranger = await objects.find(reader, actor) is None and await listings.find(reader, actor)
    if asking is not None and not stranger:
        # A school's card often is not here yet when somebody first clicks its mark.
        actor = await find.find_actor(context, asking.account, actor)
    async with context.database.read() as reader:
        stored = await directory.find_document(reader, context.base, actor)
        if stored is None or stored.kind != "organization" or stored.buried:
            raise Refused(Reason.NOT_FOUND, "No school of this address is known here.")
        if not directory.is_open(stored, None if asking is None else asking.account):
            raise Refused(Reason.NOT_FOUND, "No school of this address is known here.")
        projects = [
            one
            for one in await objects.list_of_kind(reader, "project")
            if actor
            in {
                optional_text_of(one.document, "school"),
                optional_text_of(one.document, "coFounderSchool"),
            }
            and (one.listed or not one.local)
        ]
        wanted = [name for one in projects for name in cards.project_actors(one.document)]
        known = await directory.look_up(reader, context.base, [actor, *wanted])
        under = await _found_under(reader, context, actor, is_staff=asking is not None)
        following = ""
        if asking is not None:
            row = await follows.find_pair(reader, asking.account.actor, actor)
            following = STANDING[None if row is None else row.state]
    return render(
        request,
        "school.html",
        school=cards.school_card(stored, context.base),
        following=following,
        projects=[cards.project_card(one, known) for one in projects],
        people=[one for one in under if one.kind == "person"],
        notices=[one for one in under if one.kind == "notice"],
    )


async def _found_under(
    reader: Reader, context: Context, school: str, *, is_staff: bool
) -> list[Result]:
    """People and notices of a school; a visitor sees what is for everybody, of our own alone.

    Whoever looks for partners comes first.
    """
    known = [
        one
        for one in await listings.list_of_school(reader, school)
        if one.shown
        and one.kind in {"person", "notice"}
        and (is_staff or directory.is_open(one.as_stored(context.base), None))
        and not (one.kind == "notice" and is_over(one.document, context.now()))
    ]
    found = await results.cards_of(reader, context.base, known[:AT_ONCE], context.now())
    return sorted(found, key=lambda one: LOOKING.get(one.availability, len(LOOKING)))


async def follow_it(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    await find.find_actor(context, me(request), actor)
    await follow.follow(context, me(request), actor)
    return see_other(path_of(actor, context.base), "followed")


async def unfollow_it(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    actor = _actor(request)
    await follow.unfollow(context, me(request), actor)
    return see_other(path_of(actor, context.base), "unfollowed")


def _actor(request: web.Request) -> str:
    return actor_of("schools", request.match_info["name"], request.app[CONTEXT].base)
