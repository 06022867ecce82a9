"""Schools as processes of their own that start in a tenth of the time: a server that has already
imported the product forks each of them.

What runs is `schoolgate serve` on a data folder, in a process that can be asked to stop or killed.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TypeAlias

from node.cli import schoolgate
from scripts.demonstration.fleet import STOP_DEADLINE_S, School, wait_until_it_answers

Around: TypeAlias = Callable[[], AbstractContextManager[object]]

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__])


@dataclass
class ForkedSchool(School):
    """A school of the demonstration whose node is forked."""

    child: ForkServerProcess | None = None

    def start(self, around: Around = nullcontext, role: str = "all") -> None:
        """Start the node, inside `around()` in its own process, and wait until it answers."""
        self.child = self.fork(("--role", role), around)
        wait_until_it_answers(self, self.child.is_alive)

    def fork(self, options: tuple[str, ...], around: Around = nullcontext) -> ForkServerProcess:
        """One more process of this node: `schoolgate serve` with these options."""
        child = _forking.Process(target=serve, args=(self.folder, self.variables, around, options))
        child.daemon = True
        child.start()
        return child

    @property
    def is_alive(self) -> bool:
        return self.child is not None and self.child.is_alive()

    def wait_for_its_end(self, seconds: float) -> bool:
        """Whether the process ends by itself within that time."""
        if self.child is not None:
            self.child.join(seconds)
        return not self.is_alive

    def end(self, how: signal.Signals) -> None:
        if self.child is None or self.child.pid is None:
            return
        if self.child.is_alive():
            os.kill(self.child.pid, how)
        self.child.join(STOP_DEADLINE_S)
        if self.child.is_alive():
            self.child.kill()
            self.child.join()
        self.child.close()
        self.child = None


def serve(
    folder: Path, variables: dict[str, str], around: Around, options: tuple[str, ...]
) -> None:
    """The new process: `schoolgate serve`, with its words in the folder's log."""
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    for name in [name for name in os.environ if "SCHOOLGATE" in name]:
        del os.environ[name]
    os.environ.update(variables)
    with around():
        schoolgate(["serve", *options], prog_name="schoolgate")
