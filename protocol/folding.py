"""Text as it is searched for: the one fold of everything that is indexed and of every query.

Whoever types on a phone, in a hurry or in another alphabet's keyboard leaves accents, points and
capitals out. `fold` takes from both sides what is left out, so that both meet; `words` cuts the
rest into plain words, in which nothing is a sign any more.
"""

import unicodedata
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
    plain = "".join(one for one in spread if unicodedata.category(one) not in _DROPPED)
    return "".join(map(_digit, plain.translate(_LETTERS)))


def words(text: str, *, most: int | None = MAX_WORDS) -> list[str]:
    """The words of `text`, folded: letters and digits only, so that none can be syntax anywhere."""
    spaced = "".join(one if one.isalnum() else " " for one in fold(text))
    found = [one[:MAX_WORD_CHARACTERS] for one in spaced.split()]
    return found[:most]


def spaced(text: str) -> str:
    """`text` as it is indexed: its folded words with spaces between."""
    return " ".join(words(text, most=None))


def _digit(one: str) -> str:
    """Digits of every script are the same digits."""
    return str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one
