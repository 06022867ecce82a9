"""What is said where a file stays at a school that cannot be asked just now."""

from aiohttp import web

from node.actions.give import Elsewhere
from node.web import rooms
from node.web.i18n import later
from node.web.render import render
from protocol.errors import Reason, Refused
from protocol.statuses import status_of

_SAID = {
    Reason.NOT_FOUND: later("Its school does not show this file any more."),
    Reason.GONE: later("Its school does not show this file any more."),
    Reason.BUSY: later("Many are looking at files of that school just now. Try again in a minute."),
    Reason.TOO_MANY_REQUESTS: later(
        "Many are looking at files of that school just now. Try again in a minute."
    ),
    Reason.BAD_ANSWER: later("What its school sent is not this file, so it is not shown."),
}
_OTHERWISE = later("Its school cannot be reached just now. Try again later.")


def answer(
    request: web.Request, where: Elsewhere, refused: Refused, back: str = ""
) -> web.Response:
    """A page with the way `back`, for whoever followed a link; a picture shows its words
    instead."""
    page = f"/w/{where.space}/materials/{rooms.address_of(where.file.reference)}"
    shown = render(
        request,
        "away.html",
        status=status_of(refused.reason),
        name=where.file.name,
        back=back or page,
        sentence=_SAID.get(refused.reason, _OTHERWISE),
    )
    if refused.reason in {Reason.BUSY, Reason.TOO_MANY_REQUESTS, Reason.UNREACHABLE}:
        shown.headers["Retry-After"] = "30"
    return shown
