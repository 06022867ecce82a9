"""`/contacts`: offers in and out, their answers, and who is a contact."""

from collections.abc import Sequence

from aiohttp import web

from node.actions import contacts as acting
from node.actions.context import CONTEXT
from node.storage import contacts, deliveries
from node.storage.contacts import Contact
from node.storage.database import Reader
from node.web import directory, questions, views
from node.web.directory import Directory, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol import names
from protocol.errors import Reason, Refused

SHOWN_ANSWERED_MS = 30 * 86_400_000
_ANSWERED = {"not_now": "not_now", "no": "no", "lapsed": "lapsed"}


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def answer(request: web.Request) -> web.Response:
    form = await read_form(request)
    offer = form.value("offer")
    chosen = form.value("answer")
    with form.mending():
        match chosen:
            case "yes" | "not_now" | "no":
                await acting.answer(request.app[CONTEXT], me(request), offer, chosen)
            case _:
                raise Refused(Reason.BAD_INPUT, "The answer is yes, not_now or no.")
        return see_other("/contacts", "contact-answered")
    return await _page(request, form, 422)


async def withdraw(request: web.Request) -> web.Response:
    form = await read_form(request)
    with form.mending():
        await acting.withdraw(request.app[CONTEXT], me(request), form.value("offer"))
        return see_other("/contacts", "contact-withdrawn")
    return await _page(request, form, 422)


async def confirm_end(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    async with context.database.read() as reader:
        contact = await contacts.find(reader, request.query.get("offer", ""))
        if contact is None or account.actor not in {contact.offerer, contact.offered}:
            raise Refused(Reason.NOT_FOUND, "There is no such contact.")
        known = await directory.look_up(reader, context.base, [contact.other(account.actor)])
    return questions.ask(
        request,
        form=Form.filled(offer=contact.offer),
        back="/contacts",
        question=later("End the contact with %(name)s?"),
        consequence=later("You can no longer write to each other. Shared projects go on."),
        yes=later("End the contact"),
        values={"name": known.person(contact.other(account.actor)).name},
    )


async def end(request: web.Request) -> web.Response:
    form = await read_form(request)
    await acting.end(request.app[CONTEXT], me(request), form.value("offer"))
    return see_other("/contacts", "contact-ended")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    own = me(request).actor
    async with context.database.read() as reader:
        rows = await contacts.list_of_actor(reader, own)
        since_ms = context.now_ms() - SHOWN_ANSWERED_MS
        sent = [one for one in rows if _is_shown_as_sent(one, own, since_ms)]
        known = await directory.look_up(reader, context.base, [one.other(own) for one in rows])
        arrived = await _arrivals(reader, sent, context.base)
    received = [one for one in rows if one.offered == own and one.state == "offered"]
    standing = [one for one in rows if one.state == "contacts"]
    return render(
        request,
        "contacts.html",
        status=status,
        form=form,
        received=[_view(one, own, known) for one in received],
        sent=[_view(one, own, known, arrived.get(one.offer)) for one in sent],
        contacts=[_view(one, own, known) for one in standing],
    )


def _is_shown_as_sent(contact: Contact, own: str, since_ms: int) -> bool:
    if contact.offerer != own:
        return False
    return contact.state == "offered" or (
        contact.state in _ANSWERED and contact.changed_ms > since_ms
    )


async def _arrivals(reader: Reader, sent: Sequence[Contact], base: str) -> dict[str, int]:
    """When each offer arrived; nothing for those on their way."""
    arrived: dict[str, int] = {}
    for one in sent:
        if names.same_origin(one.offered, base):
            arrived[one.offer] = one.offered_ms
            continue
        delivery = await deliveries.find_state_of(reader, one.offer)
        if delivery is not None and delivery.state == "done":
            arrived[one.offer] = delivery.changed_ms
    return arrived


def _view(
    contact: Contact, own: str, known: Directory, arrived_ms: int | None = None
) -> views.Contact:
    other = contact.other(own)
    return views.Contact(
        id=contact.offer,
        person=known.person(other),
        note=contact.note,
        language=contact.language,
        sent_ms=contact.offered_ms,
        lapses_ms=contact.offered_ms + acting.LAPSE_MS,
        delivered_ms=arrived_ms,
        answer=_ANSWERED.get(contact.state, ""),
        message_path="/messages/" + path_of(other, known.base).removeprefix("/people/"),
    )
