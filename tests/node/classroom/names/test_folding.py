"""What is compared: one letter after the other, each with its place, however it is written."""

import pytest

from node.classroom.names.endings import ENDINGS, LONGEST_ENDING, stems
from node.classroom.names.folding import MAX_MARKS, View, fold_word, letters, letters_of
from node.classroom.names.letters import spellings
from node.classroom.names.roster import Named, is_near, split
from node.classroom.names.words import Gap, read


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("Ærøskøbing", "aeroskobing"),
        ("Łódź", "lodz"),
        ("e\u0301cole", "ecole"),
        ("ΝΊΚΟΣ", "νικοσ"),
        ("Йосиф", "иосиф"),
        ("أحمد", "احمد"),
        ("が", "か\u3099"),
        ("김민준", "김민준"),
        ("\u1100\u1161\u11a8", "각"),
        ("٣", "3"),
        ("½", "12"),
        ("a\u200bb\u00adc\u202ed\ufe0f", "abcd"),
        ("x" + "\u0301" * 500, "x"),
    ],
)
def test_a_word_is_folded(written: str, folded: str) -> None:
    assert fold_word(written) == folded
    assert fold_word(fold_word(written)) == folded


def test_every_letter_has_its_place() -> None:
    text = "Zoe\u0308 \u200bß\u0301"
    assert [text[start:end] for start, end in letters(text)] == [
        "Z", "o", "e\u0308", " ", "\u200b", "ß\u0301",
    ]  # fmt: skip
    assert "".join(text[start:end] for start, end in letters(text)) == text


def test_marks_without_end_are_cut_and_lose_nothing_else() -> None:
    text = "a" + "\u0301\u0323" * 50_000 + "b"
    assert max(end - start for start, end in letters(text)) == MAX_MARKS + 1
    assert fold_word(text) == "ab"


def test_look_alikes_keep_their_case_and_signs_stand_for_letters() -> None:
    assert letters_of("Ν", View.LOOKS) == "n"
    assert letters_of("ν", View.LOOKS) == "v"
    assert letters_of("Н", View.LOOKS) == "h"
    assert fold_word("4nn@ l1l|", View.SIGNS) == "annaiiii"
    assert fold_word("4nn@ l1l|") == "4nnl1l"


def test_words_end_at_capitals_digits_and_other_writing() -> None:
    reading = read(["annaSilva07 Anna王小明. O'Neil-\nson", "Ende"], View.PLAIN)
    assert [(word.key, word.gap) for word in reading.words] == [
        ("anna", Gap.START),
        ("silva", Gap.NONE),
        ("07", Gap.NONE),
        ("anna", Gap.SPACE),
        ("王小明", Gap.NONE),
        ("o", Gap.START),
        ("neil", Gap.TIGHT),
        ("son", Gap.NONE),
        ("ende", Gap.START),
    ]
    assert [word.part for word in reading.words] == [0] * 8 + [1]


def test_no_ending_is_longer_than_the_look_up_allows() -> None:
    assert all(0 < len(one) <= LONGEST_ENDING <= 7 for one in ENDINGS)
    assert [stem for stem, _ in stems("li")] == ["li"]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("müller", "mueller"),
        ("mueller", "muller"),
        ("mcdonald", "macdonald"),
        ("παπαδόπουλοσ".replace("ό", "ο"), "papadopoulos"),
        ("шевченко", "shevchenko"),
        ("гeorgi", None),
        ("გიორგი", "giorgi"),
        ("miguel", None),
    ],
)
def test_names_have_other_spellings(name: str, other: str | None) -> None:
    found = spellings(name)
    assert name not in found
    assert found == set() if other is None else other in found


@pytest.mark.parametrize(
    ("word", "name", "near"),
    [
        ("muler", "muller", True),
        ("mulller", "muller", True),
        ("mulelr", "muller", True),
        ("miller", "muller", True),
        ("mahler", "muller", False),
        ("kahn", "khan", True),
        ("khen", "khan", False),
        ("muller", "muller", True),
    ],
)
def test_near_is_one_letter(word: str, name: str, *, near: bool) -> None:
    assert is_near(word, name) is near


@pytest.mark.parametrize(
    ("named", "given", "family"),
    [
        (Named("Anna Müller"), ["Anna"], ["Müller"]),
        (Named("Müller, Anna Lena"), ["Anna", "Lena"], ["Müller"]),
        (Named("Anna Lena Müller"), ["Anna", "Lena"], ["Müller"]),
        (Named("Ana Maria Silva Costa"), ["Ana", "Maria"], ["Silva", "Costa"]),
        (Named("Moritz von Berg"), ["Moritz"], ["von", "Berg"]),
        (Named("Nena Kurz", "Magdalena", "Kurz"), ["Magdalena", "Nena"], ["Kurz"]),
        (Named("Anna Müller", given="Anna"), ["Anna"], ["Müller"]),
        (Named("Anna"), ["Anna"], []),
        (Named(), [], []),
    ],
)
def test_a_display_name_is_split(named: Named, given: list[str], family: list[str]) -> None:
    assert split(named) == (given, family)
