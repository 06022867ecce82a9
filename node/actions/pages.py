"""Pages of a space: what they are called, where they stand, who may see them; trash and back.

Any teacher of the space changes any page: a page belongs to the space, not to a school.
"""

from collections.abc import Mapping, Sequence

from node.actions import contributions, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import pages
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import fraction, writing
from protocol.space.fold import page as fold
from protocol.space.fold import register
from protocol.space.fold.history import Standing
from protocol.space.fold.page import Page
from protocol.space.vocabulary import MAX_BASE, is_hash
from protocol.space.writing import By

MAX_PAGES = 1_000


async def make(
    context: Context,
    account: Account,
    space: str,
    *,
    title: str,
    language: str,
    audience: str,
    opened: bool = False,
) -> str:
    """A new page, the last in the list; its reference. `opened`: pupils may write on it. Refuses
    with BAD_INPUT what cannot stand."""
    payload = _title(context, title, language)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        total = await pages.count_pages(transaction, space)
        if total >= MAX_PAGES:
            raise Refused(Reason.TOO_MANY_ITEMS, f"A space has at most {MAX_PAGES} pages.")
        last = await pages.list_pages(transaction, space, limit=1, offset=total - 1 if total else 0)
        order = fraction.between(last[0].place if last else "", "") or "h0"
        pupils = {"pupils": register.OPEN} if opened else {}
        name = await contributions.write(
            context,
            transaction,
            kept,
            alias,
            lambda place, by, name: writing.create(
                place, by, name, "page", audience=audience, order=order, **pupils
            ),
            payload,
        )
        page = contributions.named(kept, name)
        _require_title(await get(transaction, kept, page))
    await replica.tell(context, space)
    return page


async def settle(
    context: Context,
    account: Account,
    space: str,
    page: str,
    *,
    title: str,
    language: str,
    audience: str,
    bases: Mapping[str, Sequence[str]],
    opened: bool = False,
) -> None:
    """Its title, who may see it (`teachers` or `members`), and whether pupils may write on it;
    written is what changes.

    `bases` are by `title` and `sight` the versions from which the writer started. Refuses with
    BAD_INPUT, GONE a page in the trash, CONFLICT what somebody else has changed meanwhile: then
    neither is written.
    """
    payload = _title(context, title, language)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get_shown(transaction, kept, page)
        if (title.strip(), language) != (found.title, found.language):
            standing = found.bases["title"]
            _require_standing(bases["title"], standing)
            await put(context, transaction, kept, alias, page, "title", standing, payload)
            _require_title(await get(transaction, kept, page))
        if audience != found.audience:
            standing = found.bases["sight"]
            _require_standing(bases["sight"], standing)
            await put(
                context, transaction, kept, alias, page, "sight", standing, None, audience=audience
            )
        opened = opened and audience == "members"
        if opened != found.opened:
            word = register.OPEN if opened else register.CLOSED
            # Rows that an older program folded know of no register `pupils`.
            standing = found.bases.get("pupils", ())
            await put(
                context, transaction, kept, alias, page, "pupils", standing, None, pupils=word
            )
    await replica.tell(context, space)


async def move(context: Context, account: Account, space: str, page: str, *, earlier: bool) -> None:
    """One place up or down in the list of pages."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get_shown(transaction, kept, page)
        listed = await pages.list_pages(transaction, space, limit=MAX_PAGES)
        others = [one for one in listed if one.reference != found.reference]
        at = sum(fold.order(one) < fold.order(found) for one in others) + (-1 if earlier else 1)
        if not 0 <= at <= len(others):
            return
        start, keys = fraction.make_room([one.place for one in others], at)
        others.insert(at, found)
        for one, order in zip(others[start:], keys, strict=False):
            bases = one.bases["place"]
            await put(
                context,
                transaction,
                kept,
                alias,
                one.reference,
                "place",
                bases,
                None,
                audience=one.audience,
                order=order,
            )
    await replica.tell(context, space)


async def remove(context: Context, account: Account, space: str, page: str) -> None:
    """Into the trash, from which anybody of the space takes it back."""
    await _put_presence(context, account, space, page, fold.REMOVED)


async def put_back(context: Context, account: Account, space: str, page: str) -> None:
    """Out of the trash again."""
    await _put_presence(context, account, space, page, fold.THERE)


async def _put_presence(
    context: Context, account: Account, space: str, page: str, value: str
) -> None:
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get(transaction, kept, page)
        wanted = Standing.DELETED if value == fold.REMOVED else Standing.SHOWN
        if found.standing is wanted:
            return
        if found.standing not in {Standing.SHOWN, Standing.DELETED}:
            raise Refused(Reason.GONE, "This page is not shown any more.")
        bases = found.bases["presence"]
        await put(
            context,
            transaction,
            kept,
            alias,
            page,
            "presence",
            bases,
            None,
            audience=found.audience,
            value=value,
        )
    await replica.tell(context, space)


async def put(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    page: str,
    field: str,
    bases: Sequence[str],
    payload: str | None,
    *,
    audience: str = "members",
    **values: str,
) -> None:
    """Append a version of one register of a page."""
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.set_register(
            place, By(alias), page, "page", field, base=bases, audience=audience, **values
        ),
        payload,
    )


async def require_bases(
    reader: Reader,
    space: Space,
    object_: str,
    bases: Sequence[str],
    standing: Sequence[str],
) -> None:
    """What a form says that it started from has to be versions of that very object, at most 16; and
    some, unless none stand any more. Refuses with BAD_INPUT."""
    if len(bases) > MAX_BASE or len(set(bases)) < len(bases) or (standing and not bases):
        raise Refused(Reason.BAD_INPUT, "The form does not say which version it started from.")
    for one in bases:
        found = await pages.find_version(reader, space.id, one) if is_hash(one) else None
        if found is None or found.object != object_:
            raise Refused(Reason.BAD_INPUT, "The form started from something else.")


def _require_standing(bases: Sequence[str], standing: Sequence[str]) -> None:
    if set(bases) != set(standing):
        raise Refused(Reason.CONFLICT, "Somebody has changed this meanwhile.")


async def get(reader: Reader, space: Space, page: str) -> Page:
    """Refuses with NOT_FOUND."""
    home, name = contributions.split(page)
    found = await pages.find_page(reader, space.id, home, name)
    if found is None:
        raise contributions.not_here()
    return found


async def get_shown(reader: Reader, space: Space, page: str) -> Page:
    """Refuses with NOT_FOUND, and with GONE a page in the trash or hidden."""
    found = await get(reader, space, page)
    if found.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This page is not shown any more.")
    return found


def _title(context: Context, title: str, language: str) -> str:
    return contributions.payload_of(context, "payload-page", {"title": title.strip()}, language)


def _require_title(found: Page) -> None:
    if not found.title:
        raise Refused(Reason.BAD_INPUT, "This cannot be shown; leave out special characters.")
