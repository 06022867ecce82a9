"""`/me`: what everybody may read about oneself."""

from aiohttp import web

from node.actions import people
from node.actions.actors import Profile
from node.actions.context import CONTEXT
from node.storage import objects
from node.web import cards, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import FACE, render, see_other
from protocol.reading import optional_text_of

MAX_SUBJECTS = 20
MAX_LANGUAGES = 12
YOUNGEST, OLDEST = 3, 20


async def show(request: web.Request) -> web.Response:
    account = me(request)
    async with request.app[CONTEXT].database.read() as reader:
        stored = await objects.find(reader, account.actor)
    document = {} if stored is None else stored.document
    text, language = cards.about(document)
    form = Form.filled(
        name=account.name,
        role=optional_text_of(document, "role"),
        availability=optional_text_of(document, "availability"),
        subjects=cards.listed(document, "subjects"),
        languages=cards.listed(document, "languages"),
        age_from=cards.number(document, "ageFrom"),
        age_to=cards.number(document, "ageTo"),
        about=text,
        about_language=language or account.language,
        language=account.language,
    )
    return render(request, "me.html", form=form)


async def save(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    form = await read_form(request)
    name = form.line("name")
    text = form.text("about", longest=5_000, required=False)
    language = form.choice("about_language", words.LANGUAGES)
    age_from = form.number("age_from", lowest=YOUNGEST, highest=OLDEST, required=False)
    age_to = form.number("age_to", lowest=YOUNGEST, highest=OLDEST, required=False)
    if age_from is not None and age_to is not None and age_to < age_from:
        form.say("age_to", words.AGES_TURNED)
    profile = Profile(
        name=name,
        role=form.choice("role", words.ROLES, required=False),
        subjects=form.choices("subjects", words.SUBJECTS, most=MAX_SUBJECTS),
        languages=form.choices("languages", words.LANGUAGES, most=MAX_LANGUAGES),
        age_from=age_from,
        age_to=age_to,
        availability=form.choice("availability", words.AVAILABILITY, required=False),
        about=text,
        about_language=language if text else "",
    )
    offered = request.app[FACE].languages.tags()
    own = form.choice("language", offered)
    if form.ok:
        with form.mending():
            await people.update_profile(context, account, profile)
            if own != account.language:
                await people.set_language(context, account, own)
            return see_other(f"/people/{account.handle}", "saved")
    return render(request, "me.html", status=422, form=form)
