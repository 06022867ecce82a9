"""What ends a running node by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from node import app, crew
from node.actions.context import Context
from node.classroom.room import Classroom, open_classroom
from protocol.errors import Reason, Refused
from tests.nodes import Node


@pytest.mark.parametrize("which", ["node.sqlite", "vault.sqlite"])
async def test_a_disk_that_fails_under_either_database_ends_the_node(
    alpha: Node, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    @asynccontextmanager
    async def failing(context: Context) -> AsyncIterator[Classroom | None]:
        async with open_classroom(context) as room:
            assert room is not None
            used = {one.path.name: one for one in (context.database, room.vault.database)}
            used[which].failed.set()
            yield room

    monkeypatch.setattr(crew, "open_classroom", failing)
    with pytest.raises(Refused) as refused:
        async with asyncio.timeout(30):
            await app.serve_folder(alpha.folder, {}, "web", 0)
    assert refused.value.reason is Reason.STORAGE_FAILED
    assert list((alpha.folder.path / "state").glob("wake-*")) == []


async def test_a_start_that_fails_leaves_no_socket_behind(
    alpha: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise Refused(Reason.BAD_DATA_FOLDER, "Nothing can be begun here.")

    monkeypatch.setattr(app, "begin", fail)
    with pytest.raises(Refused, match="begun"):
        await app.serve_folder(alpha.folder, {}, "web", 0)
    assert list((alpha.folder.path / "state").glob("wake-*")) == []
