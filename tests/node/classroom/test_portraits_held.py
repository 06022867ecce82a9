"""Pupils' own pictures, marked while they wait: released only with consent, taken along, taken
down."""

import io
import zipfile

import pytest

from node.classroom import portraits, release
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests.node.classroom.classes import Twinned
from tests.node.classroom.consenting import agree
from tests.node.classroom.pupil_files import bring, find
from tests.node.classroom.works import let_out
from tests.node.spaces.bringing import files_at
from tests.node.spaces.test_withdrawn_from_sight import files_at_all
from tests.node.spaces.viewing import look, refusal
from tests.node.web.browser import browsing
from tests.nodes import settle


async def mark(twinned: Twinned, work: int, *aliases: str) -> None:
    await portraits.mark(
        twinned.alpha.node.room,
        twinned.shared.ana,
        twinned.space,
        (await find(twinned, work)).object,
        [twinned.alpha.pupils[one].id for one in aliases],
    )


async def test_a_held_picture_leaves_with_the_consent_of_whom_it_shows_and_goes_with_a_no(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    work = await bring(twinned)
    await mark(twinned, work, "Koala Orion", "Tiger Vega")
    await agree(twinned, "Koala Orion")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert (refused.value.reason, refused.value.facts["missing"]) == (Reason.NOT_ALLOWED, 1)
    assert (await find(twinned, work)).state == "held"
    await settle(shared.alpha, shared.beta)
    assert await files_at(shared.beta, shared.space) == []
    await agree(twinned, "Tiger Vega")
    file = await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    await look(shared, file)
    assert await agree(twinned, "Tiger Vega", said="withdrawn") == 1
    assert await refusal(shared, file) is Reason.NOT_FOUND
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, shared.space, file) == [Standing.ERASED]


async def test_a_teacher_marks_on_a_page_and_reads_why_it_cannot_be_released(
    twinned: Twinned,
) -> None:
    work = await bring(twinned)
    async with browsing(twinned.alpha.node, "ana") as ana:
        page = await ana.get(f"/held/{work}")
        assert "Nobody is marked" in page.text
        marking = await ana.get(f"/held/{work}/pupils")
        number = str(twinned.alpha.pupils["Tiger Vega"].id)
        marked = await ana.submit(marking, "/pupils", shown=number)
        assert "1 pupil is marked" in marked.text
        refused = await ana.submit(marked, "/release")
        assert refused.status == 422
        assert "whose consent is missing" in refused.text
        await agree(twinned, "Tiger Vega")
        done = await ana.submit(await ana.get(f"/held/{work}"), "/release")
    assert "told=work-released" in done.path, done.text


async def test_files_are_taken_along_while_they_wait_and_once_they_are_out(
    twinned: Twinned,
) -> None:
    room = twinned.alpha.node.room
    waiting = await bring(twinned, "Waits.jpg")
    out = await bring(twinned, "Out.jpg")
    given = await release.show(room, twinned.shared.ana, waiting)
    await let_out(twinned, out)
    async with browsing(twinned.alpha.node, "ana") as ana:
        answer = await ana.client.post(
            f"/classes/{twinned.alpha.class_}/export", headers={"Origin": ana.origin}
        )
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            assert archive.testzip() is None
            files = {one: archive.read(one) for one in archive.namelist() if "files/" in one}
            page = archive.read("02-Panda-Nova/works.html").decode()
    assert sorted(name.rpartition("-")[2] for name in files) == ["Out.webp", "Waits.webp"]
    assert all(octets[:4] == b"RIFF" for octets in files.values())
    (held,) = [octets for name, octets in files.items() if name.endswith("Waits.webp")]
    assert len(held) == given.octets
    assert "files/001-" in page
