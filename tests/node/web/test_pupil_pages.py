"""A pupil's copy of a page in the pages: changed in a form, read as the page would be, released."""

import re

import pytest

from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.test_copying import TEXTS, begin
from tests.node.spaces.schools import open_together
from tests.node.web.browser import browsing
from tests.node.web.test_classes import come_in
from tests.nodes import Node, settle


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def test_a_pupil_changes_and_adds_a_teacher_reads_the_page_and_releases_it(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    page = (await begin(twinned)).replace("/", "-", 1)
    path, own = f"/w/{shared.space}/pages/{page}", f"/c/w/{shared.space}/pages/{page}"
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        await come_in(pupil, twinned)
        desk = await pupil.get(f"/c/w/{shared.space}")
        assert "You can write on it" in desk.text
        sheet = await pupil.get(desk.link("/pages/"))
        first, second = re.findall(r'<textarea[^>]* name="(text-[^"]+)"', sheet.html)
        shown = dict(zip((first, second), TEXTS, strict=True))
        nothing = await pupil.submit(sheet, own, **shown, language="en", how="held")
        assert nothing.status == 422
        assert "Change something first" in nothing.text
        typed = shown | {first: "The river is short.", "added-0": "Storks live there."}
        draft = await pupil.submit(sheet, own, **typed, language="en", how="draft")
        assert "You changed this" in draft.text
        assert "Nobody but you" in draft.text
        assert draft.html.count("Storks live there.") == 1
        typed["added-0"] = "Storks and otters live there."
        done = await pupil.submit(draft, own, **typed, language="en", how="held")
        assert "Your teacher reads it first" in done.text
        queue = await ana.get("/held")
        assert "On the page" in queue.text
        assert 'type="checkbox"' not in queue.html, "a page is not released unread"
        one = await ana.get(queue.link("/held/"))
        assert "<del>" in one.html
        assert "<ins>" in one.html
        assert "The whole page as it would be" in one.text
        assert TEXTS[1] in one.text
        await ana.submit(one, "/release")
        await settle(shared.alpha, shared.beta)
        there = await bob.get(path)
        for text in ("The river is short.", TEXTS[1], "Storks and otters live there."):
            assert text in there.text
        after = await pupil.get(own)
        assert "You changed this" not in after.text
        works = await pupil.get("/c/works")
        assert "Everyone in the project sees it" in works.text


async def test_a_form_that_was_open_while_others_wrote_takes_nothing_of_theirs_back(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    page = (await begin(twinned)).replace("/", "-", 1)
    path, own = f"/w/{shared.space}/pages/{page}", f"/c/w/{shared.space}/pages/{page}"
    async with browsing(shared.alpha) as pupil, browsing(shared.alpha, "ana") as ana:
        await come_in(pupil, twinned)
        sheet = await pupil.get(own)
        first, second = re.findall(r'<textarea[^>]* name="(text-[^"]+)"', sheet.html)
        edit = await ana.get((await ana.get(f"{path}/edit")).link("/edit"))
        await ana.submit(edit, "/edit", text="The river is deep.", language="en")
        typed = {first: TEXTS[0], second: "It flows to the ocean."}
        await pupil.submit(sheet, own, **typed, language="en", how="held")
        one = await ana.get((await ana.get("/held")).link("/held/"))
        await ana.submit(one, "/release")
        seen = await ana.get(path)
        assert "The river is deep." in seen.text
        assert "It flows to the ocean." in seen.text
        assert "more than one version" not in seen.text


async def test_a_part_that_a_pupil_reports_is_not_shown_and_stays_as_it_was(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    page = (await begin(twinned)).replace("/", "-", 1)
    own = f"/c/w/{shared.space}/pages/{page}"
    async with browsing(shared.alpha) as pupil, browsing(shared.alpha, "ana") as ana:
        await come_in(pupil, twinned)
        sheet = await pupil.get(own)
        first, second = re.findall(r'<textarea[^>]* name="(text-[^"]+)"', sheet.html)
        ask = await pupil.get(sheet.link(f"/report/{first.removeprefix('text-')}"))
        told = await pupil.submit(ask, "/report/" + first.removeprefix("text-"), why="bullying")
        assert told.path.startswith(own), told.text
        seen = await pupil.get(own)
        assert TEXTS[0] not in seen.html
        assert "Your teachers look at this" in seen.text
        typed = {second: "It flows to the ocean.", first: "Mine."}
        await pupil.submit(seen, own, **typed, language="en", how="held")
        await ana.submit(await ana.get((await ana.get("/held")).link("/held/")), "/release")
        there = await ana.get(f"/w/{shared.space}/pages/{page}")
        assert TEXTS[0] in there.text
        assert "It flows to the ocean." in there.text
        assert "Mine." not in there.text


async def test_a_page_that_is_closed_is_read_and_one_for_teachers_is_not_there(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    closed = (await begin(twinned, opened=False)).replace("/", "-", 1)
    hidden = (await begin(twinned, audience="teachers")).replace("/", "-", 1)
    async with browsing(shared.alpha) as pupil, browsing(shared.alpha, "ana") as ana:
        await come_in(pupil, twinned)
        seen = await pupil.get(f"/c/w/{shared.space}/pages/{closed}")
        assert TEXTS[0] in seen.text
        assert "<textarea" not in seen.html
        late = await pupil.send(
            f"/c/w/{shared.space}/pages/{closed}", [("added-0", "x"), ("language", "en")]
        )
        assert late.status == 422
        assert "Pupils do not write on this page now" in late.text
        assert (await pupil.get(f"/c/w/{shared.space}/pages/{hidden}")).status == 404
        settings = await ana.get(f"/w/{shared.space}/pages/{closed}/settings")
        await ana.submit(
            settings, "/settings", title="Our river", language="en", audience="members",
            pupils="yes",
        )  # fmt: skip
        assert "<textarea" in (await pupil.get(f"/c/w/{shared.space}/pages/{closed}")).html
