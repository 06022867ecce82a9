"""The process that speaks to other machines cannot open the vault: tried under other user ids, and
with both processes of a node whose doors run apart."""

import asyncio
import codecs
import ctypes
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from node import events
from node.actions.set_up import FirstAdmin, NewSchool, set_up
from node.app import make_folder, open_context, open_doors
from node.classroom.room import open_classroom
from node.cli import schoolgate
from node.folder import Folder
from protocol.errors import Refused
from tests.nodes import CHEAP, PASSWORD, free_port

NOBODY = 65_534
VAULT = 65_000
"""A group that may enter the vault's folder."""
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
        # Whatever Python loads when it is first used: it may lie where the other user cannot read.
        codecs.lookup("idna")
        listening = await open_doors(context, "all", None, room)
        try:
            for target in ("/c", "/actor"):
                await asyncio.to_thread(answer_of, listening.url, context.base, "GET", target)
        finally:
            await listening.close()


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
    assert told.pop("classroom") == "not_allowed"
    assert told == {
        "vault": "PermissionError",
        "vault/vault.sqlite": "PermissionError",
        "vault/vault.key": "PermissionError",
    }


def test_whoever_may_read_it_is_seen_to_open_it(folder: Path) -> None:
    told = as_somebody_else(folder, 0)
    assert {told[str(one)] for one in EVERYTHING} == {"opened"}
    assert told["classroom"] == "opened"


def begin(path: Path, role: str, port: int, groups: list[int]) -> int:
    """A real `schoolgate serve` as the node's own user with these further groups; its number."""
    child = os.fork()
    if child:
        return child
    try:
        sys.stdout = sys.stderr = (path.parent / f"{role}.log").open("a", buffering=1)
        events.silence(False)
        become(groups)
        os.environ.update(CHEAP)
        arguments = ("--folder", str(path), "--role", role, "--listen-port", str(port))
        schoolgate(["serve", *arguments], standalone_mode=False)
    finally:
        if sys.exception() is not None:
            traceback.print_exc()
        os._exit(0)


def become(groups: list[int]) -> None:
    os.umask(0o077)
    os.setgroups(groups)
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    # As in a program that was started, not forked, as this user: prctl(PR_SET_DUMPABLE, 1).
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)


def answer_of(url: str, base: str, method: str, target: str, body: str = "") -> tuple[int, str]:
    """The status and the body, as soon as the process listens."""
    host = base.partition("://")[2]
    fields = {"Host": host, "Origin": base, "Content-Type": "application/x-www-form-urlencoded"}
    deadline = time.monotonic() + 60
    while True:
        connection = HTTPConnection("127.0.0.1", int(url.rpartition(":")[2]), timeout=20)
        try:
            connection.request(method, target, body, fields)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "it does not listen"
            time.sleep(0.1)
        finally:
            connection.close()


def what_opens(wanted: list[Path], groups: list[int]) -> dict[str, str]:
    """Which of these files and folders a process of the node's user with these groups opens."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        told = {}
        try:
            become(groups)
            for one in wanted:
                try:
                    os.close(os.open(one, os.O_RDONLY))
                    told[str(one)] = "opened"
                except OSError as error:
                    told[str(one)] = type(error).__name__
        finally:
            os.write(writing, json.dumps(told).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        found: dict[str, str] = json.loads(stream.read())
    os.waitpid(child, 0)
    return found


def test_two_real_processes_of_one_user_and_only_one_has_the_vault(folder: Path) -> None:
    vault = folder / "vault"
    os.chown(vault, 0, VAULT)
    vault.chmod(0o2770)
    for one in vault.iterdir():
        os.chown(one, NOBODY, VAULT)
    base = tomllib.loads((folder / "config.toml").read_text())["node"]["base_url"]
    ports = free_port(), free_port()
    pages, machines = (f"http://127.0.0.1:{port}" for port in ports)
    web = begin(folder, "web", ports[0], [VAULT])
    federation = begin(folder, "federation", ports[1], [])
    try:
        typed = "class_code=lama-1&alias=Panda&secret_word=aaaa"
        for target, method, body, expected in (
            ("/c", "GET", "", 200),
            ("/c", "POST", typed, 422),
            ("/actor", "GET", "", 404),
        ):
            assert answer_of(pages, base, method, target, body)[0] == expected, target
        assert answer_of(machines, base, "GET", "/actor")[0] == 200
        assert answer_of(machines, base, "GET", "/c")[0] == 404
        below = [vault, vault / "vault.sqlite", vault / "vault.key"]
        roundabout = [Path(f"/proc/{web}/mem"), Path(f"/proc/{web}/fd"), Path(f"/proc/{web}/root")]
        roundabout += [Path(f"/proc/{web}/root{one}") for one in below]
        closed = what_opens([*below, *roundabout], [])
        assert set(closed.values()) == {"PermissionError"}, closed
        others = [folder / "node.sqlite", folder / "keys" / "node.key"]
        assert set(what_opens(others, []).values()) == {"opened"}, "it is the node's own user"
        assert set(what_opens(below, [VAULT]).values()) == {"opened"}
        # That the pages' process could be looked into is seen at the other one, which is open.
        open_ones = what_opens([Path(f"/proc/{federation}/fd")], [])
        assert set(open_ones.values()) == {"opened"}, open_ones
    finally:
        for child in (web, federation):
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
    assert "vault_within_reach" not in (folder.parent / "federation.log").read_text()
    for role in ("web", "federation"):
        assert "Traceback" not in (folder.parent / f"{role}.log").read_text()
