"""A text as it is compared: one folded letter after the other, each with its place in the text.

Five views of the same text. PLAIN: NFKC, what cannot be seen dropped, accents and capitals away.
LOOKS: letters of other alphabets taken for the Latin ones that they look like, for words that mix
alphabets. SIGNS: digits and signs taken for the letters that they stand for as well. SOUNDS: Greek,
Cyrillic, Georgian and Armenian letters taken for the Latin ones that sound like them, and of those
that sound alike one. STRETCHED: a letter that follows itself counts once (`Annaaa`).
"""

import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from itertools import groupby
from typing import Final

from node.classroom.names.letters import LOOKS, SIGNS, SOUNDS, SPECIAL

MAX_MARKS: Final = 8
"""Accents on one letter that count; putting them in order takes the square of their number."""
_KEPT_CLASSES: Final = frozenset({0, 7, 8, 9})
"""Marks that make another letter, not an accented one: vowel signs, voicing, virama (UAX #44)."""
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u0640")
_SELECTORS: Final = frozenset(
    [
        *map(chr, range(0xFE00, 0xFE10)),
        "\u180b",
        "\u180c",
        "\u180d",
        *map(chr, range(0xE0100, 0xE01F0)),
    ]
)
_APOSTROPHES: Final = frozenset("ʹʻʼʽʾʿˈˊ")
_DRAWN: Final = {
    first + at: chr(ord("a") + at)
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
    for at in range(26)
}
"""Letters in squares, circles and flags."""


class View(Enum):
    PLAIN = "plain"
    LOOKS = "looks"
    SIGNS = "signs"
    SOUNDS = "sounds"
    STRETCHED = "stretched"


_LOOKING: Final = frozenset({View.LOOKS, View.SIGNS})
_CHANGING: Final = frozenset({View.SIGNS, View.SOUNDS})
"""Views in which Latin letters become other ones."""


def fold_word(word: str, view: View = View.PLAIN) -> str:
    """A word as it is compared."""
    if word.isascii() and view not in _CHANGING:
        folded = "".join(filter(str.isalnum, word)).lower()
    else:
        folded = "".join(letters_of(word[start:end], view) for start, end in letters(word))
    if view is View.STRETCHED:
        return "".join(letter for letter, _ in groupby(folded))
    return folded


def letters(text: str) -> Iterator[tuple[int, int]]:
    """Each letter of a text with its marks: from where to before where it stands."""
    at, end = 0, len(text)
    while at < end:
        after = at + 1
        if after < end and text[after] >= "\u0300":
            after = _end_of_letter(text, after)
        yield at, after
        at = after


def _end_of_letter(text: str, after: int) -> int:
    """Where the marks that belong to a letter end; what is too much stands alone and is dropped."""
    last = min(len(text), after + MAX_MARKS)
    while after < last and _continues(text[after]):
        after += 1
    return after


def _continues(one: str) -> bool:
    point = ord(one)
    return point >= 0x300 and (
        0x1160 <= point <= 0x11FF or unicodedata.category(one) in {"Mn", "Me"}
    )


@lru_cache(maxsize=16_384)
def letters_of(letter: str, view: View) -> str:
    """One letter with its marks, folded: more than one for `ß`, none for what is no letter."""
    if len(letter) == 1 and letter.isascii() and letter.isalpha() and view not in _CHANGING:
        return letter.lower()
    found = []
    for one in unicodedata.normalize("NFKC", letter):
        if view in _LOOKING and (look := _looks_like(one)):
            found.append(look)
        else:
            found.append(_plain(one))
    folded = "".join(found)
    if view is View.SIGNS:
        return folded.translate(SIGNS)
    plain = folded.translate(_NO_SIGNS)
    return plain.translate(SOUNDS) if view is View.SOUNDS else plain


def is_dropped(letter: str) -> bool:
    """Whether it is as if it were not there: what cannot be seen, and marks without a letter."""
    return all(
        one in _UNSEEN or one in _SELECTORS or unicodedata.category(one) in {"Cf", "Mn", "Me", "Cn"}
        for one in letter
    )


def _looks_like(one: str) -> str | None:
    bare = unicodedata.normalize("NFKD", one)[:1]
    return LOOKS.get(ord(bare)) if bare else None


def _plain(one: str) -> str:
    if one.isascii():
        return one.lower() if one.isalnum() or ord(one) in SIGNS else ""
    if drawn := _DRAWN.get(ord(one)):
        return drawn
    if "\uac00" <= one <= "\ud7a3":
        return one
    spread = unicodedata.normalize("NFKD", one.casefold())
    return "".join(map(_digit, filter(_is_letter, spread))).translate(SPECIAL)


def _digit(one: str) -> str:
    """Digits of every script are the same digits."""
    return str(unicodedata.digit(one)) if unicodedata.category(one) == "Nd" else one


def _is_letter(one: str) -> bool:
    kind = unicodedata.category(one)
    if kind == "Nd":
        return True
    if one in _UNSEEN or one in _SELECTORS or one in _APOSTROPHES:
        return False
    if kind == "Mn":
        return unicodedata.combining(one) in _KEPT_CLASSES
    return kind[0] == "L" or kind in {"Mc", "Nl", "No"} or ord(one) in SIGNS


_NO_SIGNS: Final = {point: "" for point in SIGNS if not chr(point).isalnum()}
