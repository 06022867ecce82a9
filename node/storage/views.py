"""What people see of a space: folds of what is effective, kept as rows. A cache, made by `refold`.

A post that is not shown has no text here and no row in the search index, so what was erased is in
neither.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from node.storage.database import Reader, Row, Transaction, Value
from node.storage.words import all_of
from protocol import folding
from protocol.space.fold.forum import Post
from protocol.space.fold.history import PutAway, Standing
from protocol.space.fold.membership import Member
from protocol.space.vocabulary import Role

_POST: Final = (
    "home, object, kind, thread, op, head, actor, time_ms, standing, answers, contributors, "
    "edited_ms, audience, reach, title, text, language, put_away, file"
)
_put_away = msgspec.json.Decoder(PutAway)


@dataclass(frozen=True)
class ThreadRow:
    """A thread in a list: `post` is None where others reply to what is not there."""

    reference: str
    post: Post | None
    replies: int
    latest_ms: int


def _read_post(row: Row) -> Post:
    return Post(
        home=row["home"],
        object=row["object"],
        id=row["op"],
        head=row["head"],
        actor=row["actor"],
        time=row["time_ms"],
        standing=Standing(row["standing"]),
        edited=row["edited_ms"],
        audience=row["audience"],
        reach=row["reach"],
        kind=row["kind"],
        thread=row["thread"],
        to=row["answers"],
        with_=tuple(row["contributors"].split()),
        title=row["title"],
        text=row["text"],
        language=row["language"],
        put_away=_put_away.decode(row["put_away"]) if row["put_away"] else None,
        file=row["file"],
    )


def _read_member(row: Row) -> Member:
    return Member(
        row["home"],
        row["pseudonym"],
        Role(row["role"]),
        row["since_ms"],
        row["name"],
        row["person"],
        row["language"],
    )


async def find_post(reader: Reader, space: str, home: str, object_: str) -> Post | None:
    row = await reader.one(
        f"SELECT {_POST} FROM posts WHERE space = $1 AND home = $2 AND object = $3",
        space,
        home,
        object_,
    )
    return None if row is None else _read_post(row)


async def list_put_away(
    reader: Reader,
    standing: Standing,
    home: str,
    space: str,
    actor: str,
    common: bool | None,
    limit: int,
) -> list[tuple[str, Post]]:
    """See `shown.list_put_away`."""
    if common:
        return []
    rows = await reader.all(
        f"SELECT space, {_POST} FROM posts WHERE standing = $1 AND ($2 = '' OR home = $2) "
        "AND ($3 = '' OR space = $3) AND ($4 = '' OR actor = $4) "
        "AND standing IN ('deleted', 'hidden') ORDER BY put_away ->> 'time' DESC, op LIMIT $5",
        str(standing),
        home,
        space,
        actor,
        limit,
    )
    return [(row["space"], _read_post(row)) for row in rows]


async def list_posts(reader: Reader, space: str) -> list[Post]:
    """All posts of a space, for `fold.forum.view`."""
    rows = await reader.all(f"SELECT {_POST} FROM posts WHERE space = $1", space)
    return [_read_post(row) for row in rows]


async def list_of_thread(reader: Reader, space: str, thread: str) -> list[Post]:
    """A thread and its replies, for `fold.forum.view`."""
    rows = await reader.all(
        f"SELECT {_POST} FROM posts WHERE space = $1 AND thread = $2 ORDER BY time_ms, op",
        space,
        thread,
    )
    return [_read_post(row) for row in rows]


async def list_threads(
    reader: Reader, space: str, *, limit: int = 50, offset: int = 0
) -> list[ThreadRow]:
    """Threads with how much was said in them and when last, the latest first."""
    columns = ", ".join(f"p.{name}" for name in _POST.split(", "))
    rows = await reader.all(
        "SELECT t.thread AS reference, t.replies AS replies, t.latest_ms AS latest, "
        f"p.number AS number, {columns} FROM (SELECT thread, replies, latest_ms FROM threads "
        "WHERE space = $1 ORDER BY latest_ms DESC, thread LIMIT $2 OFFSET $3) t "
        "LEFT JOIN posts p ON p.space = $1 AND p.home = substr(t.thread, 1, 32) "
        "AND p.object = substr(t.thread, 34) AND p.thread = t.thread AND p.kind = 'thread' "
        "ORDER BY t.latest_ms DESC, t.thread",
        space,
        limit,
        offset,
    )
    return [
        ThreadRow(
            row["reference"],
            None if row["number"] is None else _read_post(row),
            row["replies"],
            row["latest"],
        )
        for row in rows
    ]


async def count_threads(reader: Reader, space: str) -> int:
    return await reader.count("SELECT count(*) FROM threads WHERE space = $1", space)


async def search_posts(reader: Reader, space: str, words: str, *, limit: int = 50) -> list[Post]:
    """Posts that hold every one of `words`, the newest first."""
    terms = folding.words(words)
    if not terms:
        return []
    columns = ", ".join(f"p.{name}" for name in _POST.split(", "))
    rows = await reader.all(
        f"SELECT {columns} FROM post_search s JOIN posts p ON p.number = s.rowid "
        "WHERE s.post_search MATCH $2 AND p.space = $1 ORDER BY p.time_ms DESC, p.op LIMIT $3",
        space,
        all_of(terms),
        limit,
    )
    return [_read_post(row) for row in rows]


async def put_posts(
    transaction: Transaction, space: str, posts: Sequence[tuple[str, str, Post | None]]
) -> None:
    """What these objects (home and name) look like now; None where there is no such post."""
    before = await transaction.all(
        "SELECT p.number, p.thread FROM json_each($2) j CROSS JOIN posts p "
        "ON p.space = $1 AND p.home = j.value ->> 0 AND p.object = j.value ->> 1",
        space,
        json.dumps([(home, object_) for home, object_, _ in posts]),
    )
    await transaction.many(
        "DELETE FROM post_search WHERE rowid = $1", [(row["number"],) for row in before]
    )
    if before:
        await transaction.many(
            "DELETE FROM posts WHERE space = $1 AND home = $2 AND object = $3",
            [(space, home, object_) for home, object_, post in posts if post is None],
        )
    there = [post for _, _, post in posts if post is not None]
    await transaction.many(
        f"INSERT INTO posts (space, {_POST}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
        "$20) "
        "ON CONFLICT (space, home, object) DO UPDATE SET kind = excluded.kind, "
        "thread = excluded.thread, op = excluded.op, head = excluded.head, "
        "actor = excluded.actor, time_ms = excluded.time_ms, standing = excluded.standing, "
        "answers = excluded.answers, contributors = excluded.contributors, "
        "edited_ms = excluded.edited_ms, audience = excluded.audience, reach = excluded.reach, "
        "title = excluded.title, text = excluded.text, language = excluded.language, "
        "put_away = excluded.put_away, file = excluded.file",
        [_as_row(space, post) for post in there],
    )
    await transaction.many(
        "INSERT INTO post_search (rowid, folded) SELECT number, $4 FROM posts "
        "WHERE space = $1 AND home = $2 AND object = $3",
        [
            (space, post.home, post.object, folding.spaced(f"{post.title}\n{post.text}"))
            for post in there
            if post.standing is Standing.SHOWN
        ],
    )
    await _put_threads(
        transaction, space, {row["thread"] for row in before} | {post.thread for post in there}
    )


async def _put_threads(transaction: Transaction, space: str, threads: Iterable[str]) -> None:
    """Count again what was said in these threads; the others are not looked at."""
    named = json.dumps(sorted(threads))
    await transaction.run(
        "DELETE FROM threads WHERE space = $1 AND thread IN (SELECT value FROM json_each($2))",
        space,
        named,
    )
    await transaction.run(
        "INSERT INTO threads (space, thread, replies, latest_ms) "
        "SELECT p.space, p.thread, sum(p.kind = 'reply'), max(max(p.time_ms, p.edited_ms)) "
        "FROM json_each($2) j CROSS JOIN posts p ON p.space = $1 AND p.thread = j.value "
        "GROUP BY p.thread",
        space,
        named,
    )


def _as_row(space: str, post: Post) -> tuple[Value, ...]:
    return (
        space,
        post.home,
        post.object,
        post.kind,
        post.thread,
        post.id,
        post.head,
        post.actor,
        post.time,
        str(post.standing),
        post.to,
        " ".join(post.with_),
        post.edited,
        post.audience,
        post.reach,
        post.title,
        post.text,
        post.language,
        "" if post.put_away is None else msgspec.json.encode(post.put_away).decode(),
        post.file,
    )


async def forget_search_remains(transaction: Transaction) -> None:
    """Rewrite the search index: a dropped row's words stay in its segments until they merge."""
    await transaction.run("INSERT INTO post_search (post_search) VALUES ('optimize')")


async def list_people(reader: Reader, space: str) -> list[Member]:
    """Everybody in a space, by school, for `fold.membership.view`."""
    rows = await reader.all(
        "SELECT home, pseudonym, role, since_ms, name, person, language FROM space_people "
        "WHERE space = $1 ORDER BY home, pseudonym",
        space,
    )
    return [_read_member(row) for row in rows]


async def put_people(
    transaction: Transaction, space: str, people: Sequence[tuple[str, str, Member | None]]
) -> None:
    """What schools now say of these people (home and alias); None where nothing any more."""
    await transaction.many(
        "DELETE FROM space_people WHERE space = $1 AND home = $2 AND pseudonym = $3",
        [(space, home, pseudonym) for home, pseudonym, _ in people],
    )
    await transaction.many(
        "INSERT INTO space_people (space, home, pseudonym, role, since_ms, name, person, language) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                space,
                one.home,
                one.pseudonym,
                str(one.role),
                one.since,
                one.name,
                one.person,
                one.language,
            )
            for _, _, one in people
            if one is not None
        ],
    )


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all views of a space, to make them anew."""
    await transaction.run(
        "DELETE FROM post_search WHERE rowid IN (SELECT number FROM posts WHERE space = $1)", space
    )
    await transaction.run("DELETE FROM posts WHERE space = $1", space)
    await transaction.run("DELETE FROM threads WHERE space = $1", space)
    await transaction.run("DELETE FROM space_people WHERE space = $1", space)
    await transaction.run("DELETE FROM space_proposals WHERE space = $1", space)
