"""Spaces as the pages show them: title, schools, whether one may write."""

from node.storage.spaces import Space
from node.web import views
from node.web.directory import Directory, path_of
from protocol.reading import optional_text_of


def names_in(space: Space) -> list[str]:
    """What a directory has to know in order to show a space."""
    return [space.project, *space.state.actors.values()]


def view(space: Space, known: Directory) -> views.Space:
    """The head of a space's pages. Its title is that of its project."""
    stored = known.documents.get(space.project)
    document = {} if stored is None else stored.document
    members = sorted(space.state.members)
    return views.Space(
        path=f"/w/{space.id}",
        title=optional_text_of(document, "name") or space.id[:8],
        summary=optional_text_of(document, "summary"),
        language=optional_text_of(document, "language"),
        schools=[known.school_of(space.state.actors[node]) for node in members],
        project_path=path_of(space.project, known.base),
        may_write=not space.state.closed and not space.closed_to_writing,
        at_ms=space.moved_ms,
    )
