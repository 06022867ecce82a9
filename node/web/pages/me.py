"""`/me`: what others read about oneself. `/me/availability`: still looking for partners?"""

from aiohttp import web

from node.actions import actors, people
from node.actions.actors import Profile
from node.actions.context import CONTEXT
from node.storage import objects
from node.web import words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import FACE, render, see_other
from protocol.errors import Reason, Refused

MAX_SUBJECTS = 20
MAX_LANGUAGES = 12
MAX_COMPETENCES = 8
YOUNGEST, OLDEST = 3, 20


async def show(request: web.Request) -> web.Response:
    account = me(request)
    shown = await _profile(request)
    form = Form.filled(
        name=account.name,
        role=shown.role,
        availability=shown.availability,
        subjects=shown.subjects,
        languages=shown.languages,
        age_from=shown.age_from,
        age_to=shown.age_to,
        key_competences=shown.key_competences,
        about=shown.about,
        about_language=shown.about_language or account.language,
        reach=shown.reach,
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
        key_competences=form.choices("key_competences", words.COMPETENCES, most=MAX_COMPETENCES),
        availability=form.choice("availability", words.AVAILABILITY, required=False),
        about=text,
        about_language=language if text else "",
        reach=form.choice("reach", words.REACH),
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


async def ask_availability(request: web.Request) -> web.Response:
    shown = await _profile(request)
    if not shown.availability:
        raise Refused(Reason.NOT_FOUND, "There is no availability to renew.")
    return render(
        request,
        "availability.html",
        availability=shown.availability,
        said_on=shown.availability_date,
    )


async def renew_availability(request: web.Request) -> web.Response:
    await people.renew_availability(request.app[CONTEXT], me(request))
    return see_other("/home", "availability-renewed")


async def _profile(request: web.Request) -> Profile:
    async with request.app[CONTEXT].database.read() as reader:
        stored = await objects.find(reader, me(request).actor)
    return Profile(me(request).name) if stored is None else actors.profile_of(stored.document)
