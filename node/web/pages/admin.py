"""`/admin`: what an administrator looks after. `/admin/settings`: the school card and settings."""

from dataclasses import asdict

from aiohttp import web

from node import config
from node.actions import actors, people, school
from node.actions.actors import Card
from node.actions.context import CONTEXT
from node.actions.identity import list_listed_keys
from node.storage import backups, deliveries, objects, partners
from node.storage.deliveries import Delivery
from node.web import cards, views, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import render, see_other
from protocol import names
from protocol.keys import PublicKey, fingerprint
from protocol.reading import optional_text_of

MAX_TYPES = 8


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    everybody = await people.list_accounts(context, me(request))
    async with context.database.read() as reader:
        known = await partners.list_all(reader)
        waiting = await deliveries.list_open(reader)
        backup = await backups.find_last_made(reader)
        newest = await backups.list_newest(reader, 1)
        keys = await list_listed_keys(reader, names.service_actor_id(context.base))
    states = [one.state for one in everybody]
    return render(
        request,
        "admin.html",
        address=context.base,
        partners_approved=sum(one.state == "approved" for one in known),
        partners_waiting=sum(one.state == "pending" for one in known),
        deliveries_waiting=len(waiting),
        deliveries_late=sum(_is_late(one) for one in waiting),
        accounts=states.count("active"),
        accounts_waiting=states.count("waiting"),
        backup_ms=None if backup is None else backup.made_ms,
        backups_trouble=not newest or bool(newest[0].trouble),
        fingerprint=fingerprint(PublicKey.read(keys[-1].multikey)) if keys else "",
    )


async def settings(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        stored = await objects.find(reader, await actors.get_school(reader))
    document = {} if stored is None else stored.document
    text, language = cards.about(document)
    form = Form.filled(
        name=optional_text_of(document, "name"),
        country=optional_text_of(document, "country"),
        city=optional_text_of(document, "city"),
        region=optional_text_of(document, "region"),
        types=cards.listed(document, "schoolTypes"),
        sector=optional_text_of(document, "sector"),
        languages=cards.listed(document, "languages"),
        register_number=optional_text_of(document, "registerNumber"),
        about=text,
        about_language=language or me(request).language,
    )
    return _settings_page(request, form, 200)


async def save(request: web.Request) -> web.Response:
    form = await read_form(request)
    text = form.text("about", longest=5_000, required=False)
    language = form.choice("about_language", words.LANGUAGES)
    card = Card(
        name=form.line("name"),
        country=form.choice("country", words.COUNTRIES),
        city=form.line("city", required=False),
        region=form.line("region", required=False),
        types=form.choices("types", words.SCHOOL_TYPES, most=MAX_TYPES),
        sector=form.choice("sector", words.SECTORS, required=False),
        languages=form.choices("languages", words.LANGUAGES, most=12),
        register_number=form.line("register_number", required=False),
        about=text,
        about_language=language if text else "",
    )
    if form.ok:
        with form.mending():
            await school.update_card(request.app[CONTEXT], me(request), card)
            return see_other("/admin/settings", "saved")
    return _settings_page(request, form, 422)


def _settings_page(request: web.Request, form: Form, status: int) -> web.Response:
    effective = asdict(request.app[CONTEXT].settings)
    shown = [
        views.Setting(one.name, _value(effective, one.name), one.description)
        for one in config.describe()
    ]
    return render(request, "settings.html", status=status, form=form, settings=shown)


def _value(effective: dict[str, dict[str, object]], name: str) -> str:
    section, _, key = name.partition(".")
    value = effective[section][key]
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value is None else str(value)


def _is_late(delivery: Delivery) -> bool:
    return delivery.attempts > 0
