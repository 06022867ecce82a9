"""The demonstration's nodes: real processes, each on a loopback address of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from click.testing import CliRunner

from node.cli import schoolgate

ROOT = Path(__file__).resolve().parents[2]
START_DEADLINE_S = 58
STOP_DEADLINE_S = 10

_one_command_at_a_time = Lock()


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in; the passwords are for the demonstration only."""

    handle: str
    name: str
    password: str
    roles: str = "teacher"


@dataclass
class School:
    """One node, a school's or a hub's: where it listens, who works there, its process."""

    name: str
    country: str
    city: str
    host: str
    port: int
    folder: Path
    people: tuple[Person, ...]
    mode: str = "school"
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def connect(self, timeout_s: float) -> http.client.HTTPConnection:
        """A browser's connection to the school's address."""
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout_s)

    def command(self, *words: str, answer: str | None = None) -> str:
        """Run one `schoolgate` command on this node's folder; its output.

        It runs in here, because starting Python for each would take most of the time. Raises
        RuntimeError with the command's own sentence when it fails.
        """
        # The runner exchanges the standard streams of the whole process.
        with _one_command_at_a_time:
            foreign: dict[str, str | None] = {
                name: None for name in os.environ if "SCHOOLGATE" in name
            }
            done = CliRunner().invoke(
                schoolgate,
                words,
                input=answer,
                env=foreign | self.variables,
                catch_exceptions=False,
            )
        if done.exit_code:
            raise RuntimeError(f"schoolgate {' '.join(words[:2])}: {done.output.strip()}")
        return done.output

    def set_up(self) -> None:
        """Make the data folder, the card and the people, with the product's own commands."""
        admin = self.people[0]
        words = ["init", "--mode", self.mode, "--base-url", self.base, "--development"]
        words += ["--listen-host", self.host, "--listen-port", str(self.port)]
        words += ["--school", self.name, "--country", self.country, "--city", self.city]
        words += ["--admin-handle", admin.handle, "--admin-name", admin.name]
        self.command(*words, "--password-stdin", answer=admin.password)
        for person in self.people[1:]:
            words = ["user", "add", person.handle, "--name", person.name, "--roles", person.roles]
            self.command(*words, "--password-stdin", answer=person.password)

    def start(self) -> None:
        """Start the node and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "node", "serve"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.process = process
        wait_until_it_answers(self, lambda: process.poll() is None)

    def answers(self) -> bool:
        """Whether the node answers a request now."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Ask the node to stop and wait for it."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """End the node as a power cut would."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> None:
        """Send a signal to the node and wait until it has ended."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if "SCHOOLGATE" not in key}
        return kept | self.variables

    @property
    def variables(self) -> dict[str, str]:
        """What the node's processes and commands find in their environment."""
        return {"SCHOOLGATE_FOLDER": str(self.folder), **self.settings}


def wait_until_it_answers(school: School, is_alive: Callable[[], bool]) -> None:
    """Wait for a node that starts; RuntimeError, with the end of its log, where it does not."""
    deadline = time.monotonic() + START_DEADLINE_S
    while not school.answers():
        if not is_alive() or time.monotonic() > deadline:
            tail = (school.folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{school.name} did not start:\n{tail}")
        time.sleep(0.05)


def set_up_and_start(*schools: School) -> None:
    """Set up and start all of them at once; each on its own is slower than the machine."""

    def prepare(school: School) -> None:
        school.set_up()
        school.start()

    with ThreadPoolExecutor() as pool:
        for _ in pool.map(prepare, schools):
            pass


def start_all(*schools: School) -> None:
    """Start all of them at once, and wait until each answers."""
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda one: one.start(), schools):
            pass


def stop_all(*schools: School) -> None:
    """Ask all of them to stop at once, and wait for each."""
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda one: one.stop(), schools):
            pass


def free_port(host: str) -> int:
    """A port of `host` that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
