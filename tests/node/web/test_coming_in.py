"""Three pictures after the card, as a child taps them without a script; a password; the teacher."""

import re

import pytest

from node.classroom.second_step import PICTURES, TRIES
from node.web import coming_in
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.test_second_step import PASSWORD, ask
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, Shown, browsing
from tests.node.web.faces import make_face

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
        assert closed.status == 422
        assert "Ask your teacher" in closed.text


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
