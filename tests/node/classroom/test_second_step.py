"""What is shown after the card: chosen once, counted by pupil, kept as a hash, chosen anew."""

import asyncio

import pytest

from node.actions import passwords
from node.classroom import entry, handing_out, roster, second_step
from node.classroom.second_step import CHOSEN, PICTURES, TRIES, TRIES_A_DAY
from node.vault import second_steps
from node.vault.box import Box
from node.vault.classes import Style
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import School
from tests.nodes import Node, SeededChance

OWN = ("cat", "sun", "sailboat")
OTHER = ("sun", "cat", "sailboat")
PASSWORD = "quiet storks fly south"


async def ask(school: School, style: Style = "pictured") -> None:
    await second_step.choose_entry(
        school.node.room, school.teacher, school.class_, style=style, second_step="asked"
    )


async def show_card(school: School, alias: str = "Panda Nova") -> str:
    token = school.cards[alias].address.partition("#")[2]
    admission = await entry.sign_in_by_card(school.node.room, token)
    assert not admission.is_whole
    return admission.token


async def choose(school: School, alias: str = "Panda Nova") -> str:
    return await second_step.choose_pictures(school.node.room, await show_card(school, alias), OWN)


async def attempt(school: School, pictures: tuple[str, ...], alias: str = "Panda Nova") -> Reason:
    try:
        await second_step.show(school.node.room, await show_card(school, alias), " ".join(pictures))
    except Refused as refused:
        return refused.reason
    raise AssertionError("it opened")


async def is_in(school: School, token: str) -> bool:
    return await entry.recognise(school.node.room, token) is not None


async def test_a_card_alone_opens_nothing_where_more_is_asked_for(school: School) -> None:
    await ask(school)
    halfway = await show_card(school)
    assert not await is_in(school, halfway)
    found = await second_step.find(school.node.room, halfway)
    assert found is not None
    assert (found.pupil.alias, found.way, found.may_type) == ("Panda Nova", None, False)
    word = school.cards["Panda Nova"].word
    code = (await roster.find_class(school.node.room, school.teacher, school.class_)).code
    by_word = await entry.sign_in_by_word(school.node.room, code, "Panda Nova", word)
    assert not by_word.is_whole
    assert not await is_in(school, by_word.token)


async def test_pictures_are_chosen_once_and_then_shown_in_their_order(school: School) -> None:
    await ask(school)
    assert await is_in(school, await choose(school))
    with pytest.raises(Refused) as refused:
        await choose(school)
    assert refused.value.reason is Reason.CONFLICT, "a thief with a card chooses nothing anew"
    assert await attempt(school, OTHER) is Reason.BAD_CREDENTIALS
    opened = await second_step.show(school.node.room, await show_card(school), " ".join(OWN))
    assert await is_in(school, opened)


@pytest.mark.parametrize("pictures", [OWN[:2], ("cat", "cat", "sun"), ("cat", "sun", "tank"), ()])
async def test_only_three_different_pictures_of_the_page_are_taken(
    school: School, pictures: tuple[str, ...]
) -> None:
    await ask(school)
    with pytest.raises(Refused) as refused:
        await second_step.choose_pictures(school.node.room, await show_card(school), pictures)
    assert refused.value.reason is Reason.BAD_INPUT
    assert len(PICTURES) == len(set(PICTURES)) == 16
    assert CHOSEN == 3


async def test_wrong_pictures_close_one_pupils_way_in_and_nobody_elses(school: School) -> None:
    await ask(school)
    await choose(school)
    await choose(school, "Tiger Vega")
    for _ in range(TRIES):
        assert await attempt(school, OTHER) is Reason.BAD_CREDENTIALS
    assert await attempt(school, OWN) is Reason.TOO_MANY_REQUESTS
    opened = await second_step.show(
        school.node.room, await show_card(school, "Tiger Vega"), " ".join(OWN)
    )
    assert await is_in(school, opened), "the same class, the same address, another pupil"
    school.node.clock.advance(seconds=10 * 60)
    assert await wait_s(school) == 5 * 60, "what is left of the quarter of an hour"
    school.node.clock.advance(seconds=5 * 60)
    opened = await second_step.show(school.node.room, await show_card(school), " ".join(OWN))
    assert await is_in(school, opened)


async def wait_s(school: School) -> object:
    with pytest.raises(Refused) as refused:
        await second_step.show(school.node.room, await show_card(school), " ".join(OWN))
    assert refused.value.reason is Reason.TOO_MANY_REQUESTS
    return refused.value.facts["retry_after_s"]


async def test_who_tries_all_day_is_stopped_for_the_day_also_where_the_pupil_came_in_meanwhile(
    school: School,
) -> None:
    await ask(school)
    await choose(school)
    for at in range(TRIES_A_DAY):
        if at % TRIES == 0:
            school.node.clock.advance(seconds=16 * 60)
            await second_step.show(school.node.room, await show_card(school), " ".join(OWN))
        assert await attempt(school, OTHER) is Reason.BAD_CREDENTIALS
    school.node.clock.advance(seconds=16 * 60)
    assert await wait_s(school) == 86_400 - 4 * 16 * 60, "until the oldest of them is a day ago"
    chosen = await second_step.list_chosen(school.node.room, school.teacher, school.class_)
    assert {one.way for one in chosen.steps.values()} == {"pictures"}
    assert chosen.missteps == {school.pupils["Panda Nova"].id: TRIES_A_DAY}
    school.node.clock.advance(days=1)
    await second_step.show(school.node.room, await show_card(school), " ".join(OWN))


async def test_many_tries_at_the_same_time_are_as_many(school: School) -> None:
    await ask(school)
    await choose(school)
    tries = [attempt(school, OTHER) for _ in range(2 * TRIES)]
    said = await asyncio.gather(*tries)
    assert said.count(Reason.BAD_CREDENTIALS) == TRIES


async def test_wrong_words_without_a_card_keep_nobody_from_his_pictures(school: School) -> None:
    await ask(school)
    await choose(school)
    code = (await roster.find_class(school.node.room, school.teacher, school.class_)).code
    for _ in range(entry.FAILURES_PER_PUPIL):
        with pytest.raises(Refused):
            await entry.sign_in_by_word(school.node.room, code, "Panda Nova", "aaaaaaaa")
    await second_step.show(school.node.room, await show_card(school), " ".join(OWN))


async def test_a_new_card_leaves_the_pictures_and_ends_who_is_halfway_in(school: School) -> None:
    await ask(school)
    await choose(school)
    halfway = await show_card(school)
    await attempt(school, OTHER)
    pupil = school.pupils["Panda Nova"].id
    sheet = await handing_out.make_cards(school.node.room, school.teacher, school.class_, pupil)
    with pytest.raises(Refused) as refused:
        await second_step.show(school.node.room, halfway, " ".join(OWN))
    assert refused.value.reason is Reason.NOT_SIGNED_IN
    school.cards["Panda Nova"] = sheet.cards[0]
    chosen = await second_step.list_chosen(school.node.room, school.teacher, school.class_)
    assert list(chosen.steps) == [pupil]
    assert not chosen.missteps
    await second_step.show(school.node.room, await show_card(school), " ".join(OWN))


async def test_a_teacher_lets_one_or_all_choose_anew_and_they_are_out(school: School) -> None:
    await ask(school)
    opened = {one: await choose(school, one) for one in ("Panda Nova", "Tiger Vega", "Koala Orion")}
    room, teacher, class_ = school.node.room, school.teacher, school.class_
    await second_step.reset(room, teacher, class_, school.pupils["Panda Nova"].id)
    assert not await is_in(school, opened["Panda Nova"])
    assert await is_in(school, opened["Tiger Vega"])
    assert await is_in(school, await choose(school))
    await second_step.reset(room, teacher, class_)
    assert (await second_step.list_chosen(room, teacher, class_)).steps == {}
    assert not await is_in(school, opened["Koala Orion"])


async def test_another_teachers_class_answers_like_one_that_there_is_not(
    school: School, alpha: Node
) -> None:
    carla = await alpha.account("carla", "Carla Cruz")
    for attempted in (
        second_step.list_chosen(alpha.room, carla, school.class_),
        second_step.reset(alpha.room, carla, school.class_),
        second_step.choose_entry(
            alpha.room, carla, school.class_, style="plain", second_step="none"
        ),
    ):
        with pytest.raises(Refused) as refused:
            await attempted
        assert refused.value.reason is Reason.NOT_FOUND


async def test_halfway_in_ends_after_minutes_and_with_the_class(school: School) -> None:
    await ask(school)
    halfway = await show_card(school)
    school.node.clock.advance(seconds=11 * 60)
    assert await second_step.find(school.node.room, halfway) is None
    halfway = await show_card(school)
    await entry.sign_out_class(school.node.room, school.teacher, school.class_)
    assert await second_step.find(school.node.room, halfway) is None
    halfway = await show_card(school)
    ends_ms = (await roster.find_class(school.node.room, school.teacher, school.class_)).ends_ms
    async with school.node.room.vault.write() as unit:
        await unit.change.run("UPDATE halfway SET expires_ms = $1", ends_ms + 1)
    school.node.clock.at_ms = ends_ms - 1
    assert await second_step.find(school.node.room, halfway) is not None
    school.node.clock.at_ms = ends_ms
    assert await second_step.find(school.node.room, halfway) is None


async def test_what_was_chosen_stays_while_it_is_not_asked_for(school: School) -> None:
    await ask(school)
    await choose(school)
    await second_step.choose_entry(
        school.node.room, school.teacher, school.class_, style="pictured", second_step="none"
    )
    card = school.cards["Panda Nova"].address.partition("#")[2]
    assert (await entry.sign_in_by_card(school.node.room, card)).is_whole
    await ask(school)
    await second_step.show(school.node.room, await show_card(school), " ".join(OWN))


async def test_what_was_chosen_lies_in_the_vault_as_a_hash_of_a_hash(school: School) -> None:
    await ask(school, "plain")
    await choose(school)
    await second_step.choose_password(
        school.node.room, await show_card(school, "Tiger Vega"), PASSWORD
    )
    folder = school.node.room.vault.database.path.parent
    kept = b"".join(one.read_bytes() for one in folder.iterdir())
    assert b"sailboat" not in kept
    assert b"quiet storks" not in kept
    async with school.node.room.vault.read() as view:
        rows = await view.rows.all("SELECT secret_hash FROM second_steps")
    assert len({row["secret_hash"] for row in rows}) == 2
    assert all(row["secret_hash"].startswith("$argon2id$") for row in rows)


async def test_who_has_the_database_without_the_key_tries_nothing(school: School) -> None:
    await ask(school)
    await choose(school)
    room, pupil = school.node.room, school.pupils["Panda Nova"]
    async with room.vault.read() as view:
        kept = await second_steps.find(view, pupil.id)
        row = await view.rows.one("SELECT name FROM pupils WHERE id = $1", pupil.id)
    assert kept is not None
    assert row is not None
    settings, shown = room.context.settings.sign_in, f"{row['name']} {' '.join(OWN)}"
    box, purpose = room.vault.box, "second_steps.secret"
    assert await passwords.matches(settings, kept.secret_hash, box.mac(purpose, shown))
    other = Box(bytes(range(32)), SeededChance("other"))
    for guessed in (" ".join(OWN), shown, other.mac(purpose, shown)):
        assert not await passwords.matches(settings, kept.secret_hash, guessed)


async def test_a_password_is_for_classes_that_are_addressed_plainly(school: School) -> None:
    await ask(school)
    halfway = await show_card(school)
    with pytest.raises(Refused) as refused:
        await second_step.choose_password(school.node.room, halfway, PASSWORD)
    assert refused.value.reason is Reason.NOT_ALLOWED
    await ask(school, "plain")
    assert await is_in(
        school, await second_step.choose_password(school.node.room, halfway, PASSWORD)
    )
    wrong = await show_card(school)
    with pytest.raises(Refused) as refused:
        await second_step.show(school.node.room, wrong, "loud storks fly south")
    assert refused.value.reason is Reason.BAD_CREDENTIALS
    assert await is_in(school, await second_step.show(school.node.room, wrong, PASSWORD))


@pytest.mark.parametrize("weak", ["short", "panda nova 2027", "abababababab", "a" * 300])
async def test_a_password_that_is_short_or_stands_on_the_card_is_refused(
    school: School, weak: str
) -> None:
    await ask(school, "plain")
    with pytest.raises(Refused) as refused:
        await second_step.choose_password(school.node.room, await show_card(school), weak)
    assert refused.value.reason is Reason.BAD_INPUT
