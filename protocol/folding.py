"""Text as it is searched for: the one fold of everything that is indexed and of every query.

Whoever types on a phone, in a hurry or in another alphabet's keyboard leaves accents, points and
capitals out. `fold` takes from both sides what is left out, so that both meet; `words` cuts the
rest into plain words, in which nothing is a sign any more.
"""

import unicodedata
from collections.abc import Callable
from typing import Final

MAX_WORDS: Final = 12
"""Words of a query that count; whoever types more meant a text, not a search."""
MAX_WORD_CHARACTERS: Final = 40
"""Longer words are cut, in the index and in the query alike."""

_LETTERS: Final = (
    # No accented forms of another letter to Unicode, and left out or replaced all the same.
    str.maketrans("ıłøđðħŧŋəɫƶ", "iloddhtnelz")
    | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
    # Arabic: forms of alef, yeh, kaf and heh that keyboards and writers mix.
    | str.maketrans("ٱىیېکڪةەھ", "ايييككههه")
    | str.maketrans("ґў", "гу")
)
_DROPPED: Final = frozenset({"Mn", "Me", "Cf", "Lm"})
"""Accents and points, what cannot be seen, and modifiers such as the Arabic tatweel."""


def fold(text: str) -> str:
    """`text` without accents, points and capitals: NFKC and case folding, then the plain letters.

    A function of the text alone: what was indexed yesterday is found by what is typed tomorrow.
    """
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return spread.translate(_PLAIN)


def words(text: str, *, most: int | None = MAX_WORDS) -> list[str]:
    """The words of `text`, folded: letters and digits only, so that none can be syntax anywhere."""
    found = [one[:MAX_WORD_CHARACTERS] for one in fold(text).translate(_SPACED).split()]
    return found[:most]


def spaced(text: str) -> str:
    """`text` as it is indexed: its folded words with spaces between."""
    return " ".join(words(text, most=None))


class _Table(dict[int, str]):
    """What becomes of each character, looked up once: a text is then translated in one go."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        self._rule = rule

    def __missing__(self, point: int) -> str:
        self[point] = self._rule(chr(point))
        return self[point]


def _plain(one: str) -> str:
    """Nothing for what is dropped; digits of every script are the same digits."""
    if unicodedata.category(one) in _DROPPED:
        return ""
    return "".join(map(_digit, one.translate(_LETTERS)))


def _digit(one: str) -> str:
    return str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one


_PLAIN: Final = _Table(_plain)
_SPACED: Final = _Table(lambda one: one if one.isalnum() else " ")
