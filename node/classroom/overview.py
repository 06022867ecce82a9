"""What the head of a school sees at a glance: partners, projects, how many pupils of which class
take part where, and what waits for somebody. Numbers alone; no pupil is read for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.actions import ledger, trust
from node.actions.context import Context
from node.actions.permission import require_admin
from node.classroom.room import Classroom
from node.classroom.safeguarding import Lack, list_lacks
from node.storage import objects, partners, reports, spaces
from node.storage.accounts import Account
from node.storage.partners import Partner
from node.storage.spaces import Space
from node.vault import classes, places, pupils, works
from node.vault.classes import SchoolClass
from protocol.reading import optional_text_of

DAY_MS = 86_400_000
READS_DAYS = 30


@dataclass(frozen=True)
class ClassCount:
    """A class, how many are in it, and how many of these take part in any project."""

    class_: SchoolClass
    pupils: int
    taking_part: int


@dataclass(frozen=True)
class Project:
    """A space: the other schools in it by name, how many of ours take part by the class's number,
    the work of theirs that waits for a teacher, and reports that nobody has decided about."""

    space: Space
    title: str
    schools: Sequence[str]
    pupils: Mapping[int, int]
    waiting: int
    reports: int

    @property
    def is_running(self) -> bool:
        return self.space.is_member and not self.space.state.closed


@dataclass(frozen=True)
class Overview:
    """`reads` counts looks at pupils' records in the last `READS_DAYS` days; `hubs` are nodes that
    are connected and no schools; `lacks` are what keeps reports from being read."""

    partners: Sequence[Partner]
    hubs: Sequence[Partner]
    classes: Sequence[ClassCount]
    projects: Sequence[Project]
    reports: int
    overdue: int
    reads: int
    lacks: Sequence[Lack]


async def collect(context: Context, room: Classroom | None, by: Account) -> Overview:
    """All of it. Refuses with NOT_ALLOWED whoever is no administrator; a hub has no classes."""
    require_admin(by)
    async with context.database.read() as reader:
        kept = [one for one in await spaces.list_all(reader) if one.ended != "archive"]
    counted: list[ClassCount] = []
    taking: dict[str, dict[int, int]] = {}
    held: dict[str, int] = {}
    reads = 0
    if room is not None:
        async with room.vault.read() as view:
            sizes = await classes.count_pupils(view)
            parts = await places.count_by_class(view)
            counted = [
                ClassCount(one, sizes.get(one.id, 0), parts.get(one.id, 0))
                for one in await classes.list_all(view)
            ]
            taking = await places.count_by_space(view)
            held = await works.count_held(view, [one.id for one in kept])
            reads = await pupils.count_readings(view, room.now_ms() - READS_DAYS * DAY_MS)
    async with context.database.read() as reader:
        known = await partners.list_all(reader)
        of_hubs = await trust.find_hub_origins(reader, known)
        titles = await objects.list_many(reader, [one.project for one in kept])
        names = {one.origin: one.name for one in known}
        reported = await reports.count_open_by_space(reader)
        projects = [
            Project(
                one,
                optional_text_of(titles[one.project].document, "name")
                if one.project in titles
                else "",
                [
                    names.get(origin, "") or origin
                    for node, origin in await spaces.list_member_origins(reader, one.id)
                    if node != one.node
                ],
                taking.get(one.id, {}),
                held.get(one.id, 0),
                reported.get(one.id, 0),
            )
            for one in kept
        ]
    return Overview(
        [one for one in known if one.origin not in of_hubs],
        [one for one in known if one.origin in of_hubs],
        counted,
        projects,
        sum(reported.values()),
        await ledger.count_overdue(context),
        reads,
        [] if room is None else await list_lacks(room, by),
    )
