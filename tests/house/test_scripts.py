"""The scripts: executable, strict, at home in any directory, and honest about skipped tests."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.house.tree import ROOT, project_files, text_of

SHELL = [f for f in project_files() if f.parts[0] in {"scripts", ".ci"} and f.suffix == ""]
PROGRAMS = [f for f in SHELL if f.name != "environment"]


@pytest.mark.parametrize("file", PROGRAMS, ids=str)
def test_a_script_is_executable_and_stops_at_the_first_failure(file: PurePosixPath) -> None:
    text = text_of(file)
    assert text.startswith("#!/usr/bin/env bash\n# "), "a shebang, then what it is for"
    assert "\nset -euo pipefail\n" in text
    assert os.access(ROOT / file, os.X_OK)


@pytest.mark.parametrize("file", SHELL, ids=str)
def test_a_script_is_valid_shell(file: PurePosixPath) -> None:
    subprocess.run(["bash", "-n", ROOT / file], check=True)


def prepare(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `prepare run` in a copy of the scripts, far from the real .venv."""
    (folder / "scripts").mkdir()
    (folder / "scripts" / "environment").write_text(text_of(PurePosixPath("scripts/environment")))
    command = ["bash", "-euo", "pipefail", "-c", ". scripts/environment; prepare run"]
    inherited = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        text=True,
    )


def fake_python(folder: Path, body: str) -> str:
    """A program that answers like an interpreter in some state of disrepair."""
    program = folder / "fake-python"
    program.write_text(f"#!/bin/bash\n{body}\n")
    program.chmod(0o755)
    return str(program)


def test_a_missing_venv_module_is_answered_with_the_line_that_installs_it(tmp_path: Path) -> None:
    lacking = fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    done = prepare(tmp_path, PYTHON=lacking)
    assert done.returncode != 0
    assert "    apt-get install python3-venv\n" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    old = fake_python(tmp_path, 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        (tmp_path / name).symlink_to(old)
    done = prepare(tmp_path, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode != 0
    assert "needs a 64-bit Python 3.11 or later" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert not (tmp_path / ".venv").exists()


SKIPPING = """\
import pytest

@pytest.mark.skip(reason="no browser here")
def test_that_skips():
    pass

def test_that_passes():
    pass
"""


@pytest.mark.parametrize(("under_ci", "code"), [("true", 1), ("", 0)])
def test_under_ci_a_skipped_test_is_a_failure(tmp_path: Path, under_ci: str, code: int) -> None:
    (tmp_path / "test_sample.py").write_text(SKIPPING)
    command = [sys.executable, "-m", "pytest", "-p", "tests.house.report", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path)],
        check=False,
        cwd=ROOT,
        env=os.environ | {"CI": under_ci},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout
    assert "time per folder" in done.stdout


def test_finding_no_test_at_all_is_a_failure(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run([*command, str(tmp_path)], check=False, cwd=tmp_path)
    assert done.returncode == 5


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("linden",), "--base-url"),
        ((), "Nothing is installed yet"),
        (("Linden School", "--base-url", "https://x.example"), "a name is a-z"),
        (("a", "b"), "one NAME at a time"),
        (("--fast",), "no such option"),
    ],
)
def test_the_installer_says_what_is_wrong_and_makes_nothing(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    command = [str(ROOT / "scripts" / "install"), *words]
    command += ["--root", str(tmp_path / "root"), "--no-systemd"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert told in done.stderr
    assert not (tmp_path / "root").exists()


def test_the_service_serves_one_node_as_nobody_and_writes_only_there() -> None:
    unit = text_of(PurePosixPath("scripts/deploy/schoolgate@.service"))
    for line in (
        "User=schoolgate",
        "ProtectSystem=strict",
        "ReadWritePaths=/var/lib/schoolgate/%i",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
    ):
        assert f"\n{line}\n" in unit


SCHOOLGATE = '#!/bin/sh\necho "$0 $*" >>"{log}"\n'


def database(file: Path, migrations: int, word: str) -> None:
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE migrations (number INTEGER)")
        made.executemany("INSERT INTO migrations VALUES (?)", [(n,) for n in range(migrations)])
        made.execute("CREATE TABLE said (word TEXT)")
        made.execute("INSERT INTO said VALUES (?)", (word,))
    made.close()


def word_of(file: Path) -> str:
    with sqlite3.connect(file) as read:
        word: str = read.execute("SELECT word FROM said").fetchone()[0]
    read.close()
    return word


@pytest.mark.parametrize("switched", [False, True])
def test_an_interrupted_upgrade_is_rolled_back_before_anything_else(
    tmp_path: Path, switched: bool
) -> None:
    """Of two nodes one was migrated; the other was copied only, and went on with the old one."""
    opt, data = tmp_path / "root/opt/schoolgate", tmp_path / "root/var/lib/schoolgate"
    for release in ("old", "new"):
        (opt / "releases" / release / "bin").mkdir(parents=True)
        program = opt / "releases" / release / "bin" / "schoolgate"
        program.write_text(SCHOOLGATE.format(log=tmp_path / "calls"))
        program.chmod(0o755)
        (program.parent / "python").symlink_to(sys.executable)
    (opt / "current").symlink_to(opt / "releases" / ("new" if switched else "old"))
    (opt / "upgrading").write_text(f"{opt / 'releases' / 'old'}\n")
    for name, now, word in (("cais", 2, "half migrated"), ("linden", 1, "written since")):
        (data / name / "state").mkdir(parents=True)
        (data / name / "config.toml").write_text("[listen]\nport = 9\n")
        database(data / name / "node.sqlite", now, word)
        database(data / name / "state" / "before-upgrade.sqlite", 1, "before")
    python = fake_python(
        tmp_path, f'case "$1 $2" in "-m venv") exit 7;; esac; exec {sys.executable} "$@"'
    )
    command = [str(ROOT / "scripts" / "install"), "--root", str(tmp_path / "root"), "--no-systemd"]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHON": python, "SCHOOLGATE_READY_S": "0.1"},
    )
    assert done.returncode == 7, done.stderr  # the next release, which is made afterwards
    assert "Rolling back to old." in done.stdout
    assert word_of(data / "cais" / "node.sqlite") == "before"
    assert word_of(data / "linden" / "node.sqlite") == "written since"
    assert not list(data.glob("*/state/before-upgrade.sqlite"))
    assert not (opt / "upgrading").exists()
    assert (opt / "current").readlink().name == "old"
    for name in ("cais", "linden"):  # although the first of them does not answer
        assert f"{name} is not ready" in done.stdout
        assert f"releases/old/bin/schoolgate serve --folder {data / name}" in (
            (tmp_path / "calls").read_text().replace("current", "releases/old")
        )
