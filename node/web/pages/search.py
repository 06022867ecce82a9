"""`/search`: finding people, schools, projects and notices by words and by what they say."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from aiohttp import web

from node.actions.context import CONTEXT
from node.storage import listings, objects
from node.web import results, words
from node.web.door import me
from node.web.forms import Form
from node.web.render import render
from protocol import directory
from protocol.directory import Cursor, Query
from protocol.fresh import is_to_be_renewed

_MORE = ("language", "subject", "country", "region", "age_from", "age_to", "availability")
_SUBJECTS = frozenset(words.codes("subject"))
_COUNTRIES = frozenset(words.codes("country"))


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    typed = {name: request.query.getall(name, []) for name in directory.PARAMETERS}
    form = Form(typed)
    query, cursor = _read(form, typed)
    async with context.database.read() as reader:
        page = listings.Page((), None)
        if form.ok:
            page = await listings.search(reader, query, cursor, now_ms=context.now_ms())
        found = await results.cards_of(reader, context.base, page.results, context.now())
        own = await objects.find(reader, account.actor)
    more = ""
    if page.next is not None:
        more = "/search?" + urlencode([*query.pairs(), ("after", str(page.next))])
    return render(
        request,
        "search.html",
        status=200 if form.ok else 422,
        form=form,
        found=found,
        more=more,
        asked=not query.is_empty,
        narrowed=any(form.value(name) for name in _MORE),
        renew=own is not None and is_to_be_renewed(own.document, context.now()),
    )


def _read(form: Form, typed: Mapping[str, Sequence[str]]) -> tuple[Query, Cursor]:
    """What is asked, and from where on; what is wrong with it is noted in the form."""
    ages = [
        form.number(name, lowest=directory.AGES[0], highest=directory.AGES[-1], required=False)
        for name in ("age_from", "age_to")
    ]
    if None not in ages and ages != sorted(age for age in ages if age is not None):
        form.say("age_to", words.AGES_TURNED)
    if form.ok:
        with form.mending("q"):
            query = directory.read_query(typed, subjects=_SUBJECTS, countries=_COUNTRIES)
            return query, directory.read_cursor(form.value("after"))
    return Query(), Cursor()
