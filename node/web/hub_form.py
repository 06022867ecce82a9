"""The form with which a school asks a hub, at set-up and in the administration."""

from aiohttp import web

from node.actions import membership
from node.actions.context import CONTEXT
from node.actions.membership import Request
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import FRAME
from protocol.errors import Reason

_JOINING = {
    Reason.NOT_FOUND: later("The hub does not take this link any more. Ask it for a new one."),
    Reason.BAD_KEY: later("Another server answers there than the link says. Ask your hub."),
    Reason.CONFLICT: later("The hub has something against it. Ask it, or leave your hub first."),
    Reason.BAD_INPUT: later("Paste the whole link that the hub gave you."),
    Reason.BAD_NAME: later("Paste the whole link that the hub gave you."),
}


async def join(request: web.Request, form: Form) -> bool:
    """Ask the hub of the link to accredit this school; whether that was done."""
    link = form.line("link", longest=700)
    number = form.line("register_number")
    reason = form.text("reason", longest=membership.MAX_REASON_CHARACTERS)
    if form.ok:
        asked = Request(number, reason, request[FRAME].language.tag)
        with form.mending("link", _JOINING):
            await membership.join(request.app[CONTEXT], me(request), link, asked)
            return True
    return False
