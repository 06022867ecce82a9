"""What `schoolgate doctor` finds where pupils are concerned, beside `node.actions.check_up`."""

from collections.abc import Mapping
from typing import Final

from node.actions.check_up import Finding
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom import vault_copies
from node.classroom.room import look_into_classroom
from node.classroom.safeguarding import Lack, list_lacks
from protocol.errors import Reason, Refused

_UNSEEN: Final = frozenset({Reason.NOT_ALLOWED, Reason.CONFLICT, Reason.BUSY})
"""What says nothing about the vault itself."""
_LACKS: Final[Mapping[Lack, str]] = {
    "nobody": "nobody reads what pupils report: make somebody a safeguarding person, at "
    "/school/staff",
    "nobody_else": "the only safeguarding person wrote what was reported and may not open it: make "
    "somebody else one too, at /school/staff",
    "unopened": "no safeguarding person has opened what was reported days ago",
}


async def check_up(context: Context) -> list[Finding]:
    """Whether the vault opens, and whether somebody reads what pupils report. A hub, and a school
    that has not run yet, have no vault. It is looked at and nothing more: a backup may be running.
    """
    try:
        async with look_into_classroom(context) as room:
            if room is None:
                return []
            lacks = await list_lacks(room, OPERATOR)
            copies = await vault_copies.check_up(room)
    except Refused as refused:
        unseen = refused.reason in _UNSEEN
        return [Finding("note" if unseen else "bad", f"vault: {refused.detail}")]
    found = [Finding("note", _LACKS[one]) for one in lacks]
    found = found or [Finding("ok", "the vault opens, and nothing that was reported waits in vain")]
    return [*found, *copies]
