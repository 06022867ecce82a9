"""What a replica of the simulation shows of pages, and what must hold of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from protocol.space.fold import page, register, versions
from protocol.space.fold.item import Item
from protocol.space.fold.page import Block, Page
from protocol.space.fold.reading import payloads_of
from protocol.space.fold.register import MAX_SIBLINGS, Register
from protocol.space.fold.versions import Suggestion, Version


@dataclass
class Shelf:
    """The pages that a replica shows, kept step by step; by the references of their objects.

    `suggested` is what the versions of a block that stand side by side could become.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    past: dict[str, list[Version]] = field(default_factory=dict)
    suggested: dict[str, Suggestion] = field(default_factory=dict)

    def refold(self, key: str, items: Sequence[Item]) -> None:
        """As a node does it: from headers, and the payloads that folds read."""
        needed = payloads_of(items)
        bare = [
            Item(one.id, one.header, one.payload if one.id in needed else None, one.erased)
            for one in items
        ]
        found, block = page.fold_page(bare), page.fold_block(bare)
        for shelf in (self.pages, self.blocks, self.past, self.suggested):
            shelf.pop(key, None)
        if found is not None:
            self.pages[key] = found
        if block is not None:
            self.blocks[key] = block
            if block.others:
                self.suggested[key] = versions.suggest(register.read(items, "block", "body"))
        if past := versions.versions(items):
            self.past[key] = past

    def view(self) -> object:
        """All of it in its one order."""
        ordered = {
            key: page.view(one for one in self.blocks.values() if one.page == key)
            for key in sorted({one.page for one in self.blocks.values()})
        }
        return msgspec.to_builtins(
            {
                "pages": sorted(self.pages.values(), key=page.order),
                "ordered": ordered,
                "blocks": dict(sorted(self.blocks.items())),
                "past": dict(sorted(self.past.items())),
                "suggested": {
                    key: [one.kind, dict(one.parts), one.conflicts]
                    for key, one in sorted(self.suggested.items())
                },
            }
        )


def check_block(block: Block, items: Sequence[Item]) -> None:
    """I8 for blocks: a version that counts stands, or was replaced, or erased, or is beyond the
    last sixteen of its log. And folds see the same with all payloads as with those they ask for."""
    assert page.fold_block(items) == block, "I10: a fold read another payload"
    bodies = register.read(items, "block", "body")
    standing = {one.id for one in bodies.standing}
    replaced = _replaced(bodies)
    later: dict[str, int] = {}
    for one in sorted(bodies.versions, key=_own_order, reverse=True):
        if one.erased:
            assert one.id not in standing, "I7: an erased version stands"
            continue
        log = one.header.log
        later[log] = later.get(log, 0) + 1
        named = one.id in replaced or later[log] > MAX_SIBLINGS or len(standing) == MAX_SIBLINGS
        assert one.id in standing or named, "I8: a version of a block is silently lost"
        assert one.id not in standing or one.id not in replaced, "a replaced version stands"


def _own_order(one: Item) -> tuple[str, int, int, str]:
    return one.header.log, one.header.number, one.header.seq, one.id


def _replaced(bodies: Register) -> set[str]:
    """Whatever a version that is left names, or what those name."""
    known = {one.id: one for one in bodies.versions}
    found: set[str] = set()
    pending = [base for one in bodies.versions if not one.erased for base in one.header.base]
    while pending:
        key = pending.pop()
        if key in known and key not in found:
            found.add(key)
            pending += known[key].header.base
    return found
