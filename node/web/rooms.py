"""Spaces as the pages show them: title, schools, whether one may write, who said what.

In an address a post is `<node>-<object>`: the parts of its reference, a node's part being 32 long.
"""

from typing import Protocol

from node.actions import tips
from node.actions.spaces import SpaceView
from node.storage.spaces import Space
from node.web import space_views, views
from node.web.directory import Directory, path_of
from node.web.i18n import later
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.membership import Member
from protocol.space.vocabulary import Role, is_reference

_ABSENT = {
    Standing.SHOWN: "",
    Standing.ERASED: later("This post was deleted."),
    Standing.DELETED: later("This post was deleted by its author."),
    Standing.HIDDEN: later("This post is hidden."),
    Standing.WAITING: later("This post is on its way."),
    Standing.UNREADABLE: later("This post cannot be shown."),
    Standing.MISSING: later("The beginning of this thread is not here."),
}


def names_in(space: Space) -> list[str]:
    """What a directory has to know in order to show a space in a list."""
    return [space.project, *space.state.actors.values()]


def people_in(seen: SpaceView) -> list[str]:
    """What a directory has to know in order to show a space and its people."""
    people = [one.person for school in seen.schools for one in school.people if one.person]
    return [*names_in(seen.space), *people]


def view(space: Space, known: Directory) -> views.Space:
    """The head of a space's pages. Its title is that of its project."""
    stored = known.documents.get(space.project)
    document: JSONObject = {} if stored is None else stored.document
    members = sorted(space.state.members)
    return views.Space(
        path=f"/w/{space.id}",
        title=optional_text_of(document, "name") or space.id[:8],
        summary=optional_text_of(document, "summary"),
        language=optional_text_of(document, "language"),
        schools=[known.school_of(space.state.actors[node]) for node in members],
        project_path=path_of(space.project, known.base),
        may_write=space.is_member and space.state.limit is None and not space.closed_to_writing,
        standing=_standing(space),
        behind=space.behind,
        at_ms=space.moved_ms,
    )


def _standing(space: Space) -> str:
    """Why nobody of this school writes there any more; empty while somebody may."""
    if space.ended:
        return str(space.ended)
    if space.state.closed:
        return "closed"
    if space.state.limit is not None:
        return "archived"
    if space.closed_to_writing == tips.RENEWING:
        return "renewing"
    return "waiting" if space.closed_to_writing else ""


def member(one: Member, seen: SpaceView, known: Directory) -> views.Person:
    """Somebody in a space: under the name that their school gives them there."""
    school = known.school_of(seen.space.state.actors[one.home])
    address, path = "", ""
    if one.person:
        person = known.person(one.person)
        address, path = person.address, person.path
    name = one.name or one.pseudonym[:6]
    return views.Person(name=name, path=path, address=address, school=school, role=str(one.role))


class Written(Protocol):
    """Whatever somebody of a school wrote: by which alias, at which node."""

    @property
    def home(self) -> str: ...

    @property
    def actor(self) -> str: ...


def author(post: Written, seen: SpaceView, known: Directory) -> views.Person:
    """Who wrote a post; a name that was erased or has not arrived is shown as its alias."""
    for school in seen.schools:
        for one in school.people:
            if (one.home, one.pseudonym) == (post.home, post.actor):
                return member(one, seen, known)
    return member(Member(post.home, post.actor, Role.LEFT, 0), seen, known)


def shown(post: Post, seen: SpaceView, known: Directory) -> space_views.Post:
    """A post in its thread."""
    return space_views.Post(
        id=address_of(post.reference),
        author=author(post, seen, known),
        text=post.text,
        language=post.language,
        at_ms=post.time,
        edited_ms=post.edited or None,
        absent=_ABSENT[post.standing],
    )


def address_of(reference: str) -> str:
    """A post's reference as it stands in an address."""
    return reference.replace("/", "-", 1)


def reference_of(address: str) -> str:
    """The reference that an address names. Refuses with NOT_FOUND what names none."""
    reference = address.replace("-", "/", 1)
    if not is_reference(reference):
        raise Refused(Reason.NOT_FOUND, "There is no such post.")
    return reference


def page_number(text: str) -> int:
    """The page of a list that an address asks for; the first where it asks for none."""
    return int(text) if text.isdecimal() and 0 < len(text) < 6 and int(text) > 0 else 1
