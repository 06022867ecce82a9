"""Words of the staff about what pupils did, which leave the school without another reader: nothing
in them may tell of a pupil, by name, alias or class."""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from node.classroom.looking import roster_of
from node.classroom.names.check import check, written
from node.classroom.names.common import language_of
from node.classroom.names.roster import Named, Roster
from node.classroom.room import Classroom
from node.vault import classes, pupils
from node.vault.pupils import SealedNames
from protocol.errors import Reason, Refused

_WORD: Final = re.compile(r"[^\W_]+")
MIN_CLASS: Final = 3
"""Characters of a class that has not both a digit and a letter: shorter ones are words as well."""


class Telling(Refused):
    """NOT_ALLOWED: `words`, as they stand there, may tell of a pupil. They are for whoever wrote
    them, and in no sentence or fact, which logs and other servers read."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(
            Reason.NOT_ALLOWED,
            "Something in it may tell of a pupil: a name, an alias, a class.",
            field="note",
        )
        self.words = tuple(words)


async def require_untelling(room: Classroom, text: str, language: str) -> None:
    """Refuses as `Telling` words that may tell of a pupil of this school."""
    if not text.strip():
        return
    async with room.vault.read() as view:
        roster = await pupils.list_sealed(view)
        aliases = await pupils.list_aliases(view)
        called = [one.name for one in await classes.list_all(view)]
    found = await asyncio.to_thread(_find_pupils, text, language, roster, aliases)
    found += find_classes(text, called)
    if found:
        raise Telling(list(dict.fromkeys(found)))


def find_classes(text: str, called: Sequence[str]) -> list[str]:
    """Where one of the classes stands, whatever lies between its letters: `5 b` for `5b`. One that
    is called like a word, `A`, is not looked for."""
    keys = {key for one in called if _is_telling(key := "".join(_WORD.findall(one.casefold())))}
    longest = max(map(len, keys), default=0)
    words, found = list(_WORD.finditer(text)), []
    for at, first in enumerate(words):
        key = ""
        for last in words[at:]:
            key += last[0].casefold()
            if len(key) > longest:
                break
            if key in keys:
                found.append(text[first.start() : last.end()])
    return list(dict.fromkeys(found))


def _is_telling(key: str) -> bool:
    has_both = any(map(str.isdigit, key)) and any(map(str.isalpha, key))
    return has_both or len(key) >= MIN_CLASS


def _find_pupils(text: str, language: str, names: SealedNames, aliases: Sequence[str]) -> list[str]:
    roster = Roster.of([*roster_of(pupils.open_names(names)).pupils, *map(Named, aliases)])
    hits = check([text], roster, language_of(language))
    return [" ".join(written(one, [text]).split()) for one in hits]
