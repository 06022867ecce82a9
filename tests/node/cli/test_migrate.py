"""`schoolgate migrate`: a copy to go back to, then the present schema, or nothing."""

import sqlite3
from pathlib import Path

import pytest

from node.actions.upgrade import upgrade
from node.clock import SystemClock
from node.storage import migrate
from node.storage.migrate import Step
from protocol.errors import Reason, Refused
from tests.nodes import Node


def more_steps(monkeypatch: pytest.MonkeyPatch, *sqls: str) -> None:
    steps = migrate.steps()
    more = [
        Step(len(steps) + 1 + n, f"{len(steps) + 1 + n:04}_x.sql", sql)
        for n, sql in enumerate(sqls)
    ]
    monkeypatch.setattr(migrate, "steps", lambda _=migrate.PACKAGE: [*steps, *more])
    monkeypatch.setattr(migrate, "PROGRAM", len(steps) + len(sqls))


def tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as database:
        return {row[0] for row in database.execute("SELECT name FROM sqlite_master")}


async def test_a_failing_migration_leaves_the_copy_to_go_back_to(
    alpha: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, broken = "CREATE TABLE good (id INTEGER) STRICT;\n", "INSERT INTO nowhere VALUES (1);\n"
    more_steps(monkeypatch, good, broken)
    keep = tmp_path / "keep.sqlite"
    with pytest.raises(Refused) as refused:
        await upgrade(alpha.folder, SystemClock(), keep)
    assert refused.value.reason is Reason.BAD_DATA_FOLDER
    assert "nowhere" in refused.value.detail
    assert "good" in tables(alpha.folder.database_file)
    assert "good" not in tables(keep)
    assert "accounts" in tables(keep)


async def test_the_copy_is_of_before_also_when_an_older_one_lies_there(
    alpha: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "keep.sqlite"
    keep.write_bytes(b"of last year")
    more_steps(monkeypatch, "CREATE TABLE good (id INTEGER) STRICT;\n")
    assert await upgrade(alpha.folder, SystemClock(), keep) == [len(migrate.steps())]
    assert "good" in tables(alpha.folder.database_file)
    assert "good" not in tables(keep)


async def test_a_key_that_does_not_open_the_database_is_told_before_it_serves(
    alpha: Node, beta: Node
) -> None:
    alpha.folder.key_file.write_bytes(beta.folder.key_file.read_bytes())
    with pytest.raises(Refused) as refused:
        await upgrade(alpha.folder, SystemClock(), None)
    assert "does not open" in refused.value.detail
