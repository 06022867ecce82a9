"""What a reader can do with something in a space: change, delete, report, hide it; and what it is
called and where it stands, whatever its kind."""

from node.actions import moderation
from node.actions.spaces import SpaceView
from node.web import report_words, rooms, space_views, views
from node.web.directory import Directory
from node.web.i18n import later
from protocol.space.fold.block import Body, kind_of, plain, written
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.materials import Album, File
from protocol.space.fold.membership import Member
from protocol.space.fold.news import Update
from protocol.space.fold.page import Block, Page
from protocol.space.fold.wall import Card, Wall
from protocol.space.vocabulary import Role

_GONE = frozenset({Standing.DELETED, Standing.ERASED, Standing.MISSING})


def of(made: Contribution, seen: SpaceView, known: Directory) -> space_views.Doings:
    """The addresses behind the words under an item; empty where there is nothing to do."""
    space, standing = seen.space, made.standing
    own = own_path(seen.space.id, made)
    if made.is_shared:
        return _of_common(made, seen, known)
    mine = made.home == space.node and made.actor == seen.alias
    may_erase = mine or seen.answers_for(made.home, made.actor)
    item = rooms.address_of(made.reference)
    may_hide = moderation.may_hide(space, made, is_admin=seen.is_admin)
    is_shown, is_hidden = standing is Standing.SHOWN, standing is Standing.HIDDEN
    here = f"/w/{space.id}"
    hid_here = made.put_away is not None and made.put_away.home == space.node
    return space_views.Doings(
        change=f"{own}/edit" if mine and is_shown else "",
        delete=f"{own}/delete" if may_erase and standing not in _GONE else "",
        report=f"/report?space={space.id}&item={item}" if is_shown and not mine else "",
        hide=f"{here}/hide/{item}" if may_hide and not mine and is_shown else "",
        show_again=f"{here}/unhide/{item}" if may_hide and is_hidden and hid_here else "",
        hidden=_hidden(made, seen, known) if is_hidden else None,
    )


def _of_common(made: Contribution, seen: SpaceView, known: Directory) -> space_views.Doings:
    """What is common is changed by anybody, where it stands."""
    space, standing = seen.space, made.standing
    is_shown, is_hidden = standing is Standing.SHOWN, standing is Standing.HIDDEN
    item, here = rooms.address_of(made.reference), f"/w/{seen.space.id}"
    may_hide = moderation.may_hide(space, made, is_admin=seen.is_admin)
    hid_here = made.put_away is not None and made.put_away.home == space.node
    may_erase = isinstance(made, Card) and (
        (made.node, made.actor) == (space.node, seen.alias)
        or seen.answers_for(made.node, made.actor)
    )
    return space_views.Doings(
        change="" if is_hidden else f"{own_path(space.id, made)}/edit",
        delete=f"{own_path(space.id, made)}/delete" if may_erase and is_shown else "",
        report=f"/report?space={space.id}&item={item}" if is_shown else "",
        hide=f"{here}/hide/{item}" if may_hide and is_shown else "",
        show_again=f"{here}/unhide/{item}" if may_hide and is_hidden and hid_here else "",
        hidden=_hidden(made, seen, known) if is_hidden else None,
    )


def _hidden(made: Contribution, seen: SpaceView, known: Directory) -> space_views.Hidden | None:
    by = made.put_away
    if by is None:
        return None
    return space_views.Hidden(
        by=person(by.home, by.actor, seen, known),
        at_ms=by.time,
        reason=report_words.REPORT_REASONS.get(by.reason, ""),
        text=by.text,
    )


def person(home: str, alias: str, seen: SpaceView, known: Directory) -> views.Person:
    """Somebody of a space by school and alias, whether or not the name is known."""
    for school in seen.schools:
        for one in school.people:
            if (one.home, one.pseudonym) == (home, alias):
                return rooms.member(one, seen, known)
    return rooms.member(Member(home, alias, Role.LEFT, 0), seen, known)


def thing(made: Contribution, seen: SpaceView, known: Directory) -> space_views.Thing:
    """Something in a list of things of all kinds."""
    kind, title = named(made)
    return space_views.Thing(
        item=rooms.address_of(made.reference),
        kind=kind,
        title=title,
        language=_language(made),
        path=path_of(seen.space.id, made),
        own_path=own_path(seen.space.id, made),
        author=person(
            made.node if isinstance(made, Page | Block | Wall | Card) else made.home,
            made.actor,
            seen,
            known,
        ),
        at_ms=made.time,
        common=made.is_shared,
    )


def named(made: Contribution) -> tuple[str, str]:
    """What kind of thing it is, as a marked word, and its title or text."""
    match made:
        case Post(kind="thread"):
            return later("Thread"), f"{made.title}\n{made.text}".strip()
        case Post():
            return later("Reply"), made.text
        case Update():
            return later("Update"), made.text
        case File():
            return later("File"), made.name
        case Album():
            return later("Album"), made.title
        case Wall():
            return later("Wall"), made.title
        case Card():
            return later("Card"), made.text
        case Page():
            return later("Page"), made.title
        case Block():
            return later("Part of a page"), "" if made.body is None else words_of(made.body)
        case _:
            return later("Contribution"), ""


def words_of(body: Body) -> str:
    """The words that a block has, whatever its kind."""
    return plain(body) or form_of(body)


def form_of(body: Body) -> str:
    """What a block says in its written form; the name of its kind where that is nothing."""
    parts = written(body)
    told = (parts.get(name, "") for name in ("text", "title", "url", "caption"))
    return next((one for one in told if one), kind_of(body))


def _language(made: Contribution) -> str:
    if isinstance(made, Block):
        return "" if made.body is None else made.body.language
    return str(getattr(made, "language", ""))


def own_path(space: str, made: Contribution) -> str:
    """The address under which one changes and deletes it."""
    item = rooms.address_of(made.reference)
    match made:
        case Post():
            return f"/w/{space}/posts/{item}"
        case Update():
            return f"/w/{space}/updates/{item}"
        case File():
            return f"/w/{space}/materials/{item}"
        case Album():
            return f"/w/{space}/albums/{item}"
        case Wall():
            return f"/w/{space}/walls/{item}"
        case Card():
            return f"/w/{space}/cards/{item}"
        case Page():
            return f"/w/{space}/pages/{item}"
        case Block():
            return f"/w/{space}/blocks/{item}"
        case _:
            return f"/w/{space}"


def path_of(space: str, made: Contribution) -> str:
    """The address under which one reads it."""
    match made:
        case Post():
            thread = f"/w/{space}/forum/{rooms.address_of(made.thread)}"
            return f"{thread}#p-{rooms.address_of(made.reference)}"
        case Update():
            return f"/w/{space}/updates#u-{rooms.address_of(made.reference)}"
        case Card():
            wall = f"/w/{space}/walls/{rooms.address_of(made.wall)}"
            return f"{wall}#c-{rooms.address_of(made.reference)}"
        case Block():
            page = f"/w/{space}/pages/{rooms.address_of(made.page)}"
            return f"{page}#b-{rooms.address_of(made.reference)}"
        case _:
            return own_path(space, made)
