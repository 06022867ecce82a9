"""The forum: threads and replies, edited by their author's home node only.

`fold` makes one post of the effective operations about it; `view` puts posts in order. Order is
(time, id) of the first version. A post whose every version was erased stays as a tombstone where
it stood; a thread that is not there (erased with its node, cut, not arrived) stands in for itself
as `missing`, so that replies by other schools are not lost.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.fold import history
from protocol.space.fold.history import Standing
from protocol.space.fold.item import Item, Reply, Thread, content
from protocol.space.vocabulary import reference


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
    told = history.read(items)
    if told is None or told.kind not in {"thread", "reply"}:
        return None
    header = told.first.header
    own = reference(header.node, header.object)
    post = Post(
        home=header.node,
        object=header.object,
        kind=told.kind,
        thread=own if told.kind == "thread" else str(header.args["in"]),
        id=told.first.id,
        head=told.head,
        actor=header.actor,
        time=header.time,
        standing=told.standing,
        to=str(header.args.get("to", "")),
        with_=told.contributors,
        edited=told.edited,
        audience=told.latest.audience,
        reach=told.latest.reach,
    )
    if told.standing is not Standing.SHOWN or told.newest is None:
        return post
    return _with_content(post, told.newest)


def _with_content(post: Post, newest: Item) -> Post:
    said: Thread | Reply | None
    if post.kind == "thread":
        said = opening = content(newest, Thread)
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
