"""An answer to a notice begins with its name: what stands in the field before anybody types."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.web.directory import actor_of, find_document
from node.web.i18n import later
from node.web.render import FRAME
from protocol.errors import Refused
from protocol.reading import text_of

_BEGINNING = later("About your notice “%(title)s”:")


async def begin(request: web.Request, writer: str) -> str:
    """The first line of an answer to the notice that `?notice=` names; "" for none of `writer`'s.

    The notice is known here: its page led to this one.
    """
    name = request.query.get("notice", "")
    if not name or len(name) > 400:
        return ""
    try:
        id_ = actor_of("notices", name, request.app[CONTEXT].base)
    except Refused:
        return ""
    async with request.app[CONTEXT].database.read() as reader:
        stored = await find_document(reader, request.app[CONTEXT].base, id_)
    if stored is None or stored.kind != "notice" or stored.buried or stored.owner != writer:
        return ""
    title = text_of(stored.document, "name")
    return request[FRAME].language.gettext(_BEGINNING) % {"title": title} + "\n\n"
