"""What the forms of a wall and of a card share."""

from collections.abc import Collection, Sequence

from aiohttp import web

from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.storage import contents
from node.web import exhibits, own, rooms, wall_views, words
from node.web.forms import Form
from node.web.i18n import later
from node.web.wall_views import Shown
from protocol.errors import Reason
from protocol.space.fold.wall import Card

LONGEST_TEXT = 1_000
SAID = {
    **own.UNSHOWABLE,
    Reason.CONFLICT: later("Somebody has changed this meanwhile. Look at it again."),
    Reason.TOO_MANY_ITEMS: later("There is no room for more."),
}


def read_card(form: Form) -> tuple[str, str, str, str]:
    """Text, reference of a file, colour and language; one of the first two is there."""
    text = form.text("text", longest=LONGEST_TEXT, required=False)
    chosen = form.value("file")
    if not text and not chosen:
        form.say("text", later("Write something, or choose a file."))
    colour = form.choice("colour", wall_views.COLOURS)
    language = form.choice("language", words.LANGUAGES)
    return text, rooms.reference_of(chosen) if chosen else "", colour, language


async def load(
    request: web.Request,
    seen: SpaceView,
    cards: Sequence[Card],
    shielded: Collection[str] = (),
    unseen: Collection[str] = (),
) -> Shown:
    """What is needed to show some cards; `shielded` files are kept from whoever looks, and that is
    said; of `unseen` ones nothing is."""
    known = await own.look_up(request, seen)
    async with request.app[CONTEXT].database.read() as reader:
        files = await contents.list_named_files(reader, seen.space.id, wall_views.files_on(cards))
        files = [one for one in files if one.reference not in {*shielded, *unseen}]
        held = await exhibits.list_blobs(reader, seen.space.id, files)
    return Shown(seen, known, {one.reference: one for one in files}, held, frozenset(shielded))
