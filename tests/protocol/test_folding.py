"""One fold for what is indexed and what is typed: accents, capitals and scripts do not hide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.folding import MAX_WORD_CHARACTERS, MAX_WORDS, fold, spaced, words


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("ÆØÅ Łódź", "aeoa lodz"),
        ("İstanbul Iğdır ışık", "istanbul igdir isik"),
        ("ISTANBUL", "istanbul"),
        ("Straße", "STRASSE"),
        ("ﬁnal", "final"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("Ο ΚΌΣΜΟΣ", "ο κοσμος"),
        ("Ёлка", "елка"),
        ("Київ", "КИІВ"),
        ("مَدْرَسَةٌ", "مدرسه"),
        ("أحمد", "احمد"),
        ("مـدرسـة", "مدرسة"),
        ("ﻣﺪﺭﺳﺔ", "مدرسة"),
        ("کتاب فارسی", "كتاب فارسي"),
        ("שָׁלוֹם", "שלום"),
        ("٢٠٢٦", "2026"),
        ("Ａｌｐｈａ", "alpha"),
        ("e\u0301cole", "école"),
        ("soft\u00adhyphen", "softhyphen"),
        ("Əhməd", "ehmed"),
        ("Þórshöfn", "thorshofn"),
    ],
)
def test_what_is_typed_plainly_meets_what_is_written(written: str, typed: str) -> None:
    assert words(written) == words(typed) != []


def test_letters_that_differ_stay_different() -> None:
    assert len({fold(one) for one in ("b", "в", "β", "ب", "ב", "6", "8")}) == 7


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert spaced(spaced(text)) == spaced(text)


@given(st.text())
def test_a_word_holds_letters_and_digits_only(text: str) -> None:
    found = words(text)
    assert all(one.isalnum() and len(one) <= MAX_WORD_CHARACTERS for one in found)
    assert len(found) <= MAX_WORDS


@pytest.mark.parametrize("text", ['"', "*", "NEAR(", "a\0b", "\ud800", "(", "'; --", "{x} : "])
def test_signs_are_no_words(text: str) -> None:
    assert all(one.isalnum() for one in words(text))


def test_a_long_text_is_cut() -> None:
    assert words("a " * 5_000) == ["a"] * MAX_WORDS
    assert words("x" * 100_000) == ["x" * MAX_WORD_CHARACTERS]
    assert len(spaced("word " * 5_000).split()) == 5_000
