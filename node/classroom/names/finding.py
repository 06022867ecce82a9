"""Where words of a page may be names of a roster: one word, pieces of one, letter by letter.

It finds; what a find means is decided elsewhere. Every word is looked at a bounded number of times,
so a page takes time in proportion to its length, whatever is in it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from node.classroom.names.roster import MIN_GLUED, PARTICLES, SHINGLE, Index, Kind
from node.classroom.names.words import Gap, Reading, Word

MOST_PIECES: Final = 4
"""So many pieces of a word are put together: `An-na-Le-na`."""
MIN_PIECED: Final = 6
"""Pieces with a space between are put together where they make a name of so many letters."""
MIN_SPELLED: Final = 3
MOST_BETWEEN: Final = 3
"""So many words may stand between the names of one pupil: particles, initials, another name."""
MIN_WITHIN: Final = 9
"""A full name of so many letters is found in the middle of a word."""


@dataclass(frozen=True, slots=True)
class Found:
    """Words `first` to `last`, both included, may be these names; whether exactly.

    `is_loose`: put together over a space; `is_weak`: so short, or over the end of a text, that
    it counts beside the other name of its pupil alone.
    """

    first: int
    last: int
    names: Mapping[int, bool]
    is_loose: bool = False
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A given and a family name of one pupil: words `first` to `last`, others `between` them.

    The one that is None is nearly there, with one letter changed.
    """

    first: int
    last: int
    given: Found | None
    family: Found | None
    between: int = 0


class Finder:
    """Looks through one reading of a page."""

    def __init__(self, reading: Reading, index: Index) -> None:
        self.words = reading.words
        self.letters = reading.letters
        self.index = index
        self._known: dict[str, dict[int, bool]] = {}
        self._known_near: dict[tuple[tuple[int, ...], str], bool] = {}

    def names(self) -> list[Found]:
        """Every word and every group of words that may be a name."""
        found = []
        for at, word in enumerate(self.words):
            if word.is_number:
                continue
            if names := self._find(word.key):
                found.append(Found(at, at, names))
            found += self._pieced(at)
        return [*found, *self._spelled()]

    def pairs(self, found: list[Found]) -> Iterator[Pair]:
        """Every given and family name of one pupil that stand together, in either order."""
        by_first: dict[int, list[Found]] = defaultdict(list)
        by_last: dict[int, list[Found]] = defaultdict(list)
        for one in found:
            by_first[one.first].append(one)
            by_last[one.last].append(one)
        for one in found:
            yield from self._pairs_after(one, by_first)
            if (near := self._near(one, one.last + 1)) is not None:
                yield Pair(one.first, near, one, None)
            if (near := self._near(one, one.first - 1)) is not None:
                yield Pair(near, one.last, None, one)

    def glued(self) -> Iterator[tuple[int, int]]:
        """Given and family name in one word, or in the middle of one: letters from, to before."""
        shingles, glued = self.index.shingles, self.index.glued
        for word in self.words:
            for at in range(word.first, word.last - MIN_GLUED + 1):
                for length in shingles.get(self.letters[at : at + SHINGLE], ()):
                    end = at + length
                    is_word = at == word.first and word.last - end <= 2
                    if (
                        end <= word.last
                        and (is_word or length >= MIN_WITHIN)
                        and self.letters[at:end] in glued
                    ):
                        yield at, end
                        break

    def initialled(self) -> Iterator[int]:
        """Words that are the first letter of a given name and a family name of somebody."""
        for at, word in enumerate(self.words):
            if word.key in self.index.initialled:
                yield at

    def logins(self) -> Iterator[tuple[int, int]]:
        """Words, first and last, that are a login: within one row of signs without a space."""
        for at, word in enumerate(self.words):
            if word.gap is Gap.NONE:
                continue
            for last in range(at, min(len(self.words), at + 2 * MOST_PIECES)):
                if last > at and self.words[last].gap > Gap.TIGHT:
                    break
                if last + 1 < len(self.words) and self.words[last + 1].gap is Gap.NONE:
                    continue
                if self.letters[word.first : self.words[last].last] in self.index.logins:
                    yield at, last
        yield from self._spelled_logins()

    def unspaced(self) -> Iterator[tuple[int, int, Kind]]:
        """Names in writing without spaces: letters from, to before."""
        lengths = self.index.unspaced_lengths
        if not lengths:
            return
        for word in self.words:
            if not word.is_spaceless:
                continue
            end_of_last = word.first
            for at in range(word.first, word.last):
                if at < end_of_last:
                    continue
                for length in lengths.get(self.letters[at], ()):
                    kind = self.index.unspaced.get(self.letters[at : at + length])
                    if kind is None or (kind is not Kind.FULL and at + length > word.last):
                        continue
                    yield at, at + length, kind
                    end_of_last = at + length
                    break

    def _find(self, key: str) -> dict[int, bool]:
        if key not in self._known:
            self._known[key] = self.index.find(key)
        return self._known[key]

    def _pieced(self, at: int) -> Iterator[Found]:
        """Words that make a name together: without a space, or two with one."""
        words = self.words
        for last in range(at + 1, min(len(words), at + MOST_PIECES)):
            word = words[last]
            goes_on = word.gap <= Gap.SPACE or word.part != words[last - 1].part
            if word.is_number or not goes_on:
                return
            key = self.letters[words[at].first : word.last]
            if word.gap < Gap.SPACE:
                names = {
                    number: exactly
                    for number, exactly in self._find(key).items()
                    if exactly or len(self.index.keys[number]) >= MIN_GLUED
                }
                if names:
                    yield Found(at, last, names)
                continue
            pieces = words[at : last + 1]
            if pieces[0].key in PARTICLES and pieces[-1].is_small:
                return
            if last == at + 1 and len(key) >= MIN_SPELLED:
                number = self.index.find_exactly(key)
                is_whole = len(key) >= MIN_PIECED and min(map(_length, pieces)) > 1
                if number is not None:
                    is_weak = not is_whole or word.gap is not Gap.SPACE
                    yield Found(at, last, {number: True}, is_loose=True, is_weak=is_weak)
            return

    def _spelled(self) -> Iterator[Found]:
        """Names letter by letter: `A n n a`, `A.n.n.a`."""
        beginnings = self.index.beginnings
        for first, end in self._rows_of_letters():
            for at in range(first, end - MIN_SPELLED + 1):
                begin = self.words[at].first
                for last in range(at, end):
                    key = self.letters[begin : self.words[last].last]
                    if key not in beginnings:
                        break
                    number = self.index.find_exactly(key)
                    if number is not None and len(key) >= MIN_SPELLED:
                        yield Found(at, last, {number: True})

    def _spelled_logins(self) -> Iterator[tuple[int, int]]:
        for first, end in self._rows_of_letters():
            key = self.letters[self.words[first].first : self.words[end - 1].last]
            if key in self.index.logins:
                yield first, end - 1

    def _rows_of_letters(self) -> Iterator[tuple[int, int]]:
        """Single letters that follow each other: words from, to before."""
        first: int | None = None
        for at, word in enumerate([*self.words, None]):
            if word is not None and word.last - word.first == 1:
                first = at if first is None else first
            elif first is not None:
                if at - first >= MIN_SPELLED:
                    yield first, at
                first = None

    def _pairs_after(self, one: Found, by_first: Mapping[int, list[Found]]) -> Iterator[Pair]:
        others = 0
        for at in range(one.last + 1, min(len(self.words), one.last + 2 + MOST_BETWEEN)):
            for other in by_first.get(at, ()):
                if (pair := self._pair(one, other)) is not None:
                    yield pair
            word = self.words[at]
            if word.key in PARTICLES or word.last - word.first == 1:
                continue
            others += 1
            if others > 1 or word.is_small or word.is_number or word.gap is Gap.START:
                return

    def _pair(self, one: Found, other: Found) -> Pair | None:
        for number in one.names:
            for second in other.names:
                if (number, second) in self.index.pairs and number != second:
                    is_given = second in self.index.family
                    given, family = (one, other) if is_given else (other, one)
                    between = self._between(one, other)
                    return Pair(one.first, other.last, given, family, between)
        return None

    def _between(self, one: Found, other: Found) -> int:
        """How far two names stand apart: words between them, and a new sentence counts as two."""
        words = self.words[one.last + 1 : other.first + 1]
        return len(words) - 1 + 2 * sum(word.gap is Gap.START for word in words)

    def _near(self, one: Found, at: int) -> int | None:
        """The word beside a name where it is nearly the other name of the same pupil."""
        if not 0 <= at < len(self.words):
            return None
        exact = tuple(number for number, exactly in one.names.items() if exactly)
        asked = exact, self.words[at].key
        if asked not in self._known_near:
            near = self.index.find_near(asked[1]) if exact else ()
            self._known_near[asked] = any(
                (one, name) in self.index.pairs for one in near for name in exact
            )
        return at if self._known_near[asked] else None


def _length(word: Word) -> int:
    return word.last - word.first
