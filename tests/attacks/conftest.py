"""Attackers that tests can ask for: `mallory` is a partner of alpha, `stranger` is nobody's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import forum
from node.actions.set_up import FirstAdmin, NewSchool, set_up
from node.app import make_folder, open_context, open_doors
from node.folder import Folder
from node.storage import accounts
from tests.attacks.founding import Shared, found
from tests.attacks.hand import Hand
from tests.attacks.hostile import Rogue, befriend, rogue
from tests.nodes import (
    CHEAP,
    PASSWORD,
    Node,
    SeededChance,
    VirtualClock,
    free_port,
    settle,
    shared_book,
)


@pytest.fixture
async def mallory(alpha: Node, clock: VirtualClock) -> AsyncIterator[Rogue]:
    async with rogue(clock) as here:
        await befriend(alpha, here)
        yield here


@pytest.fixture
async def stranger(clock: VirtualClock) -> AsyncIterator[Rogue]:
    async with rogue(clock, "d" * 32) as here:
        yield here


@pytest.fixture
async def shared(alpha: Node, mallory: Rogue) -> Shared:
    """A space of alpha and mallory, in which Ana has begun a thread."""
    made = await found(alpha, mallory)
    await forum.start_thread(
        alpha.context, made.ana, made.space, title="Welcome", text="We begin.", language="en"
    )
    await settle(alpha)
    return made


@pytest.fixture
async def hand(mallory: Rogue, shared: Shared) -> Hand:
    return Hand(mallory, shared)


@pytest.fixture
async def third(alpha: Node, clock: VirtualClock) -> AsyncIterator[Rogue]:
    """Another partner, who has no part in the space."""
    async with rogue(clock, "c" * 32) as here:
        await befriend(alpha, here)
        yield here


@pytest.fixture
async def strict(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node as schools run it, without the development setting."""
    folder, port = Folder(tmp_path / "strict"), free_port()
    base = "https://strict.example"
    make_folder(folder.path, base, development=False, host="127.0.0.1", port=port)
    chance = SeededChance("strict")
    async with open_context(
        folder, CHEAP, clock=clock, chance=chance, book=shared_book()
    ) as context:
        admin = FirstAdmin("admin", "Admin", PASSWORD)
        fingerprint = await set_up(context, NewSchool("Strict", "PT", "Town"), admin)
        doors = await open_doors(context, "all", None)
        async with context.database.read() as reader:
            account = await accounts.find_by_handle(reader, "admin")
        assert account is not None
        try:
            yield Node("strict", context, doors, clock, account, folder, fingerprint)
        finally:
            await doors.close()
