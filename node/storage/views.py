"""What people see of a space: folds of what is effective, kept as rows. A cache, made by `refold`.

A post that is not shown has no text here and no row in the search index, so what was erased is in
neither.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from node.storage.database import Reader, Row, Transaction
from protocol.space.fold.forum import Post, Standing
from protocol.space.fold.membership import Member
from protocol.space.vocabulary import Role

_POST: Final = (
    "home, object, kind, thread, op, head, actor, time_ms, standing, answers, contributors, "
    "edited_ms, audience, reach, title, text, language"
)
_LETTERS: Final = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"}
)
"""Letters that are no accented form of another, and that people leave out when they search."""


@dataclass(frozen=True)
class ThreadRow:
    """A thread in a list: `post` is None where others reply to what is not there."""

    reference: str
    post: Post | None
    replies: int
    latest_ms: int


def fold_text(text: str) -> str:
    """`text` as it is searched for: without accents, in small plain letters."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in spread if not unicodedata.combining(one))
    return plain.translate(_LETTERS)


def _read_post(row: Row) -> Post:
    return Post(
        row["home"],
        row["object"],
        row["kind"],
        row["thread"],
        row["op"],
        row["head"],
        row["actor"],
        row["time_ms"],
        Standing(row["standing"]),
        row["answers"],
        tuple(row["contributors"].split()),
        row["edited_ms"],
        row["audience"],
        row["reach"],
        row["title"],
        row["text"],
        row["language"],
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
        "SELECT t.thread AS reference, t.replies AS replies, t.latest AS latest, "
        f"p.number AS number, {columns} FROM (SELECT thread, sum(kind = 'reply') AS replies, "
        "max(max(time_ms, edited_ms)) AS latest FROM posts WHERE space = $1 GROUP BY thread "
        "ORDER BY latest DESC, thread LIMIT $2 OFFSET $3) t "
        "LEFT JOIN posts p ON p.space = $1 AND p.thread = t.thread AND p.kind = 'thread' "
        "ORDER BY t.latest DESC, t.thread",
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
    return await reader.count("SELECT count(DISTINCT thread) FROM posts WHERE space = $1", space)


async def search_posts(reader: Reader, space: str, words: str, *, limit: int = 50) -> list[Post]:
    """Posts that hold every one of `words`, the newest first."""
    # Each word is quoted: a searcher's signs are no syntax. The last may be the beginning of one.
    terms = [f'"{one}"' for one in fold_text(words).replace('"', " ").split()]
    if not terms:
        return []
    columns = ", ".join(f"p.{name}" for name in _POST.split(", "))
    rows = await reader.all(
        f"SELECT {columns} FROM post_search s JOIN posts p ON p.number = s.rowid "
        "WHERE s.folded MATCH $2 AND p.space = $1 ORDER BY p.time_ms DESC, p.op LIMIT $3",
        space,
        f"{' '.join(terms)}*",
        limit,
    )
    return [_read_post(row) for row in rows]


async def put_post(
    transaction: Transaction, space: str, home: str, object_: str, post: Post | None
) -> None:
    """What the object looks like now; None where there is no such post any more."""
    await _drop_search_row(transaction, space, home, object_)
    if post is None:
        await transaction.run(
            "DELETE FROM posts WHERE space = $1 AND home = $2 AND object = $3",
            space,
            home,
            object_,
        )
        return
    row = await transaction.one(
        f"INSERT INTO posts (space, {_POST}) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
        "ON CONFLICT (space, home, object) DO UPDATE SET kind = excluded.kind, "
        "thread = excluded.thread, op = excluded.op, head = excluded.head, "
        "actor = excluded.actor, time_ms = excluded.time_ms, standing = excluded.standing, "
        "answers = excluded.answers, contributors = excluded.contributors, "
        "edited_ms = excluded.edited_ms, audience = excluded.audience, reach = excluded.reach, "
        "title = excluded.title, text = excluded.text, language = excluded.language "
        "RETURNING number",
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
    )
    if row is not None and post.standing is Standing.SHOWN:
        await transaction.run(
            "INSERT INTO post_search (rowid, folded) VALUES ($1, $2)",
            row["number"],
            fold_text(f"{post.title}\n{post.text}"),
        )


async def forget_search_remains(transaction: Transaction) -> None:
    """Rewrite the search index: a dropped row's words stay in its segments until they merge."""
    await transaction.run("INSERT INTO post_search (post_search) VALUES ('optimize')")


async def _drop_search_row(transaction: Transaction, space: str, home: str, object_: str) -> None:
    await transaction.run(
        "DELETE FROM post_search WHERE rowid IN "
        "(SELECT number FROM posts WHERE space = $1 AND home = $2 AND object = $3)",
        space,
        home,
        object_,
    )


async def list_people(reader: Reader, space: str) -> list[Member]:
    """Everybody in a space, by school, for `fold.membership.view`."""
    rows = await reader.all(
        "SELECT home, pseudonym, role, since_ms, name, person, language FROM space_people "
        "WHERE space = $1 ORDER BY home, pseudonym",
        space,
    )
    return [_read_member(row) for row in rows]


async def put_person(
    transaction: Transaction, space: str, home: str, pseudonym: str, member: Member | None
) -> None:
    """What the school now says of one of its people; None where it says nothing any more."""
    if member is None:
        await transaction.run(
            "DELETE FROM space_people WHERE space = $1 AND home = $2 AND pseudonym = $3",
            space,
            home,
            pseudonym,
        )
        return
    await transaction.run(
        "INSERT INTO space_people (space, home, pseudonym, role, since_ms, name, person, language) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (space, home, pseudonym) "
        "DO UPDATE SET role = excluded.role, since_ms = excluded.since_ms, "
        "name = excluded.name, person = excluded.person, language = excluded.language",
        space,
        home,
        pseudonym,
        str(member.role),
        member.since,
        member.name,
        member.person,
        member.language,
    )


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all views of a space, to make them anew."""
    await transaction.run(
        "DELETE FROM post_search WHERE rowid IN (SELECT number FROM posts WHERE space = $1)", space
    )
    await transaction.run("DELETE FROM posts WHERE space = $1", space)
    await transaction.run("DELETE FROM space_people WHERE space = $1", space)
