"""What can be found by its words in a space, beside posts and blocks, which have rows of their own:
updates, files, albums, walls, cards and the titles of pages. Only what is shown has words here.
"""

import json
from collections.abc import Iterable

from node.storage.database import Transaction, Value
from protocol import folding
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.materials import Album, File
from protocol.space.fold.news import Update
from protocol.space.fold.page import Page
from protocol.space.fold.wall import Card, Wall


async def put(
    transaction: Transaction, space: str, folded: Iterable[tuple[str, str, Contribution | None]]
) -> None:
    """The words of these objects, by home and name, in place of those that they had."""
    told: dict[tuple[str, str], str] = {}
    for home, name, one in folded:
        said = "" if one is None else words_of(one)
        told[home, name] = told.get((home, name)) or said
    rows = await transaction.all(
        "SELECT w.number AS number FROM json_each($2) j CROSS JOIN content_words w "
        "ON w.space = $1 AND w.home = j.value ->> 0 AND w.object = j.value ->> 1",
        space,
        json.dumps(list(told)),
    )
    numbers: list[tuple[Value, ...]] = [(row["number"],) for row in rows]
    await transaction.many("DELETE FROM content_search WHERE rowid = $1", numbers)
    await transaction.many("DELETE FROM content_words WHERE number = $1", numbers)
    await transaction.many(
        "INSERT INTO content_words (space, home, object) VALUES ($1, $2, $3)",
        [(space, *key) for key, words in told.items() if words],
    )
    await transaction.many(
        "INSERT INTO content_search (rowid, folded) SELECT number, $4 FROM content_words "
        "WHERE space = $1 AND home = $2 AND object = $3",
        [(space, *key, folding.spaced(words)) for key, words in told.items() if words],
    )


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all of a space, to make it anew."""
    await transaction.run(
        "DELETE FROM content_search WHERE rowid IN "
        "(SELECT number FROM content_words WHERE space = $1)",
        space,
    )
    await transaction.run("DELETE FROM content_words WHERE space = $1", space)


def words_of(one: Contribution) -> str:
    """What is read of an object that is shown; empty for what is not."""
    if one.standing is not Standing.SHOWN:
        return ""
    match one:
        case Update():
            return one.text
        case File():
            return f"{one.name}\n{one.alt}"
        case Album():
            return f"{one.title}\n{one.text}"
        case Wall():
            titles = [one.title, *one.columns, *(other.title for other in one.others)]
            return "\n".join(titles)
        case Card():
            return "\n".join([one.text, *(other.text for other in one.others)]).strip()
        case Page():
            return one.title
        case _:
            return ""


async def forget_search_remains(transaction: Transaction) -> None:
    """As `views.forget_search_remains`."""
    await transaction.run("INSERT INTO content_search (content_search) VALUES ('optimize')")
