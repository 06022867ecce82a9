"""A node that is made anew from a backup, as an administrator does it, and then runs."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from node.actions import backup, replicate, restore
from node.actions.permission import OPERATOR
from node.app import begin, open_context
from node.folder import Folder
from tests.nodes import CHEAP, Node, SeededChance, shared_book

PASSPHRASE = "seven quiet storks on a roof"


async def back_up(node: Node, to: Path | None = None) -> Path:
    """Make a backup of a running node; the file."""
    file, _ = await backup.make_now(node.context, OPERATOR, PASSPHRASE, to)
    return file


@asynccontextmanager
async def rolled_back(node: Node, copy: Path) -> AsyncIterator[Node]:
    """Stop `node` and start it with an older `copy` of its database, everything else as it is."""
    await node.close_doors()
    again = Folder(node.folder.path.with_name(f"{node.name} as before"))
    left = shutil.ignore_patterns("node.sqlite*", copy.name)
    shutil.copytree(node.folder.path, again.path, ignore=left)
    shutil.copy(copy, again.database_file)
    chance = SeededChance(f"{node.name} as before")
    async with open_context(
        again, CHEAP, clock=node.clock, chance=chance, book=shared_book()
    ) as context:
        await begin(context)
        running = replace(node, context=context, folder=again)
        await running.open_doors()
        try:
            yield running
        finally:
            await running.close_doors()
            await node.open_doors()


@asynccontextmanager
async def restored(node: Node, file: Path, *, same_disk: bool = False) -> AsyncIterator[Node]:
    """Stop `node` for good and run what `file` holds in its place, on the disk that remains or not.

    The old folder is lost; with `same_disk` its `state/` is not.
    """
    await node.close_doors()
    old, new = node.folder.path, Folder(node.folder.path.with_name(f"{node.name} again"))
    if same_disk:
        shutil.copytree(old / "state", new.path / "state")
    apart, _ = await restore.unpack(file, PASSPHRASE, new)
    chance = SeededChance(f"{node.name} again")
    async with open_context(
        apart, CHEAP, clock=node.clock, chance=chance, book=shared_book()
    ) as context:
        await restore.settle(context, new)
    restore.move_in(apart, new)
    async with open_context(
        new, CHEAP, clock=node.clock, chance=chance, book=shared_book()
    ) as context:
        await replicate.begin(context)
        again = replace(node, context=context, folder=new)
        await again.open_doors()
        try:
            yield again
        finally:
            await again.close_doors()
            await node.open_doors()
