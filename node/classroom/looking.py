"""The roster check as the queue uses it: beside the event loop, one at a time, and nothing twice.

The names are opened once per roster; what was found in a text is kept as places, not as words.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from node.classroom.names.check import Hit, check
from node.classroom.names.common import language_of
from node.classroom.names.roster import Named, Roster
from node.vault import pupils
from node.vault.pupils import Names, SealedNames
from node.vault.works import Work

MAX_KEPT = 1000
_NO_DIGITS = dict.fromkeys(map(ord, "0123456789"), " ")
_Key = tuple[str, str, bytes, frozenset[str], bytes]


@dataclass(frozen=True)
class Checkable:
    """A piece of work, and the words that its class allows. `texts` are all words of what it would
    be a part of, where that is more than itself; of these those in `own` are the pupil's."""

    work: Work
    allowed: frozenset[str]
    texts: Sequence[str]
    own: frozenset[int] | None = None


class Lookout:
    """The roster of a school, compiled, and what was found with it."""

    def __init__(self) -> None:
        self._busy = asyncio.Lock()
        self._version = b""
        self._roster = Roster(())
        self._found: OrderedDict[_Key, Sequence[Hit]] = OrderedDict()

    async def look(self, names: SealedNames, pages: Sequence[Checkable]) -> list[Sequence[Hit]]:
        """What tells of somebody in each of the works."""
        async with self._busy:
            return await asyncio.to_thread(self._look, names, pages)

    def _look(self, names: SealedNames, pages: Sequence[Checkable]) -> list[Sequence[Hit]]:
        version = _version_of(names)
        if version != self._version:
            self._roster = roster_of(pupils.open_names(names))
            self._version = version
            self._found.clear()
        return [self._check(one) for one in pages]

    def _check(self, page: Checkable) -> Sequence[Hit]:
        around = b"" if page.own is None else _digest_of(page.texts)
        key = (page.work.object, page.work.version, self._version, page.allowed, around)
        hits = self._found.pop(key, None)
        if hits is None:
            language = language_of(page.work.language)
            hits = check(page.texts, self._roster, language, page.allowed)
            if page.own is not None:
                # What others wrote has been read where it came from; what it makes together with
                # the pupil's words has not.
                hits = [one for one in hits if any(at.part in page.own for at in one.places)]
            if page.work.file is not None:
                # Cameras and scanners write numbers close to names: `20261126Nowak.jpg`.
                bare = page.work.file.name.translate(_NO_DIGITS)
                more = check([bare], self._roster, language, page.allowed)
                hits = sorted([*hits, *_beside(hits, more)], key=lambda one: one.places[0])
        self._found[key] = hits
        while len(self._found) > MAX_KEPT:
            self._found.popitem(last=False)
        return hits


def roster_of(names: Iterable[Names]) -> Roster:
    """The names of the vault, compiled. For a thread, where they are many."""
    return Roster.of(Named(one.display, one.given, one.family, one.login) for one in names)


def _digest_of(texts: Sequence[str]) -> bytes:
    return hashlib.sha256(json.dumps(list(texts)).encode()).digest()


def _version_of(names: SealedNames) -> bytes:
    """Differs whenever a name was written: nothing is sealed twice alike."""
    whole = hashlib.sha256()
    for row in names.rows:
        for sealed in row:
            whole.update(b"-" if sealed is None else hashlib.sha256(sealed).digest())
    return whole.digest()


def _beside(hits: Sequence[Hit], more: Sequence[Hit]) -> list[Hit]:
    """Those of `more` that lie over none of the hits."""
    taken = [place for one in hits for place in one.places if place.part == 0]
    return [
        one
        for one in more
        if all(
            place.end <= other.start or other.end <= place.start
            for place in one.places
            for other in taken
        )
    ]
