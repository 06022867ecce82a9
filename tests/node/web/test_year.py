"""Work taken along and the new school year, as people do it without scripts."""

import io
import json
import zipfile

import pytest
from aiohttp.client_reqrep import ClientResponse

from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, hand_in
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def fetch(browser: Browser, path: str) -> ClientResponse:
    return await browser.client.post(
        path, headers={"Accept": "text/html", "Origin": browser.origin}
    )


async def open_archive(answer: ClientResponse) -> dict[str, str]:
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        return {one: archive.read(one).decode() for one in archive.namelist()}


async def test_a_teacher_takes_the_work_of_a_class_and_a_pupil_his_own(twinned: Twinned) -> None:
    thread, node = await begin(twinned), twinned.alpha.node
    await hand_in(twinned, thread, "<b>Storks</b>")
    await hand_in(twinned, thread, "Another's.", "Koala Orion")
    async with browsing(node, "ana") as ana:
        files = await open_archive(await fetch(ana, f"/classes/{twinned.alpha.class_}/export"))
    assert sorted(files) == [
        *("01-Koala-Orion/works.html", "01-Koala-Orion/works.json"),
        *("02-Panda-Nova/works.html", "02-Panda-Nova/works.json"),
        *("03-Tiger-Vega/works.html", "03-Tiger-Vega/works.json"),
    ]
    said = json.loads(files["02-Panda-Nova/works.json"])
    assert [one["text"] for one in said["works"]] == ["<b>Storks</b>"]
    assert "&lt;b&gt;Storks" in files["02-Panda-Nova/works.html"]
    assert "Nothing was written" in files["03-Tiger-Vega/works.html"]
    for name in ("Mia", "Nowak", "Prata"):
        assert name not in "".join(files.values())
    async with browsing(node) as pupil:
        await pupil.send(
            "/c/card", card=twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
        )
        page = await pupil.get("/c/works")
        assert "Take it all along" in page.text
        own = await open_archive(await fetch(pupil, "/c/works/export"))
        assert (await fetch(pupil, f"/classes/{twinned.alpha.class_}/export")).status in (401, 404)
    assert sorted(own) == ["01-Panda-Nova/works.html", "01-Panda-Nova/works.json"]
    assert "Another's" not in "".join(own.values())


async def test_a_new_year_begins_with_who_stays_and_leads_to_the_cards(twinned: Twinned) -> None:
    path = f"/classes/{twinned.alpha.class_}"
    stays = str(twinned.alpha.pupils["Panda Nova"].id)
    typed = {"name": "6b", "last_day": "2028-07-31", "staying": stays}
    async with browsing(twinned.alpha.node, "ana") as ana:
        page = await ana.get(f"{path}/year")
        assert 'value="2028-07-31"' in page.html
        refused = await ana.submit(page, "/year", **typed)
        assert refused.status == 422
        assert "say so with a tick" in refused.text
        done = await ana.submit(page, "/year", **typed, offered="yes")
        assert done.path == f"{path}/cards?told=year-begun", done.text
        shown = await ana.get(path)
    assert "Class 6b" in shown.text
    assert "Mia Nowak-Reis" in shown.text
    assert "Prata" not in shown.text
