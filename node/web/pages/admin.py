"""`/admin`: what an administrator looks after. `/admin/settings`: the school card and settings."""

import re
from dataclasses import asdict

from aiohttp import web

from node import config
from node.actions import actors, ledger, mail_server, people, school, trust
from node.actions.actors import Card
from node.actions.context import CONTEXT, Context
from node.actions.identity import list_listed_keys
from node.storage import backups, deliveries, membership, objects, partners
from node.storage.deliveries import Delivery
from node.storage.membership import Membership
from node.web import agency, office_views, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol import names
from protocol.keys import PublicKey, fingerprint

MAX_TYPES = 8
YOUNGEST, OLDEST = 3, 20
_NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{1,3}")
# Two countries have another code there than in ISO 3166-1.
_NUTS_COUNTRIES = {"GR": "EL", "GB": "UK"}


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    everybody = await people.list_accounts(context, me(request))
    async with context.database.read() as reader:
        known = await partners.count(reader, 0)
        waiting = await deliveries.list_open(reader)
        backup = await backups.find_last_made(reader)
        newest = await backups.list_newest(reader, 1)
        member = await membership.find(reader)
        keys = await list_listed_keys(reader, names.service_actor_id(context.base))
        sends_mail = await mail_server.is_configured(context, reader)
    states = [one.state for one in everybody]
    return render(
        request,
        "admin.html",
        address=context.base,
        partners_approved=known.approved,
        partners_waiting=known.waiting,
        deliveries_waiting=len(waiting),
        deliveries_late=sum(_is_late(one) for one in waiting),
        accounts=states.count("active"),
        accounts_waiting=states.count("waiting"),
        mail=sends_mail,
        erasures_overdue=await ledger.count_overdue(context),
        backup_ms=None if backup is None else backup.made_ms,
        backups_trouble=not newest or bool(newest[0].trouble),
        hub_mode=trust.is_hub(context),
        hub_state="" if member is None else member.state,
        hub_waits=member is not None and _ends_soon(member, context),
        fingerprint=fingerprint(PublicKey.read(keys[-1].multikey)) if keys else "",
    )


async def settings(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        stored = await objects.find(reader, await actors.get_school(reader))
    card = actors.card_of({} if stored is None else stored.document)
    north, east = card.location or (None, None)
    form = Form.filled(
        name=card.name,
        country=card.country,
        city=card.city,
        region=card.region,
        nuts=card.nuts,
        latitude="" if north is None else str(north / 10),
        longitude="" if east is None else str(east / 10),
        website=card.website,
        types=card.types,
        sector=card.sector,
        languages=card.languages,
        age_from=card.age_from,
        age_to=card.age_to,
        register_number=card.register_number,
        about=card.about,
        about_language=card.about_language or me(request).language,
        reach=card.reach,
    )
    return _settings_page(request, form, 200)


async def save(request: web.Request) -> web.Response:
    form = await read_form(request)
    card = _read_card(form)
    if form.ok:
        with form.mending():
            await school.update_card(request.app[CONTEXT], me(request), card)
            return see_other("/admin/settings", "saved")
    return _settings_page(request, form, 422)


def _read_card(form: Form) -> Card:
    text = form.text("about", longest=5_000, required=False)
    language = form.choice("about_language", words.LANGUAGES)
    country = form.choice("country", words.COUNTRIES)
    age_from = form.number("age_from", lowest=YOUNGEST, highest=OLDEST, required=False)
    age_to = form.number("age_to", lowest=YOUNGEST, highest=OLDEST, required=False)
    if age_from is not None and age_to is not None and age_to < age_from:
        form.say("age_to", words.AGES_TURNED)
    return Card(
        name=form.line("name"),
        country=country,
        city=form.line("city", required=False),
        region=form.line("region", required=False),
        nuts=_read_region(form, country),
        location=_read_place(form),
        website=form.website("website"),
        types=form.choices("types", words.SCHOOL_TYPES, most=MAX_TYPES),
        sector=form.choice("sector", words.SECTORS, required=False),
        languages=form.choices("languages", words.LANGUAGES, most=12),
        age_from=age_from,
        age_to=age_to,
        register_number=form.line("register_number", required=False),
        about=text,
        about_language=language if text else "",
        reach=form.choice("reach", words.REACH),
    )


def _read_region(form: Form, country: str) -> str:
    """The code of the region; it begins with that of its country, as NUTS spells it."""
    code = form.line("nuts", longest=5, required=False).upper()
    if code and not (_NUTS.fullmatch(code) and code[:2] == _NUTS_COUNTRIES.get(country, country)):
        form.say("nuts", later("Write the code of a region in your country, for example DE30."))
    return code


def _read_place(form: Form) -> tuple[int, int] | None:
    north = form.tenths("latitude", most=90)
    east = form.tenths("longitude", most=180)
    if (north is None) != (east is None):
        form.say("latitude", later("Write both numbers, or none."))
    return None if north is None or east is None else (north, east)


def _settings_page(request: web.Request, form: Form, status: int) -> web.Response:
    effective = asdict(request.app[CONTEXT].settings)
    shown = [
        office_views.Setting(one.name, _value(effective, one.name), one.description)
        for one in config.describe()
    ]
    return render(request, "settings.html", status=status, form=form, settings=shown)


def _value(effective: dict[str, dict[str, object]], name: str) -> str:
    section, _, key = name.partition(".")
    value = effective[section][key]
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value is None else str(value)


def _ends_soon(member: Membership, context: Context) -> bool:
    """Whether the administrator has to see to the accreditation."""
    if member.state != "accredited" or member.credential is None:
        return member.state == "revoked"
    warn_ms = context.settings.hub.warn_days * agency.DAY_MS
    return agency.ends_ms(member.credential) - context.now_ms() < warn_ms


def _is_late(delivery: Delivery) -> bool:
    return delivery.attempts > 0
