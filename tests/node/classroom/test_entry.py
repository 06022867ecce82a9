"""How pupils come in: by card, by word; what is counted, what ends a session, what is kept."""

import re

import pytest

from node.classroom import entry, handing_out, roster
from node.classroom.handing_out import LETTERS, TOKEN_OCTETS, WORD_CHARACTERS
from protocol.canonical import unb64
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import LAST_DAY, School, sign_in
from tests.nodes import Node


async def attempt(school: School, alias: str, word: str, code: str = "") -> Reason | None:
    room = school.node.room
    found = await roster.find_class(room, school.teacher, school.class_)
    try:
        await entry.sign_in_by_word(room, code or found.code, alias, word)
    except Refused as refused:
        return refused.reason
    return None


async def test_a_card_opens_a_session_for_its_pupil_as_often_as_it_is_scanned(
    school: School,
) -> None:
    for _ in range(2):
        assert (await sign_in(school, "Tiger Vega")).alias == "Tiger Vega"


async def test_a_word_opens_a_session_however_a_child_types_it(school: School) -> None:
    card = school.cards["Panda Nova"]
    typed = f"{card.word[:4]} {card.word[4:]}".upper()
    assert await attempt(school, "panda  NOVA", typed) is None
    assert await attempt(school, "Tiger Vega", card.word) is Reason.BAD_CREDENTIALS


async def test_whatever_is_wrong_is_answered_alike(school: School) -> None:
    word = school.cards["Panda Nova"].word
    assert await attempt(school, "Panda Nova", "aaaaaaaa") is Reason.BAD_CREDENTIALS
    assert await attempt(school, "Zebra Rigel", word) is Reason.BAD_CREDENTIALS
    assert await attempt(school, "Panda Nova", word, "lama-1") is Reason.BAD_CREDENTIALS
    with pytest.raises(Refused) as refused:
        await entry.sign_in_by_card(school.node.room, "A" * 24)
    assert refused.value.reason is Reason.BAD_CREDENTIALS


async def test_failures_close_one_pupils_way_in_and_nobody_elses(school: School) -> None:
    for _ in range(entry.FAILURES_PER_PUPIL):
        await attempt(school, "Panda Nova", "aaaaaaaa")
    word = school.cards["Panda Nova"].word
    assert await attempt(school, "Panda Nova", word) is Reason.TOO_MANY_REQUESTS
    others = school.cards["Tiger Vega"].word
    assert await attempt(school, "Tiger Vega", others) is None, "the same address, another pupil"
    await sign_in(school, "Panda Nova")  # A card cannot be guessed, so it is never closed.
    school.node.clock.advance(seconds=16 * 60)
    assert await attempt(school, "Panda Nova", word) is None


async def test_cards_have_144_bits_and_lie_in_the_vault_as_hashes_only(school: School) -> None:
    card = school.cards["Panda Nova"]
    address, _, token = card.address.partition("#")
    assert address == f"{school.node.url}/c"
    assert len(unb64(token)) == TOKEN_OCTETS == 18
    assert len(card.word) == WORD_CHARACTERS
    assert set(card.word) <= set(LETTERS)
    folder = school.node.room.vault.database.path.parent
    kept = b"".join(one.read_bytes() for one in folder.iterdir())
    assert token.encode() not in kept
    assert card.word.encode() not in kept


async def test_a_new_card_closes_the_old_one_and_signs_its_pupil_out(school: School) -> None:
    room = school.node.room
    pupil = school.pupils["Panda Nova"]
    old = school.cards["Panda Nova"].address.partition("#")[2]
    opened = (await entry.sign_in_by_card(room, old)).token
    sheet = await handing_out.make_cards(room, school.teacher, school.class_, pupil.id)
    assert [one.alias for one in sheet.cards] == ["Panda Nova"]
    assert await entry.recognise(room, opened) is None
    with pytest.raises(Refused):
        await entry.sign_in_by_card(room, old)
    await sign_in(school, "Tiger Vega")


async def test_the_teacher_sees_who_is_in_and_signs_one_or_all_out(school: School) -> None:
    room = school.node.room
    tokens = {
        alias: (await entry.sign_in_by_card(room, card.address.partition("#")[2])).token
        for alias, card in school.cards.items()
    }
    opened = await roster.open_class(room, school.teacher, school.class_)
    assert opened.present.keys() == {one.id for one in school.pupils.values()}
    one = school.pupils["Tiger Vega"].id
    await entry.sign_out_class(room, school.teacher, school.class_, one)
    assert await entry.recognise(room, tokens["Tiger Vega"]) is None
    assert await entry.recognise(room, tokens["Panda Nova"]) is not None
    await entry.sign_out_class(room, school.teacher, school.class_)
    assert await entry.recognise(room, tokens["Panda Nova"]) is None


async def test_a_session_ends_with_the_school_day_and_a_card_with_the_school_year(
    school: School,
) -> None:
    room = school.node.room
    token = school.cards["Panda Nova"].address.partition("#")[2]
    opened = (await entry.sign_in_by_card(room, token)).token
    school.node.clock.advance(seconds=11 * 3600)
    assert await entry.recognise(room, opened) is None
    left_ms = roster.end_of(LAST_DAY) - school.node.clock.now_ms()
    school.node.clock.advance(seconds=left_ms / 1000)
    with pytest.raises(Refused):
        await entry.sign_in_by_card(room, token)


async def test_another_teachers_class_answers_like_one_that_there_is_not(
    school: School, alpha: Node
) -> None:
    carla = await alpha.account("carla", "Carla Cruz")
    for attempted in (
        roster.open_class(alpha.room, carla, school.class_),
        roster.find_class(alpha.room, carla, 99),
        handing_out.make_cards(alpha.room, carla, school.class_),
        entry.sign_out_class(alpha.room, carla, school.class_),
    ):
        with pytest.raises(Refused) as refused:
            await attempted
        assert refused.value.reason is Reason.NOT_FOUND


def test_the_path_of_a_code_has_exactly_its_dark_squares_inside_a_quiet_border() -> None:
    squares = handing_out.draw("https://school.example/c#AAAAAAAAAAAAAAAAAAAAAAAA")
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", handing_out.as_path(squares)):
        dark |= {(int(x) + step, int(y)) for step in range(int(width))}
    border = handing_out.BORDER
    assert dark == {
        (x + border, y + border)
        for y, row in enumerate(squares)
        for x, square in enumerate(row)
        if square
    }
    assert len(squares) == 33
