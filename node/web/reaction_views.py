"""Reactions as pages show them: the signs that stand with the names behind them, and one's own."""

from collections.abc import Mapping, Sequence

from node.actions.spaces import SpaceView
from node.web import doings, rooms
from node.web.directory import Directory
from node.web.space_views import ReactionLine, Reactions
from node.web.words import ICONS, SIGNS
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.reactions import SIGNS as ALL
from protocol.space.fold.reactions import Reaction


def under(
    post: Post,
    signs: Mapping[str, Sequence[Reaction]],
    root: str,
    seen: SpaceView,
    known: Directory,
    waiting: str = "",
) -> Reactions | None:
    """All signs under a post; none where it is not shown.

    `signs` are those of the thread by what they are under, `root` is where the reader's space
    lies, `waiting` the one of the reader's that has not left the school.
    """
    if post.standing is not Standing.SHOWN:
        return None
    names: Mapping[str, list[str]] = {sign: [] for sign in ALL}
    mine = ""
    for one in signs.get(post.reference, ()):
        names[one.sign].append(doings.person(one.node, one.actor, seen, known).name)
        if (one.node, one.actor) == (seen.space.node, seen.alias):
            mine = one.sign
    return Reactions(
        f"{root}/react/{rooms.address_of(post.reference)}",
        [
            ReactionLine(sign, SIGNS[sign], ICONS[sign], names[sign], sign == mine, sign == waiting)
            for sign in ALL
        ],
    )
