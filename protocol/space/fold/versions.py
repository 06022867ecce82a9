"""The past of a page: who changed what and when, what a version changed, and what two versions that
do not know each other could become together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from protocol.space.authority import home_of
from protocol.space.fold import block, page, register, wall
from protocol.space.fold.item import Item
from protocol.space.fold.page import Block
from protocol.space.fold.register import Register
from protocol.space.merge import Kind, Piece, Steps, differences, merge
from protocol.space.vocabulary import reference


class Version(msgspec.Struct, frozen=True):
    """One change of a page: of its register `field`, or of that of a block of it.

    `page` and `object` are references, the same where it is about the page itself. `value` is the
    word that stands for its value, where that is one: `removed` or `there`.
    """

    id: str
    page: str
    object: str
    field: str
    node: str
    actor: str
    time: int
    value: str = ""

    @property
    def is_of_page(self) -> bool:
        return self.page == self.object


def versions(items: Iterable[Item]) -> list[Version]:
    """Every change of one object that is a page or a block, erased ones too."""
    items = list(items)
    found: dict[str, Version] = {}
    for kind in page.said_of(items):
        for field in page.FIELDS[kind]:
            for one in register.versions(items, kind, field):
                found.setdefault(one.id, _version(one, field))
    return sorted(found.values(), key=lambda one: (one.time, one.id))


def _version(one: Item, field: str) -> Version:
    header = one.header
    own = reference(home_of(header), header.object)
    inside = header.args.get("in")
    return Version(
        one.id,
        str(inside) if header.args["kind"] == "block" else own,
        own,
        field,
        header.node,
        header.actor,
        header.time,
        next((word for word in (page.REMOVED, page.THERE) if header.args.get("value") == word), ""),
    )


@dataclass(frozen=True)
class Change:
    """What became of one block between two states of a page; `before` or `after` may be none.

    `pieces` are by the parts of the written form that differ. `moved`: it stands among other
    neighbours now.
    """

    before: Block | None
    after: Block | None
    pieces: Mapping[str, Sequence[Piece]]
    moved: bool = False

    @property
    def is_change(self) -> bool:
        return self.moved or self.before is None or self.after is None or bool(self.pieces)


def compare(
    before: Sequence[Block], after: Sequence[Block], steps: Steps | None = None
) -> list[Change]:
    """Block by block, in the order of `after`; what is not there any more stands where it stood.

    All of it together takes no more than `steps`: what changed beyond them is shown as a whole.
    """
    steps = steps or Steps()
    old = {one.reference: one for one in before}
    new = {one.reference: one for one in after}
    stay_old = [one.reference for one in before if one.reference in new]
    stay_new = [one.reference for one in after if one.reference in old]
    moved = _moved(stay_old, stay_new)
    gone: dict[str, list[Change]] = {}
    last = ""
    for one in before:
        if one.reference in new:
            last = one.reference
        else:
            gone.setdefault(last, []).append(Change(one, None, {}))
    changes = gone.get("", [])
    for one in after:
        was = old.get(one.reference)
        pieces = {} if was is None else _pieces(was, one, steps)
        changes.append(Change(was, one, pieces, one.reference in moved))
        changes += gone.get(one.reference, [])
    return changes


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest of the same names that went to another place: what is not in the longest run of
    names that kept their order."""
    place = {name: at for at, name in enumerate(before)}
    best: list[tuple[int, int]] = []  # by place in `after`: length of the run that ends here, from
    for at, name in enumerate(after):
        ends = [(best[i][0] + 1, i) for i in range(at) if place[after[i]] < place[name]]
        best.append(max(ends, default=(1, -1)))
    kept: set[str] = set()
    at = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    while at >= 0:
        kept.add(after[at])
        at = best[at][1]
    return set(after) - kept


def _pieces(before: Block, after: Block, steps: Steps) -> dict[str, list[Piece]]:
    one = block.written(before.body) if before.body is not None else {}
    other = block.written(after.body) if after.body is not None else {}
    names = [*one, *(name for name in other if name not in one)]
    found = {}
    for name in names:
        was, now = one.get(name, ""), other.get(name, "")
        if was != now:
            whole = [Piece(Kind.GONE, was), Piece(Kind.NEW, now)]
            found[name] = (
                differences(was, now, steps)
                if steps.left > 0
                else [piece for piece in whole if piece.text]
            )
    return found


_Written: TypeAlias = tuple[str, Mapping[str, str]]
"""What a version is, and its written form."""


@dataclass(frozen=True)
class Suggestion:
    """What versions that stand could become: of which kind that is, and its written form; no kind
    where all of them remove it. `conflicts`: places at which somebody should look."""

    kind: str
    parts: Mapping[str, str]
    conflicts: int = 0


def needed_for(bodies: Register) -> set[str]:
    """The ids of the versions whose payloads `suggest` reads."""
    found = {one.id for one in bodies.standing}
    for other in bodies.standing[1:]:
        base = ancestor(bodies, bodies.standing[0].id, other.id)
        found |= set() if base is None else {base.id}
    return found


def suggest(bodies: Register) -> Suggestion:
    """One body out of all that stand: each is merged in by its common ancestor with the one that is
    shown. A removal gives way to what others changed meanwhile, and counts as a conflict.
    However many they are, they have the steps of one comparison together."""
    return _suggest(bodies, _written_block)


def suggest_face(faces: Register) -> Suggestion:
    """The same for the faces of a card that stand."""
    return _suggest(faces, _written_face)


def suggest_sign(titles: Register) -> Suggestion:
    """The same for the titles of a wall that stand; its columns are lines."""
    return _suggest(titles, _written_sign)


def _written_block(version: Item) -> _Written | None:
    body = page.body_of(version)
    return None if body is None else (block.kind_of(body), block.written(body))


def _written_face(version: Item) -> _Written | None:
    said = wall.face_of(version)
    if said is None:
        return None
    return "card", {"text": said.text, "file": said.file, "language": said.language}


def _written_sign(version: Item) -> _Written | None:
    said = wall.sign_of(version)
    if said is None:
        return None
    columns = "\n".join(said.columns)
    return "wall", {"title": said.title, "columns": columns, "language": said.language}


def _suggest(standing: Register, read_one: Callable[[Item], _Written | None]) -> Suggestion:
    steps = Steps()
    read = [(one, read_one(one)) for one in standing.standing]
    there = [(one, said) for one, said in read if said is not None]
    conflicts = len(read) - len(there)
    if not there:
        return Suggestion("", {})
    first, (kind, parts) = there[0]
    for one, (other_kind, other) in there[1:]:
        if other_kind != kind:
            conflicts += 1
            continue
        common = ancestor(standing, first.id, one.id)
        base = None if common is None else read_one(common)
        start = None if base is None or base[0] != kind else base[1]
        parts, clashes = _together(start, parts, other, steps)
        conflicts += clashes
    return Suggestion(kind, parts, conflicts)


def _together(
    base: Mapping[str, str] | None,
    one: Mapping[str, str],
    other: Mapping[str, str],
    steps: Steps,
) -> tuple[dict[str, str], int]:
    parts: dict[str, str] = {}
    conflicts = 0
    for name in [*one, *(name for name in other if name not in one)]:
        ours, theirs = one.get(name, ""), other.get(name, "")
        start = None if base is None else base.get(name, "")
        if name in block.CHOSEN:
            parts[name] = theirs if ours == start else ours
            conflicts += ours != theirs and start not in (ours, theirs)
        else:
            merged = merge(start, ours, theirs, steps)
            parts[name] = merged.text
            conflicts += merged.conflicts
    return parts, conflicts


def ancestor(bodies: Register, one: str, other: str) -> Item | None:
    """The version that both grew from: the latest of the last ones that both replaced, or of all
    that both replaced where those were erased; None where there is none."""
    known = {item.id: item for item in bodies.versions}
    common = _behind(known, one) & _behind(known, other)
    further = {base for id_ in common for base in known[id_].header.base}
    left = [known[id_] for id_ in common if not known[id_].erased]
    last = [item for item in left if item.id not in further]
    return max(last or left, key=register.moment, default=None)


def _behind(known: Mapping[str, Item], start: str) -> set[str]:
    """A version and whatever it replaced, directly or through others."""
    seen: set[str] = set()
    pending = [start]
    while pending:
        id_ = pending.pop()
        if id_ in known and id_ not in seen:
            seen.add(id_)
            pending += known[id_].header.base
    return seen
