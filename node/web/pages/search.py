"""`/search`: finding people, schools, projects and notices by words and by what they say.

What this node knows itself comes first, then the hub's directory. While somebody types, only the
first is asked; the hub is asked when the form is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from node.actions.context import CONTEXT, Context
from node.actions.search import FromHub, ask_hub
from node.storage import listings, objects
from node.storage.listings import Page
from node.web import results, words
from node.web.door import me
from node.web.forms import Form
from node.web.render import FRAME, render
from protocol import directory
from protocol.directory import Cursor, Query
from protocol.fresh import is_to_be_renewed

_MORE = ("language", "subject", "country", "region", "age_from", "age_to", "availability")
_SUBJECTS = frozenset(words.codes("subject"))
_COUNTRIES = frozenset(words.codes("country"))
_OVER = "over"
"""Stands in an address for a cursor behind the last result."""


@dataclass(frozen=True)
class _Asked:
    """What the address asks; a cursor is None where nothing is left."""

    query: Query
    own: Cursor | None
    hub: Cursor | None


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    typed = {name: request.query.getall(name, []) for name in directory.PARAMETERS}
    form = Form(typed | {"beyond": request.query.getall("beyond", [])})
    asked = _read(form, typed)
    page, beyond = Page((), None), FromHub("none")
    if asked is not None:
        page = await _search_here(context, asked)
        # A script that searches while somebody types would ask the hub at every letter.
        if asked.hub is not None and not request[FRAME].partial:
            beyond = await ask_hub(context, asked.query, asked.hub)
    newest = {one.id: one for one in beyond.results}
    found = [newest.pop(one.id, one) for one in page.results] + list(newest.values())
    async with context.database.read() as reader:
        shown = await results.cards_of(reader, context.base, found, context.now())
        own = await objects.find(reader, account.actor)
    return render(
        request,
        "search.html",
        status=422 if asked is None else 200,
        form=form,
        found=shown,
        hub=beyond,
        more="" if asked is None else _more(asked.query, page, beyond),
        asked=asked is not None and not asked.query.is_empty,
        narrowed=any(form.value(name) for name in _MORE),
        renew=own is not None and is_to_be_renewed(own.document, context.now()),
    )


async def _search_here(context: Context, asked: _Asked) -> Page:
    if asked.own is None:
        return Page((), None)
    async with context.database.read() as reader:
        return await listings.search(reader, asked.query, asked.own, now_ms=context.now_ms())


def _more(query: Query, page: Page, beyond: FromHub) -> str:
    """The address of the next page; "" where this one is the last."""
    if page.next is None and beyond.next is None:
        return ""
    cursors = (("after", page.next), ("beyond", beyond.next))
    pairs = [(name, _OVER if cursor is None else str(cursor)) for name, cursor in cursors]
    return "/search?" + urlencode([*query.pairs(), *pairs])


def _read(form: Form, typed: Mapping[str, Sequence[str]]) -> _Asked | None:
    """What is asked, and from where on; what is wrong with it is noted in the form."""
    ages = [
        form.number(name, lowest=directory.AGES[0], highest=directory.AGES[-1], required=False)
        for name in ("age_from", "age_to")
    ]
    if None not in ages and ages != sorted(age for age in ages if age is not None):
        form.say("age_to", words.AGES_TURNED)
    if form.ok:
        with form.mending("q"):
            return _Asked(
                directory.read_query(typed, subjects=_SUBJECTS, countries=_COUNTRIES),
                _cursor(form, "after"),
                _cursor(form, "beyond"),
            )
    return None


def _cursor(form: Form, name: str) -> Cursor | None:
    written = form.value(name)
    return None if written == _OVER else directory.read_cursor(written)
