"""`scripts/soak/install`: it installs below a folder of its own, upgrades, and finds the way back.

Plain processes take the place of systemd; no system user is made. The rest is what root does.
"""

import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.storage import migrate
from tests.house.tree import ROOT, project_files
from tests.nodes import free_port

PARTS = ("node", "protocol", "schemas", "scripts", "pyproject.toml", "constraints-run.txt")
PARTS_MORE = ("README.md", "LICENSE")
BROKEN = "CREATE TABLE half (id INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\n"


@dataclass(frozen=True)
class Machine:
    """A copy of the tree that can be changed, and the folder that it is installed below."""

    tree: Path
    root: Path

    def install(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [str(self.tree / "scripts" / "install"), *words]
        command += ["--root", str(self.root), "--no-systemd"]
        environment = os.environ | {"SCHOOLGATE_READY_S": "30"}
        return subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, timeout=400
        )

    def schoolgate(self, *words: str) -> str:
        program = self.root / "usr" / "local" / "bin" / "schoolgate"
        return subprocess.run([program, *words], check=False, capture_output=True, text=True).stdout

    def folder(self, name: str) -> Path:
        return self.root / "var" / "lib" / "schoolgate" / name

    @property
    def release(self) -> str:
        return (self.root / "opt" / "schoolgate" / "current").readlink().name

    def stop(self) -> None:
        for file in (self.root / "run" / "schoolgate").glob("*.pid"):
            os.kill(int(file.read_text()), signal.SIGTERM)


def answer(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept": "text/html"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def migrations(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'node.sqlite'}?mode=ro", uri=True) as database:
        found: int = database.execute("SELECT max(number) FROM migrations").fetchone()[0]
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    for file in project_files():
        if file.parts[0] in PARTS or str(file) in PARTS_MORE:
            target = tmp_path / "tree" / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, target)
    made = Machine(tmp_path / "tree", tmp_path / "root")
    yield made
    made.stop()


def test_two_nodes_are_installed_and_a_failing_migration_is_rolled_back(machine: Machine) -> None:
    ports = {"linden": free_port(), "cais": free_port()}
    for name, port in ports.items():
        base = f"http://127.0.0.1:{port}"
        done = machine.install(name, "--base-url", base, "--port", str(port))
        assert done.returncode == 0, done.stderr
        assert f"{base}/setup#" in done.stdout
        assert answer(port, "/readyz")[0] == 200
    assert (machine.folder("cais") / "keys" / "node.key").stat().st_mode & 0o777 == 0o600
    assert "nightly_hour_utc = 2" in (machine.folder("cais") / "config.toml").read_text()
    first = machine.release

    # The same tree again changes nothing.
    assert machine.install().returncode == 0
    assert machine.release == first

    # A release whose last migration fails, after one that does not.
    newest = migrate.steps()[-1].number
    folder = machine.tree / "node" / "storage" / "migrations"
    (folder / f"{newest + 1:04}_good.sql").write_text("CREATE TABLE good (id INTEGER) STRICT;\n")
    (folder / f"{newest + 2:04}_broken.sql").write_text(BROKEN)
    done = machine.install()
    assert done.returncode == 1
    assert "Everything is as it was" in done.stderr
    assert machine.release == first
    for name, port in ports.items():
        assert migrations(machine.folder(name)) == newest
        assert answer(port, "/readyz")[0] == 200
        assert "Set this server up" in answer(port, "/setup")[1]
        assert list((machine.folder(name) / "backups").glob("*.backup"))

    # Mended, it goes through, and the first release stays beside it.
    (folder / f"{newest + 2:04}_broken.sql").unlink()
    done = machine.install()
    assert done.returncode == 0, done.stderr
    assert machine.release != first
    for name, port in ports.items():
        assert migrations(machine.folder(name)) == newest + 1
        assert answer(port, "/readyz")[0] == 200
    assert (machine.root / "opt" / "schoolgate" / "releases" / first / "whole").exists()
    assert "not set up" in machine.schoolgate("doctor", "--folder", str(machine.folder("cais")))

    # Interrupted after that, when all nodes ran already: it is ended, and nothing goes back.
    marker = machine.root / "opt" / "schoolgate" / "upgrading"
    marker.write_text(f"{machine.root / 'opt' / 'schoolgate' / 'releases' / first}\n")
    second = machine.release
    done = machine.install()
    assert done.returncode == 0, done.stderr
    assert "interrupted" in done.stdout
    assert machine.release == second
    assert not marker.exists()
    for name, port in ports.items():
        assert migrations(machine.folder(name)) == newest + 1
        assert answer(port, "/readyz")[0] == 200
