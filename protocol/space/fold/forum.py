"""The forum: threads and replies, edited by their author's home node only.

`fold` makes one post of the effective operations about it; `view` puts posts in order. Order is
(time, id) of the first version. A post whose every version was erased stays as a tombstone where
it stood; a thread that is not there (erased with its node, cut, not arrived) stands in for itself
as `missing`, so that replies by other schools are not lost.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.fold import history
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.item import Item, Reply, Thread


class Post(Contribution, frozen=True):
    """One thread or reply as people see it.

    `thread` is the reference of the thread, its own for a thread; `to` of the post that it answers;
    `file` of one that is shown with it, whether that is here or not.
    """

    kind: str = ""
    thread: str = ""
    to: str = ""
    with_: tuple[str, ...] = msgspec.field(default=(), name="with")
    title: str = ""
    text: str = ""
    language: str = ""
    file: str = ""

    @property
    def inside(self) -> str:
        return "" if self.kind == "thread" else self.thread


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
    args = told.first.header.args
    bare = told.head_of(Post)
    post = msgspec.structs.replace(
        bare,
        kind=told.kind,
        thread=bare.reference if told.kind == "thread" else str(args["in"]),
        to=str(args.get("to", "")),
        with_=told.contributors,
    )
    if told.kind == "thread":
        return told.show(post, Thread, _open)
    return told.show(post, Reply, _answer)


def _open(post: Post, said: Thread) -> Post:
    return msgspec.structs.replace(post, title=said.title, text=said.text, language=said.language)


def _answer(post: Post, said: Reply) -> Post:
    return msgspec.structs.replace(post, text=said.text, language=said.language, file=said.file)


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
    return Post(home, name, "", "", "", time, Standing.MISSING, kind="thread", thread=thread)
