"""A pupil's own copy of a page that is open to pupils: what of it is changed or new, kept here
until a teacher has read the page as it would be and releases it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from node.actions import copies, sight
from node.actions.blocks import Said
from node.actions.context import Context
from node.actions.copies import Change
from node.classroom import working
from node.classroom.room import Classroom
from node.classroom.working import OwnWork
from node.storage import pages as rows
from node.storage import spaces
from node.storage.database import Reader
from node.vault import works
from node.vault.pupils import Pupil
from node.vault.works import Work
from protocol.canonical import JSON
from protocol.errors import Reason, Refused
from protocol.space.fold import block as bodies
from protocol.space.fold.history import Standing
from protocol.space.fold.page import Block, Page

KINDS = ("heading", "paragraph", "list")
"""The kinds of blocks that pupils write; the others they read."""
MAX_CHANGES = 100
MAX_OCTETS = 262_144


@dataclass(frozen=True)
class Resulting:
    """A page as it is, and as it would be; `own` are the places in `after` of what the pupil wrote,
    `beside` how many of them would stand beside what somebody else wrote meanwhile."""

    title: str
    before: Sequence[Block]
    after: Sequence[Block]
    own: frozenset[int]
    beside: int

    @property
    def texts(self) -> Sequence[str]:
        """All its words, as the roster check reads them: the title, then block by block."""
        return [self.title, *("" if one.body is None else words_of(one) for one in self.after)]

    @property
    def own_texts(self) -> frozenset[int]:
        return frozenset(at + 1 for at in self.own)


def words_of(block: Block) -> str:
    return "" if block.body is None else bodies.plain(block.body)


def changes_of(work: Work | OwnWork) -> list[Change]:
    """What a kept work of this kind says."""
    kept = work.parts.get("changes")
    return [_read(one) for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []


def text_of(work: Work | OwnWork) -> str:
    """What is changed and new, one after the other."""
    return "\n\n".join(one.said.parts.get("text", "") for one in changes_of(work))


async def find(room: Classroom, pupil: Pupil, space: str, page: str) -> Work | None:
    """The pupil's copy of a page, while it has not left."""
    async with room.vault.read() as view:
        return await works.find_unreleased(view, pupil.id, space, "page", page)


async def keep(
    room: Classroom,
    pupil: Pupil,
    space: str,
    page: str,
    changes: Sequence[Change],
    *,
    language: str,
    hand_in: bool,
) -> int:
    """Keep the copy, for the pupil or for the teachers to release; the work's number.

    Refuses with NOT_FOUND, GONE as `sight.require_open`, BAD_INPUT a copy in which nothing is
    changed, too much is, or that cannot stand on a page, TOO_MANY_ITEMS.
    """
    desk = await working.find_desk(room, pupil, space)
    await sight.require_open(room.context, desk.seen.space, page, Page)
    if not changes:
        raise Refused(Reason.BAD_INPUT, "Nothing is changed or added.", field="added")
    octets = sum(len(copies.payload(room.context, one).encode()) for one in changes)
    if len(changes) > MAX_CHANGES or octets > MAX_OCTETS:
        raise Refused(Reason.BAD_INPUT, "This is too much at once.", field="added")
    async with room.vault.write() as unit:
        found = await works.find_unreleased(unit, pupil.id, space, "page", page)
        return await working.keep_one(
            room,
            unit,
            pupil,
            found,
            space=space,
            inside=page,
            kind="page",
            state="held" if hand_in else "draft",
            language=language,
            parts={"changes": [_as_json(one) for one in changes]},
        )


async def result(context: Context, reader: Reader, work: Work, pseudonym: str) -> Resulting:
    """The page as it stands now, and with what the copy changes and adds."""
    kept = await spaces.find(reader, work.space)
    node = "" if kept is None else kept.node
    home, _, name = work.inside.partition("/")
    page = await rows.find_page(reader, work.space, home, name)
    before = await rows.list_blocks(reader, work.space, work.inside)
    changed = {one.block: one for one in changes_of(work) if one.block}
    after, own, beside = list(before), set(), 0
    for at, one in enumerate(before):
        if (change := changed.pop(one.reference, None)) is not None:
            after[at] = _written(context, one, change, node, pseudonym)
            own.add(at)
            beside += not set(one.bases["body"]) <= set(change.bases)
    new = [one for one in changes_of(work) if not one.block]
    # What was taken off the page meanwhile would stand beside that.
    beside += len(changed)
    for change in [*changed.values(), *new]:
        bare = Block(
            home=node,
            object=change.name or change.block.partition("/")[2],
            id="",
            head="",
            actor=pseudonym,
            time=context.now_ms(),
            standing=Standing.SHOWN,
            page=work.inside,
            node=node,
            bases={"body": (), "place": ()},
        )
        own.add(len(after))
        after.append(_written(context, bare, change, node, pseudonym))
    return Resulting("" if page is None else page.title, before, after, frozenset(own), beside)


def _written(context: Context, block: Block, change: Change, node: str, pseudonym: str) -> Block:
    return msgspec.structs.replace(
        block,
        node=node,
        actor=pseudonym,
        standing=Standing.SHOWN,
        body=bodies.read(copies.payload(context, change)),
    )


def _as_json(change: Change) -> JSON:
    return {
        "block": change.block,
        "bases": [*change.bases],
        "kind": change.said.kind,
        "parts": {**change.said.parts},
        "language": change.said.language,
        "salt": change.salt,
        "name": change.name,
    }


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    block: str
    bases: list[str]
    kind: str
    parts: dict[str, str]
    language: str
    salt: str
    name: str


def _read(value: JSON) -> Change:
    kept = msgspec.convert(value, _Kept)
    return Change(
        kept.block, kept.bases, Said(kept.kind, kept.parts, kept.language), kept.salt, kept.name
    )
