"""`/admin/key`: a new key for this server, after a question."""

from aiohttp import web

from node.actions import rotate
from node.actions.context import CONTEXT
from node.web import questions
from node.web.door import me
from node.web.forms import read_form
from node.web.i18n import later
from node.web.render import see_other
from protocol import names


async def confirm(request: web.Request) -> web.Response:
    return questions.ask(
        request,
        back="/admin",
        question=later("Give this server a new key?"),
        consequence=later(
            "Partners are told by the old key, which still counts for 90 days. The fingerprint "
            "changes; whoever compares it from now on has to see the new one. Was the old key lost "
            "or stolen? Then it must not tell anybody: whoever looks after the server runs "
            "schoolgate key replace instead."
        ),
        yes=later("Make a new key"),
    )


async def change(request: web.Request) -> web.Response:
    await read_form(request)
    context = request.app[CONTEXT]
    await rotate.rotate(context, me(request), names.service_actor_id(context.base))
    return see_other("/admin", "key-changed")
