"""The past of a page: what it was at any version, what changed since, and bringing it back.

Nothing is rewritten: a page of the past is folded from the operations up to then, and bringing it
back is a handful of ordinary operations that anybody can undo.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import blocks, contributions, pages, refold, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import pages as rows
from node.storage import payloads, purges
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.fold import block
from protocol.space.fold import page as fold
from protocol.space.fold.block import payload_of, plain
from protocol.space.fold.history import Standing
from protocol.space.fold.item import read_title
from protocol.space.fold.page import Block, Page
from protocol.space.fold.reading import payloads_of
from protocol.space.fold.versions import Change, Version, compare
from protocol.space.merge import Steps
from protocol.space.writing import By

MAX_OBJECTS = 2_000
"""Blocks that a page of the past is made of, at most: those that were removed count too."""


@dataclass(frozen=True)
class State:
    """A page as it was once. `title` is empty where it was erased since. `there` are the references
    of all blocks that lay on it, also of those beyond what a page shows."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    there: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Compared:
    """A version of a page: what it said then, and what became of it from one title to another.

    `is_past`: the page is not what it was then.
    """

    version: Version
    then: State
    changes: Sequence[Change]
    titles: tuple[str, str]
    is_past: bool


async def find(reader: Reader, space: Space, page: str, op: str, *, since: bool) -> Compared:
    """A version of a page, compared with the one before, or with the present where it is asked what
    changed `since`. Refuses with NOT_FOUND."""
    version = await _get_version(reader, space, page, op)
    then = await state_at(reader, space, page, (version.time, version.id))
    now = await _present(reader, space, page)
    one, other = then, now
    if not since:
        before = await rows.find_version_before(reader, space.id, page, (version.time, version.id))
        one, other = State("", "", ()), then
        if before is not None:
            one = await state_at(reader, space, page, (before.time, before.id))
    # Words are compared beside the loop, so that nobody else waits for a long page.
    changes = await asyncio.to_thread(compare, one.blocks, other.blocks)
    later = await asyncio.to_thread(compare, then.blocks, now.blocks, Steps(0))
    is_past = then.title != now.title or any(change.is_change for change in later)
    return Compared(version, then, changes, (one.title, other.title), is_past)


async def list_words(reader: Reader, space: Space, found: Sequence[Version]) -> dict[str, str]:
    """What versions of titles and blocks say, by id, where it is still there and hidden by nobody:
    neither a moderator nor a purge."""
    objects = {one.object for one in found if one.field in {"title", "body"}}
    hidden = set()
    for key in objects:
        made = await rows.find_any(reader, space.id, *contributions.split(key))
        if made is not None and made.standing is Standing.HIDDEN:
            hidden.add(key)
    said = [one.id for one in found if one.field in {"title", "body"} and one.object not in hidden]
    unseen = await purges.list_withheld(reader, space.id, said)
    nodes = {one.id: one.node for one in found}
    said = [id_ for id_ in said if (nodes[id_], id_) not in unseen]
    texts = await payloads.list_by_op(reader, space.id, said)
    words = {}
    for key, text in texts.items():
        body = block.read(text)
        title = read_title(text)
        words[key] = plain(body) if body is not None else title
    return {key: told for key, told in words.items() if told}


async def state_at(reader: Reader, space: Space, page: str, moment: tuple[int, str]) -> State:
    """A page as it was at a (time, id)."""
    objects = await rows.list_objects_of(reader, space.id, page, moment, limit=MAX_OBJECTS)
    told = await refold.list_items(reader, space.id, objects)
    cut = {key: fold.as_of(items, moment) for key, items in told.items()}
    needed = {id_ for items in cut.values() for id_ in payloads_of(items)}
    items = await refold.with_payloads(reader, space.id, cut, needed)
    folded = [fold.fold_block(one) for one in items.values()]
    found = [one for one in folded if one is not None and one.page == page]
    own = fold.fold_page(items.get(contributions.split(page), ()))
    return State(
        own.title if own is not None else "",
        own.language if own is not None else "",
        tuple(fold.view(found)),
        frozenset(one.reference for one in found if one.is_seen),
    )


async def restore(context: Context, account: Account, space: str, page: str, op: str) -> int:
    """Make a page what it was at a version, by ordinary operations; how many.

    Its title, its blocks and their order; who may see it stays as it is. What was erased or hidden
    since stays so. Refuses with NOT_FOUND, GONE a page that is shown no more, CONFLICT where it
    would replace a block that cannot be read here.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        shown = await pages.get_shown(transaction, kept, page)
        version = await _get_version(transaction, kept, page, op)
        then = await state_at(transaction, kept, page, (version.time, version.id))
        work = _Restoring(context, transaction, kept, alias, shown)
        await work.bring_back(then)
    if work.done:
        await replica.tell(context, space)
    return work.done


@dataclass
class _Restoring:
    """One page on its way back."""

    context: Context
    transaction: Transaction
    space: Space
    alias: str
    page: Page
    done: int = 0

    async def bring_back(self, then: State) -> None:
        if then.title and then.title != self.page.title:
            payload = contributions.payload_of(
                self.context, "payload-page", {"title": then.title}, then.language
            )
            bases = self.page.bases["title"]
            await pages.put(
                self.context,
                self.transaction,
                self.space,
                self.alias,
                self.page.reference,
                "title",
                bases,
                payload,
                audience=self.page.audience,
            )
            self.done += 1
        for one in then.blocks:
            await self._bring_back(
                one, await blocks.get(self.transaction, self.space, one.reference)
            )
        present = await rows.list_blocks(self.transaction, self.space.id, self.page.reference)
        for one in present:
            if one.reference not in then.there and one.standing is Standing.SHOWN:
                await self._put(one, "body", None, value=fold.REMOVED)

    async def _bring_back(self, then: Block, now: Block) -> None:
        if now.standing is Standing.HIDDEN:
            return
        if then.body is not None and (then.body != now.body or now.others):
            said = blocks.said_of(then.body)
            content: JSONObject = payload_of(said.kind, said.parts)
            payload = contributions.payload_of(
                self.context, blocks.SCHEMAS[said.kind], content, said.language
            )
            await self._put(now, "body", payload)
        if then.place and (then.place != now.place or now.page != then.page):
            await self._put(now, "place", None, order=then.place)

    async def _put(self, now: Block, field: str, payload: str | None, **values: str) -> None:
        if field == "body":
            await blocks.require_readable(self.transaction, self.space, now, now.bases[field])
        await replica.append(
            self.context,
            self.transaction,
            self.space,
            lambda place: writing.set_register(
                place,
                By(self.alias),
                now.reference,
                "block",
                field,
                base=now.bases[field],
                inside=self.page.reference,
                audience=self.page.audience,
                **values,
            ),
            payload,
        )
        self.done += 1


async def _present(reader: Reader, space: Space, page: str) -> State:
    shown = await pages.get(reader, space, page)
    return State(shown.title, shown.language, tuple(await rows.list_blocks(reader, space.id, page)))


async def _get_version(reader: Reader, space: Space, page: str, op: str) -> Version:
    found = await rows.find_version(reader, space.id, op)
    if found is None or found.page != page:
        raise Refused(Reason.NOT_FOUND, "There is no such version of this page.")
    return found
