"""Three pictures after the card, as a child taps them without a script; a password; the teacher."""

import re

import pytest

from node.classroom import entry, second_step
from node.classroom.second_step import PICTURES, TRIES, TRIES_A_DAY
from node.web import coming_in
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.test_second_step import PASSWORD, ask
from tests.node.classroom.test_withdrawing import address_plainly
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, Shown, browsing
from tests.node.web.faces import make_face
from tests.nodes import settle

OWN = ("cat", "sun", "sailboat")


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def show_card(pupil: Browser, twinned: Twinned, alias: str = "Panda Nova") -> Shown:
    token = twinned.alpha.cards[alias].address.partition("#")[2]
    shown = await pupil.send("/c/card", card=token)
    assert shown.path == "/c/step", shown.text
    return shown


async def tap(pupil: Browser, page: Shown, *pictures: str) -> Shown:
    for one in pictures:
        page = await pupil.submit(page, "/c/step", picture=one)
    return page


async def test_a_child_chooses_three_pictures_and_comes_in_with_them_next_time(
    twinned: Twinned,
) -> None:
    await ask(twinned.alpha)
    async with browsing(twinned.alpha.node) as pupil:
        page = await show_card(pupil, twinned)
        assert "Choose three pictures" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert (await pupil.get("/c/home")).path == "/c", "a card alone opens no page"
        again = await tap(pupil, page, *OWN)
        assert "Once more, the same" in again.text
        assert (await pupil.get("/c/home")).path == "/c"
        home = await tap(pupil, again, *OWN)
        assert home.path == "/c/home", home.text
        left = await pupil.submit(home, "/c/leave")
        page = await show_card(pupil, twinned)
        assert left.path.startswith("/c?")
        assert "Tap your pictures" in page.text
        first = await tap(pupil, page, "cat")
        faces = first.html.partition('class="picked"')[2].partition("</ol>")[0]
        assert "#cat" not in faces, "who looks over the shoulder reads nothing in the places"
        assert (await tap(pupil, first, "sun", "sailboat")).path == "/c/home"


async def test_another_choice_the_second_time_begins_anew_and_a_wrong_one_says_so(
    twinned: Twinned,
) -> None:
    await ask(twinned.alpha)
    async with browsing(twinned.alpha.node) as pupil:
        again = await tap(pupil, await show_card(pupil, twinned), *OWN)
        other = await tap(pupil, again, "cat", "sun", "moon")
        assert other.status == 422
        assert "Those were others than before" in other.text
        assert "Choose three pictures" in other.text
        assert (await tap(pupil, await tap(pupil, other, *OWN), *OWN)).path == "/c/home"
        page = await show_card(pupil, twinned)
        assert (await pupil.get("/c/home")).path == "/c", "the next card signs the one before out"
        for _ in range(TRIES):
            wrong = await tap(pupil, page, "moon", "dog", "cat")
            assert wrong.status == 422
            assert "Those are not your pictures" in wrong.text
        closed = await tap(pupil, page, *OWN)
        assert closed.status == 429
        assert "Ask your teacher, or wait a quarter of an hour" in closed.text
        assert closed.headers["Retry-After"] == "900"


async def test_after_too_many_in_a_day_the_child_is_not_told_to_wait_some_minutes(
    twinned: Twinned,
) -> None:
    await ask(twinned.alpha)
    async with browsing(twinned.alpha.node) as pupil:
        await tap(pupil, await show_card(pupil, twinned), *OWN, *OWN)
        page = await show_card(pupil, twinned)
        for at in range(TRIES_A_DAY):
            if at and at % TRIES == 0:
                twinned.alpha.node.clock.advance(seconds=16 * 60)
                page = await show_card(pupil, twinned)
            assert (await tap(pupil, page, "moon", "dog", "cat")).status == 422
        closed = await tap(pupil, page, *OWN)
        assert closed.status == 429
        assert "too often for today. Ask your teacher." in closed.text
        assert "quarter of an hour" not in closed.text
        assert int(closed.headers["Retry-After"]) > 80_000


@pytest.mark.parametrize("theirs", ["pictures", "password"])
async def test_where_something_was_chosen_meanwhile_it_is_asked_for_in_its_way(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch, theirs: str
) -> None:
    await ask(twinned.alpha, "plain")
    room = twinned.alpha.node.room
    async with browsing(twinned.alpha.node) as pupil:
        page = await tap(pupil, await show_card(pupil, twinned), *OWN, *OWN[:2])
        typed = await pupil.get("/c/step/password")

        async def meanwhile(*_: object) -> str:
            """Another tablet was quicker."""
            monkeypatch.undo()
            other = await show_card_of(twinned)
            if theirs == "pictures":
                await second_step.choose_pictures(room, other, ("fish", "moon", "star"))
            else:
                await second_step.choose_password(room, other, PASSWORD)
            raise Refused(Reason.CONFLICT)

        if theirs == "pictures":
            monkeypatch.setattr(second_step, "choose_password", meanwhile)
            values = {"password": "loud storks fly south", "again": "loud storks fly south"}
            said = await pupil.submit(typed, "/c/step/password", **values)
        else:
            monkeypatch.setattr(second_step, "choose_pictures", meanwhile)
            said = await tap(pupil, page, OWN[2])
    assert said.status == 422
    assert "Something was chosen already" in said.text
    assert ("Tap your pictures" in said.text) is (theirs == "pictures")
    assert ("Your password" in said.text) is (theirs == "password")


async def show_card_of(twinned: Twinned, alias: str = "Panda Nova") -> str:
    token = twinned.alpha.cards[alias].address.partition("#")[2]
    return (await entry.sign_in_by_card(twinned.alpha.node.room, token)).token


async def test_what_is_no_picture_or_comes_without_a_card_opens_nothing(twinned: Twinned) -> None:
    await ask(twinned.alpha)
    async with browsing(twinned.alpha.node) as pupil:
        assert (await pupil.get("/c/step")).path == "/c"
        sent = await pupil.send("/c/step", [("picked", "cat"), ("picked", "sun")], picture="moon")
        assert sent.status == 401
        page = await show_card(pupil, twinned)
        odd = await pupil.send("/c/step", [("picked", "cat"), ("picked", "cat")], picture="<b>")
        assert odd.status == 200
        assert "Picture 2 of 3" in odd.html
        assert "<b>" not in odd.html
        many = [("picked", one) for one in PICTURES]
        assert "Once more, the same" in (await pupil.send("/c/step", many)).text
        assert (await pupil.submit(page, "/c/leave")).path.startswith("/c?")
        assert (await pupil.get("/c/step")).path == "/c"


async def test_every_picture_has_a_drawing_and_a_name(twinned: Twinned) -> None:
    assert coming_in.NAMES.keys() == set(PICTURES)
    await ask(twinned.alpha)
    async with browsing(twinned.alpha.node) as pupil:
        page = await show_card(pupil, twinned)
    assert set(PICTURES) <= make_face().assets.symbols("pictures.svg")
    buttons = re.findall(r'<button name="picture".*?class="unseen">([^<]+)<', page.html)
    assert len(set(buttons)) == len(PICTURES)


async def test_an_older_pupil_chooses_a_password_instead(twinned: Twinned) -> None:
    await ask(twinned.alpha)
    async with browsing(twinned.alpha.node) as pupil:
        page = await show_card(pupil, twinned)
        assert "/c/step/password" not in page.html
        assert (await pupil.get("/c/step/password")).path == "/c/step"
        await ask(twinned.alpha, "plain")
        asked = await pupil.get((await pupil.get("/c/step")).link("/c/step/password"))
        for first, second, said in (
            (PASSWORD, "another", "Write the same twice"),
            ("storks", "storks", "Choose a longer one"),
            ("", "", "Fill this in"),
        ):
            wrong = await pupil.submit(asked, "/c/step/password", password=first, again=second)
            assert wrong.status == 422
            assert said in wrong.text
            assert PASSWORD not in wrong.html
        typed = {"password": PASSWORD, "again": PASSWORD}
        assert (await pupil.submit(asked, "/c/step/password", **typed)).path == "/c/home"
        page = await show_card(pupil, twinned)
        assert "Your password" in page.text
        wrong = await pupil.submit(page, "/c/step/password", password="quiet storks fly north")
        assert "That is not your password" in wrong.text
        pictures = await pupil.send(
            "/c/step", [("picked", "cat"), ("picked", "sun")], picture="dog"
        )
        assert pictures.status == 422
        home = await pupil.submit(wrong, "/c/step/password", password=PASSWORD)
        assert home.path == "/c/home"


async def test_an_older_pupil_takes_a_released_reply_back_and_the_teacher_is_told(
    twinned: Twinned,
) -> None:
    thread = await begin(twinned)
    shared, text = twinned.shared, "Two kingfishers, at the mill."
    work = await hand_in(twinned, thread, text)
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    path = f"/c/works/{work}/withdraw"
    async with (
        browsing(twinned.alpha.node, "ana") as ana,
        browsing(twinned.alpha.node) as pupil,
    ):
        token = twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
        await pupil.send("/c/card", card=token)
        assert "/withdraw" not in (await pupil.get("/c/works")).html
        assert [(await pupil.get(path)).status, (await pupil.send(path)).status] == [403, 403]
        await address_plainly(twinned)
        asked = await pupil.get((await pupil.get("/c/works")).link("/withdraw"))
        assert text in asked.text
        assert "nobody can call back" in asked.text
        assert "beta" in asked.text.casefold(), "which school has it"
        done = await pupil.submit(asked, "/withdraw")
        assert done.path == "/c/works?told=work-withdrawn"
        assert "You took it back" in done.text
        assert "has not answered yet" in (await pupil.get(done.link("/withdraw"))).text
        await settle(shared.alpha, shared.beta)
        assert "has deleted it too" in (await pupil.get(path)).text
        again = await pupil.send(path)
        assert again.status == 422
        told = await ana.get((await ana.get("/home")).link("/withdrawn"))
        assert "A reply" in told.text
        seen = await ana.submit(told, "/withdrawn")
        assert "nobody has seen" in seen.text
        assert "/withdrawn" not in (await ana.get("/home")).html


async def test_the_teacher_asks_for_pictures_sees_who_chose_and_lets_choose_anew(
    twinned: Twinned,
) -> None:
    path = f"/classes/{twinned.alpha.class_}/entry"
    async with (
        browsing(twinned.alpha.node, "ana") as ana,
        browsing(twinned.alpha.node) as pupil,
    ):
        page = await ana.get((await ana.get(f"/classes/{twinned.alpha.class_}")).link("/entry"))
        assert "Nothing chosen" in page.text
        saved = await ana.submit(page, path, style="plain", second_step="asked")
        assert saved.path == f"{path}?told=saved"
        assert (await ana.send(path, style="plain")).status == 400
        assert (await ana.send(path, style="odd", second_step="asked")).status == 400
        home = await tap(pupil, await show_card(pupil, twinned), *OWN, *OWN)
        assert home.path == "/c/home"
        assert (await pupil.get("/c/home")).path == "/c/home"
        seen = await ana.get(path)
        assert "Pictures," in seen.text
        assert "sailboat" not in seen.html, "what was chosen nobody reads"
        one = str(twinned.alpha.pupils["Panda Nova"].id)
        reset = await ana.submit(seen, "/entry/reset", one)
        assert "chosen anew" in reset.text
        assert (await pupil.get("/c/home")).path == "/c"
        assert "Pictures," not in reset.text
        await tap(pupil, await show_card(pupil, twinned), *OWN, *OWN)
        assert (await ana.send(f"{path}/reset")).status == 404, "nobody is named"
        seen = await ana.get(path)
        assert "Pictures," in seen.text
        await ana.submit(seen, "/entry/reset", "everybody")
        assert (await pupil.get("/c/home")).path == "/c"
        assert "Pictures," not in (await ana.get(path)).text
