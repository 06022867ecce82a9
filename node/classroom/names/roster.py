"""The roster of a school, made ready for comparing: each name under its stems, and which given and
family names belong to one pupil. It says that a name is on the roster, never whose it is.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final, Self

from node.classroom.names.endings import LONGEST_ENDING, How, stems
from node.classroom.names.folding import View, fold_word
from node.classroom.names.letters import drawn, is_spaceless, sounds, spellings
from node.classroom.names.words import Gap, read


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES: Final = _set(
    "de da do das dos di del della dello degli du des d la le las los el al as ash bin ibn "
    "ben bint "
    "abu van von vom der den zu zum zur ter ten of y e i und and et mac mc o st ap af av"
)
"""What stands between or before names and is none by itself."""
MAX_PARTS: Final = 12
"""Names of one kind that count for one pupil, other spellings included."""
MIN_GLUED: Final = 5
MIN_LOGIN: Final = 3
MIN_NUMBER_LOGIN: Final = 5
MIN_NEAR: Final = 4
"""Shorter names have no near misses: with one letter changed they are other words. In names of
just so many letters only two letters may have changed places."""
SHINGLE: Final = 5
_LONGEST_NEAR: Final = 24
_SURNAMES_LAST: Final = 4
"""From so many names on, a display name is taken to end with two family names."""
_ARABIC_PREFIXES: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ك", "ف", "س")
_HEBREW_PREFIXES: Final = ("ו", "ה", "ב", "ל", "כ", "מ", "ש")


class Kind(IntEnum):
    """Which name of somebody; the larger, the more it tells."""

    GIVEN = 0
    FAMILY = 1
    FULL = 2


@dataclass(frozen=True)
class Named:
    """How a pupil is called; all of it may be empty, and a display name alone is enough."""

    display: str = ""
    given: str = ""
    family: str = ""
    login: str = ""


@dataclass(frozen=True)
class Roster:
    """The names of many pupils; each view of them is made ready when a text first needs it."""

    pupils: Sequence[Named]

    @classmethod
    def of(cls, pupils: Iterable[Named]) -> Self:
        return cls(tuple(pupils))

    @cached_property
    def plain(self) -> "Index":
        return Index(self.pupils, View.PLAIN)

    @cached_property
    def looks(self) -> "Index":
        return Index(self.pupils, View.LOOKS)

    @cached_property
    def signs(self) -> "Index":
        return Index(self.pupils, View.SIGNS)

    @cached_property
    def sounds(self) -> "Index":
        return Index(filter(_is_latin, self.pupils), View.SOUNDS)

    @cached_property
    def stretched(self) -> "Index":
        return Index(self.pupils, View.STRETCHED)

    def index(self, view: View) -> "Index":
        match view:
            case View.PLAIN:
                return self.plain
            case View.LOOKS:
                return self.looks
            case View.SIGNS:
                return self.signs
            case View.SOUNDS:
                return self.sounds
            case View.STRETCHED:
                return self.stretched


class Index:
    """One view of a roster. Names are numbered; a word leads to the numbers that it may be."""

    def __init__(self, pupils: Iterable[Named], view: View) -> None:
        self.keys: list[str] = []
        self.given: set[int] = set()
        self.family: set[int] = set()
        self.pairs: set[tuple[int, int]] = set()
        self.glued: set[str] = set()
        """Given and family name in one word."""
        self.initialled: set[str] = set()
        self.logins: set[str] = set()
        self.unspaced: dict[str, Kind] = {}
        """Names in writing without spaces."""
        self._view = view
        self._numbers: dict[str, int] = {}
        self._stems: dict[str, list[tuple[int, How]]] = defaultdict(list)
        for one in pupils:
            for written in _cases(one, view):
                self._add(written)

    def find(self, word: str) -> dict[int, bool]:
        """The numbers of the names that a word may be; whether it is exactly that name."""
        found: dict[int, bool] = {}
        for cut in range(min(LONGEST_ENDING, len(word) - 1) + 1):
            stem = word[: len(word) - cut]
            for number, how in self._stems.get(stem, ()):
                if cut == 0:
                    if how.exactly:
                        found[number] = True
                elif number not in found and word[len(stem) :] in how.endings:
                    found[number] = False
        for prefix in _prefixes(word):
            for number, how in self._stems.get(word[len(prefix) :], ()):
                if how.exactly:
                    found.setdefault(number, True)
        return found

    def find_exactly(self, word: str) -> int | None:
        """The number of the name that a word is."""
        return self._numbers.get(word)

    def find_near(self, word: str) -> frozenset[int]:
        """Numbers of names that differ from a word by one letter: one more, fewer, other or two
        that changed places."""
        if len(word) < MIN_NEAR:
            return frozenset()
        return frozenset(
            number
            for key in (word, *_shortened(word))
            for number in self._shortened.get(key, ())
            if is_near(word, self.keys[number])
        )

    @cached_property
    def beginnings(self) -> set[str]:
        """Every beginning of every name, for names written letter by letter."""
        return {key[:end] for key in self.keys for end in range(1, len(key) + 1)}

    @cached_property
    def shingles(self) -> dict[str, list[int]]:
        """The first letters of whatever is one word, and how long those words are."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for one in self.glued:
            if len(one) >= SHINGLE:
                lengths[one[:SHINGLE]].add(len(one))
        return {begin: sorted(found, reverse=True) for begin, found in lengths.items()}

    @cached_property
    def unspaced_lengths(self) -> dict[str, list[int]]:
        """The same for writing without spaces, by the first letter."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for one in self.unspaced:
            lengths[one[0]].add(len(one))
        return {begin: sorted(found, reverse=True) for begin, found in lengths.items()}

    @cached_property
    def _shortened(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self.keys):
            if len(key) >= MIN_NEAR:
                for one in (key, *_shortened(key)):
                    found[one].append(number)
        return found

    def _add(self, named: Named) -> None:
        given, family = split(named)
        first = self._number_all(given, self.given)
        last = self._number_all(family, self.family)
        for one in first:
            for other in last:
                self.pairs |= {(one, other), (other, one)}
                begin, end = self.keys[one], self.keys[other]
                if len(begin + end) >= MIN_GLUED and begin != end:
                    self.glued |= {begin + end, end + begin}
                if len(end) >= MIN_GLUED - 1:
                    self.initialled.add(begin[0] + end)
        self._add_login(named.login, {self.keys[one] for one in (*first, *last)})
        if is_unspaced(named.display + named.given + named.family):
            self._add_unspaced(named, given, family)

    def _add_login(self, written: str, names: set[str]) -> None:
        login = fold_word(written, self._view)
        if login in names or len(login) < (MIN_NUMBER_LOGIN if login.isdigit() else MIN_LOGIN):
            return
        self.logins.add(login)

    def _add_unspaced(self, named: Named, given: Sequence[str], family: Sequence[str]) -> None:
        first, last = (fold_word("".join(one), self._view) for one in (given, family))
        if not family:
            whole = fold_word(named.display or named.given, self._view)
            first, last = whole[_surname_length(whole) :], whole[: _surname_length(whole)]
        kinds = {first: Kind.GIVEN, last: Kind.FAMILY}
        if first and last:
            kinds |= {last + first: Kind.FULL, first + last: Kind.FULL}
        for name, kind in kinds.items():
            if len(name) > 1 and is_unspaced(name):
                self.unspaced[name] = max(kind, self.unspaced.get(name, kind))

    def _number_all(self, words: Sequence[str], kind: set[int]) -> list[int]:
        """The numbers of all forms of some words of a name, each form numbered once."""
        numbers = []
        for key in list(dict.fromkeys(_forms(words, self._view)))[:MAX_PARTS]:
            if key not in self._numbers:
                self._numbers[key] = len(self.keys)
                for stem, how in stems(key):
                    self._stems[stem].append((len(self.keys), how))
                self.keys.append(key)
            numbers.append(self._numbers[key])
        kind.update(numbers)
        return numbers


def split(named: Named) -> tuple[list[str], list[str]]:
    """The words of the given and of the family name.

    Where only a name for the list is known: `Family, Given` says which is which; else the family
    name is the last word, the last two of four and more, and whatever follows a particle.
    """
    given, family = named.given.split(), named.family.split()
    shown = named.display.replace(",", ", ").split()
    known = {fold_word(one) for one in (*given, *family)}
    others = [one for one in shown if fold_word(one) not in known]
    if given and not family:
        return given, [one.strip(",") for one in others]
    if given or family:
        return [*given, *others], family
    for at, one in enumerate(shown[:-1]):
        if one.endswith(","):
            return shown[at + 1 :], [word.strip(",") for word in shown[: at + 1]]
    for at, one in enumerate(shown[1:-1], 1):
        if fold_word(one) in PARTICLES:
            return shown[:at], shown[at:]
    last = 2 if len(shown) >= _SURNAMES_LAST else 1
    return shown[:-last] or shown, shown[1:][-last:]


def is_unspaced(name: str) -> bool:
    """Whether a name is written in letters of a language without spaces."""
    return any(map(is_spaceless, name))


def is_near(word: str, name: str) -> bool:
    """Whether one letter makes the difference between two words, or two that changed places."""
    if abs(len(word) - len(name)) > 1 or min(len(word), len(name)) < MIN_NEAR:
        return False
    same = 0
    while same < min(len(word), len(name)) and word[same] == name[same]:
        same += 1
    left, right = word[same:], name[same:]
    if left[:2] == right[:2][::-1] and left[2:] == right[2:]:
        return True
    others = left[1:] == right[1:] or left[1:] == right or left == right[1:]
    return others and len(name) > MIN_NEAR


def _cases(named: Named, view: View) -> Iterator[Named]:
    """A look-alike is one by its shape, and large letters have other shapes."""
    yield named
    if view in (View.LOOKS, View.SIGNS):
        for change in (str.upper, str.lower):
            yield Named(*map(change, (named.display, named.given, named.family, named.login)))


def _forms(words: Sequence[str], view: View) -> Iterator[str]:
    """Each word, its pieces (`Anna-Lena`), all of them in one, and other spellings of each."""
    found = [form for word in words for form in _pieces(word, view)]
    names = [one for one in found if one not in PARTICLES and len(one) > 1] or found
    whole = fold_word("".join(words), view)
    yield from names
    if whole and not is_unspaced(whole):
        yield whole
    if view is View.PLAIN:
        for word in words:
            composed = unicodedata.normalize("NFC", word).casefold().replace("ς", "σ")
            plain = fold_word(word)
            for spelling in sorted(spellings(composed) | spellings(plain) | drawn(plain)):
                yield from _pieces(spelling, view)
    if view is View.SOUNDS:
        for word in words:
            for spelling in sorted(sounds(fold_word(word))):
                yield from _pieces(spelling, view)


def _is_latin(named: Named) -> bool:
    """What is written in another alphabet is compared in that one."""
    letters = f"{named.display}{named.given}{named.family}"
    return all(unicodedata.name(one, "").startswith("LATIN") for one in letters if one.isalpha())


def _pieces(word: str, view: View) -> list[str]:
    """A double name and its parts; a part within letters (`McDonald`) is none."""
    if is_unspaced(word):
        return []
    whole = fold_word(word, view)
    if word.isalpha() and word[1:].islower():
        return [whole] if whole else []
    parts = read([word], view).words
    if len(parts) < 2:
        return [whole] if whole else []
    tight = all(one.gap is not Gap.NONE for one in parts)
    return [whole, *(one.key for one in parts if tight and len(one.key) > 2)]


def _prefixes(word: str) -> Iterator[str]:
    if "\u05d0" <= word[:1] <= "\u064a" and len(word) > MIN_LOGIN:
        for prefix in (*_ARABIC_PREFIXES, *_HEBREW_PREFIXES):
            if word.startswith(prefix) and len(word) - len(prefix) > 1:
                yield prefix


def _shortened(word: str) -> Iterator[str]:
    for at in range(min(len(word), _LONGEST_NEAR)):
        yield word[:at] + word[at + 1 :]


def _surname_length(name: str) -> int:
    """How many letters of a name written in one piece are the family's: as in China and Korea one,
    in Japan, from four letters on, two."""
    return 1 if len(name) < _SURNAMES_LAST else 2
