"""What a find means: a name for certain, or a word that may be one, by how and where it stands."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from node.classroom.names.common import Language
from node.classroom.names.finding import Finder, Found, Pair
from node.classroom.names.folding import View
from node.classroom.names.roster import Index, Kind
from node.classroom.names.words import Gap, Reading, Word

MIN_INFLECTED: Final = 4
"""Shorter names have endings only where they are written like names."""
MIN_SMALL: Final = 3
"""Shorter names count only where they are written like names."""


class Told(StrEnum):
    """What a place tells, the worst first."""

    LOGIN = "login"
    FULL_NAME = "full_name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    RESEMBLES = "resembles"
    """Looks like one of these without being written like it: `4nn4`, `amueller`."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Letters `first` to before `last` of a reading, and what they tell.

    `between`: so many words stand between what belongs together.
    """

    first: int
    last: int
    told: Told
    blocks: bool
    between: int = 0


class Judge:
    """Says what each find on a page means."""

    def __init__(
        self, reading: Reading, index: Index, language: Language, allowed: AbstractSet[str]
    ) -> None:
        self._words = reading.words
        self._letters = reading.letters
        self._index = index
        self._language = language
        self._allowed = allowed
        self._finder = Finder(reading, index)

    def stretches(self, view: View) -> Iterator[Stretch]:
        """Everything that tells something, in no order; one may lie over another."""
        found = self._finder.names()
        for pair in self._finder.pairs(found):
            yield from self._of_pair(pair)
        for first, last in self._finder.glued():
            yield Stretch(first, last, Told.FULL_NAME, blocks=True)
        for first, last, kind in self._finder.unspaced():
            yield from self._of_unspaced(first, last, kind)
        for one in found:
            yield from self._of_one(one, view)
        if view is View.PLAIN:
            for first, last in self._finder.logins():
                yield from self._of_login(first, last)
            for at in self._finder.initialled():
                if not self._is_word(self._words[at].key):
                    yield self._stretch(at, at, Told.RESEMBLES, blocks=False)

    def _of_pair(self, pair: Pair) -> Iterator[Stretch]:
        first, last = self._words[pair.first], self._words[pair.last]
        doubtful = False
        for one in (pair.given, pair.family):
            if one is not None and one.is_weak and self._are_words(one):
                return
            if one is None:
                near = first if pair.first not in _reach(pair.given or pair.family) else last
                if near.is_small and self._is_word(near.key):
                    return
                doubtful |= self._is_word(near.key)
            elif not any(one.names.values()) and self._crosses_sentence(pair):
                doubtful |= self._is_word(self._key(one))
        if pair.family is not None and pair.given is not None and not doubtful:
            doubtful = self._is_small_word(pair.family) and self._could_be_words(pair)
            if doubtful and not any(pair.family.names.values()):
                return
        told = Told.RESEMBLES if doubtful else Told.FULL_NAME
        yield Stretch(first.first, last.last, told, blocks=not doubtful, between=pair.between)

    def _are_words(self, one: Found) -> bool:
        """Whether pieces are small words that have nothing to do with each other."""
        pieces = self._words[one.first : one.last + 1]
        return all(piece.is_small and self._is_word(piece.key) for piece in pieces)

    def _could_be_words(self, pair: Pair) -> bool:
        """Whether the family name is a word beside a given name: `als Anna klein war`."""
        if pair.given is None or any(
            one.gap <= Gap.TIGHT for one in self._words[pair.first + 1 : pair.last + 1]
        ):
            return False
        given = self._words[pair.given.first]
        return given.is_capital or self._is_word(given.key)

    def _of_one(self, one: Found, view: View) -> Iterator[Stretch]:
        if one.is_weak or (view is View.SOUNDS and self._is_small(one)):
            return
        names = {
            number: exactly
            for number, exactly in one.names.items()
            if self._counts(one, number, exactly=exactly)
        }
        if not names:
            return
        if any(names.values()):
            # What is exactly one name is not a form of another.
            names = {number: True for number, exactly in names.items() if exactly}
        families = [number for number in names if number in self._index.family]
        told = Told.FAMILY_NAME if families else Told.GIVEN_NAME
        exactly = any(names[number] for number in families or names)
        if one.is_loose or view in (View.SIGNS, View.SOUNDS):
            yield self._stretch(one.first, one.last, Told.RESEMBLES, blocks=False)
        elif (blocks := self._blocks(one, families or list(names), exactly=exactly)) is not None:
            yield self._stretch(one.first, one.last, told, blocks=blocks and bool(families))

    def _counts(self, one: Found, number: int, *, exactly: bool) -> bool:
        """Whether a name is long enough to be meant, and not allowed as a word."""
        name = self._index.keys[number]
        if name in self._allowed or self._key(one) in self._allowed:
            return False
        if len(name) >= (MIN_SMALL if exactly else MIN_INFLECTED):
            return True
        if len(name) < MIN_SMALL and self._is_word(name):
            return False
        return len(name) > 1 and self._words[one.first].is_capital

    def _blocks(self, one: Found, numbers: list[int], *, exactly: bool) -> bool | None:
        """Whether a lone name stands there for certain, None where it is a plain word.

        In small letters a common word is that word. With a large letter it is a name, unless the
        place asks for one: then a teacher decides.
        """
        key = self._key(one)
        is_word = self._is_word(key)
        if self._is_small(one):
            if is_word or (
                not exactly and any(self._is_word(self._index.keys[n]) for n in numbers)
            ):
                return None
            return exactly or any(key.startswith(self._index.keys[n]) for n in numbers)
        if not exactly:
            is_family = any(number in self._index.family for number in numbers)
            return (False if is_family else None) if is_word else True
        return not (is_word and self._is_large_anyway(one))

    def _is_large_anyway(self, one: Found) -> bool:
        """Whether any word would have a large letter there: a sentence begins, everything is in
        large letters, or it is a noun in a language that writes nouns so."""
        word = self._words[one.first]
        if word.gap is Gap.START:
            return True
        beside = self._words[max(one.first - 1, 0) : one.last + 2]
        if word.is_shouted and sum(other.is_shouted for other in beside) > 1:
            return True
        before = self._words[one.first - 1]
        return before.key in self._language.before_nouns

    def _of_login(self, first: int, last: int) -> Iterator[Stretch]:
        key = self._letters[self._words[first].first : self._words[last].last]
        is_word = self._is_word(key)
        yield self._stretch(
            first, last, Told.RESEMBLES if is_word else Told.LOGIN, blocks=not is_word
        )

    def _of_unspaced(self, first: int, last: int, kind: Kind) -> Iterator[Stretch]:
        """A family name within a row of characters may be part of another word."""
        key = self._letters[first:last]
        match kind:
            case Kind.FULL:
                yield Stretch(first, last, Told.FULL_NAME, blocks=True)
            case Kind.FAMILY if key not in self._allowed:
                beside = self._letters[max(first - 1, 0) : first] + self._letters[last : last + 1]
                alone = not any("\u3400" <= one <= "\u9fff" for one in beside)
                yield Stretch(first, last, Told.FAMILY_NAME, blocks=alone)
            case Kind.GIVEN if key not in self._allowed:
                yield Stretch(first, last, Told.GIVEN_NAME, blocks=False)
            case Kind.FAMILY | Kind.GIVEN:
                return
            case other:
                assert_never(other)

    def _crosses_sentence(self, pair: Pair) -> bool:
        return any(one.gap is Gap.START for one in self._words[pair.first + 1 : pair.last + 1])

    def _is_small_word(self, one: Found) -> bool:
        return self._is_small(one) and self._is_word(self._key(one))

    def _is_small(self, one: Found) -> bool:
        """Written small; whoever spells a word letter by letter means more than the word."""
        words = self._words[one.first : one.last + 1]
        return all(word.is_small for word in words) and not (len(words) > 2 and _is_spelled(words))

    def _is_word(self, key: str) -> bool:
        return key in self._language.words

    def _key(self, one: Found) -> str:
        return self._letters[self._words[one.first].first : self._words[one.last].last]

    def _stretch(self, first: int, last: int, told: Told, *, blocks: bool) -> Stretch:
        return Stretch(self._words[first].first, self._words[last].last, told, blocks)


def _is_spelled(words: list[Word]) -> bool:
    return all(word.last - word.first == 1 for word in words)


def _reach(one: Found | None) -> range:
    return range(0) if one is None else range(one.first, one.last + 1)
