"""Common words by language: what a small letter makes a word and not somebody's name.

The lists were written for this project. They hold what is both a name and a word (trades, animals,
colours, landscapes, months), the words that forms of names fall together with, and the short
words of each language.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from node.classroom.names.folding import fold_word


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LANGUAGES: Final = ("de", "en", "es", "fr", "it", "pl", "pt")
_WRITES_NOUNS_LARGE: Final = frozenset({"de"})
_BEFORE_NOUNS: Final = _set(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner "
    "im am vom zum zur beim ins ans dieser diese dieses diesen diesem jeder jede jedes jeden "
    "jedem "
    "mein meine meinen meinem meiner dein deine deinen deinem deiner sein seine seinen seinem "
    "seiner "
    "ihr ihre ihren ihrem ihrer unser unsere unseren unserem unserer euer eure euren eurem "
    "viele viel alle beide zwei drei vier manche einige welcher welche welches jener jene jenes "
    "als"
)


@dataclass(frozen=True)
class Language:
    """What the check knows of the language of a page; of most languages, nothing."""

    words: frozenset[str] = frozenset()
    before_nouns: frozenset[str] = frozenset()
    """Words after which a noun with its large letter follows."""


def language_of(code: str) -> Language:
    """By its code, with or without a country (`pt-BR`)."""
    return _language(code.replace("_", "-").split("-")[0].lower())


@cache
def _language(code: str) -> Language:
    if code not in LANGUAGES:
        return Language()
    text = (files("node.classroom.names") / "common" / f"{code}.txt").read_text(encoding="utf-8")
    words = frozenset(fold_word(one) for one in text.split())
    return Language(words, _BEFORE_NOUNS if code in _WRITES_NOUNS_LARGE else frozenset())
