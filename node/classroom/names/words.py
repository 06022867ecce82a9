"""The words of texts, folded, with their places, and what stands between them.

A word also ends where small letters are followed by a large one (`AnnaSilva`), where digits begin,
and where a language that writes without spaces begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from node.classroom.names.folding import View, is_dropped, letters, letters_of
from node.classroom.names.letters import is_spaceless

_ENDS_SENTENCE: Final = frozenset('.!?…:;•·|\n\t\r"“”„«»()[]>¿¡。！？؟-–—*#')
_HYPHENS: Final = frozenset("-‐‑\u2010")


class Gap(IntEnum):
    """What stands before a word; the larger, the wider."""

    NONE = 0
    TIGHT = 1
    """Signs without a space: `anna.silva`."""
    SPACE = 2
    START = 3
    """A sentence, a line or a text begins."""


@dataclass(slots=True)
class Word:
    """A word of part `part`: letters from `first` to before `last` of all letters."""

    part: int
    first: int
    last: int
    key: str
    gap: Gap
    is_capital: bool = False
    is_small: bool = False
    is_shouted: bool = False
    is_spaceless: bool = False
    is_number: bool = False


@dataclass
class Reading:
    """All words of several texts in order, and where each of their letters stands."""

    words: list[Word] = field(default_factory=list)
    letters: str = ""
    parts: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def read(texts: Sequence[str], view: View) -> Reading:
    """The words of texts that follow one another on a page."""
    reading = Reading()
    found: list[str] = []
    known: dict[str, str] = {}
    for part, text in enumerate(texts):
        _read_text(reading, found, part, text, view, known)
    reading.letters = "".join(found)
    for word in reading.words:
        word.key = reading.letters[word.first : word.last]
        written = texts[word.part][reading.starts[word.first] : reading.ends[word.last - 1]]
        _look_at(word, written)
    return reading


def _look_at(word: Word, written: str) -> None:
    word.is_number = word.key.isdigit()
    word.is_spaceless = is_spaceless(word.key[0])
    word.is_small = written == written.lower() != written.upper()
    # Where an alphabet has no large letters, each word may be a name.
    word.is_capital = not word.is_small
    word.is_shouted = len(word.key) > 1 and written == written.upper() != written.lower()


def _read_text(
    reading: Reading, found: list[str], part: int, text: str, view: View, known: dict[str, str]
) -> None:
    parts, starts, ends = reading.parts, reading.starts, reading.ends
    open_word: Word | None = None
    end_of_last = 0
    before = ""
    for start, end in letters(text):
        written = text[start:end]
        folded = known.get(written)
        if folded is None:
            folded = known[written] = letters_of(written, view)
        if not folded:
            if not is_dropped(written):
                open_word, before = None, ""
            continue
        if view is View.STRETCHED and open_word is not None and folded == found[-1]:
            ends[-1] = end
            before, end_of_last = written, end
            continue
        if open_word is None or _turns(before, written, folded):
            gap = Gap.NONE if open_word is not None else _gap(text, end_of_last, start)
            open_word = Word(part, len(found), len(found), "", gap)
            reading.words.append(open_word)
        for letter in folded:
            found.append(letter)
            parts.append(part)
            starts.append(start)
            ends.append(end)
        open_word.last = len(found)
        before, end_of_last = written, end


def _turns(before: str, written: str, folded: str) -> bool:
    """Whether a new word begins in the middle of letters."""
    if written[0].isupper():
        return before[0].islower() or before[0].isdigit()
    if written[0].isdigit() != before[0].isdigit():
        return True
    return not (written.isascii() and before.isascii()) and is_spaceless(folded[0]) != is_spaceless(
        before[0]
    )


def _gap(text: str, end: int, start: int) -> Gap:
    between = text[end:start]
    if end == 0:
        return Gap.START
    if between[:1] in _HYPHENS and between[1:].isspace() and "\n" in between:
        return Gap.NONE
    if not any(map(str.isspace, between)):
        return Gap.TIGHT
    return Gap.SPACE if _ENDS_SENTENCE.isdisjoint(between) else Gap.START
