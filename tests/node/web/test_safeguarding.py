"""A pupil's report and the safeguarding person's pages, as people use them without scripts."""

import re

import pytest

from node.actions import cards, people
from node.classroom import safeguarding
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.reported import tell
from tests.node.classroom.walls import hang
from tests.node.classroom.works import begin
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, Shown, browsing
from tests.node.web.test_classes import come_in
from tests.nodes import settle


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def _report(pupil: Browser, twinned: Twinned, words: str) -> str:
    """Mia reports the thread; its address among her pages."""
    thread = await begin(twinned)
    await come_in(pupil, twinned)
    path = f"/c/w/{twinned.space}/{thread.replace('/', '-')}"
    page = await pupil.get(path)
    asked = await pupil.get(page.link("/report/"))
    assert "What is not right?" in asked.text
    vain = await pupil.submit(asked, asked.path, words=words)
    assert vain.status == 422
    done = await pupil.submit(vain, asked.path, why="bullying", words=words)
    assert done.path == f"{path}?told=pupil-reported", done.text
    return path


async def test_a_pupil_reports_by_one_button_and_no_pupil_sees_it_until_a_teacher_decides(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha) as other,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        path = await _report(pupil, twinned, "He laughs at me.")
        await settle(shared.alpha, shared.beta)
        await come_in(other, twinned, "Koala Orion")
        for child in (pupil, other):
            for page in (await child.get(path), await child.get(f"/c/w/{twinned.space}")):
                assert "Birds" not in page.text
                assert "Which?" not in page.text
                assert "our teachers look at" in page.text
                assert 'name="text"' not in page.html
            assert (
                await child.get(f"{path.rpartition('/')[0]}/report/{path.rpartition('/')[2]}")
            ).status == 410
        for teacher in (ana, bob):
            assert "Somebody has reported something" in (await teacher.get("/home")).text
            queue = await teacher.get(f"/w/{twinned.space}/moderation")
            one = await teacher.get(queue.link("/moderation/"))
            assert "by a pupil" in one.text
            assert "He laughs" not in one.html
            assert "Panda" not in one.html
        queue = await ana.get(f"/w/{twinned.space}/moderation")
        one = await ana.get(queue.link("/moderation/"))
        await ana.submit(one, one.path, decision="kept")
        assert "Birds" in (await other.get(path)).text


async def test_a_safeguarding_person_opens_keeps_and_closes_and_nobody_else_comes_in(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    await shared.alpha.account("greta", "Greta Guard", roles="teacher")
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "admin") as admin,
        browsing(shared.alpha, "greta") as greta,
    ):
        await _report(pupil, twinned, "He laughs at me.")
        assert (await greta.get("/safeguarding")).status == 403
        staff = await admin.get("/school/staff")
        account = await shared.alpha.get("greta")
        done = await admin.submit(staff, f"/staff/{account.id}/safeguarding")
        assert done.path == "/school/staff?told=role-changed"
        assert "Something was reported at your school" in (await greta.get("/home")).text
        listed = await greta.get("/safeguarding")
        assert "He laughs" not in listed.html, "nothing is opened for the list"
        one = await greta.get(listed.link("/safeguarding/"))
        for words in ("He laughs at me.", "Mia Nowak-Reis", "Which?", "Bob Bell"):
            assert words in one.text
        vain = await greta.submit(one, "/extend", why="")
        assert vain.status == 422
        kept = await greta.submit(vain, "/extend", why="The police asks.")
        assert "told=evidence-kept" in kept.path
        assert "The police asks." in kept.text
        closed = await greta.submit(kept, "/close")
        assert closed.path == "/safeguarding?told=evidence-closed"
        assert one.path not in (await admin.get("/safeguarding")).html
        for path in (one.path, f"{one.path}/bytes"):
            assert (await admin.get(path)).status == 403, path
        assert (await greta.get(f"{one.path}/bytes")).status == 404
        reads = await admin.get("/school/reads")
        assert "Greta Guard · what was reported" in reads.text
        assert "He laughs" not in reads.html
        assert "5b · what was reported" not in reads.text


async def test_administrators_hear_where_nobody_reads_what_pupils_report(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    nobody, unopened = "Nobody reads what pupils report", "No safeguarding person has opened"
    async with browsing(alpha, "admin") as admin, browsing(alpha, "ana") as ana:
        assert nobody in (await admin.get("/home")).text
        assert nobody not in (await ana.get("/home")).text
        await alpha.account("greta", "Greta Guard", roles="safeguarding")
        await tell(twinned, await begin(twinned))
        home = (await admin.get("/home")).text
        assert nobody not in home
        assert unopened not in home
        alpha.clock.advance(days=3, seconds=1)
    async with browsing(alpha, "admin") as admin, browsing(alpha, "greta") as greta:
        assert unopened in (await admin.get("/home")).text
        listed = await greta.get("/safeguarding")
        await greta.get(listed.link("/safeguarding/"))
        assert unopened not in (await admin.get("/home")).text


async def test_the_button_that_makes_a_safeguarding_person_pressed_twice_does_so_once(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    ana = await alpha.get("ana")
    greta = await alpha.account("greta", "Greta Guard", roles="safeguarding")
    async with browsing(alpha, "admin") as admin:
        staff = await admin.get("/school/staff")
        for _ in range(2):
            await admin.submit(staff, f"/staff/{ana.id}/safeguarding")
            assert "safeguarding" in (await alpha.get("ana")).roles
        vain = await admin.submit(staff, f"/staff/{greta.id}/safeguarding")
        assert vain.status == 422
        assert "This account has no other role." in vain.text


async def test_a_card_that_a_pupil_reports_hangs_there_no_more_and_a_wall_is_closed_to_pupils(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    wall = await hang(twinned)
    said = {"file": "", "colour": "plain", "language": "en"}
    await cards.add(
        shared.beta.context, shared.bob, twinned.space, wall, text="A slur", column=0, **said
    )
    await settle(shared.alpha, shared.beta)
    path = f"/c/w/{twinned.space}/walls/{wall.replace('/', '-')}"
    async with browsing(shared.alpha) as pupil:
        await come_in(pupil, twinned)
        page = await pupil.get(path)
        assert "A slur" in page.text
        links = [one for one in re.findall(r'href="([^"]+)"', page.html) if "/report/" in one]
        of_wall, of_card = links
        for link, left in ((of_card, 200), (of_wall, 410)):
            asked = await pupil.get(link)
            done = await pupil.submit(asked, asked.path, why="hate", words="")
            assert "told=pupil-reported" in done.path, done.text
            read = await pupil.get(path)
            assert (read.status, "A slur" in read.text) == (left, False)
        assert "Our river" not in (await pupil.get(f"/c/w/{twinned.space}")).text


async def test_what_ends_first_stands_first_and_the_rest_is_on_the_next_page(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = twinned.shared.alpha
    greta = await alpha.account("greta", "Greta Guard", roles="safeguarding")
    for _ in range(3):
        await tell(twinned, await begin(twinned))
        alpha.clock.advance(seconds=3_600)
    every = [one.evidence.id for one in await safeguarding.list_evidence(alpha.room, greta)]
    assert every == sorted(every), "the first one ends first"
    monkeypatch.setattr(safeguarding, "AT_ONCE", 2)
    async with browsing(alpha, "greta") as page:
        first = await page.get("/safeguarding")
        second = await page.get(first.link("/safeguarding?page=2"))
        assert [_cases(one) for one in (first, second)] == [every[:2], every[2:]]
        assert "?page=3" not in second.html
        assert _cases(await page.get("/safeguarding?page=9")) == every[:2]
        await safeguarding.close(alpha.room, greta, every[0])
        assert _cases(await page.get("/safeguarding")) == every[1:]
        assert _cases(await page.get("/safeguarding?page=2")) == every[:1]


async def test_an_administrator_sees_who_has_and_had_the_role_and_no_case(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    await alpha.account("greta", "Greta Guard", roles="safeguarding")
    await tell(twinned, await begin(twinned))
    async with browsing(alpha, "admin") as admin, browsing(alpha, "ana") as ana:
        assert (await ana.get("/safeguarding")).status == 403
        seen = await admin.get("/safeguarding")
        assert (seen.status, _cases(seen)) == (200, [])
        assert "Greta Guard – Safeguarding person: given at the server" in seen.text
        roles = frozenset({"teacher", "safeguarding"})
        await people.set_roles(alpha.context, alpha.admin, "ana", roles)
        changed = await admin.get("/safeguarding")
        assert f"Ana Alves – Safeguarding person: given by {alpha.admin.name}" in changed.text
        as_guardian = await ana.get("/safeguarding")
        assert len(_cases(as_guardian)) == 1
        assert "Who gave and took" not in as_guardian.text
    async with browsing(twinned.shared.beta, "admin") as other:
        assert "Nobody reads what pupils report" in (await other.get("/safeguarding")).text


def _cases(shown: Shown) -> list[int]:
    return [int(one) for one in re.findall(r'href="/safeguarding/([0-9]+)"', shown.html)]


async def test_a_note_that_may_tell_of_a_pupil_comes_back_with_the_words(twinned: Twinned) -> None:
    shared, thread = twinned.shared, await begin(twinned)
    async with browsing(shared.alpha, "ana") as ana:
        page = await ana.get(f"/w/{twinned.space}/forum/{thread.replace('/', '-')}")
        asked = await ana.get(page.link("/report"))
        vain = await ana.submit(asked, "/report", why="hate", note="It hurts all of 5 b.")
        assert vain.status == 422
        assert "does not leave the school: 5 b. Say it in other words." in vain.text
        done = await ana.submit(vain, "/report", why="hate", note="It hurts us all.")
        assert "Reported." in done.text
