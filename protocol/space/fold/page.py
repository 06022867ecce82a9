"""Pages: a title, a place in the list, who may see it, and blocks in their order.

A page and each of its blocks is a shared object of its own (`register`), so a write touches one
block however long the page is and however old. A page's registers are `title` (its payload),
`place` (an order key), `sight` (the audience and reach of the header), `pupils` (open or closed to
them) and `presence` (there or removed); a block's are `body` (its payload, or the word that it was
removed) and `place` (the page and an order key). Only bodies are shown as several versions; of the
others the winner counts.
"""

from collections.abc import Iterable
from itertools import accumulate

import msgspec

from protocol.space.authority import home_of
from protocol.space.fold import block, register
from protocol.space.fold.block import MAX_OCTETS, Body
from protocol.space.fold.history import Contribution, PutAway, Standing, hidden_by, put_away_by
from protocol.space.fold.item import Item, PageTitle, content
from protocol.space.fold.register import Register, is_open
from protocol.space.fraction import is_key

PAGE_FIELDS = ("title", "place", "sight", "pupils", "presence")
BLOCK_FIELDS = ("body", "place")
FIELDS = {"page": PAGE_FIELDS, "block": BLOCK_FIELDS}
REMOVED, THERE = "removed", "there"
MAX_BLOCKS = 500
MAX_PAGE_OCTETS = 2_097_152

Bases = dict[str, tuple[str, ...]]


class Page(Contribution, frozen=True):
    """One page without its blocks. `bases` are by register the versions that a change replaces.

    `id`, `node`, `actor` and `time` are those of the version of the title that is shown. `opened`:
    pupils may write on it.
    """

    node: str = ""
    bases: Bases = msgspec.field(default_factory=dict)
    place: str = ""
    title: str = ""
    language: str = ""
    opened: bool = False

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def writer(self) -> str:
        return self.node


class Block(Contribution, frozen=True):
    """One block as people see it. `page` is a reference.

    `id`, `node`, `actor` and `time` are those of the version that is shown, `bases["body"]` are all
    that stand, it first. A block whose standing is DELETED was removed, and can be put back.
    """

    node: str = ""
    page: str = ""
    bases: Bases = msgspec.field(default_factory=dict)
    place: str = ""
    octets: int = 0
    body: Body | None = None

    @property
    def inside(self) -> str:
        return self.page

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def writer(self) -> str:
        return self.node

    @property
    def others(self) -> tuple[str, ...]:
        """The versions beside the one that is shown."""
        return self.bases["body"][1:]

    @property
    def is_seen(self) -> bool:
        """Whether the page has something to show of it: also of what one removed while another
        changed it."""
        return self.standing is not Standing.DELETED or bool(self.others)


def said_of(items: Iterable[Item]) -> list[str]:
    """Of which of both, page and block, anything is said: of another there is nothing to fold."""
    kinds = {one.header.args.get("kind") for one in items}
    return [kind for kind in FIELDS if kind in kinds]


def fold_page(items: Iterable[Item]) -> Page | None:
    """The page that these effective operations, all about one object, make; None for none."""
    items = list(items)
    registers = {
        field: register.read(items, "page", field, in_header=field != "title")
        for field in PAGE_FIELDS
    }
    versions = [one for found in registers.values() for one in found.versions]
    if not versions:
        return None
    title = registers["title"].winner
    first = title or min(versions, key=register.moment)
    sight = registers["sight"].winner
    said = content(title, PageTitle) if title is not None else None
    hidden = hidden_by(items)
    standing, put_away = _presence(registers["presence"], hidden)
    return Page(
        home=home_of(first.header),
        object=first.header.object,
        id=first.id,
        head=first.id,
        node=first.header.node,
        actor=first.header.actor,
        time=first.header.time,
        standing=standing,
        put_away=put_away,
        bases=_bases(registers),
        place=_key(registers["place"].winner),
        # Where nobody's word on it is left, the narrower sight.
        audience="teachers" if sight is None else sight.header.audience,
        reach="space" if sight is None else sight.header.reach,
        title=said.title if said and hidden is None else "",
        language=said.language if said and hidden is None else "",
        opened=is_open(registers["pupils"], sight),
    )


def fold_block(items: Iterable[Item]) -> Block | None:
    """The block that these effective operations, all about one object, make; None for none."""
    items = list(items)
    bodies = register.read(items, "block", "body")
    places = register.read(items, "block", "place", in_header=True)
    versions = [*bodies.versions, *places.versions]
    if not versions:
        return None
    shown = bodies.winner
    first = shown or max(versions, key=register.moment)
    where = places.winner or first
    standing, put_away = _standing(bodies, hidden_by(items))
    body = None
    if standing is Standing.SHOWN and shown is not None:
        body = body_of(shown)
        standing = Standing.SHOWN if body is not None else Standing.UNREADABLE
    return Block(
        home=home_of(first.header),
        object=first.header.object,
        page=str(where.header.args["in"]),
        id=first.id,
        head=first.id,
        node=first.header.node,
        actor=first.header.actor,
        time=first.header.time,
        standing=standing,
        audience=where.header.audience,
        reach=where.header.reach,
        put_away=put_away,
        bases=_bases({"body": bodies, "place": places}),
        place=_key(places.winner),
        octets=shown.header.payload_size if body is not None and shown is not None else 0,
        body=body,
    )


def body_of(version: Item) -> Body | None:
    """What one version of a block says; None where it says nothing that a block can."""
    if version.header.payload_size > MAX_OCTETS or version.payload is None:
        return None
    return block.read(version.payload)


def is_removal(version: Item) -> bool:
    """Whether this version of a block or of a page's presence takes it away."""
    return version.header.args.get("value") == REMOVED


def view(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of one page that it shows, in their one order: at most `MAX_BLOCKS`, and as many
    as have `MAX_PAGE_OCTETS` of payload together. Those without a place come last."""
    seen = sorted((one for one in blocks if one.is_seen), key=order)[:MAX_BLOCKS]
    sums = accumulate(one.octets for one in seen)
    return [one for one, so_far in zip(seen, sums, strict=True) if so_far <= MAX_PAGE_OCTETS]


def order(one: Block | Page) -> tuple[bool, str, str]:
    """Blocks of a page, and pages of a space: by key, those without one last, ties by name."""
    return not one.place, one.place, one.reference


def as_of(items: Iterable[Item], moment: tuple[int, str]) -> list[Item]:
    """What counted of an object's operations at a (time, id). What was hidden or erased since is
    not seen in the past either."""
    return [
        one
        for one in items
        if register.moment(one) <= moment or one.header.type in {"Hide", "Unhide"}
    ]


def _standing(bodies: Register, hidden: Item | None) -> tuple[Standing, PutAway | None]:
    shown = bodies.winner
    if hidden is not None:
        return Standing.HIDDEN, put_away_by(hidden)
    if shown is None:
        return (Standing.ERASED if bodies.versions else Standing.MISSING), None
    if is_removal(shown):
        return Standing.DELETED, _removed_by(shown)
    if shown.payload is None:
        return Standing.WAITING, None
    return Standing.SHOWN, None


def _presence(presence: Register, hidden: Item | None) -> tuple[Standing, PutAway | None]:
    if hidden is not None:
        return Standing.HIDDEN, put_away_by(hidden)
    winner = presence.winner
    if winner is not None and is_removal(winner):
        return Standing.DELETED, _removed_by(winner)
    return Standing.SHOWN, None


def _removed_by(version: Item) -> PutAway:
    return PutAway(version.header.node, version.header.actor, version.header.time)


def _bases(registers: dict[str, Register]) -> Bases:
    return {field: tuple(one.id for one in found.standing) for field, found in registers.items()}


def _key(version: Item | None) -> str:
    key = version.header.args.get("order", "") if version is not None else ""
    return key if isinstance(key, str) and is_key(key) else ""
