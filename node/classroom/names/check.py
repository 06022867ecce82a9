"""The roster check: every place of a page that tells who a pupil is, before it leaves the school.

It reads the whole page as it will be, one text after the other, so that a name split over two
blocks, cells or lines is found. What tells for certain cannot be sent; what may be a word is left
to a teacher. It finds names that stand there, however they are written; it cannot find what merely
describes somebody: a teacher reads every text.
"""

import re
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

from node.classroom.names.common import Language
from node.classroom.names.escapes import Meant, meant
from node.classroom.names.folding import View, fold_word
from node.classroom.names.letters import LOOKS, SIGNS, SOUNDS
from node.classroom.names.meaning import Judge, Told
from node.classroom.names.roster import Roster
from node.classroom.names.words import read

_ORDER: Final = {told: at for at, told in enumerate(Told)}
_LOOKS: Final = frozenset(map(chr, LOOKS))
_SIGNS: Final = frozenset(map(chr, SIGNS)) - {"l"}
_STRETCHED: Final = re.compile(r"([^\W\d_])\1\1|(?:([^\W\d_])\2.*?){3}", re.IGNORECASE | re.DOTALL)
"""A letter three times, or three letters twice."""
MIN_REAL_LETTERS: Final = 2
"""Signs that stand for letters are read as such beside so many letters: `4nn4`, not `1d`."""


class Place(NamedTuple):
    """From `start` to before `end` of text number `part`."""

    part: int
    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """What somebody could be known by: in one place, or in one of each text that it lies in.

    `blocks`: it cannot be sent, whoever decides. What does not block needs a teacher's word.
    """

    told: Told
    blocks: bool
    places: tuple[Place, ...]


class _Ranked(NamedTuple):
    """A hit and its rank: of two over each other, the lower one stays."""

    rank: tuple[int, bool, int, Place, int]
    hit: Hit


def check(
    texts: Sequence[str],
    roster: Roster,
    language: Language,
    allowed: AbstractSet[str] = frozenset(),
) -> list[Hit]:
    """Every hit on the page that consists of `texts`, in order, none over another.

    A lone name whose `key_of` is among `allowed` is a word in this class and no hit; full names
    and logins cannot be allowed.
    """
    letters = frozenset("".join(texts))
    hits = list(_look(texts, roster, View.PLAIN, language, allowed))
    if not letters.isdisjoint(_LOOKS):
        hits += _only(_look(texts, roster, View.LOOKS, language, allowed), texts, _LOOKS, 0)
    if not letters.isdisjoint(_SIGNS):
        found = _look(texts, roster, View.SIGNS, language, allowed)
        hits += _only(found, texts, _SIGNS, MIN_REAL_LETTERS)
    others = {one for one in letters if one.isalpha() and _is_other(one)}
    if others:
        hits += _only(_look(texts, roster, View.SOUNDS, language, allowed), texts, others, 0)
    if any(map(_STRETCHED.search, texts)):
        found = _look(texts, roster, View.STRETCHED, language, allowed)
        hits += [one for one in found if _STRETCHED.search(written(one.hit, texts))]
    shown = [meant(one) for one in texts]
    if any(shown):
        hits += _look_behind(texts, shown, roster, language, allowed)
    return _without_overlaps(hits)


def _is_other(letter: str) -> bool:
    """Whether a letter is of an alphabet that is read as it sounds."""
    return ord(unicodedata.normalize("NFKD", letter.casefold())[0]) in SOUNDS and letter > "\u0370"


def key_of(word: str) -> str:
    """How a word is compared; the key of a word that a teacher allows."""
    return fold_word(word)


def written(hit: Hit, texts: Sequence[str]) -> str:
    """What stands there; with a line between its places."""
    return "\n".join(texts[one.part][one.start : one.end] for one in hit.places)


def _look(
    texts: Sequence[str],
    roster: Roster,
    view: View,
    language: Language,
    allowed: AbstractSet[str],
) -> Iterator[_Ranked]:
    reading = read(texts, view)
    for one in Judge(reading, roster.index(view), language, allowed).stretches(view):
        first, last = reading.parts[one.first], reading.parts[one.last - 1]
        start, end = reading.starts[one.first], reading.ends[one.last - 1]
        places = [
            Place(part, start if part == first else 0, end if part == last else len(texts[part]))
            for part in range(first, last + 1)
        ]
        hit = Hit(one.told, one.blocks, tuple(at for at in places if at.start < at.end))
        rank = (_ORDER[one.told], not one.blocks, one.between, places[0], one.first - one.last)
        yield _Ranked(rank, hit)


def _look_behind(
    texts: Sequence[str],
    shown: Sequence[Meant | None],
    roster: Roster,
    language: Language,
    allowed: AbstractSet[str],
) -> Iterator[_Ranked]:
    """As `_look`, for what the texts say once they are shown; the places are in the texts."""
    said = [text if one is None else one.text for text, one in zip(texts, shown, strict=True)]
    for rank, hit in _look(said, roster, View.PLAIN, language, allowed):
        places = tuple(_place_in(one, shown[one.part]) for one in hit.places)
        yield _Ranked((*rank[:3], places[0], rank[4]), Hit(hit.told, hit.blocks, places))


def _place_in(place: Place, shown: Meant | None) -> Place:
    if shown is None:
        return place
    within = slice(place.start, place.end)
    return Place(place.part, min(shown.starts[within]), max(shown.ends[within]))


def _only(
    found: Iterable[_Ranked], texts: Sequence[str], letters: AbstractSet[str], least: int
) -> Iterator[_Ranked]:
    """The hits with one of these letters in them, and so many others."""
    for one in found:
        text = written(one.hit, texts)
        others = sum(letter.isalpha() for letter in text if letter not in letters)
        if not letters.isdisjoint(text) and others >= least:
            yield one


def _without_overlaps(found: Iterable[_Ranked]) -> list[Hit]:
    """The worst of what lies over each other; of equal ones the closest, the first, the longest."""
    kept: list[tuple[Place, Place, int]] = []
    chosen = sorted(found, key=lambda one: one.rank)
    for number, one in enumerate(chosen):
        first, last = one.hit.places[0], one.hit.places[-1]
        at = bisect_left(kept, (first, first, -1))
        is_free = (at == 0 or _ends_by(kept[at - 1][1], first)) and (
            at == len(kept) or _ends_by(last, kept[at][0])
        )
        if is_free:
            insort(kept, (first, last, number))
    return [chosen[number].hit for _, _, number in kept]


def _ends_by(one: Place, other: Place) -> bool:
    """Whether a place ends before the other begins."""
    return (one.part, one.end) <= (other.part, other.start)
