"""Any name in any disguise that is promised is found at its place; a plain search finds no more."""

import re
import unicodedata
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from node.classroom.names.check import check, written
from node.classroom.names.common import language_of
from node.classroom.names.folding import View, fold_word
from node.classroom.names.meaning import Told
from node.classroom.names.roster import Named, Roster

GIVEN = ("Anna", "Łukasz", "Zoé", "Jürgen", "Søren", "Inês", "Oluwaseun", "Marek", "Ayşe", "Leonor")
FAMILY = (
    "Kowalski",
    "Müller",
    "Øster",
    "Nogueira",
    "Yılmaz",
    "Papadakis",
    "Novák",
    "Weiß",
    "Adeyemi",
)
ROSTER = Roster.of(Named(f"{one} {other}", one, other) for one in GIVEN for other in FAMILY)
WORDS = ("river", "we", "went", "and", "saw", "bridge", "the", "water", "cold", "7", "3b", "ok")
LANGUAGE = language_of("en")
LATIN_TO_CYRILLIC = str.maketrans("aeopcxyAEOPCXTHMK", "аеорсхуАЕОРСХТНМК")

DISGUISES: dict[str, Callable[[str, str], str]] = {
    "plain": lambda one, other: f"{one} {other}",
    "turned": lambda one, other: f"{other}, {one}",
    "small": lambda one, other: f"{one} {other}".lower(),
    "large": lambda one, other: f"{one} {other}".upper(),
    "bare": lambda one, other: _bare(f"{one} {other}"),
    "apart": lambda one, other: unicodedata.normalize("NFD", f"{one} {other}"),
    "unseen": lambda one, other: "\u200b".join(one) + " " + "\u00ad".join(other),
    "spelled": lambda one, other: " ".join(one + other),
    "pointed": lambda one, other: ".".join(one) + " " + "-".join(other),
    "handle": lambda one, other: f"@{one}.{other}".lower(),
    "address": lambda one, other: f"{one}.{other}@school.example".lower(),
    "file": lambda one, other: f"IMG_{one}_{other}_02.jpeg",
    "camel": lambda one, other: f"{one}{other}",
    "one word": lambda one, other: f"{one}{other}".lower(),
    "ending": lambda one, other: f"{one} {other}s",
    "initial": lambda one, other: f"{one} B. {other}",
    "wide": lambda one, other: _wide(f"{one} {other}"),
    "look-alikes": lambda one, other: f"{one} {other}".translate(LATIN_TO_CYRILLIC),
    "signs": lambda one, other: f"{one} {other}".translate(str.maketrans("aeios", "4310$")),
    "lines": lambda one, other: f"{one}\n{other}",
}


def _bare(text: str) -> str:
    return "".join(
        map(chr, filter(lambda at: at < 0x300, map(ord, unicodedata.normalize("NFD", text))))
    )


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


sentences = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(
    sentences,
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILY),
    st.sampled_from(sorted(DISGUISES)),
    sentences,
)
@example("", "Ayşe", "Yılmaz", "large", "")
def test_a_name_in_any_disguise_is_found_at_its_place(
    before: str, one: str, other: str, disguise: str, after: str
) -> None:
    name = DISGUISES[disguise](one, other)
    text = f"{before} {name} {after}"
    start, end = len(before) + 1, len(before) + 1 + len(name)
    hits = check([text], ROSTER, LANGUAGE)
    found = [hit for hit in hits if hit.told is Told.FULL_NAME and hit.blocks]
    assert any(start <= place.start < place.end <= end for hit in found for place in hit.places), (
        text,
        hits,
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from(("Anna", "Kowalski Łukasz", "4nn4")), max_size=4
    )
)
def test_every_place_lies_in_its_text_and_begins_and_ends_with_a_letter(texts: list[str]) -> None:
    last = (-1, 0)
    for hit in check(texts, ROSTER, LANGUAGE):
        assert hit.places
        for place in hit.places:
            assert last <= (place.part, place.start)
            assert place.start < place.end <= len(texts[place.part])
            last = place.part, place.end
        text = written(hit, texts)
        assert (
            any(
                fold_word(text[0], view) and fold_word(text.rstrip("\u0300")[-1:] or "x", view)
                for view in View
            )
            or unicodedata.category(text[-1])[0] == "M"
        )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from((*WORDS, *GIVEN, *FAMILY, ".", ",")), max_size=14).map(" ".join))
def test_whatever_a_plain_search_finds_is_found(text: str) -> None:
    hits = check([text], ROSTER, LANGUAGE)
    covered = {
        at
        for hit in hits
        if hit.told is Told.FULL_NAME
        for place in hit.places
        for at in range(place.start, place.end)
    }
    for match in re.finditer(rf"\b(?=({'|'.join(GIVEN)}) ({'|'.join(FAMILY)})\b)", text):
        assert covered & set(range(match.start(1), match.end(2))), (text, hits)
    for match in re.finditer(rf"\b({'|'.join(FAMILY)})\b", text):
        assert any(
            hit.blocks and place.start < match.end() and match.start() < place.end
            for hit in hits
            for place in hit.places
        ), (text, hits)
