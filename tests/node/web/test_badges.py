"""What helps whoever cannot read yet: a picture beside every alias, pages that are read aloud."""

import re

import pytest

from node.classroom import roster
from node.classroom.roster import Newcomer, names_of
from node.web.render import HUES, badge_of
from tests.node.classroom.classes import Twinned, twin
from tests.node.spaces.schools import open_together
from tests.node.web.browser import browsing
from tests.node.web.faces import make_face
from tests.node.web.test_classes import come_in
from tests.nodes import Node


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


def test_an_alias_has_one_picture_and_one_colour_however_it_is_typed() -> None:
    pictures = sorted(make_face().assets.symbols("pictures.svg"))
    assert len(pictures) > 30
    assert badge_of(pictures, "Panda Nova") == badge_of(pictures, "panda NOVA")
    drawn = [badge_of(pictures, f"Panda Nova {number}") for number in range(400)]
    assert {picture for picture, _ in drawn} == set(pictures)
    assert {hue for _, hue in drawn} == set(range(1, HUES + 1))


async def test_a_plain_alias_has_its_letter_and_neither_picture_nor_colour(
    twinned: Twinned,
) -> None:
    school = twinned.alpha
    newcomers = [Newcomer(one, names_of(display="")) for one in ("Vega 27", "Orion 310", "Lama 2b")]
    await roster.add_pupils(school.node.room, school.teacher, school.class_, newcomers)
    async with browsing(school.node, "ana") as ana:
        shown = (await ana.get(f"/classes/{school.class_}")).html
    faces = {
        alias: face
        for face, alias in re.findall(
            r'<div class="who">\s*(<span class="face.*?)<div><a [^>]*>([^<]+)</a>', shown, re.DOTALL
        )
    }
    for plain in ("Vega 27", "Orion 310"):
        assert re.sub(r"<[^>]+>", "", faces[plain]).strip() == plain[0]
        assert "svg" not in faces[plain]
        assert "hue-" not in faces[plain]
    for pictured in ("Koala Orion", "Lama 2b"):
        assert "pictures.svg#" in faces[pictured]
        assert "hue-" in faces[pictured]


async def test_pages_for_pupils_have_pictures_and_a_voice_and_those_for_staff_no_voice(
    twinned: Twinned,
) -> None:
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        home = await pupil.get("/c/home")
    assert len(re.findall(r"/pictures\.svg#[a-z0-9-]+", home.html)) == 2, (
        "in class and in the space"
    )
    assert "aloud.js" in home.html
    async with browsing(twinned.alpha.node, "ana") as ana:
        listed = await ana.get(f"/classes/{twinned.alpha.class_}")
        assert "/pictures.svg#" in listed.html
        for page in (listed, await ana.get("/contacts")):
            assert "aloud" not in page.html
