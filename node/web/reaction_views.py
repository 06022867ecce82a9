"""Reactions as pages show them: the signs that stand with the names behind them, and one's own."""

from collections.abc import Mapping, Sequence

from node.actions.spaces import SpaceView
from node.web import doings
from node.web.directory import Directory
from node.web.space_views import ReactionLine, Reactions
from node.web.words import ICONS, SIGNS
from protocol.space.fold.reactions import SIGNS as ALL
from protocol.space.fold.reactions import Reaction


def of(
    found: Sequence[Reaction], path: str, seen: SpaceView, known: Directory, waiting: str = ""
) -> Reactions:
    """All signs; `waiting` is the one of the reader's that has not left the school."""
    names: Mapping[str, list[str]] = {sign: [] for sign in ALL}
    mine = ""
    for one in found:
        names[one.sign].append(doings.person(one.node, one.actor, seen, known).name)
        if (one.node, one.actor) == (seen.space.node, seen.alias):
            mine = one.sign
    return Reactions(
        path,
        [
            ReactionLine(sign, SIGNS[sign], ICONS[sign], names[sign], sign == mine, sign == waiting)
            for sign in ALL
        ],
    )
