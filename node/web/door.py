"""What every page passes: who is signed in, where the form came from, what the frame shows; and
how a refusal is said to a person.
"""

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import TypeAlias, assert_never
from urllib.parse import quote

from aiohttp import web

from node.actions import trust
from node.actions.context import CONTEXT
from node.actions.sign_in import SignedIn, recognise_session
from node.classroom.entry import SignedInPupil, recognise
from node.classroom.room import CLASSROOM, Classroom
from node.classroom.safeguarding import is_guardian
from node.storage import waiting
from node.storage.accounts import Account
from node.web import sessions
from node.web.i18n import later
from node.web.refusals import sentence_of
from node.web.render import FACE, FRAME, Frame, Viewer, render, told_of, undo_of
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of
from protocol.statuses import status_of

Page: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADINGS = {
    401: later("Please sign in"),
    403: later("This is not for you"),
    404: later("This page does not exist"),
    410: later("This is gone"),
    413: later("This is too large"),
    429: later("A little slower, please"),
    503: later("Not just now"),
    507: later("The disk is full"),
}
_HEADING = later("That did not work")
_DEFECT = later(
    "Something failed on this server. Try again; if it happens again, give your administrator the "
    "reference below."
)
_CHILD = later("That did not work. Try it once more, or ask your teacher.")
_CHILDREN = {
    401: later("Scan your card first, then try it once more."),
    404: later("There is nothing here. Go back and look again, or ask your teacher."),
    413: later("That is too much at once. Make it shorter."),
    429: later("That was very often. Wait a little, then try it once more."),
    503: later("There is much to do here just now. Try it again in a minute."),
    507: later("Nothing can be saved just now. Tell your teacher."),
}


class Access(Enum):
    """Whom a page lets in. A page for pupils lets nobody else in, and no other page a pupil."""

    ANYONE = auto()
    PUPIL = auto()
    STAFF = auto()
    ADMIN = auto()
    OFFICER = auto()


LEARNER = web.RequestKey("learner", SignedInPupil)
_OPEN = frozenset({Access.ANYONE, Access.PUPIL})


def page(handler: Page, access: Access) -> Page:
    """`handler` behind the door: it finds `SIGNED_IN` (where somebody is) and `FRAME`."""

    async def open_door(request: web.Request) -> web.StreamResponse:
        try:
            sessions.check_host(request, request.app[CONTEXT].base, request.app[CONTEXT].address)
            moved = sessions.find_new_place(
                request, request.app[CONTEXT].base, request.app[CONTEXT].address
            )
            if moved:
                # Not for ever: a node may move back, and a browser would remember.
                return web.Response(status=307, headers={"Location": moved})
            await (_prepare_for_pupil if access is Access.PUPIL else _prepare)(request)
            sessions.check_own_page(
                request, request.app[CONTEXT].base, request.app[CONTEXT].address
            )
            if access is Access.PUPIL and LEARNER not in request:
                return _sign_in_first(request, "/c")
            if access not in _OPEN and sessions.SIGNED_IN not in request:
                return _sign_in_first(request)
            _require(request, access)
            return await handler(request)
        except Refused as refused:
            return refusal(request, refused)

    return open_door


async def unknown(request: web.Request) -> web.StreamResponse:
    """An address that no page has."""
    raise Refused(Reason.NOT_FOUND, "There is no such page.")


def me(request: web.Request) -> Account:
    """The account that asks; the door has let it in."""
    return request[sessions.SIGNED_IN].account


def room_of(request: web.Request) -> Classroom:
    """The classroom of this school. Refuses with NOT_FOUND at a node that has none."""
    room = request.app.get(CLASSROOM)
    if room is None:
        raise Refused(Reason.NOT_FOUND, "This node has no classes.")
    return room


def learner(request: web.Request) -> SignedInPupil:
    """The pupil who asks; the door has let him in."""
    return request[LEARNER]


def refusal(request: web.Request, refused: Refused) -> web.Response:
    """A page that says why something was refused, and how to go on."""
    if FRAME not in request:
        request[FRAME] = _bare(request)
    status = status_of(refused.reason)
    reference = refused.facts.get("reference", "")
    sentence = _DEFECT if reference else sentence_of(refused.reason)
    entrance = ""
    if request.path == "/c" or request.path.startswith("/c/"):
        sentence = _CHILDREN.get(status, _CHILD)
        entrance = "/c/home" if LEARNER in request else "/c"
    answer = render(
        request,
        "error.html",
        status=status,
        heading=_HEADINGS.get(status, _HEADING),
        sentence=sentence,
        reference=reference,
        entrance=entrance,
    )
    retry_after_s = refused.facts.get("retry_after_s")
    if isinstance(retry_after_s, int):
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


async def _prepare(request: web.Request) -> None:
    context = request.app[CONTEXT]
    token = sessions.read_token(request, context.base)
    signed_in = None if token is None else await recognise_session(context, token)
    if signed_in is not None:
        request[sessions.SIGNED_IN] = signed_in
    account = None if signed_in is None else signed_in.account
    async with context.database.read() as reader:
        counts = await waiting.count(
            reader,
            None if account is None else account.actor,
            admin=account is not None and account.is_admin,
            now=context.now(),
            officer=account is not None and account.is_officer and trust.is_hub(context),
        )
    request[FRAME] = Frame(
        language=request.app[FACE].languages.choose(
            None if account is None else account.language,
            request.headers.get("Accept-Language", ""),
        ),
        school="Schoolgate" if counts.school is None else optional_text_of(counts.school, "name"),
        viewer=None
        if account is None
        else Viewer(
            account.handle,
            account.name,
            account.is_admin,
            trust.is_hub(context) and account.is_officer,
            CLASSROOM in request.app and is_guardian(account),
        ),
        path=request.path,
        waiting=counts.total,
        unread=counts.unread,
        told=told_of(request),
        undo=undo_of(request),
        partial=request.headers.get("HX-Request-Type") == "partial",
        classes=CLASSROOM in request.app,
    )


async def _prepare_for_pupil(request: web.Request) -> None:
    """The frame of a pupil's page; the staff's session is not even looked at."""
    context, room = request.app[CONTEXT], room_of(request)
    token = sessions.read_token(request, context.base, sessions.PUPIL)
    found = None if token is None else await recognise(room, token)
    if found is not None:
        request[LEARNER] = found
    async with context.database.read() as reader:
        counts = await waiting.count(reader, None, admin=False, now=context.now())
    request[FRAME] = Frame(
        language=request.app[FACE].languages.choose(
            None if found is None else found.class_.language,
            request.headers.get("Accept-Language", ""),
        ),
        school="Schoolgate" if counts.school is None else optional_text_of(counts.school, "name"),
        viewer=None,
        path=request.path,
        told=told_of(request),
        partial=request.headers.get("HX-Request-Type") == "partial",
        learner="" if found is None else found.pupil.alias,
    )


def _bare(request: web.Request) -> Frame:
    """A frame for when the database could not be asked."""
    language = request.app[FACE].languages.choose(None, request.headers.get("Accept-Language", ""))
    return Frame(language=language, school="Schoolgate", viewer=None, path=request.path)


def _sign_in_first(request: web.Request, there: str = "") -> web.Response:
    if request.method not in ("GET", "HEAD"):
        return refusal(request, Refused(Reason.NOT_SIGNED_IN, "Sign in first."))
    address = there or f"/login?next={quote(request.path_qs, safe='/')}"
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def _require(request: web.Request, access: Access) -> None:
    match access:
        case Access.ANYONE | Access.STAFF | Access.PUPIL:
            return
        case Access.ADMIN:
            if not me(request).is_admin:
                raise Refused(Reason.NOT_ALLOWED, "Only an administrator may do this.")
        case Access.OFFICER:
            trust.require_hub(request.app[CONTEXT])
            if not me(request).is_officer:
                raise Refused(Reason.NOT_ALLOWED, "Only an officer of this hub may do this.")
        case other:
            assert_never(other)


def signed_in(request: web.Request) -> SignedIn | None:
    """Who asks, on a page that lets everybody in."""
    return request.get(sessions.SIGNED_IN)
