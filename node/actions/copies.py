"""A pupil's copy of a page, written into the page: by the teacher who answers for it, at once.

A copy is what the pupil changed and added, each with the versions that it started from: what
somebody else wrote meanwhile stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import blocks, contributions, pages, replica
from node.actions.blocks import Said
from node.actions.context import Context
from node.actions.pupils import require_author
from node.actions.spaces import require_member
from node.storage import own_words
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.canonical import unb64
from protocol.errors import Reason, Refused
from protocol.space import operation
from protocol.space.fold.block import payload_of
from protocol.space.vocabulary import reference
from protocol.space.writing import By


@dataclass(frozen=True)
class Change:
    """What stands in one block in the copy. `block` is its reference; of a new one, which goes to
    the end of the page, it is empty and `name` is what it will be called. `salt` is 22 characters
    of chance, by which it is known again."""

    block: str
    bases: Sequence[str]
    said: Said
    salt: str
    name: str = ""


def payload(context: Context, change: Change) -> str:
    """What is written for a change, always the same. Refuses with BAD_INPUT what fits not."""
    said = change.said
    text = operation.payload(payload_of(said.kind, said.parts), said.language, unb64(change.salt))
    try:
        context.book.check(blocks.SCHEMAS[said.kind], operation.read_payload(text))
    except Refused as refused:
        raise Refused(Reason.BAD_INPUT, refused.detail, **refused.facts) from None
    return text


async def release(
    context: Context,
    account: Account,
    space: str,
    page: str,
    changes: Sequence[Change],
    *,
    pseudonym: str,
) -> str:
    """Write a pupil's copy into its page, all of it or nothing; the page's reference.

    Once it is there, saying it again changes nothing. Refuses as `pupils.reply`, `blocks.change`
    and `blocks.add`.
    """
    async with context.database.write() as transaction:
        kept, teacher = await require_member(transaction, account, space)
        if await is_there(context, transaction, kept, changes):
            return page
        await require_author(transaction, kept, pseudonym)
        found = await pages.get_shown(transaction, kept, page)
        by = By(pseudonym, released_by=teacher)
        for one in changes:
            text = payload(context, one)
            if not one.block:
                await blocks.put_new(
                    context, transaction, kept, by, found, text, after=None, name=one.name
                )
                continue
            block = await blocks.get(transaction, kept, one.block)
            if block.page != page:
                raise contributions.not_here()
            await blocks.put_body(context, transaction, kept, by, block, one.bases, text)
    await replica.tell(context, space)
    return page


async def is_there(
    context: Context, reader: Reader, space: Space, changes: Sequence[Change]
) -> bool:
    """Whether the own log holds the first of these changes: they are written together."""
    first = changes[0]
    about = first.block or reference(space.node, first.name)
    said = operation.hash_of(payload(context, first))
    return await own_words.has_said(reader, space.id, space.node, about, said)
