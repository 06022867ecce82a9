"""Every database that a release ever made opens, is migrated, and folds to what people saw then."""

import json
import shutil
from pathlib import Path

import pytest

from node.actions import kept, refold
from node.actions.permission import OPERATOR
from node.app import open_context
from node.folder import Folder
from node.storage import contents, migrate, unfolded
from node.storage.database import Database
from protocol.space.fold.materials import File
from protocol.space.fold.news import Update
from tests.node.upgrades.make import HERE, describe
from tests.nodes import CHEAP, VirtualClock

MADE = sorted(path.name for path in HERE.iterdir() if (path / "node.sqlite").exists())


@pytest.mark.parametrize("name", MADE)
async def test_an_old_database_opens_and_refolds_to_the_same(name: str, tmp_path: Path) -> None:
    copy = tmp_path / name
    shutil.copytree(HERE / name, copy)
    (copy / "keys" / "node.key").chmod(0o600)
    expected = json.loads((HERE / name / "expected.json").read_text())
    async with open_context(Folder(copy), CHEAP, clock=VirtualClock()) as context:
        for space in await kept.list_kept(context, OPERATOR):
            await kept.show_anew(context, OPERATOR, space.space)
        described = await describe(context)
        assert {what: described[what] for what in expected} == expected
        assert await context.database.integrity_check() == []


@pytest.mark.parametrize("name", [one for one in MADE if one >= "schema-0012"])
async def test_what_was_there_before_is_found_by_its_words(name: str, tmp_path: Path) -> None:
    copy = tmp_path / name
    shutil.copytree(HERE / name, copy)
    (copy / "keys" / "node.key").chmod(0o600)
    async with open_context(Folder(copy), CHEAP, clock=VirtualClock()) as context:
        (space,) = await kept.list_kept(context, OPERATOR)
        await refold.step(context)
        async with context.database.read() as reader:
            found = {
                word: [type(one) for one in await contents.search(reader, space.space, word)]
                for word in ("picture", "storks")
            }
    assert found == {"picture": [Update], "storks": [File]}


async def test_replies_of_before_are_folded_once_more(tmp_path: Path) -> None:
    shutil.copytree(HERE / "schema-0027", tmp_path / "old")
    database = await Database.open(tmp_path / "old" / "node.sqlite")
    await migrate.migrate(database, now_ms=0)
    async with database.read() as reader:
        (space,) = await reader.all("SELECT space FROM unfolded GROUP BY space")
        due = await unfolded.find_next(reader, space["space"])
        rows = await reader.all("SELECT home, object FROM posts WHERE kind = 'reply'")
    await database.close()
    assert due is not None
    assert {(one.home, one.object) for one in due.objects} == {tuple(row) for row in rows}


def test_there_is_a_database_of_the_present_schema() -> None:
    newest = migrate.steps()[-1].number
    assert f"schema-{newest:04}" in MADE
