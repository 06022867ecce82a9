"""A node whose secret is missing, guessable or open to others does not start."""

import asyncio
import secrets
from pathlib import Path

import pytest
from click.testing import CliRunner

from node.app import make_folder, open_context
from node.cli import schoolgate
from node.folder import Folder
from protocol.errors import Reason, Refused
from tests.nodes import CHEAP, running
from tests.nodes import VirtualClock as Clock


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "node"
    make_folder(path, "http://127.0.0.9:8420", development=True, host="127.0.0.1", port=0)
    return Folder(path)


def is_refused(folder: Folder, *reasons: Reason) -> str:
    """It neither starts nor opens its database, says why in a line, and leaves the folder be."""
    kept = {one: one.stat().st_mtime_ns for one in folder.path.rglob("*") if one.is_file()}

    async def start() -> None:
        async with open_context(folder, CHEAP):
            raise AssertionError("it started")

    with pytest.raises(Refused) as refused:
        asyncio.run(start())
    assert refused.value.reason in reasons
    environment = CHEAP | {"SCHOOLGATE_FOLDER": str(folder.path)}
    done = CliRunner().invoke(schoolgate, ["serve"], env=environment)
    assert done.exit_code == 1
    assert done.output.startswith("schoolgate: ")
    assert "Traceback" not in done.output
    assert not folder.database_file.exists()
    assert {one: one.stat().st_mtime_ns for one in folder.path.rglob("*") if one.is_file()} == kept
    return refused.value.detail


def test_a147_a_secret_that_is_empty_or_guessable_is_refused(folder: Folder) -> None:
    good = folder.key_file.read_text("ascii")
    for text in (
        "",
        "\n",
        "changeme",
        "secret",
        "0" * 64,
        "f" * 64,
        "00" * 32 + "\n",
        "41" * 32,
        good[:-3],
        good.strip() + "00",
        "0x" + good.strip()[2:],
        "zz" + good.strip()[2:],
        good.strip() * 2,
    ):
        folder.key_file.write_text(text, "ascii")
        assert good.strip() not in is_refused(folder, Reason.BAD_DATA_FOLDER)
    folder.key_file.write_bytes(b"\xff" * 32)
    is_refused(folder, Reason.BAD_DATA_FOLDER)
    folder.key_file.unlink()
    is_refused(folder, Reason.BAD_DATA_FOLDER)
    folder.key_file.mkdir()
    is_refused(folder, Reason.BAD_DATA_FOLDER)


def test_a147_a_secret_that_others_can_read_is_refused(folder: Folder) -> None:
    for mode in (0o644, 0o640, 0o604, 0o660, 0o666, 0o601, 0o777):
        folder.key_file.chmod(mode)
        assert "chmod 600" in is_refused(folder, Reason.BAD_DATA_FOLDER)
    folder.key_file.chmod(0o600)

    async def start() -> None:
        async with open_context(folder, CHEAP) as context:
            assert len(context.master) == 32

    asyncio.run(start())


def test_a147_two_nodes_never_get_the_same_secret(tmp_path: Path) -> None:
    made = set()
    for number in range(20):
        path = tmp_path / str(number)
        make_folder(path, "http://127.0.0.9:8420", development=True, host="127.0.0.1", port=0)
        made.add(Folder(path).read_master())
        assert Folder(path).key_file.stat().st_mode & 0o777 == 0o600
    assert len(made) == 20


async def test_a147_another_nodes_secret_opens_no_key(tmp_path: Path, clock: Clock) -> None:
    async with running("alpha", tmp_path / "alpha", clock) as node:
        folder = node.folder
    folder.key_file.write_text(secrets.token_hex(32), "ascii")
    with pytest.raises(Refused):
        async with open_context(folder, CHEAP, clock=clock):
            raise AssertionError("it started")


def test_a_setting_that_would_open_the_node_is_refused(folder: Folder) -> None:
    text = folder.config_file.read_text("utf-8")
    for spoiled in (
        text.replace('"http://127.0.0.9:8420"', '"http://school.example"'),
        text.replace('"http://127.0.0.9:8420"', '"https://127.0.0.1"').replace("true", "false"),
        text.replace('"http://127.0.0.9:8420"', '"https://user@school.example"'),
        text.replace('"http://127.0.0.9:8420"', '"https://school.example/path"'),
        text.replace('"http://127.0.0.9:8420"', '"//school.example"'),
        text + "\n[unknown]\nx = 1\n",
        text.replace("[listen]", "[listen]\nsecret = 'x'"),
        text + "\n[limits]\nconnections_per_address = 0\n",
        text + "\n[limits]\npartner_burst = -1\n",
        text + "\n[sign_in]\nfailures_per_account = 0\n",
        "not toml",
    ):
        assert spoiled != text
        folder.config_file.write_text(spoiled, "utf-8")
        is_refused(folder, Reason.BAD_SETTING, Reason.BAD_NAME)
