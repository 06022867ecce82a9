"""Forms of pupils and of their teachers that hold what no page of ours sends: each is answered in
words, and never by a defect.
"""

import re
from pathlib import Path

import pytest

import node.web
from node.web.words import FIELDS
from tests.attacks.visiting import signed_in
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin
from tests.node.spaces.schools import open_together
from tests.node.web.browser import browsing
from tests.node.web.test_classes import come_in
from tests.nodes import Node

ASKS = re.compile(
    r"\.(?:text|line|secret|choice|choices|number|day|tenths|website|handle|say|mending)"
    r'\(\s*f?"([a-z_]+)'
)


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


def test_each_field_that_a_page_may_complain_of_has_a_name() -> None:
    asked = {
        (path.name, field)
        for path in Path(node.web.__file__).parent.rglob("*.py")
        for field in ASKS.findall(path.read_text("utf-8"))
    }
    assert len(asked) > 100
    assert sorted(one for one in asked if one[1] not in FIELDS) == []


async def test_a_report_with_too_many_words_is_answered_beside_the_field(twinned: Twinned) -> None:
    thread = (await begin(twinned)).replace("/", "-", 1)
    path = f"/c/w/{twinned.space}/report/{thread}"
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        told = await pupil.send(path, why="bullying", words="a" * 501)
        assert told.status == 422
        assert "Shorten this to 500 characters." in told.text
        told = await pupil.send(path, why="bullying", words="a" * 500)
    assert "told=pupil-reported" in told.path


async def test_a_new_year_for_a_class_that_changed_meanwhile_is_asked_again(
    twinned: Twinned,
) -> None:
    ana = await signed_in(twinned.alpha.node, "ana")
    path = f"/classes/{twinned.alpha.class_}/year"
    typed = {"name": "6b", "last_day": "2028-07-31", "offered": "yes", "listed": "999"}
    told = await ana.post(path, typed)
    assert told.status == 422
    assert b'href="#field-staying"' in told.body
