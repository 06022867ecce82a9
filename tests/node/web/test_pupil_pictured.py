"""A picture with a pupil's reply or card in the pages: one form, one queue, one release; seen by
pupils and teachers of both schools where the words are."""

import io
import json
import re
import zipfile

import pytest
from aiohttp import FormData

from node.classroom import taking_in, taking_part
from tests import pictures
from tests.node.classroom.classes import Twinned, make_class, twin
from tests.node.classroom.pictured import ALT, PHOTO, TEXT, card, reply
from tests.node.classroom.reported import tell
from tests.node.classroom.walls import hang
from tests.node.classroom.works import begin, let_out
from tests.node.spaces.schools import open_together
from tests.node.web.browser import Browser, Shown, browsing, shown_of
from tests.node.web.test_classes import come_in
from tests.nodes import Node, settle

both = pytest.mark.parametrize("place", ["reply", "card"])


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def send(pupil: Browser, path: str, octets: bytes = b"", /, **typed: str) -> Shown:
    """The form with a photo, the way a browser sends it; without one its field is empty."""
    form = FormData(default_to_multipart=True)
    for name, value in {"language": "en", "how": "held", **typed}.items():
        form.add_field(name, value)
    form.add_field(
        "pictures",
        octets,
        filename="Mia Nowak am Fluss.jpg" if octets else "",
        content_type="application/octet-stream",
    )
    return await shown_of(
        await pupil.client.post(path, data=form, headers={"Origin": pupil.origin})
    )


async def place_of(twinned: Twinned, place: str) -> tuple[str, dict[str, str]]:
    """Where the form is, and what else it asks."""
    if place == "reply":
        thread = await begin(twinned)
        return f"/c/w/{twinned.space}/{thread.replace('/', '-')}", {}
    wall = await hang(twinned)
    path = f"/c/w/{twinned.space}/walls/{wall.replace('/', '-')}"
    return path, {"colour": "green", "column": "2"}


@both
async def test_a_picture_is_sent_with_the_words_mended_released_with_them_and_seen_beside_them(
    twinned: Twinned, place: str
) -> None:
    shared = twinned.shared
    path, more = await place_of(twinned, place)
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        await come_in(pupil, twinned)
        asked = await pupil.get(path)
        assert "What is in the picture?" in asked.text
        photo = pictures.tagged("JPEG", (640, 480))
        nothing_said = await send(pupil, path, photo, text="We saw it.", alt="", **more)
        assert nothing_said.status == 422
        assert "Say what can be seen in it" in nothing_said.text
        assert '/c/files/1/small"' in nothing_said.html, "the picture is not chosen twice"
        work = re.findall(r'action="(/c/(?:works|cards)/1)"', nothing_said.html)[0]
        handed_in = await send(pupil, work, text="We saw it.", alt="A stork.", **more)
        assert handed_in.status == 200, handed_in.text
        there = await pupil.get(path)
        assert "Your teacher reads it first" in there.text
        assert '/c/files/1/small"' in there.html
        queue = await ana.get("/held")
        assert "We saw it." in queue.text
        assert 'type="checkbox"' not in queue.html, "a picture is not released unseen"
        one = await ana.get("/held/1")
        assert '<mark class="blocks">Mia Nowak' in one.html
        assert 'src="/held/1/bytes"' in one.html
        mended = await ana.submit(one, "/mend", name="The river", alt="A stork at the river.")
        assert "<mark" not in mended.html
        assert "We saw it." in mended.text
        done = await ana.submit(mended, "/release")
        assert done.path == "/held?told=work-released", done.text
        await settle(shared.alpha, shared.beta)
        listed = await pupil.get(path)
        shown = re.findall(rf'src="(/c/w/{shared.space}/pictures/[^"]+)"', listed.html)
        assert len(shown) == 1
        answer = await pupil.client.get(shown[0])
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert (await answer.read())[:4] == b"RIFF"
        for teacher in (ana, bob):
            seen = await teacher.get(
                path.replace("/c/w/", "/w/").replace(
                    shared.space, f"{shared.space}/forum" if place == "reply" else shared.space
                )
            )
            small = re.findall(r'<img src="([^"]+)" alt="A stork at the river\."', seen.html)
            assert len(small) == 1, seen.html
            picture = await teacher.client.get(small[0])
            assert (await picture.read())[:4] == b"RIFF"


@both
async def test_pupils_of_the_partner_see_it_too_and_not_what_was_reported(
    twinned: Twinned, place: str
) -> None:
    shared = twinned.shared
    beta = await make_class(shared.beta, shared.bob)
    chosen = [beta.pupils["Koala Orion"].id]
    await taking_part.choose(shared.beta.room, shared.bob, shared.space, chosen)
    named = await let_out(twinned, await (reply if place == "reply" else card)(twinned))
    await settle(shared.alpha, shared.beta)
    path = f"/c/w/{shared.space}/pictures/{named.replace('/', '-')}"
    async with browsing(shared.beta) as pupil, browsing(shared.alpha) as stranger:
        await come_in(pupil, Twinned(shared, beta), "Koala Orion")
        for each in (path, f"{path}/small"):
            answer = await pupil.client.get(each)
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
            assert (await answer.read())[:4] == b"RIFF"
        away = await stranger.client.get(path, allow_redirects=False)
        assert away.status in (303, 404)
        await tell(Twinned(shared, beta), named, alias="Koala Orion")
        assert (await pupil.client.get(path)).status == 410
        unknown = await pupil.client.get(path[:-4] + "AAAA")
        assert unknown.status == 404


async def test_a_form_without_a_picture_is_as_any_other_and_what_is_none_is_said(
    twinned: Twinned,
) -> None:
    path, more = await place_of(twinned, "card")
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        plain = await send(pupil, path, text="Only words.", alt="", **more)
        assert plain.path.endswith("told=work-held"), plain.text
        wrong = await send(pupil, path, b"no picture " * 200, text="See this.", alt="x", **more)
        assert wrong.status == 422
        assert "This is no picture" in wrong.text
        assert "See this." in wrong.html
        for each in (path, f"/c/w/{twinned.space}/bring"):
            broken = await pupil.client.post(
                each,
                data=b"--x\r\nno form",
                headers={"Origin": pupil.origin, "Content-Type": "multipart/form-data; boundary=x"},
            )
            assert broken.status == 400, await broken.text()


async def test_a_teacher_takes_the_picture_out_and_the_pupil_does(twinned: Twinned) -> None:
    await reply(twinned)
    await reply(twinned, hand_in=False)
    async with browsing(twinned.alpha.node) as pupil, browsing(twinned.alpha.node, "ana") as ana:
        await come_in(pupil, twinned)
        one = await ana.get("/held/1")
        assert ALT in one.html
        out = await ana.submit(one, "/held/1/picture")
        assert out.path == "/held/1?told=picture-out"
        assert "/held/1/bytes" not in out.html
        assert TEXT in out.text
        stale = await ana.submit(one, "/held/1/release")
        assert stale.status == 422
        assert "changed just now" in stale.text
        mine = await pupil.get("/c/works/2")
        assert PHOTO.removesuffix(".jpg") not in mine.text
        bare = await send(pupil, "/c/works/2", text=TEXT, alt=ALT, how="bare")
        assert bare.path == "/c/works/2?told=picture-out"
        assert "/c/files/2/small" not in bare.html
        assert "Only you see it" in bare.text


async def test_marks_for_a_picture_that_was_exchanged_meanwhile_are_not_taken(
    twinned: Twinned,
) -> None:
    await reply(twinned)
    number = str(twinned.alpha.pupils["Tiger Vega"].id)
    async with browsing(twinned.alpha.node) as pupil, browsing(twinned.alpha.node, "ana") as ana:
        await come_in(pupil, twinned)
        asked = await ana.get("/held/1/pupils")
        photo = pictures.tagged("JPEG", (320, 240))
        other = await send(pupil, "/c/works/1", photo, text=TEXT, alt=ALT)
        assert other.path.endswith("told=work-held"), other.text
        stale = await ana.submit(asked, "/pupils", shown=number)
        assert stale.status == 409
        marked = await ana.submit(await ana.get("/held/1/pupils"), "/pupils", shown=number)
        assert "1 pupil is marked" in marked.text


async def test_own_works_go_along_with_their_pictures_and_come_in_again(twinned: Twinned) -> None:
    school = twinned.alpha
    await let_out(twinned, await reply(twinned))
    await card(twinned)
    other = school.pupils["Koala Orion"]
    async with browsing(school.node) as pupil, browsing(school.node, "ana") as ana:
        await come_in(pupil, twinned)
        taken = await pupil.client.post("/c/works/export", headers={"Origin": pupil.origin})
        packed = await taken.read()
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            works = json.loads(archive.read("01-Panda-Nova/works.json"))["works"]
            page = archive.read("01-Panda-Nova/works.html").decode()
        assert [(one["text"], one["alt"], one["size"] > 0) for one in works] == [
            (TEXT, ALT, True)
        ] * 2
        assert page.count(ALT) == 2
        form = FormData({"alias": ""})
        form.add_field("file", packed, filename="works.zip")
        path = f"/classes/{school.class_}/pupils/{other.id}/works"
        brought = await ana.client.post(path, data=form, headers={"Origin": ana.origin})
        assert brought.url.query["told"] == "works-brought", await brought.text()
        record = await ana.get(f"/classes/{school.class_}/pupils/{other.id}/record")
        assert record.text.count(ALT) == 2
    found = await taking_in.list_brought(school.node.room, other)
    assert [(one.told.text, one.told.alt) for one in found] == [(TEXT, ALT)] * 2
    assert all(one.file is not None and one.file.small_octets for one in found)
