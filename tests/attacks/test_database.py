"""What reaches the database: values only, never words of SQL; and how it is opened."""

import sys
from pathlib import Path

import pytest

from node.storage import sqlite
from protocol.errors import Reason
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import expect_refusal, send, snapshot
from tests.attacks.visiting import signed_in
from tests.nodes import FLEETING, Node

INJECTED = (
    "1;DROP TABLE accounts",
    "name DESC",
    "id)--",
    "1 UNION SELECT password FROM accounts",
    "(CASE WHEN 1 THEN name END)",
    '"nosuchcol"',
    "' OR '1'='1",
    "%27%20OR%201=1",
    "-1",
    "0x10",
    "1e3",
    "\u0661",
    "9" * 17,
    "",
)


def quoted(text: str) -> str:
    return "".join(one if one.isalnum() and one.isascii() else _percent(one) for one in text)


def _percent(one: str) -> str:
    return "".join(f"%{octet:02X}" for octet in one.encode())


async def test_a138_what_asks_for_an_order_or_a_column_is_no_sql(
    alpha: Node, mallory: Rogue
) -> None:
    for text in INJECTED:
        for target in (
            f"/changes?after={quoted(text)}",
            f"/changes?limit={quoted(text)}",
            f"/outbox?before={quoted(text)}",
            f"/people/admin/outbox?before={quoted(text)}",
        ):
            await expect_refusal(alpha, mallory.get(alpha, target), Reason.BAD_INPUT, but=FLEETING)
    for target in ("/changes?after=0&limit=5&sort=name;DROP", "/outbox?before=5&order=1"):
        assert (await send(alpha, mallory.get(alpha, target))).status == 200
    assert await alpha.count("accounts") == 1


async def test_a138_pages_take_what_is_typed_for_words(alpha: Node, mallory: Rogue) -> None:
    visitor = await signed_in(alpha)
    before = await snapshot(alpha, but=frozenset({"sessions"}))
    for text in INJECTED:
        for target in (
            f"/people?q={quoted(text)}&sort={quoted(text)}&order={quoted(text)}",
            f"/people/{quoted(text) or 'x'}",
            f"/projects?sort={quoted(text)}&page={quoted(text)}",
            f"/admin/deliveries?sort={quoted(text)}",
            f"/messages/{quoted(text) or 'x'}",
        ):
            told = await visitor.get(target)
            assert told.status in {200, 400, 404}, (target, told.status)
            assert b"$argon2" not in told.body
    assert await snapshot(alpha, but=frozenset({"sessions"})) == before


async def test_a138_the_database_is_opened_defensively(alpha: Node) -> None:
    database = alpha.context.database
    async with database.read() as reader:
        with pytest.raises(ValueError, match="double quotes"):
            await reader.all('SELECT "nosuchcol" FROM accounts')
        with pytest.raises(Exception, match="no such column"):
            await reader.all("SELECT nosuchcol FROM accounts")
        with pytest.raises(Exception, match=r"readonly|read-only|query_only"):
            await reader.all("DELETE FROM accounts")
        assert await reader.count("PRAGMA trusted_schema") == 0
        assert await reader.count("PRAGMA foreign_keys") == 1
        assert await reader.count("PRAGMA cell_size_check") == 1
    async with database.write() as transaction:
        assert await transaction.count("PRAGMA trusted_schema") == 0
        assert await transaction.count("PRAGMA secure_delete") == 1
        assert await transaction.count("PRAGMA synchronous") == 2
    path = str(alpha.folder.database_file)
    connection = sqlite.Connection(f"file:{path}?mode=ro")
    try:
        if sys.version_info >= (3, 12):
            with pytest.raises(Exception, match="no such column"):
                connection.execute('SELECT "nosuchcol"')
    finally:
        connection.close()
    assert await alpha.count("accounts") == 1


def test_a138_no_sql_is_put_together_from_what_somebody_sent() -> None:
    source = Path(__file__).parents[2] / "node"
    speaking = {"storage", "vault"}
    rooms = [one for one in source.iterdir() if one.is_dir() and one.name not in speaking]
    words = ("SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "ORDER BY", "PRAGMA ")
    found = {
        f"{path.name}: {line.strip()}"
        for room in rooms
        for path in room.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if any(word in line for word in words)
    }
    assert found == set()


async def test_the_database_is_its_owners_alone(alpha: Node) -> None:

    for path in alpha.folder.path.rglob("*"):
        if path.name.startswith("node.sqlite") or path.parent.name == "keys":
            assert path.stat().st_mode & 0o077 == 0, path
