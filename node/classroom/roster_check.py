"""Looks for pupils' names in a text before it may leave the school.

A text and every name are folded alike: NFKC, what cannot be seen dropped, look-alike letters of
other alphabets and digits that stand for letters taken for what they look like, accents and
capitals away. Single letters are joined (`A n n a`), endings that languages put on names are
allowed for. It finds names that stand there; it cannot find what merely describes somebody, which
is why a teacher reads every text.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum

from node.vault.pupils import Names
from protocol.folding import fold


class Told(StrEnum):
    """What a place in a text tells, the worst first."""

    LOGIN = "login"
    FULL_NAME = "full_name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"


ALWAYS_BLOCKING = frozenset({Told.LOGIN, Told.FULL_NAME})
"""What cannot be sent, whoever decides."""
SHORTEST = 2
LONGEST_ENDING = 3
_ORDER = list(Told)
_LOOKS_LIKE = str.maketrans(
    "авекмнорстухіјѕԁԛѡαεικνορτυχ0134578@$",
    "abekmhopctyxijsdqwaeiknoptyxoieastbas",
)


@dataclass(frozen=True)
class Hit:
    """A place in a text, from `start` to before `end`, and what it tells.

    `blocks`: it cannot be sent. A family's name alone blocks where it is written like a name; in
    small letters it may be a word (`klein`), and a teacher decides.
    """

    start: int
    end: int
    told: Told
    blocks: bool = False


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    key: str


def check(text: str, roster: Iterable[Names], allowed: AbstractSet[str] = frozenset()) -> list[Hit]:
    """Every place of `text` that tells of somebody on the roster, in order, none in another.

    A family's name among the `allowed` keys is a word in this class, and no hit.
    """
    words = list(_words(text))
    hits: list[Hit] = []
    for names in roster:
        hits += _check_one(words, names)
    return [
        replace(one, blocks=_blocks(text, one))
        for one in _without_overlaps(hits)
        if one.told is not Told.FAMILY_NAME or key_of(text[one.start : one.end]) not in allowed
    ]


def _blocks(text: str, hit: Hit) -> bool:
    if hit.told is Told.FAMILY_NAME:
        return not text[hit.start : hit.end].islower()
    return hit.told in ALWAYS_BLOCKING


def key_of(word: str) -> str:
    """How a word is compared."""
    return fold(fold(word).translate(_LOOKS_LIKE))


def _check_one(words: Sequence[_Word], names: Names) -> Iterator[Hit]:
    given, family = _parts(names.given), _parts(names.family)
    shown = _parts(names.display)
    if not given and not family and shown:
        # Only a name for the list was given: what stands last in it is taken for the family's.
        given, family = shown[:-1] or shown, shown[1:][-1:]
    login = [one.key for one in _plain_words(names.login)]
    if login not in ([one] for one in (*given, *family)):
        yield from _sequences(words, login, Told.LOGIN, exactly=True)
    if len(shown) > 1:
        yield from _sequences(words, shown, Told.FULL_NAME)
    for first in given:
        for last in family:
            yield from _sequences(words, [first, last], Told.FULL_NAME)
            yield from _sequences(words, [last, first], Told.FULL_NAME)
            yield from _sequences(words, [first + last], Told.FULL_NAME)
    for last in family:
        yield from _sequences(words, [last], Told.FAMILY_NAME)
    for first in given:
        yield from _sequences(words, [first], Told.GIVEN_NAME)


def _parts(name: str) -> list[str]:
    return [one.key for one in _words(name) if len(one.key) >= SHORTEST]


def _sequences(
    words: Sequence[_Word], parts: Sequence[str], told: Told, *, exactly: bool = False
) -> Iterator[Hit]:
    """Where these parts stand one after the other."""
    if not parts:
        return
    for at in range(len(words) - len(parts) + 1):
        place = words[at : at + len(parts)]
        if all(
            word.key == part or (not exactly and _is(word.key, part))
            for word, part in zip(place, parts, strict=True)
        ):
            yield Hit(place[0].start, place[-1].end, told)


def _is(word: str, name: str) -> bool:
    """Whether a word is a name, with an ending (`Annas`, `Nowaka`) or another last vowel
    (`Annę`, `Anny`): names of four letters and more are declined."""
    if word == name:
        return True
    if len(name) < 4:
        return False
    if word.startswith(name):
        return len(word) - len(name) <= LONGEST_ENDING
    stem = name[:-1]
    return (
        name[-1] in "aeiouyαηοςаяо"
        and word.startswith(stem)
        and len(word) - len(stem) <= LONGEST_ENDING
    )


def _words(text: str) -> Iterator[_Word]:
    """The words of a text with their places; single letters that follow each other are one word
    as well."""
    found = list(_plain_words(text))
    yield from found
    run: list[_Word] = []
    for one in [*found, _Word(0, 0, "--")]:
        if len(one.key) == 1:
            run.append(one)
            continue
        if len(run) > SHORTEST:
            yield _Word(run[0].start, run[-1].end, "".join(single.key for single in run))
        run = []


def _plain_words(text: str) -> Iterator[_Word]:
    start: int | None = None
    for at, one in enumerate([*text, " "]):
        if _belongs(one):
            start = at if start is None else start
        elif start is not None:
            if key := key_of(text[start:at]):
                yield _Word(start, at, key)
            start = None


def _belongs(one: str) -> bool:
    """Letters, digits, what stands for a letter, and what cannot be seen between them."""
    kind = unicodedata.category(one)
    return kind[0] in "LMN" or kind == "Cf" or one in "@$"


def _without_overlaps(hits: Iterable[Hit]) -> list[Hit]:
    """The worst of what lies over each other; of equal ones the longest."""
    kept: list[Hit] = []
    for one in sorted(hits, key=lambda hit: (_ORDER.index(hit.told), hit.start - hit.end)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda hit: hit.start)
