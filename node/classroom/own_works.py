"""A pupil's own work, to be taken along: what lies here, and what was released under the alias.

Neither a name nor anybody else's words are in it: the alias of the class, the titles of projects
and threads, and what the pupil made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import spaces as own_spaces
from node.classroom.room import Classroom, get_class
from node.storage import spaces, views
from node.storage.accounts import Account
from node.storage.database import Reader
from node.vault import pupils, works
from node.vault.classes import SchoolClass
from node.vault.pupils import Pupil, Reading, Why
from node.vault.works import Work
from protocol.space.fold.history import Standing

MAX_WORKS = 2_000
"""Of one pupil; the latest."""


@dataclass(frozen=True)
class Piece:
    """One piece of work. `text` is empty where it was erased or is not shown any more."""

    project: str
    thread: str
    state: str
    language: str
    text: str
    note: str
    created_ms: int
    changed_ms: int


@dataclass(frozen=True)
class Portfolio:
    """All of one pupil's."""

    alias: str
    class_name: str
    pieces: Sequence[Piece]


async def collect_class(room: Classroom, account: Account, class_: int) -> Sequence[Portfolio]:
    """Everybody's of a class; that they were read is kept. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        await pupils.read_class(unit, class_, Reading(account.id, Why.EXPORT, room.now_ms()))
        there = await pupils.list_of_class(unit, class_)
    return [await collect(room, one, found) for one in there]


async def collect(room: Classroom, pupil: Pupil, class_: SchoolClass) -> Portfolio:
    """One pupil's, what changed last first."""
    async with room.vault.read() as view:
        found = await works.list_of_pupil(view, pupil.id, limit=MAX_WORKS)
    titles = {
        one: await own_spaces.find_title(room.context, one)
        for one in {work.space for work in found}
    }
    async with room.context.database.read() as reader:
        pieces = [await piece_of(reader, one, titles[one.space]) for one in found]
    return Portfolio(pupil.alias, class_.name, pieces)


async def piece_of(reader: Reader, work: Work, project: str) -> Piece:
    """A piece of work with its text, wherever that lies; `project` is what its space is called."""
    home, _, name = work.thread.partition("/")
    thread = await views.find_post(reader, work.space, home, name)
    text = work.text
    kept = await spaces.find(reader, work.space)
    if work.state == "released" and kept is not None:
        post = await views.find_post(reader, work.space, kept.node, work.object)
        text = "" if post is None or post.standing is not Standing.SHOWN else post.text
    return Piece(
        project,
        "" if thread is None else thread.title,
        work.state,
        work.language,
        text,
        work.note,
        work.created_ms,
        work.changed_ms,
    )
