"""A disk that is nearly full: people sign in, read and take back; new things are refused."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from node.actions import people, sign_in
from protocol.errors import Reason, Refused
from tests.nodes import PASSWORD, Node, VirtualClock, running

FLOOR_MIB = 1000
MIB = 1_048_576


@pytest.fixture
async def guarded(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    floor = {"SCHOOLGATE_LIMITS__FREE_DISK_MIB": str(FLOOR_MIB)}
    async with running("guarded", tmp_path / "guarded", clock, floor) as node:
        yield node


@pytest.fixture
def leave_free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def leave(free_mib: int) -> None:
        used = shutil.disk_usage("/")._replace(free=free_mib * MIB)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: used)

    return leave


async def test_below_the_floor_people_sign_in_and_out_and_write_nothing_new(
    guarded: Node, leave_free: Callable[[int], None]
) -> None:
    leave_free(FLOOR_MIB)
    ana = await guarded.account("ana")
    leave_free(FLOOR_MIB - 1)
    token = await sign_in.sign_in(
        guarded.context, "ana", PASSWORD, address="192.0.2.1", user_agent="A browser"
    )
    assert await sign_in.recognise_session(guarded.context, token) is not None
    with pytest.raises(Refused) as refused:
        await people.publish_update(guarded.context, ana, text="Good morning", language="en")
    assert refused.value.reason is Reason.STORAGE_FULL
    await sign_in.sign_out(guarded.context, token)
    assert await sign_in.recognise_session(guarded.context, token) is None
