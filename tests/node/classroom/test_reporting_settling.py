"""What becomes of a sealed copy whose report fails half way: it is that report's, or it goes."""

import asyncio

import pytest

from node import crew
from node.actions import reports as acting
from node.classroom import reporting, safeguarding
from node.vault import evidence
from node.vault.vault import Unit
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.reported import listed, tell
from tests.node.classroom.test_safeguarding import guardian
from tests.node.classroom.works import begin


async def kept(twinned: Twinned) -> list[str]:
    """The reports of all copies, also of those that are in nobody's list."""
    async with twinned.alpha.node.room.vault.read() as view:
        rows = await view.rows.all("SELECT report FROM evidence ORDER BY id")
    return [row["report"] or "" for row in rows]


async def fail(*_: object, **__: object) -> None:
    raise RuntimeError("the disk went away")


async def test_a_report_that_fails_in_whatever_way_leaves_no_copy(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await begin(twinned)
    with monkeypatch.context() as patch:
        patch.setattr(acting, "_put", fail)
        with pytest.raises(RuntimeError):
            await tell(twinned, thread)
    assert await kept(twinned) == []


async def test_a_report_whose_reader_went_away_keeps_its_copy(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, space, thread = twinned.shared.alpha, twinned.space, await begin(twinned)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    made = asyncio.Event()
    real = evidence.put_report

    async def linger(unit: Unit, sealed: int, report: str) -> None:
        if not made.is_set():
            made.set()
            await asyncio.Event().wait()
        await real(unit, sealed, report)

    monkeypatch.setattr(evidence, "put_report", linger)
    reporting_ = asyncio.create_task(
        reporting.report(alpha.room, pupil, space, thread, reason="hate", words="")
    )
    await made.wait()
    reporting_.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reporting_
    (row,) = await listed(alpha, space)
    assert await kept(twinned) == [row.id]


async def test_a_stop_between_the_two_databases_is_settled_when_the_node_starts(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, space = twinned.shared.alpha, twinned.space
    made, unmade = await begin(twinned), await begin(twinned)
    monkeypatch.setattr(reporting, "_settle_one", fail_silently)
    for thread, (room, name) in (
        (made, (evidence, "put_report")),
        (unmade, (acting, "report_by_pupil")),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, fail)
            with pytest.raises(RuntimeError):
                await tell(twinned, thread)
    assert await kept(twinned) == ["", ""]
    greta = await guardian(twinned)
    assert await safeguarding.list_evidence(alpha.room, greta) == []
    assert await safeguarding.count_open(alpha.room, greta) == 0
    await crew.prepare(alpha.room)
    (row,) = await listed(alpha, space)
    assert row.item == made
    assert await kept(twinned) == [row.id]
    assert [one.pupils for one in await safeguarding.list_evidence(alpha.room, greta)] == [1]


async def fail_silently(*_: object) -> None:
    """As if the power was cut."""
