"""The forum: threads and replies, edited by their author's home node only.

`fold` makes one post of the effective operations about it; `view` puts posts in order. Order is
(time, id) of the first version. A post whose every version was erased stays as a tombstone where
it stood; a thread that is not there (erased with its node, cut, not arrived) stands in for itself
as `missing`, so that replies by other schools are not lost.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from protocol.space.fold.item import Item, Reply, Thread, content, in_order
from protocol.space.vocabulary import reference


class Standing(StrEnum):
    """How a post is shown."""

    SHOWN = "shown"
    ERASED = "erased"  # by its school, for ever
    DELETED = "deleted"  # taken back by its author
    HIDDEN = "hidden"  # by its school or a moderator; can be undone
    WAITING = "waiting"  # the text is on its way
    AT_HOME = "at_home"  # residency home: shown through a view ticket only
    UNREADABLE = "unreadable"  # says what no post can say
    MISSING = "missing"  # a thread that others reply to, and that is not there


class Post(msgspec.Struct, frozen=True):
    """One thread or reply as people see it. `head` is the version that an edit replaces.

    `thread` is the reference of the thread, its own for a thread; `to` of the post that it answers.
    Title, text and language are empty unless it is shown.
    """

    home: str
    object: str
    kind: str
    thread: str
    id: str
    head: str
    actor: str
    time: int
    standing: Standing
    to: str = ""
    with_: tuple[str, ...] = msgspec.field(default=(), name="with")
    edited: int = 0
    audience: str = "members"
    reach: str = "space"
    title: str = ""
    text: str = ""
    language: str = ""

    @property
    def reference(self) -> str:
        return reference(self.home, self.object)


class Discussion(msgspec.Struct, frozen=True):
    """A thread and what was said in it, in order."""

    thread: Post
    replies: tuple[Post, ...]


def fold(items: Iterable[Item]) -> Post | None:
    """The post that these effective operations, all about one object of one node, make.

    None if there is no post: no `Create`, or one of another kind of object.
    """
    items = list(items)
    versions = in_order(one for one in items if one.header.type in {"Create", "Update"})
    first = next((one for one in versions if one.header.type == "Create"), None)
    if first is None or first.header.args.get("kind") not in {"thread", "reply"}:
        return None
    versions = versions[versions.index(first) :]
    left = [one for one in versions if not one.erased]
    newest = left[-1] if left else None
    header, home = first.header, first.header.node
    own = reference(home, header.object)
    kind = str(header.args["kind"])
    latest = (newest or versions[-1]).header
    post = Post(
        home=home,
        object=header.object,
        kind=kind,
        thread=own if kind == "thread" else str(header.args["in"]),
        id=first.id,
        head=versions[-1].id,
        actor=header.actor,
        time=header.time,
        standing=Standing.ERASED,
        to=str(header.args.get("to", "")),
        with_=tuple(sorted({name for one in versions for name in one.header.with_})),
        edited=versions[-1].header.time if len(versions) > 1 else 0,
        audience=latest.audience,
        reach=latest.reach,
    )
    if any(one.header.type == "Delete" for one in items):
        return msgspec.structs.replace(post, standing=Standing.DELETED)
    if newest is None:
        return post
    if _is_hidden(items):
        return msgspec.structs.replace(post, standing=Standing.HIDDEN)
    return _with_content(post, newest)


def _is_hidden(items: list[Item]) -> bool:
    """Whether any school's last word on it is `Hide`: undoing is for whoever hid it."""
    last: dict[str, Item] = {}
    for one in in_order(one for one in items if one.header.type in {"Hide", "Unhide"}):
        last[one.header.node] = one
    return any(one.header.type == "Hide" for one in last.values())


def _with_content(post: Post, newest: Item) -> Post:
    if newest.payload is None:
        away = newest.header.residency == "home"
        standing = Standing.AT_HOME if away else Standing.WAITING
        return msgspec.structs.replace(post, standing=standing)
    if post.kind == "thread":
        opening = content(newest, Thread)
        said: Thread | Reply | None = opening
        title = opening.title if opening else ""
    else:
        said, title = content(newest, Reply), ""
    if said is None:
        return msgspec.structs.replace(post, standing=Standing.UNREADABLE)
    return msgspec.structs.replace(
        post, standing=Standing.SHOWN, title=title, text=said.text, language=said.language
    )


def view(posts: Iterable[Post]) -> list[Discussion]:
    """The whole forum in its one order; the same on every replica that holds the same."""
    threads: dict[str, Post] = {}
    replies: dict[str, list[Post]] = {}
    for post in posts:
        if post.kind == "thread":
            threads[post.reference] = post
        else:
            replies.setdefault(post.thread, []).append(post)
    for missing in replies.keys() - threads.keys():
        threads[missing] = _missing(missing, min(one.time for one in replies[missing]))
    return [
        Discussion(one, tuple(sorted(replies.get(one.reference, ()), key=_order)))
        for one in sorted(threads.values(), key=_order)
    ]


def _order(post: Post) -> tuple[int, str, str]:
    return post.time, post.id, post.reference


def _missing(thread: str, time: int) -> Post:
    home, _, name = thread.partition("/")
    return Post(home, name, "thread", thread, "", "", "", time, Standing.MISSING)
