"""Threads of a forum as lines of a list."""

from collections.abc import Collection, Sequence

from node.actions.spaces import SpaceView
from node.storage.views import ThreadRow
from node.web import rooms, space_views, words
from node.web.directory import Directory
from node.web.i18n import later


def lines(
    threads: Sequence[ThreadRow],
    seen: SpaceView,
    known: Directory,
    path: str = "",
    *,
    shielded: Collection[str] = (),
) -> list[space_views.ThreadLine]:
    """One line a thread; one whose beginning is gone or not here stands by what was replied.

    `path` is where the reader's threads lie: a teacher's forum, where nothing is said. Those in
    `shielded` have been reported, and a pupil does not see what they are about.
    """
    path = path or f"/w/{seen.space.id}/forum"
    return [
        space_views.ThreadLine(
            path=f"{path}/{rooms.address_of(row.reference)}",
            title="" if row.post is None or row.reference in shielded else row.post.title,
            absent=words.LOOKED_AT
            if row.reference in shielded
            else later("A thread whose beginning is gone"),
            author=None if row.post is None else rooms.author(row.post, seen, known),
            at_ms=row.latest_ms,
            replies=row.replies,
        )
        for row in threads
    ]
