"""A pupil's card in the pages: written on a wall that is open, looked through, released, erased."""

import pytest

from tests.node.classroom.classes import Twinned, twin
from tests.node.spaces.schools import open_together
from tests.node.web.browser import browsing
from tests.node.web.test_classes import come_in
from tests.nodes import Node, settle


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def test_a_pupil_writes_a_card_which_a_teacher_reads_as_it_will_hang_and_releases(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        await come_in(pupil, twinned)
        ask = await bob.get(f"/w/{shared.space}/walls/new")
        wall = await bob.submit(
            ask, "/walls/new", title="Our river", columns="We wonder\nWe found out", language="en",
            audience="members", pupils="yes",
        )  # fmt: skip
        path = wall.path.partition("?")[0]
        await settle(shared.alpha, shared.beta)
        desk = await pupil.get(f"/c/w/{shared.space}")
        assert "You can write a card" in desk.text
        seen = await pupil.get(desk.link("/walls/"))
        empty = await pupil.submit(seen, seen.path, text="", language="en", how="held")
        assert empty.status == 422
        kept = await pupil.submit(
            seen,
            seen.path,
            text="How deep?",
            column="2",
            colour="green",
            language="en",
            how="draft",
        )
        assert "Only you see it" in kept.text
        mine = await pupil.get(kept.link("/c/cards/"))
        done = await pupil.submit(
            mine,
            "/c/cards/1",
            text="How deep is it?",
            column="2",
            colour="green",
            language="en",
            how="held",
        )
        assert "Your teacher reads it first" in done.text
        assert "How deep is it?" in (await pupil.get("/c/works")).text
        queue = await ana.get("/held")
        assert "A card for" in queue.text
        one = await ana.get(queue.link("/held/"))
        assert "tone-green" in one.html
        assert "We found out" in one.text
        released = await ana.submit(one, "/release")
        assert "Nothing waits" in released.text
        await settle(shared.alpha, shared.beta)
        hung = await bob.get(path)
        assert "How deep is it?" in hung.text
        assert "How deep is it?" in (await pupil.get(seen.path)).text
        assert "/delete" not in hung.html, "it is not for Bob's school to erase"
        own = await ana.get(path)
        sure = await ana.get(own.link("/delete"))
        gone = await ana.submit(sure, "/delete")
        assert gone.path.endswith("told=deleted")
        await settle(shared.alpha, shared.beta)
        for reader in (ana, bob):
            assert "How deep is it?" not in (await reader.get(path)).text


async def test_a_wall_that_was_closed_meanwhile_says_so(twinned: Twinned) -> None:
    shared = twinned.shared
    async with browsing(shared.alpha) as pupil, browsing(shared.alpha, "ana") as ana:
        await come_in(pupil, twinned)
        ask = await ana.get(f"/w/{shared.space}/walls/new")
        wall = await ana.submit(
            ask, "/walls/new", title="Our river", columns="One", language="en",
            audience="members", pupils="yes",
        )  # fmt: skip
        path = wall.path.partition("?")[0]
        open_ = await pupil.get(f"/c{path}")
        form = await ana.get(f"{path}/edit")
        assert 'value="yes" checked' in form.html
        await ana.submit(
            form,
            "/edit",
            title="Our river",
            columns="One",
            language="en",
            audience="members",
            pupils="",
        )
        late = await pupil.submit(
            open_,
            open_.path,
            text="How deep?",
            column="1",
            colour="plain",
            language="en",
            how="held",
        )
        assert late.status == 422
        assert "takes no cards of pupils now" in late.text
        assert "Only teachers write on it now" in late.text
        secret = await ana.submit(
            ask, "/walls/new", title="Ours", columns="One", language="en", audience="teachers"
        )
        hidden = await pupil.get(f"/c{secret.path.partition('?')[0]}")
        assert hidden.status == 404


async def test_a_card_whose_wall_is_for_teachers_now_is_thrown_away_and_tells_no_title(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    said = {"title": "Secret of the staff", "columns": "One", "language": "en"}
    async with browsing(shared.alpha) as pupil, browsing(shared.alpha, "ana") as ana:
        await come_in(pupil, twinned)
        ask = await ana.get(f"/w/{shared.space}/walls/new")
        wall = await ana.submit(ask, "/walls/new", **said, audience="members", pupils="yes")
        path = wall.path.partition("?")[0]
        seen = await pupil.get(f"/c{path}")
        await pupil.submit(
            seen, seen.path, text="Mine", column="1", colour="green", language="en", how="draft"
        )
        edit = await ana.get(f"{path}/edit")
        await ana.submit(edit, "/edit", **said, audience="teachers", pupils="")
        listed = await pupil.get("/c/works")
        assert "Secret of the staff" not in listed.text
        mine = await pupil.get(listed.link("/c/cards/"))
        assert "not there for you now" in mine.text
        assert "Secret of the staff" not in mine.text
        gone = await pupil.submit(mine, "/remove")
        assert "/c/cards/" not in (await pupil.get("/c/works")).html
        assert gone.status == 200
