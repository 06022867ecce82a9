"""Pupils who decide for themselves say yes and no on a page of their own; nobody else does."""

import pytest

from node.classroom import consents, own_consents
from node.classroom.own_consents import OwnLine
from node.vault.consents import State
from protocol.errors import Reason, Refused
from tests.node.classroom.archives import as_pupil
from tests.node.classroom.classes import Twinned
from tests.node.web.browser import browsing


async def choose(twinned: Twinned, decides: str, *marked: str) -> None:
    """Who decides in the class, as a teacher says it."""
    school = twinned.alpha
    async with browsing(school.node, "ana") as ana:
        await ana.send(f"/classes/{school.class_}/decides", decides=decides)
        if marked:
            page = await ana.get(f"/classes/{school.class_}")
            assert "Who of them decides alone" in page.text
    pupils = [school.pupils[one].id for one in marked]
    await own_consents.mark(school.node.room, school.teacher, school.class_, pupils)


async def line(twinned: Twinned, alias: str) -> OwnLine:
    school = twinned.alpha
    (one,) = (await own_consents.open_own(school.node.room, school.pupils[alias])).lines
    return one


async def test_whoever_decides_says_yes_and_no_on_the_own_page(twinned: Twinned) -> None:
    await choose(twinned, "all")
    async with as_pupil(twinned.alpha, "Panda Nova") as pupil:
        page = await pupil.get("/c/pictures")
        assert "You decide yourself" in page.text
        assert "no picture of you is shown" in page.text
        said = await pupil.send(f"/c/pictures/{twinned.space}", said="space")
        assert "Yes, in this project" in said.text
        assert (await line(twinned, "Panda Nova")).state is State.GIVEN
        no = await pupil.send(f"/c/pictures/{twinned.space}", said="refused")
        assert no.status == 200
        wrong = await pupil.send(f"/c/pictures/{twinned.space}", said="perhaps")
        assert wrong.status == 422
    assert (await line(twinned, "Panda Nova")).state is State.REFUSED
    listed = await consents.open_list(
        twinned.alpha.node.room, twinned.alpha.teacher, twinned.space, twinned.alpha.class_
    )
    assert {one.known.pupil.alias: one.state for one in listed.lines}["Panda Nova"] is State.REFUSED


async def test_in_a_class_of_some_only_the_marked_ones_decide(twinned: Twinned) -> None:
    await choose(twinned, "some", "Koala Orion")
    async with as_pupil(twinned.alpha, "Panda Nova") as panda:
        assert "Your parents decide" in (await panda.get("/c/pictures")).text
        refused = await panda.send(f"/c/pictures/{twinned.space}", said="space")
        assert refused.status == 403
    assert (await line(twinned, "Panda Nova")).state is State.MISSING
    async with as_pupil(twinned.alpha, "Koala Orion") as koala:
        await koala.send(f"/c/pictures/{twinned.space}", said="public")
    one = await line(twinned, "Koala Orion")
    assert (one.said, one.state) == ("public", State.GIVEN)


async def test_who_is_marked_no_longer_decides_no_longer(twinned: Twinned) -> None:
    await choose(twinned, "some", "Koala Orion")
    await choose(twinned, "some", "Panda Nova")
    with pytest.raises(Refused) as caught:
        await own_consents.say(
            twinned.alpha.node.room, twinned.alpha.pupils["Koala Orion"], twinned.space, "space"
        )
    assert caught.value.reason is Reason.NOT_ALLOWED
    await choose(twinned, "none")
    with pytest.raises(Refused):
        await own_consents.say(
            twinned.alpha.node.room, twinned.alpha.pupils["Panda Nova"], twinned.space, "space"
        )


async def test_nobody_decides_about_a_project_in_which_he_does_not_take_part(
    twinned: Twinned,
) -> None:
    await choose(twinned, "all")
    with pytest.raises(Refused) as caught:
        await own_consents.say(
            twinned.alpha.node.room, twinned.alpha.pupils["Tiger Vega"], twinned.space, "space"
        )
    assert caught.value.reason is Reason.NOT_FOUND


async def test_a_teacher_marks_pupils_of_the_own_class_alone(twinned: Twinned) -> None:
    school = twinned.alpha
    other = await school.node.account("eva", "Eva Colleague")
    with pytest.raises(Refused) as caught:
        await own_consents.mark(school.node.room, other, school.class_, [])
    assert caught.value.reason in (Reason.NOT_FOUND, Reason.NOT_ALLOWED)
    await own_consents.mark(school.node.room, school.teacher, school.class_, [10_000])
    marked = await own_consents.list_marked(school.node.room, school.teacher, school.class_)
    assert marked == frozenset()
