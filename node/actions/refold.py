"""Makes what people see of what is effective: views, search rows and the past of pages.

What was written here, and what came by itself, is shown in the transaction that keeps it. Of many
operations at once the content is shown behind them: the batch notes in its own transaction which
objects it changed, and `step` folds what is noted, so that a crash between loses nothing. Until
then the space is `behind`, and its pages say so.

Whatever changes what was there (an erasure, a fork, a cut) folds its objects at once, from all that
is stored, noted or not. To fold an object once more changes nothing.
"""

import asyncio
import traceback
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from node import events
from node.actions.context import Context
from node.storage import (
    content_words,
    descendants,
    erasures,
    operations,
    pages,
    payloads,
    purges,
    shown,
    unfolded,
    views,
)
from node.storage import proposals as proposal_rows
from node.storage.database import Reader, Transaction
from node.storage.descendants import Named
from protocol.space.apply import Judgement
from protocol.space.effects import Touched
from protocol.space.fold import descent, kinds, membership, proposals
from protocol.space.fold import page as page_fold
from protocol.space.fold.descent import Descendant
from protocol.space.fold.item import Item
from protocol.space.fold.membership import Member
from protocol.space.fold.page import Block, Page
from protocol.space.fold.proposals import Proposal
from protocol.space.fold.reading import payloads_of
from protocol.space.fold.versions import Version, versions
from protocol.space.vocabulary import reference

TOPIC: Final = "views"
"""News that something waits to be folded."""
MANY: Final = 100
"""A batch with so many effects is folded behind."""


@dataclass(frozen=True)
class Folded:
    """What objects look like, by home and name, each kind of view apart; None is nothing to see.

    `inherited` are only those of which something was erased: versions that descend from it, each
    with the school that wrote it.
    """

    posts: Sequence[shown.Folded]
    pages: Sequence[tuple[str, str, Page | None]]
    blocks: Sequence[tuple[str, str, Block | None]]
    past: Sequence[tuple[str, Sequence[Version]]]
    people: Sequence[tuple[str, str, Member | None]]
    asked: Sequence[tuple[str, str, Proposal | None]]
    inherited: Sequence[tuple[Named, Sequence[tuple[str, Descendant]]]]


async def everything(context: Context, space: str) -> None:
    """Make all views of a space anew from its effective operations."""
    async with context.database.write() as transaction:
        await shown.drop_all(transaction, space)
        await pages.drop_all(transaction, space)
        await content_words.drop_all(transaction, space)
        await descendants.drop_all(transaction, space)
        await unfolded.drop_all(transaction, space)
        await objects(transaction, space, await operations.list_objects(transaction, space))


def put_off(judgement: Judgement) -> set[Touched]:
    """What of a batch of operations is folded behind it: content, where it is much. Who is there
    and what is asked for decides about what comes next."""
    if len(judgement.effects) < MANY:
        return set()
    return {one for one in judgement.touched if one.fold == "content"}


async def step(context: Context) -> int | None:
    """Fold whatever waits; for the worker, who is woken by news. A space in which a fold raises is
    told of and left for the next round, and holds no other one up."""
    stuck: set[str] = set()
    while (space := await _find_next(context, stuck)) is not None:
        (done,) = await asyncio.gather(_fold_next(context, space), return_exceptions=True)
        if isinstance(done, BaseException):
            if not isinstance(done, Exception):
                raise done
            last = traceback.extract_tb(done.__traceback__)[-1:]
            where = "".join(f"{frame.filename}:{frame.lineno}" for frame in last)
            events.fold_failed(space, type(done).__name__, where)
            stuck.add(space)
    return None


async def _find_next(context: Context, stuck: AbstractSet[str]) -> str | None:
    """The space in which something waits longest, but for those that are `stuck`."""
    async with context.database.read() as reader:
        return await unfolded.find_space(reader, stuck)


async def catch_up(context: Context, space: str) -> None:
    """Fold whatever waits of one space."""
    while await _fold_next(context, space):
        pass


async def _fold_next(context: Context, space: str) -> bool:
    """Fold what waits longest in a space, a batch in a transaction of its own. False where nothing
    waits."""
    async with context.database.read() as reader:
        if await unfolded.find_next(reader, space) is None:
            return False
    async with context.database.write() as transaction:
        due = await unfolded.find_next(transaction, space)
        if due is not None:
            await objects(transaction, due.space, due.objects)
            await unfolded.drop(transaction, due)
    return True


async def objects(transaction: Transaction, space: str, changed: Sequence[Touched]) -> None:
    """Fold objects again from their effective operations, and show what comes out."""
    folded = await fold(transaction, space, changed)
    if folded.posts:
        await asyncio.gather(
            shown.put(transaction, space, folded.posts),
            pages.put_pages(transaction, space, folded.pages),
            pages.put_blocks(transaction, space, folded.blocks),
            pages.put_versions(transaction, space, folded.past),
        )
        await content_words.put(transaction, space, [*folded.posts, *folded.pages])
    if folded.inherited:
        await descendants.put(transaction, space, folded.inherited)
    if folded.people:
        await views.put_people(transaction, space, folded.people)
    if folded.asked:
        await proposal_rows.put_all(transaction, space, folded.asked)


async def fold(reader: Reader, space: str, changed: Sequence[Touched]) -> Folded:
    """What these objects look like now, by their effective operations; nothing is kept of it."""
    items, inherited = await asyncio.gather(
        _list_items(reader, space, changed), _list_inherited(reader, space, changed)
    )
    told = {one: items.get(one[1:], ()) for one in changed}
    content = [
        (home, name, said) for (fold_, home, name), said in told.items() if fold_ == "content"
    ]
    people = [
        (home, name, said) for (fold_, home, name), said in told.items() if fold_ == "membership"
    ]
    asked = [
        (home, name, said) for (fold_, home, name), said in told.items() if fold_ == "proposals"
    ]
    # Each page and each block is an object of its own, with its own past.
    paged = [(*one, page_fold.said_of(one[2])) for one in content]
    return Folded(
        [(home, name, kinds.fold(said)) for home, name, said in content],
        [
            (home, name, page_fold.fold_page(said) if "page" in of else None)
            for home, name, said, of in paged
        ],
        [
            (home, name, page_fold.fold_block(said) if "block" in of else None)
            for home, name, said, of in paged
        ],
        [(reference(home, name), versions(said) if of else ()) for home, name, said, of in paged],
        [(home, name, membership.fold(said)) for home, name, said in people],
        [(home, name, proposals.fold(said)) for home, name, said in asked],
        inherited,
    )


async def _list_inherited(
    reader: Reader, space: str, changed: Iterable[Touched]
) -> Sequence[tuple[Named, Sequence[tuple[str, Descendant]]]]:
    content = sorted({(one.home, one.object) for one in changed if one.fold == "content"})
    concerned = await descendants.list_concerned(reader, space, content) if content else []
    if not concerned:
        return ()
    links = await descendants.list_links(reader, space, concerned)
    ids = [one.id for told in links.values() for one in told]
    same = await descendants.list_same(reader, space, ids)
    nodes = {one.id: one.header.node for told in links.values() for one in told}
    return [
        (named, [(nodes[one.id], one) for one in descent.descendants(told, same)])
        for named, told in links.items()
    ]


async def _list_items(
    reader: Reader, space: str, changed: Iterable[Touched]
) -> dict[tuple[str, str], list[Item]]:
    """The effective operations that folds are fed with, by home and object: all headers, and those
    payloads that folds read."""
    names = sorted({(one.home, one.object) for one in changed})
    if not names:
        return {}
    found = await list_items(reader, space, names)
    needed = {id_ for one in found.values() for id_ in payloads_of(one)}
    return await with_payloads(reader, space, found, needed)


async def list_items(
    reader: Reader, space: str, objects: Sequence[tuple[str, str]], *, withheld: bool = False
) -> dict[tuple[str, str], list[Item]]:
    """The effective operations about these objects, without their payloads; as gone is shown what
    was erased and, unless they are to be looked at (`withheld`), what a purge hides."""
    rows = await operations.list_effective(reader, space, objects)
    ids = [id_ for _, id_, _ in rows]
    unseen = set(await erasures.list_erased(reader, space, ids))
    if not withheld:
        unseen |= await purges.list_withheld(reader, space, ids)
    items: dict[tuple[str, str], list[Item]] = {}
    for home, id_, header in rows:
        gone = (header.node, id_) in unseen
        items.setdefault((home, header.object), []).append(Item(id_, header, None, gone))
    return items


async def with_payloads(
    reader: Reader,
    space: str,
    items: Mapping[tuple[str, str], Sequence[Item]],
    needed: Iterable[str],
) -> dict[tuple[str, str], list[Item]]:
    """The same, with the payloads of the operations `needed` where they are here and to be seen."""
    texts = await payloads.list_by_op(reader, space, needed)
    return {
        key: [
            Item(one.id, one.header, None if one.erased else texts.get(one.id), one.erased)
            for one in told
        ]
        for key, told in items.items()
    }
