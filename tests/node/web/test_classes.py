"""Classes, cards, signing in, replies and the release queue, as people use them without scripts."""

import re
from unittest.mock import Mock

import pytest

from node.actions import forum, pupils
from node.classroom import release, roster, taking_part, working
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.works import begin, hand_in
from tests.node.spaces.schools import Shared, texts
from tests.node.web.browser import Browser, Shown, browsing
from tests.nodes import Node, settle


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def come_in(pupil: Browser, twinned: Twinned, alias: str = "Panda Nova") -> None:
    token = twinned.alpha.cards[alias].address.partition("#")[2]
    shown = await pupil.send("/c/card", card=token)
    assert shown.path == "/c/home", shown.text


async def test_a_teacher_makes_a_class_of_pasted_names_and_prints_its_cards(alpha: Node) -> None:
    await alpha.account("ana", "Ana Alves")
    async with browsing(alpha, "ana") as ana:
        page = await ana.get("/classes")
        assert "No other school learns who they are" in page.text
        made = await ana.submit(page, "/classes", name="5b", language="en", last_day="2027-07-31")
        assert made.path == "/classes/1/add?told=class-made", made.text
        looked = await ana.submit(made, "/add", names="Ana Prata\nBerg, Tom", number="")
        assert "Nothing is kept yet" in looked.text
        aliases = re.findall(r'name="alias-\d+" type="text" value="([^"]+)"', looked.html)
        assert len(set(aliases)) == 2
        typed = {f"alias-{row}": alias for row, alias in enumerate(aliases)}
        typed |= {"display-0": "Ana Prata", "display-1": "Tom Berg"}
        done = await ana.submit(looked, "/pupils", **typed)
        assert done.path == "/classes/1?told=pupils-added", done.text
        assert "Tom Berg" in done.text
        asked = await ana.get("/classes/1/cards")
        cards = await ana.submit(asked, "/cards")
    assert cards.headers["Cache-Control"] == "no-store"
    assert all(alias in cards.text for alias in aliases)
    assert "Berg" not in cards.text, "a card bears no name"
    assert cards.html.count('aria-label="Code to scan"') == 2


async def test_a_pupil_comes_in_by_word_and_sees_his_own_pages_only(twinned: Twinned) -> None:
    card = twinned.alpha.cards["Panda Nova"]
    async with browsing(twinned.alpha.node) as pupil:
        page = await pupil.get("/c")
        async with twinned.alpha.node.room.vault.read() as view:
            code = (await view.rows.all("SELECT code FROM classes"))[0]["code"]
        wrong = await pupil.submit(
            page, "/c", class_code=code, alias="Panda Nova", secret_word="aaaaaaaa"
        )
        assert wrong.status == 422
        assert "That is not what stands on the card" in wrong.text
        assert "aaaaaaaa" not in wrong.html, "the next child could read it"
        assert (page.headers["Cache-Control"], wrong.headers["Cache-Control"]) == ("no-store",) * 2
        home = await pupil.submit(
            wrong, "/c", class_code=code, alias="panda nova", secret_word=card.word.upper()
        )
        assert home.path == "/c/home", home.text
        assert "Hello, Panda Nova" in home.text
        assert "Mia" not in home.html, "his name is not even on his own page"
        for closed in ("/home", "/classes", "/held", f"/w/{twinned.space}/forum"):
            assert (await pupil.get(closed)).path.startswith("/login"), closed
        left = await pupil.submit(home, "/c/leave")
        assert left.path.startswith("/c?")
        assert (await pupil.get("/c/home")).path == "/c"


async def test_a_full_disk_keeps_no_pupil_from_coming_in_nor_the_tablet_from_forgetting_him(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Refused(Reason.STORAGE_FULL, "The disk is full.")
    database = twinned.alpha.node.room.vault.database
    code = (await roster.find_class(twinned.alpha.node.room, twinned.alpha.teacher, 1)).code
    word = twinned.alpha.cards["Tiger Vega"].word
    async with browsing(twinned.alpha.node) as pupil:
        monkeypatch.setattr(database, "write", Mock(side_effect=full))
        await come_in(pupil, twinned)
        other = await pupil.send("/c", class_code=code, alias="Tiger Vega", secret_word=word)
        assert other.path == "/c/home", other.text
        assert "Hello, Tiger Vega" in other.text
        monkeypatch.setattr(database, "write_small", Mock(side_effect=full))
        left = await pupil.submit(other, "/c/leave")
        assert left.path.startswith("/c?"), left.text
        assert (await pupil.get("/c/home")).path == "/c"


async def test_a_second_card_ends_the_first_childs_session_and_the_entry_leads_nowhere(
    twinned: Twinned,
) -> None:
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        entry = await pupil.get("/c")
        assert entry.path == "/c", "a redirect would carry the secret of the next card along"
        assert 'action="/c/card"' in entry.html
        assert "On this device Panda Nova is signed in." in entry.text
        await come_in(pupil, twinned, "Tiger Vega")
        assert "Hello, Tiger Vega" in (await pupil.get("/c/home")).text
    opened = await roster.open_class(
        twinned.alpha.node.room, twinned.alpha.teacher, twinned.alpha.class_
    )
    assert opened.present.keys() == {twinned.alpha.pupils["Tiger Vega"].id}


async def test_a_refusal_leads_a_pupil_back_to_the_pupils_pages(twinned: Twinned) -> None:
    async with browsing(twinned.alpha.node) as pupil:
        lost = await pupil.get("/c/no/such/page")
        assert lost.status == 404
        assert 'class="button first" href="/c"' in lost.html
        assert "/login" not in lost.html
        await come_in(pupil, twinned)
        for path in ("/c/works/99", f"/c/w/{'A' * 43}"):
            missing = await pupil.get(path)
            assert missing.status == 404
            assert 'class="button first" href="/c/home"' in missing.html
            assert "/login" not in missing.html
            assert "ask your teacher" in missing.text


async def test_a_teachers_session_opens_no_pupils_page(twinned: Twinned) -> None:
    async with browsing(twinned.alpha.node, "ana") as ana:
        assert (await ana.get("/c/home")).path == "/c"


async def test_a_reply_is_handed_in_looked_through_released_and_read_at_the_partner(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    thread = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="Birds", text="Which?", language="en"
    )
    await settle(shared.alpha, shared.beta)
    place = thread.replace("/", "-")
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        await come_in(pupil, twinned)
        home = await pupil.get("/c/home")
        listed = await pupil.get(home.link("/c/w/"))
        page = await pupil.get(listed.link(place))
        assert "Your teacher reads it first" in page.text
        reply = f"{shared.space}/{place}"
        held = await pupil.submit(
            page, reply, text="Mia saw <b>storks</b>.", language="en", how="held"
        )
        assert "told=work-held" in held.path
        assert "Your teacher reads it first" in held.text
        queue = await ana.get("/held")
        assert "Mia saw <b>storks</b>." in queue.text
        assert "Look at it first" in queue.text
        one = await ana.get(queue.link("/held/"))
        assert '<mark>Mia<span class="unseen"> (a given name of your school)</span></mark>' in (
            one.html
        )
        assert "&lt;b&gt;storks" in one.html
        unsure = await ana.submit(one, "/release")
        assert unsure.status == 422
        back = await ana.submit(one, "/return", note="Who saw them? Say “we”.")
        assert back.path == "/held?told=work-returned"
        assert "Nothing waits" in back.text
        works = await pupil.get("/c/works")
        assert "Your teacher gave it back" in works.text
        mine = await pupil.get(works.link("/c/works/"))
        assert "Say “we”." in mine.text
        again = await pupil.submit(
            mine, mine.path, text="We saw storks.", language="en", how="held"
        )
        assert again.path == "/c/works?told=work-held", again.text
        queue = await ana.get("/held")
        done = await ana.submit(queue, "/held", work=ticked(queue))
        assert done.path == "/held?told=work-released"
        await settle(shared.alpha, shared.beta)
        read = await bob.get(f"/w/{shared.space}/forum/{place}")
        assert "We saw storks." in read.text
        assert "Mia" not in read.html
        assert "Panda Nova" not in read.html
        seen = await pupil.get("/c/works")
        assert "Everyone in the project sees it" in seen.text
    assert await texts(shared.beta, shared.space) == [["Which?", "We saw storks."]]


async def test_a_draft_is_kept_changed_and_thrown_away(twinned: Twinned) -> None:
    shared = twinned.shared
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    path = f"/c/w/{shared.space}/{thread.replace('/', '-')}"
    async with browsing(shared.alpha) as pupil, browsing(shared.alpha, "ana") as ana:
        await come_in(pupil, twinned)
        kept = await pupil.submit(
            await pupil.get(path), path, text="Secret thoughts", language="en", how="draft"
        )
        assert "told=work-draft" in kept.path
        assert "Nothing waits" in (await ana.get("/held")).text
        mine = await pupil.get(kept.link("/c/works/"))
        assert "Nobody but you can read this." in mine.text
        gone = await pupil.submit(mine, "/remove")
        assert "You have written nothing yet." in gone.text


async def test_who_takes_part_is_ticked_and_renamed_on_the_spaces_own_page(
    twinned: Twinned,
) -> None:
    path = f"/w/{twinned.space}/pupils"
    tom = str(twinned.alpha.pupils["Tiger Vega"].id)
    async with browsing(twinned.alpha.node, "ana") as ana, browsing(twinned.shared.beta) as bob:
        page = await ana.get(path)
        assert "Tomé Prata" in page.text
        done = await ana.submit(page, "/pupils", pupils=tom)
        assert "told=pupils-chosen" in done.path
        assert done.html.count(" checked") == 1
        renamed = await ana.submit(done, f"/pupils/{tom}", alias="Captain Stork")
        assert "told=saved" in renamed.path
        assert "here: Captain Stork" in renamed.text
        await settle(twinned.shared.alpha, twinned.shared.beta)
        await bob.sign_in("bob")
        members = await bob.get(f"/w/{twinned.space}/members")
    assert "Captain Stork" in members.text
    assert "Prata" not in members.html


LIST = "Vorname;Nachname\r\nMia;Nowak\r\n;\r\n1234;\r\nTomé;Prata\r\n".encode("cp1252")


async def test_a_class_list_is_looked_through_before_anything_is_kept(alpha: Node) -> None:
    await alpha.account("ana", "Ana Alves")
    async with browsing(alpha, "ana") as ana:
        await ana.send("/classes", name="5b", language="en", last_day="2027-07-31")
        looked = await ana.bring("/classes/1/list", "list", "5b.csv", LIST)
        assert looked.status == 200
        assert "1 line is left out: Line 4, 1234 : this is no name" in looked.text
        assert 'value="Tomé Prata"' in looked.html
        assert "Nobody is in this class yet" in (await ana.get("/classes/1")).text
        aliases = re.findall(r'name="alias-\d+" type="text" value="([^"]+)"', looked.html)
        names = re.findall(r'name="display-\d+" type="text" value="([^"]+)"', looked.html)
        typed = {f"alias-{row}": one for row, one in enumerate(aliases)}
        typed |= {f"display-{row}": one for row, one in enumerate(names)}
        done = await ana.submit(looked, "/pupils", **typed)
        assert done.path == "/classes/1?told=pupils-added"
        assert "Mia Nowak" in done.text


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"", "Choose a file."),
        (b"Ana\nTom\n", "The first line has to name the columns"),
        (b"PK\0\0", "This is no CSV file."),
        (b"Name\n1234\n", "No row of this list is a pupil's name."),
        (
            b"Name\n" + b"".join(b"Ana %c%c\n" % (65 + n % 26, 65 + n // 26) for n in range(70)),
            "at most 60",
        ),
    ],
)
async def test_a_list_that_cannot_be_read_says_how_to_mend_it(
    alpha: Node, octets: bytes, sentence: str
) -> None:
    await alpha.account("ana", "Ana Alves")
    async with browsing(alpha, "ana") as ana:
        await ana.send("/classes", name="5b", language="en", last_day="2027-07-31")
        shown = await ana.bring("/classes/1/list", "list", "5b.csv", octets)
    assert shown.status == 422
    assert sentence in shown.text


async def test_work_that_waits_is_told_at_home_and_a_pupil_is_forgotten_with_it(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    await hand_in(twinned, await begin(twinned), "We saw storks.")
    pupil = twinned.alpha.pupils["Panda Nova"].id
    path = f"/classes/{twinned.alpha.class_}/pupils/{pupil}"
    async with browsing(shared.alpha, "ana") as ana:
        assert "Work of your pupils waits to be released" in (await ana.get("/home")).text
        page = await ana.get(f"{path}/remove")
        assert (await ana.submit(page, "/remove")).status == 422
        done = await ana.submit(page, "/remove", released="erase")
        assert "told=pupil-erased" in done.path
        assert "Mia" not in done.text
        assert "Work of your pupils" not in (await ana.get("/home")).text
        assert "Nothing waits" in (await ana.get("/held")).text


async def test_the_head_reads_who_looked_at_pupils_records_and_teachers_do_not(
    twinned: Twinned,
) -> None:
    node = twinned.alpha.node
    async with browsing(node, "ana") as ana, browsing(node, "admin") as admin:
        await ana.get(f"/classes/{twinned.alpha.class_}")
        page = await admin.get("/school/reads")
        assert "Ana Alves · Class 5b · the list of the class" in page.text
        assert "Mia" not in page.html
        assert (await ana.get("/school/reads")).status == 403


@pytest.mark.parametrize("path", ["/classes/99", "/classes/x", "/classes/1/pupils/99", "/held/99"])
async def test_what_there_is_not_is_not_found(twinned: Twinned, path: str) -> None:
    async with browsing(twinned.alpha.node, "ana") as ana:
        assert (await ana.get(path)).status == 404


async def test_a_hub_has_no_classes(hub_a: Node) -> None:
    async with browsing(hub_a, "admin") as olga:
        for path in ("/classes", "/held", "/c", "/c/home"):
            assert (await olga.get(path)).status == 404, path
        assert "/classes" not in (await olga.get("/home")).html


async def test_what_was_rewritten_after_the_look_is_not_released_but_shown_again(
    twinned: Twinned,
) -> None:
    room = twinned.alpha.node.room
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    mia = await sign_in(twinned.alpha, "Panda Nova")
    async with browsing(twinned.shared.alpha, "ana") as ana:
        queue, one = await ana.get("/held"), await ana.get(f"/held/{work}")
        await working.rewrite(room, mia, work, text="We hate Bob.", language="en", hand_in=True)
        mixed = await ana.submit(queue, "/held", work=ticked(queue))
        assert "told=work-mixed" in mixed.path
        for form in ("/release", "/return"):
            shown = await ana.submit(one, form, note="Fine")
            assert shown.status == 422
            assert "This was changed just now." in shown.text
            assert "We hate Bob." in shown.text
        again = await ana.get(f"/held/{work}")
        back = await ana.submit(again, "/return", note="Why?")
        assert back.path == "/held?told=work-returned"
    assert await texts(twinned.alpha.node, twinned.space) == [["Which?"]]


async def test_a_pupil_who_left_and_a_closed_project_are_told_as_what_they_are(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")

    async def closed(*_: object, **__: object) -> str:
        raise Refused(Reason.READ_ONLY, "The space is archived.")

    async with browsing(shared.alpha, "ana") as ana:
        one = await ana.get(f"/held/{work}")
        with monkeypatch.context() as patch:
            patch.setattr(pupils, "reply", closed)
            refused = await ana.submit(one, "/release")
        assert refused.status == 422
        assert "This project is closed." in refused.text
        await taking_part.choose(room, shared.ana, shared.space, [])
        left = await ana.submit(one, "/release")
        assert left.status == 422
        assert "does not take part in the project any more" in left.text
        back = await ana.submit(left, "/return", note="It is over.")
        assert back.path == "/held?told=work-returned"


async def test_a_long_queue_comes_in_pages(twinned: Twinned) -> None:
    thread = await begin(twinned)
    for number in range(release.AT_ONCE + 1):
        await hand_in(twinned, thread, f"Stork {number}")
    async with browsing(twinned.shared.alpha, "ana") as ana:
        first = await ana.get("/held")
        assert first.html.count('class="post"') == release.AT_ONCE
        second = await ana.get(first.link("/held?page="))
        assert f"Stork {release.AT_ONCE}" in second.text
        assert "Later ones" not in second.text
        assert (await ana.get("/held?page=7")).path == "/held"


def ticked(queue: Shown) -> str:
    """The first piece of work that the page would release."""
    found = re.search('name="work" value="([^"]+)"', queue.html)
    assert found
    return found[1]
