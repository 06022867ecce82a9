"""The ledger of erasures: which school has confirmed what this one took back, and who owes it.

A receipt is a signed word. A school that is no member any more is told too and cannot be forced,
and neither can one that is hostile; the pages say so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.spaces import require_member
from node.storage import cursors, descendants, erasures, objects, partners, shown, spaces
from node.storage.accounts import Account
from node.storage.cursors import Exchange
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol import names
from protocol.reading import optional_text_of
from protocol.space.fold.history import Contribution

DAY_MS = 86_400_000
OVERDUE_MS = 7 * DAY_MS
"""A school that exchanges with us confirms within minutes; a week is longer than most absences."""
SHOWN = 50


@dataclass(frozen=True)
class Owed:
    """One school's word about one statement. `received_ms` is None while it is missing, `exchange`
    how the exchange with its node stands (None: there is none). `is_member` False: cannot be
    forced."""

    node: str
    origin: str
    name: str
    is_member: bool
    received_ms: int | None
    exchange: Exchange | None


@dataclass(frozen=True)
class Left:
    """Something in which another school wrote further on what was erased, or has its bytes, and at
    which it has not looked. `made` is what people see of it; None where that is nothing."""

    node: str
    origin: str
    name: str
    made: Contribution | None


@dataclass(frozen=True)
class Entry:
    """One own statement, or a purge of both founders (`purged`): of how many entries, since when,
    every other school's word on it, and what is `left` of it in what others wrote."""

    id: str
    space: str
    title: str
    targets: int
    made_ms: int
    owed: tuple[Owed, ...]
    purged: bool = False
    left: tuple[Left, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a member owes its word."""
        return any(one.is_member and one.received_ms is None for one in self.owed)

    def is_overdue(self, now_ms: int) -> bool:
        return self.is_open and self.made_ms + OVERDUE_MS <= now_ms


@dataclass(frozen=True)
class Ledger:
    """A page of the ledger: open ones first, then the newest. `total` counts all."""

    entries: tuple[Entry, ...]
    total: int


async def list_all(context: Context, by: By, page: int) -> Ledger:
    """The own statements in all spaces, for whoever administers the school."""
    require_admin(by)
    async with context.database.read() as reader:
        return await _list(reader, await spaces.list_all(reader), page)


async def list_of_space(context: Context, account: Account, space: str, page: int) -> Ledger:
    """Those of one space, for its teachers here. Refuses with NOT_FOUND."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        return await _list(reader, [kept], page)


async def count_overdue(context: Context) -> int:
    """How many own statements a member has owed its word for a week or longer."""
    async with context.database.read() as reader:
        return await erasures.count_overdue(reader, context.now_ms() - OVERDUE_MS)


async def _list(reader: Reader, kept: Iterable[Space], page: int) -> Ledger:
    by_id = {one.id: one for one in kept}
    rows, total = await erasures.list_own(reader, by_id, limit=SHOWN, offset=(page - 1) * SHOWN)
    concerned = {row.space for row in rows}
    exchanges = {
        (space, one.node): one
        for space in concerned
        for one in await cursors.list_of_space(reader, space)
    }
    projects = await objects.list_many(reader, [by_id[one].project for one in concerned])
    origins = {
        names.origin(actor) for one in concerned for actor in by_id[one].state.actors.values()
    }
    named = await partners.list_named(reader, sorted(origins))
    left = {
        id_: await _list_left(
            reader, by_id[id_], [one.id for one in rows if one.space == id_], named
        )
        for id_ in concerned
    }
    entries = []
    for row in rows:
        space = by_id[row.space]
        receipts = {
            one.node: one.received_ms
            for one in await erasures.list_receipts(reader, space.id, row.id)
        }
        project = projects.get(space.project)
        entries.append(
            Entry(
                row.id,
                space.id,
                "" if project is None else optional_text_of(project.document, "name"),
                row.targets,
                row.received_ms,
                tuple(
                    Owed(
                        node,
                        names.origin(actor),
                        named.get(names.origin(actor), ("", ""))[0] or names.origin(actor),
                        node in space.state.members,
                        receipts.get(node),
                        exchanges.get((space.id, node)),
                    )
                    for node, actor in sorted(space.state.actors.items())
                    if node != space.node
                ),
                row.purged,
                left[row.space].get(row.id, ()),
            )
        )
    return Ledger(tuple(entries), total)


async def _list_left(
    reader: Reader, space: Space, statements: Iterable[str], named: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[Left, ...]]:
    """What is left of what these statements erased in what others wrote, each thing once a
    school."""
    rows = await descendants.list_of_statements(reader, space.id, statements)
    found = {}
    for statement, told in rows.items():
        found[statement] = tuple(
            [
                Left(
                    node,
                    names.origin(space.state.actors[node]),
                    named.get(names.origin(space.state.actors[node]), ("", ""))[0]
                    or names.origin(space.state.actors[node]),
                    await shown.find(reader, space.id, home, name),
                )
                for node, home, name in sorted({(one.node, one.home, one.object) for one in told})
                if node in space.state.actors
            ]
        )
    return found
