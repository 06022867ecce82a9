"""The wheel alone, in an empty environment, is a whole node.

A machine where things are already installed hides a missing file; so the wheel is built from the
tree, installed with its pinned dependencies and nothing else, and started with a bare PATH and a
fresh HOME.
"""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, project_files

PASSWORD = "correct horse battery staple"
START_S = 30.0


@dataclass(frozen=True)
class Installed:
    """A wheel and the environment that holds it and its dependencies."""

    wheel: Path
    programs: Path
    home: Path

    def run(self, *words: str, text: str = "") -> str:
        """Run the installed command to its end; its output."""
        done = subprocess.run(
            [self.programs / "schoolgate", *words],
            input=text,
            check=False,
            capture_output=True,
            text=True,
            cwd=self.home,
            env=self.environment(),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self) -> dict[str, str]:
        """Nothing of the developer's machine."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home)}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this tree, installed from the pinned run-time dependencies."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", place / "dist"], cwd=ROOT, check=True)
    (wheel,) = (place / "dist").glob("*.whl")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", place / "environment"], check=True
    )
    programs = place / "environment" / "bin"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", programs / "python"]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-compile"]
    pinned: list[str | Path] = [
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        ROOT / "constraints-run.txt",
    ]
    subprocess.run([*install, *pinned], check=True)
    subprocess.run([*install, wheel], check=True)
    home = place / "home"
    home.mkdir()
    return Installed(wheel, programs, home)


@dataclass(frozen=True)
class Running:
    """A node that was started from the wheel."""

    port: int

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, accept: str = "text/html") -> tuple[str, bytes]:
        """Media type and body of what is found at a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection):
            connection.request("GET", path, headers={"Accept": accept})
            answer = connection.getresponse()
            body = answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer.headers.get_content_type(), body

    def answers(self) -> bool:
        """Whether the node accepts connections yet."""
        try:
            with socket.create_connection(("127.0.0.1", self.port)):
                return True
        except ConnectionError:
            return False


@pytest.fixture(scope="module")
def running(installed: Installed) -> Iterator[Running]:
    """`schoolgate init` and `schoolgate serve`, as the README says, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    node = Running(port)
    installed.run(
        *("init", "--folder", "school", "--base-url", node.base_url, "--development"),
        *("--listen-port", str(port), "--school", "Escola do Cais", "--country", "PT"),
        *("--admin-handle", "ines", "--admin-name", "Inês Prata", "--password-stdin"),
        text=PASSWORD + "\n",
    )
    log = installed.home / "serve.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [installed.programs / "schoolgate", "serve", "--folder", "school"],
            cwd=installed.home,
            env=installed.environment(),
            stdout=output,
            stderr=output,
        ) as process,
    ):
        deadline = time.monotonic() + START_S
        while not node.answers():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield node
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0, log.read_text()


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {str(file) for file in project_files() if file.parts[0] in PACKAGES}


def test_the_installed_command_knows_its_version(installed: Installed) -> None:
    assert re.search(r"\d+\.\d+\.\d+", installed.run("--version"))


def test_the_installed_doctor_finds_the_node_well(installed: Installed, running: Running) -> None:
    assert running.base_url
    assert installed.run("doctor", "--folder", "school")


@pytest.mark.parametrize("path", ["/", "/login"])
def test_an_installed_node_serves_pages_with_all_they_refer_to(running: Running, path: str) -> None:
    kind, page = running.get(path)
    assert kind == "text/html"
    referred = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.decode()))
    assert any(name.split("?")[0].endswith(".css") for name in referred)
    for name in referred:
        assert running.get(name)[1], name


def test_an_installed_node_answers_other_nodes(running: Running) -> None:
    kind, body = running.get("/actor", "application/activity+json")
    assert kind in {"application/activity+json", "application/ld+json"}
    assert json.loads(body)["id"] == f"{running.base_url}/actor"
    features = json.loads(running.get("/.well-known/schoolgate", "application/json")[1])
    assert features
