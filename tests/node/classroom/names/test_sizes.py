"""Long texts of any shape against a large roster come to an end with what is in them found.

No time is measured here: a check that took the square of the length would not end at all.
"""

import random

import pytest

from node.classroom.names.check import check
from node.classroom.names.common import language_of
from node.classroom.names.meaning import Told
from node.classroom.names.roster import Named, Roster

PUPILS = 5_000
LONG = 256 * 1024
HOSTILE = 16 * 1024
SYLLABLES = (
    "ma",
    "ri",
    "an",
    "na",
    "lo",
    "pe",
    "ko",
    "wal",
    "ber",
    "ger",
    "tom",
    "as",
    "el",
    "ju",
    "ka",
)
LANGUAGE = language_of("pt")


def _name(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(3)).capitalize()


@pytest.fixture(scope="module")
def school() -> Roster:
    """A large school; the last pupil is the one who is looked for."""
    chance = random.Random(7)
    pupils = [Named("", _name(chance), _name(chance)) for _ in range(PUPILS - 2)]
    return Roster.of([*pupils, Named("Anna Maria Silva"), Named("Zyx Qwfp", "Zyx", "Qwfp", "zq9")])


@pytest.fixture(scope="module")
def family() -> Roster:
    """A school where all have the same names, nearly."""
    pupils = [Named("", "Silva", f"Silva{at}") for at in range(PUPILS - 1)]
    return Roster.of([*pupils, Named("Zyx Qwfp", "Zyx", "Qwfp", "zq9")])


@pytest.mark.parametrize(
    "piece",
    [
        "a n ",
        "anna.maria.",
        "annamaria",
        "a\u0301\u0323\u0301\u0323",
        "Silva ",
        "AnNaMa",
        "Silva1 ",
        "4nn4 ",
        "Аннa ",
        "王小明",
        " ",
        "A\u200b",
        "-",
    ],
    ids=ascii,
)
def test_a_text_of_hostile_shape_hides_nothing(piece: str, school: Roster, family: Roster) -> None:
    text = piece * (HOSTILE // len(piece)) + " Zyx Qwfp"
    for roster in (school, family):
        hits = check([text], roster, LANGUAGE)
        assert hits[-1].told is Told.FULL_NAME
        assert hits[-1].places[0][1:] == (len(text) - 8, len(text))


def test_the_longest_text_against_the_largest_roster(school: Roster) -> None:
    chance = random.Random(8)
    words = [_name(chance).lower() for _ in range(2000)]
    text = " ".join(chance.choice(words) for _ in range(LONG // 9))[: LONG - 9] + " Zyx Qwfp"
    hits = check([text], school, LANGUAGE)
    assert hits[-1].told is Told.FULL_NAME


def test_many_short_texts_are_one_page(school: Roster) -> None:
    texts = ["Zyx", *[""] * 20_000, "Qwfp"]
    (hit,) = check(texts, school, LANGUAGE)
    assert [place.part for place in hit.places] == [0, 20_001]
