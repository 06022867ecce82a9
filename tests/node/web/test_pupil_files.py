"""A pupil's picture in the pages: brought, described, looked through, mended, released, seen."""

import re

import pytest
from aiohttp import FormData

from node.classroom import working
from tests import pictures
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.pupil_files import bring
from tests.node.spaces.schools import open_together
from tests.node.web.browser import Browser, Shown, browsing
from tests.node.web.test_classes import come_in
from tests.nodes import Node, settle

PHOTO = "Mia Nowak am Fluss.jpg"


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def send_file(pupil: Browser, space: str, name: str, octets: bytes) -> Shown:
    return await pupil.bring(f"/c/w/{space}/bring", "file", name, octets)


async def test_a_picture_is_brought_by_a_pupil_mended_released_and_seen_under_the_alias(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        await come_in(pupil, twinned)
        desk = await pupil.get(f"/c/w/{shared.space}")
        ask = await pupil.get(desk.link("/bring"))
        assert "Your teacher looks at it first" in ask.text
        mine = await send_file(pupil, shared.space, PHOTO, pictures.tagged("JPEG", (640, 480)))
        assert mine.path.endswith("told=file-here"), mine.text
        assert "Mia Nowak am Fluss.webp" in mine.html
        nothing_said = await pupil.submit(
            mine, mine.path.partition("?")[0], name="Fluss", alt="", language="en", how="held"
        )
        assert nothing_said.status == 422
        assert "Say what can be seen in it" in nothing_said.text
        handed_in = await pupil.submit(
            mine,
            mine.path.partition("?")[0],
            name="Mia Nowak am Fluss",
            alt="A stork.",
            language="en",
            how="held",
        )
        assert handed_in.path.endswith("told=work-held")
        assert "Your teacher reads it first" in handed_in.text
        queue = await ana.get("/held")
        assert "Look at it first" in queue.text
        assert 'type="checkbox"' not in queue.html, "a picture is not released unseen"
        one = await ana.get(queue.link("/held/"))
        assert '<mark class="blocks">Mia Nowak' in one.html
        assert "No machine reads what pictures show" in one.text
        assert 'action="/held/1/release"' not in one.html
        for path in ("/held/1/bytes", "/held/1/small"):
            answer = await ana.client.get(path)
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Type"] == "image/webp"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert (await answer.read())[:4] == b"RIFF"
        unmended = await ana.submit(one, "/mend", name="The river", alt="")
        assert unmended.status == 422
        assert "for those who cannot see it" in unmended.text
        mended = await ana.submit(one, "/mend", name="The river", alt="A stork at the river.")
        assert mended.path == "/held/1?told=file-mended"
        assert "<mark" not in mended.html
        done = await ana.submit(mended, "/release")
        assert done.path == "/held?told=work-released", done.text
        await settle(shared.alpha, shared.beta)
        own = await pupil.get("/c/works")
        assert "The river.webp" in own.text
        assert "Everyone in the project sees it" in own.text
        listed = await bob.get(f"/w/{shared.space}/materials")
        file = await bob.get(
            re.findall(rf"/w/{shared.space}/materials/[^\"]+-[^\"]+", listed.html)[0]
        )
        assert "A stork at the river." in file.text
        assert "stays at its school" in file.text
        picture = await bob.client.get(re.findall(r'src="(/w/[^"]+/files/[^"]+)"', file.html)[0])
        assert (await picture.read())[:4] == b"RIFF"
        for page in (listed, file):
            assert "Nowak" not in page.html
            assert "Panda Nova" not in page.html


async def test_a_picture_of_somebody_without_consent_is_not_released(twinned: Twinned) -> None:
    shared = twinned.shared
    work = await bring(twinned)
    mia = str(twinned.alpha.pupils["Panda Nova"].id)
    async with browsing(shared.alpha, "ana") as ana:
        one = await ana.get(f"/held/{work}")
        marking = await ana.get(one.link("/pupils"))
        assert f"/held/{work}/small" in marking.html
        back = await ana.submit(marking, f"/held/{work}/pupils", shown=mia)
        assert back.path == f"/held/{work}?told=picture-marked"
        refused = await ana.submit(back, "/release")
        assert refused.status == 422
        assert "whose consent is missing" in refused.text
        await ana.send(marking.path)
        assert (await ana.submit(back, "/release")).path == "/held?told=work-released"
        assert (await ana.get(marking.path)).status == 409
        assert (await ana.get("/held/999/pupils")).status == 404


async def test_what_is_not_taken_is_said_in_a_childs_words(twinned: Twinned) -> None:
    space = twinned.space
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        for octets, words in (
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This kind of file cannot be brought"),
            (pictures.tagged("JPEG")[:300], "maybe it is damaged"),
            (b"PK\x03\x04" + bytes(60), "a packed folder"),
            (b"", "There is nothing in this file"),
        ):
            refused = await send_file(pupil, space, "a.jpg", octets)
            assert refused.status == 422
            assert words in refused.text
        none = FormData()
        none.add_field("file", b"", filename="")
        given = {"Origin": pupil.origin, "Accept": "text/html", "Accept-Language": "en"}
        answer = await pupil.client.post(f"/c/w/{space}/bring", data=none, headers=given)
        assert answer.status == 422
        assert "Choose a picture or a file first" in await answer.text()
        plain = await pupil.send(f"/c/w/{space}/bring", file="a.jpg")
        assert plain.status == 415
        assert (await send_file(pupil, "A" * 43, "a.jpg", b"x")).status == 404


async def test_a158_a_file_that_waits_is_shown_to_its_author_and_to_teachers_in_its_space_alone(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    work = await bring(twinned)
    await shared.alpha.account("rui", "Rui")
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.alpha, "rui") as rui,
        browsing(shared.beta, "bob") as bob,
        browsing(shared.alpha) as nobody,
    ):
        own, held = f"/c/files/{work}/bytes", f"/held/{work}/bytes"
        await come_in(pupil, twinned)
        assert (await pupil.client.get(own)).status == 200
        assert (await ana.client.get(held)).status == 200
        assert (await ana.client.get(own)).url.path == "/c", "a teacher is no pupil"
        assert (await pupil.client.get(held)).url.path == "/login", "nor a pupil a teacher"
        assert (await rui.client.get(held)).status == 404
        assert (await bob.client.get(held)).status == 404
        assert (await nobody.client.get(held)).url.path == "/login"
        await come_in(pupil, twinned, "Koala Orion")
        for path in (own, f"/c/files/{work}", f"/c/files/{work}/small"):
            assert (await pupil.client.get(path)).status == 404


async def test_one_pupil_takes_no_more_room_than_is_his(twinned: Twinned) -> None:
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    files = room.context.settings.files
    object.__setattr__(files, "pupil_mib", 1)
    text = b"Many words. " * 60_000
    async with browsing(twinned.alpha.node) as browser:
        await come_in(browser, twinned)
        assert (await send_file(browser, twinned.space, "a.txt", text)).status == 200
        full = await send_file(browser, twinned.space, "b.txt", text)
        assert full.status == 422
        assert "Much of yours still waits" in full.text
        (work,) = await working.list_works(room, pupil)
        await working.take_back(room, pupil, work.id)
        large = await send_file(browser, twinned.space, "c.txt", 2 * text)
        assert large.status in (413, 422)
        assert (await send_file(browser, twinned.space, "d.txt", text)).status == 200
        object.__setattr__(files, "held_mib", 0)
        nothing = await send_file(browser, twinned.space, "e.txt", b"One word.")
        assert nothing.status == 507
        assert "Tell your teacher" in nothing.text
