"""`/notices`: who looks for partners. `/notices/{name}`: one notice, its answer, taking it back."""

from dataclasses import replace

from aiohttp import web

from node.actions import notices
from node.actions.context import CONTEXT
from node.storage import contacts, follows, objects
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.objects import StoredDocument
from node.web import cards, directory, questions, words
from node.web.directory import Directory, actor_of, path_of
from node.web.door import me, signed_in
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.objects import stamp

AT_ONCE = 60


async def show_all(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    chosen = Form({name: [value] for name, value in request.query.items()})
    async with context.database.read() as reader:
        found = await objects.list_open_notices(
            reader,
            account.actor,
            stamp(context.now()),
            purpose=chosen.choice("purpose", words.PURPOSES, required=False),
            country=chosen.choice("country", words.COUNTRIES, required=False),
            language=chosen.choice("language", words.LANGUAGES, required=False),
            limit=AT_ONCE,
        )
        mine = await objects.list_of_owner(reader, account.actor, "notice")
        known = await directory.look_up(
            reader, context.base, [account.actor, *(one.owner for one in found)]
        )
    own = {one.id for one in mine}
    return render(
        request,
        "notices.html",
        form=chosen,
        narrowed=any(chosen.value(name) for name in ("purpose", "country", "language")),
        notices=[cards.notice(one, known, context.now()) for one in found if one.id not in own],
        mine=[cards.notice(one, known, context.now()) for one in mine],
    )


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    asking = signed_in(request)
    account = None if asking is None else asking.account
    id_ = _id_of(request)
    if account is not None:
        stored = await notices.find(context, id_)
    else:
        stored = await _find_open(request, id_)
    async with context.database.read() as reader:
        known = await directory.look_up(reader, context.base, [stored.owner])
        answer, path = "", ""
        if account is not None and account.actor != stored.owner:
            answer, path = await _answer(reader, account, stored, known)
    shown = cards.notice(stored, known, context.now())
    return render(
        request,
        "notice.html",
        notice=replace(
            shown,
            author=next(iter(known.people([stored.owner], account)), None),
            mine=account is not None and account.actor == stored.owner,
            answer="" if shown.over else answer,
            answer_path=path,
        ),
    )


async def confirm_take_back(request: web.Request) -> web.Response:
    account = me(request)
    async with request.app[CONTEXT].database.read() as reader:
        stored = await objects.find(reader, _id_of(request))
    if stored is None or stored.buried or stored.owner != account.actor:
        raise Refused(Reason.NOT_FOUND, "There is no such notice of yours.")
    return questions.ask(
        request,
        back=path_of(stored.id, request.app[CONTEXT].base),
        question=later("Take this notice back?"),
        consequence=later("It goes from every school that got it. This cannot be undone."),
        quoted=str(stored.document["name"]),
        yes=later("Take it back"),
    )


async def take_back(request: web.Request) -> web.Response:
    await notices.take_back(request.app[CONTEXT], me(request), _id_of(request))
    return see_other("/notices", "notice-down")


def _id_of(request: web.Request) -> str:
    return actor_of("notices", request.match_info["name"], request.app[CONTEXT].base)


async def _find_open(request: web.Request, id_: str) -> StoredDocument:
    """An own notice that everybody may read. What is hidden and what is absent are alike."""
    async with request.app[CONTEXT].database.read() as reader:
        stored = await objects.find(reader, id_)
    if stored is None or stored.kind != "notice" or not directory.is_open(stored, None):
        raise Refused(Reason.NOT_FOUND, "There is no such notice.")
    if stored.buried:
        raise Refused(Reason.GONE, "This notice was taken back.")
    return stored


async def _answer(
    reader: Reader, account: Account, stored: StoredDocument, known: Directory
) -> tuple[str, str]:
    """How this reader may answer, and where: by an offer of a contact, or a letter to one."""
    if await follows.is_blocked(reader, account.actor, stored.owner):
        return "", ""
    writer = path_of(stored.owner, known.base)
    asked = f"?notice={path_of(stored.id, known.base).removeprefix('/notices/')}"
    contact = await contacts.find_pair(reader, account.actor, stored.owner)
    match None if contact is None else contact.state:
        case "contacts":
            return "message", f"/messages/{writer.removeprefix('/people/')}{asked}"
        case "offered" if contact is not None and contact.offerer == account.actor:
            return "sent", "/contacts"
        case "offered":
            return "received", "/contacts"
        case _:
            return "offer", f"{writer}/contact{asked}"
