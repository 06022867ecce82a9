"""What a pupil is told where something is reported, and what of it is left to see."""

import pytest

from node.actions import cards, materials, reports
from node.actions import forum as acting
from node.classroom import reporting
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.reported import listed, sealed, tell
from tests.node.classroom.walls import hang
from tests.node.classroom.works import begin
from tests.node.spaces.bringing import SAID, bring
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing
from tests.node.web.test_classes import come_in
from tests.nodes import settle


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def test_what_a_second_pupil_was_about_to_say_is_kept_and_replies_go_with_their_thread(
    twinned: Twinned,
) -> None:
    shared, space = twinned.shared, twinned.space
    thread = await begin(twinned)
    await acting.reply(shared.beta.context, shared.bob, space, thread, text="Crows", language="en")
    await settle(shared.alpha, shared.beta)
    await shared.alpha.account("greta", "Greta Guard", roles="safeguarding")
    path = f"/c/w/{space}/{thread.replace('/', '-')}"
    async with browsing(shared.alpha) as pupil:
        await come_in(pupil, twinned, "Koala Orion")
        page = await pupil.get(path)
        assert "Crows" in page.text
        asked = await pupil.get(page.link("/report/"))
        await tell(twinned, thread)
        vain = await pupil.submit(asked, asked.path, words="He laughs at me.")
        assert vain.status == 422
        assert "He laughs at me." in vain.text
        assert "Birds" not in vain.text
        # The choice says that it is wrong, and why.
        assert 'role="radiogroup" aria-labelledby="field-why" aria-describedby=" error-why"' in (
            vain.html
        )
        done = await pupil.submit(vain, asked.path, why="bullying", words="He laughs at me.")
        assert "told=pupil-reported" in done.path, done.text
        assert "Crows" not in done.text
        assert "/report/" not in done.html
        assert (await pupil.get(asked.path)).status == 410
    (one,) = await sealed(shared.alpha)
    async with shared.alpha.room.vault.read() as view:
        (row,) = await view.rows.all("SELECT count(*) AS found FROM voices")
    assert row["found"] == 2, one


async def test_a_pupil_is_told_what_is_true_of_it(twinned: Twinned) -> None:
    shared, space = twinned.shared, twinned.space
    thread = await begin(twinned)
    path = f"/c/w/{space}/{thread.replace('/', '-')}"
    async with browsing(shared.alpha) as pupil:
        await come_in(pupil, twinned, "Koala Orion")
        asked = await pupil.get((await pupil.get(path)).link("/report/"))
        assert "Until then no pupil of your school sees it" in asked.text
        # Nobody would read the words.
        assert 'name="words"' not in asked.html
        await shared.alpha.account("greta", "Greta Guard", roles="safeguarding")
        assert 'name="words"' in (await pupil.get(asked.path)).html
        await tell(twinned, thread)
        (row,) = await listed(shared.alpha, space)
        await reports.decide(
            *(shared.alpha.context, shared.ana, space, row.id),
            decision="kept",
            text="",
            language="en",
        )
        told = (await pupil.get(asked.path)).text
        assert "until then it stays where it is" in told
        assert "no pupil of your school sees it" not in told


async def test_a_file_that_was_reported_is_on_no_card_of_a_wall(twinned: Twinned) -> None:
    shared, space = twinned.shared, twinned.space
    upload = await bring(shared.beta, shared.bob, space, "Where they live.txt", b"Elm Street")
    (file,) = await materials.publish(shared.beta.context, shared.bob, space, [(upload.id, SAID)])
    wall = await hang(twinned)
    said = {"file": file, "colour": "plain", "language": "en"}
    await cards.add(shared.beta.context, shared.bob, space, wall, text="See", column=0, **said)
    await settle(shared.alpha, shared.beta)
    async with browsing(shared.alpha) as pupil:
        await come_in(pupil, twinned)
        path = f"/c/w/{space}/walls/{wall.replace('/', '-')}"
        before = (await pupil.get(path)).text
        assert SAID.alt in before or "Where they live" in before
        await reporting.report_by_teacher(
            *(shared.alpha.room, shared.ana, space, file),
            reason="private_data_shown",
            note="",
            language="en",
        )
        after = (await pupil.get(path)).text
        assert "See" in after
        assert "Where they live" not in after
        assert not SAID.alt or SAID.alt not in after
        assert "Your teachers look at this." in after
