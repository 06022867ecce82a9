"""One school as a process on a disk of its own: one that fails on command, or is small."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.demonstration import journey
from scripts.demonstration.fleet import School, free_port
from scripts.demonstration.people import make_schools
from scripts.demonstration.visitor import Visitor
from tests.faults.pairs import SETTINGS

SOURCE = Path(__file__).with_name("failing_disk.c")


@dataclass
class Lonely:
    """A school without partners, whose teacher tells everybody something."""

    school: School
    teacher: Visitor | None = None

    def start(self) -> None:
        self.school.start()
        self.teacher = journey.sign_in(self.school, self.school.people[1])

    def write(self, text: str) -> int:
        """The status that the teacher's browser is answered."""
        assert self.teacher is not None
        page = self.teacher.get("/updates/new")
        return self.teacher.send(page, "/updates/new", text=text).status

    def words(self) -> str:
        """What is to be read of everything that was told."""
        assert self.teacher is not None
        return self.teacher.get("/updates/mine").words

    def readiness(self) -> int:
        connection = self.school.connect(10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        finally:
            connection.close()

    @property
    def log(self) -> str:
        return (self.school.folder / "log").read_text("utf-8", "replace")


def make_lonely(folder: Path, kind: type[School] = School) -> Lonely:
    """Not yet set up."""
    school, _ = make_schools(folder, free_port, kind)
    school.settings |= SETTINGS
    return Lonely(school)


def compile_failing_disk(folder: Path) -> Path:
    """The library that makes calls fail; skips where nothing compiles C."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler: the disk that fails on command cannot be built")
    library = folder / "failing_disk.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"], check=True
    )
    return library


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Path]:
    """A disk of its own in memory; skips where nobody may mount one."""
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "schoolgate-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    """`ro` or `rw`."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)
