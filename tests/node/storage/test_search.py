"""Search over posts: whatever is typed finds something or nothing, and what is erased is gone."""

import pytest

from node.storage import views
from node.storage.database import Database
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing

SPACE, HOME = "s" * 43, "0" * 32


def post(number: int, text: str, standing: Standing = Standing.SHOWN) -> Post:
    name = f"{number:022}"
    return Post(
        HOME,
        name,
        f"op{number}",
        f"op{number}",
        "author",
        number,
        standing,
        kind="thread",
        thread=f"{HOME}/{name}",
        title="Title",
        text=text,
        language="en",
    )


@pytest.fixture(autouse=True)
async def space(database: Database) -> None:
    async with database.write() as transaction:
        await transaction.run(
            "INSERT INTO spaces (id, project, node, key_id, state, opened_ms, moved_ms) "
            "VALUES ($1, 'project', $2, 'key', '{}', 1, 1)",
            SPACE,
            HOME,
        )


async def put(database: Database, *posts: Post) -> None:
    async with database.write() as transaction:
        await views.put_posts(transaction, SPACE, [(HOME, one.object, one) for one in posts])


async def found(database: Database, words: str, space: str = SPACE) -> list[str]:
    async with database.read() as reader:
        return [one.id for one in await views.search_posts(reader, space, words)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Łódź leży nad Łódką", "lodz"),
        ("Η Αθήνα είναι όμορφη", "ΑΘΗΝΑ"),
        ("ο κόσμος", "κοσμοσ"),
        ("İstanbul ve Iğdır", "istanbul igdir"),
        ("Straße", "strasse"),
        ("smørrebrød", "smorrebrod"),
        ("l’été à la mer", "ete mer"),
        ("наш клас", "КЛАС"),
        ("unfinished business", "unfin"),
    ],
)
async def test_letters_are_found_as_people_type_them(
    database: Database, text: str, words: str
) -> None:
    await put(database, post(1, text), post(2, "something else"))
    assert await found(database, words) == ["op1"]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        "*",
        "^",
        "-",
        "NOT",
        "AND OR",
        "a AND",
        "NEAR(a b)",
        "folded : x",
        "{folded} : x",
        "(",
        "a)",
        "a + b",
        "'; DROP TABLE posts --",
        "\0",
        "a\0b",
        "\ud800",
        "😀",
        "!",
        "a " * 5_000,
        "x" * 100_000,
        "%",
        "_",
        "\u0301",
    ],
)
async def test_no_words_are_syntax(database: Database, words: str) -> None:
    await put(database, post(1, "plain"))
    assert isinstance(await found(database, words), list)
    assert await found(database, "plain") == ["op1"]


async def test_every_word_must_be_there_and_the_newest_comes_first(database: Database) -> None:
    await put(database, post(1, "red apple"), post(2, "red pear"), post(3, "green apple"))
    assert await found(database, "red") == ["op2", "op1"]
    assert await found(database, "apple red") == ["op1"]
    assert await found(database, "red", "another space") == []


async def test_an_edited_or_hidden_post_is_found_by_nothing_it_no_longer_says(
    database: Database,
) -> None:
    await put(database, post(1, "before"), post(2, "hidden"))
    await put(database, post(1, "after"), post(2, "", Standing.HIDDEN))
    assert await found(database, "before") == []
    assert await found(database, "after") == ["op1"]
    assert await found(database, "hidden") == []


async def test_no_byte_of_an_erased_post_stays_in_any_file(database: Database) -> None:
    await put(database, *[post(number, f"kumquat{number} orchard") for number in range(40)])
    await put(database, post(7, "kumquat7 persimmon"))
    async with database.write() as transaction:
        await views.put_posts(transaction, SPACE, [(HOME, f"{7:022}", None)])
        await views.forget_search_remains(transaction)
        transaction.wipe()
    for file in database.path.parent.iterdir():
        assert b"persimmon" not in file.read_bytes(), file.name
    assert await found(database, "kumquat8") == ["op8"]
