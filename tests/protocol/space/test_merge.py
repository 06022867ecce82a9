"""Differences and merges of texts: true to both, the same for everybody, and never slow."""

import re

from hypothesis import given
from hypothesis import strategies as st

from protocol.space.merge import MAX_EDITS, Kind, differences, merge, words

texts = st.text("ab c\n.", max_size=60)


@given(texts, texts)
def test_differences_rebuild_both_texts(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(one.text for one in pieces if one.kind is not Kind.NEW) == before
    assert "".join(one.text for one in pieces if one.kind is not Kind.GONE) == after


@given(texts, texts)
def test_the_shortest_list_of_changes_is_found(before: str, after: str) -> None:
    changed = [one for one in differences(before, after) if one.kind is not Kind.SAME]
    many = sum(len(words(one.text)) for one in changed)
    assert many == len(words(before)) + len(words(after)) - 2 * _longest(
        words(before), words(after)
    )


def _longest(one: list[str], other: list[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        last = 0
        for at, same in enumerate(other, 1):
            row[at], last = (last + 1 if word == same else max(row[at], row[at - 1])), row[at]
    return row[-1]


def test_changes_at_different_places_come_together() -> None:
    base = "We met on Monday.\nWe counted birds.\nThen it rained."
    one = "We met on Tuesday.\nWe counted birds.\nThen it rained."
    other = "We met on Monday.\nWe counted forty birds.\nThen it rained."
    both = merge(base, one, other)
    assert both.text == "We met on Tuesday.\nWe counted forty birds.\nThen it rained."
    assert both.conflicts == 0


def test_different_changes_of_the_same_words_both_stand_there() -> None:
    both = merge("We saw ten birds.", "We saw twelve birds.", "We saw nine birds.")
    assert (both.text, both.conflicts) == ("We saw twelve nine birds.", 1)


def test_what_one_took_out_and_the_other_changed_stays() -> None:
    both = merge("We saw ten birds.", "We saw birds.", "We saw nine birds.")
    assert both.text == "We saw nine birds."
    assert both.conflicts == 1


def test_without_a_base_nothing_of_either_is_lost() -> None:
    both = merge(None, "We saw ten birds.", "They saw ten birds.")
    assert both.text == "We They saw ten birds."


@given(texts, texts)
def test_merging_with_the_base_gives_the_other(base: str, other: str) -> None:
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other


@given(texts, texts, texts)
def test_no_new_word_of_either_is_lost(base: str, one: str, other: str) -> None:
    both = words(merge(base, one, other).text)
    for text in (one, other):
        for word in set(re.findall(r"\w+", text)) - set(re.findall(r"\w+", base)):
            assert word in both


def test_texts_that_differ_in_too_many_words_are_one_change_as_a_whole() -> None:
    before, after = "a b " * MAX_EDITS, "c d " * MAX_EDITS
    kinds = [one.kind for one in differences(f"One {before}end", f"One {after}end")]
    assert kinds == [Kind.SAME, Kind.GONE, Kind.NEW, Kind.SAME]
    few = "a b " * MAX_EDITS + "c"
    assert [one.text for one in differences(before, few)] == [before, "c"]


def test_texts_that_repeat_themselves_are_not_looked_at_for_ever() -> None:
    before, after = "a b\n" * 8_000, "b a\n" * 8_000
    pieces = differences(before, after)
    assert [one.kind for one in pieces].count(Kind.SAME) <= 1
    assert "".join(one.text for one in pieces if one.kind is not Kind.NEW) == before
