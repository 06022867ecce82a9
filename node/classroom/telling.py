"""Words of the staff about what pupils did, which leave the school without another reader: nothing
in them may tell of a pupil, by name, alias or class."""

import asyncio
import re
from collections.abc import Sequence

from node.classroom.looking import roster_of
from node.classroom.names.check import check
from node.classroom.names.common import language_of
from node.classroom.names.roster import Named, Roster
from node.classroom.room import Classroom
from node.vault import classes, pupils
from node.vault.pupils import SealedNames
from protocol.errors import Reason, Refused

_WORD = re.compile(r"\w+")


async def require_untelling(room: Classroom, text: str, language: str) -> None:
    """Refuses with NOT_ALLOWED (field `note`) words that may tell of a pupil of this school."""
    if not text.strip():
        return
    async with room.vault.read() as view:
        roster = await pupils.list_sealed(view)
        aliases = await pupils.list_aliases(view)
        called = [one.name for one in await classes.list_all(view)]
    if await asyncio.to_thread(_tells_of_pupils, text, language, roster, aliases, called):
        raise Refused(
            Reason.NOT_ALLOWED,
            "Something in it may tell of a pupil: a name, an alias, a class.",
            field="note",
        )


def _tells_of_pupils(
    text: str, language: str, names: SealedNames, aliases: Sequence[str], called: Sequence[str]
) -> bool:
    roster = Roster.of([*roster_of(pupils.open_names(names)).pupils, *map(Named, aliases)])
    words = f" {' '.join(re.findall(_WORD, text.casefold()))} "
    return bool(check([text], roster, language_of(language))) or any(
        f" {' '.join(re.findall(_WORD, one.casefold()))} " in words for one in called
    )
