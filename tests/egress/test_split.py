"""The process that speaks to other machines cannot open the vault: tried under another user id."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.actions.set_up import FirstAdmin, NewSchool, set_up
from node.app import make_folder, open_context, open_doors
from node.classroom.room import open_classroom
from node.folder import Folder
from protocol.errors import Refused
from tests.nodes import CHEAP, PASSWORD, free_port

NOBODY = 65_534
EVERYTHING = [Path("vault"), Path("vault/vault.sqlite"), Path("vault/vault.key")]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A node that is set up, with its vault; all but the vault belongs to somebody else."""
    outer = Path(tempfile.mkdtemp(prefix="schoolgate-split-", dir="/tmp"))
    outer.chmod(0o711)
    path = outer / "node"
    port = free_port()
    make_folder(path, f"http://127.0.0.1:{port}", development=True, host="127.0.0.1", port=port)
    asyncio.run(_set_up(path))
    for one in [path, *path.rglob("*")]:
        if "vault" not in one.relative_to(path).parts:
            os.chown(one, NOBODY, NOBODY)
    try:
        yield path
    finally:
        shutil.rmtree(outer)


async def _set_up(path: Path) -> None:
    async with open_context(Folder(path), CHEAP) as context, open_classroom(context) as room:
        assert room is not None
        school, admin = NewSchool("Escola", "PT", "Town"), FirstAdmin("rosa", "Rosa", PASSWORD)
        await set_up(context, school, admin)


async def _serve(path: Path) -> dict[str, str]:
    """What a process of the role `federation` does and cannot do."""
    told = {}
    async with open_context(Folder(path), CHEAP) as context:
        listening = await open_doors(context, "federation", None)
        try:
            port = int(listening.url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            host = context.base.partition("://")[2]
            writer.write(
                f"GET /actor HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            )
            told["actor"] = (await reader.read()).partition(b"\r\n")[0].decode()
            writer.close()
        finally:
            await listening.close()
        try:
            async with open_classroom(context):
                told["classroom"] = "opened"
        except Refused as refused:
            told["classroom"] = str(refused.reason)
    for one in EVERYTHING:
        try:
            handle = os.open(path / one, os.O_RDONLY)
        except OSError as error:
            told[str(one)] = type(error).__name__
        else:
            os.close(handle)
            told[str(one)] = "opened"
    return told


def as_somebody_else(path: Path, user: int) -> dict[str, str]:
    """What `_serve` tells in a process of its own that has become `user`."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        told = {"failed": "it did not come to its end"}
        try:
            if user:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            told = asyncio.run(_serve(path))
        finally:
            os.write(writing, json.dumps(told).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    told_here: dict[str, str] = json.loads(text)
    return told_here


def test_federation_serves_under_a_user_id_that_cannot_open_the_vault(folder: Path) -> None:
    told = as_somebody_else(folder, NOBODY)
    assert told.pop("actor", told.get("failed")) == "HTTP/1.1 200 OK"
    assert told.pop("classroom") == "bad_data_folder"
    assert told == {
        "vault": "PermissionError",
        "vault/vault.sqlite": "PermissionError",
        "vault/vault.key": "PermissionError",
    }


def test_whoever_may_read_it_is_seen_to_open_it(folder: Path) -> None:
    told = as_somebody_else(folder, 0)
    assert {told[str(one)] for one in EVERYTHING} == {"opened"}
    assert told["classroom"] == "opened"
