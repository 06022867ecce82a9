"""The steps of `--check`: one after another, a line for each, and nothing hangs for ever."""

from collections.abc import Callable
from threading import Timer
from typing import TypeAlias

from scripts.demonstration.fleet import School

HANG_GUARD_S = 60
Step: TypeAlias = tuple[str, Callable[[], None]]


class Failed(Exception):
    """A step failed; it has been said which."""


def walk(steps: list[Step], nodes: tuple[School, ...]) -> None:
    """Take each step. Raises Failed at the first that does not do what it says."""
    for name, step in steps:
        guard = Timer(HANG_GUARD_S, _give_up, (nodes,))
        guard.daemon = True
        guard.start()
        try:
            step()
        except (AssertionError, LookupError, OSError, RuntimeError) as error:
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
            raise Failed from error
        finally:
            guard.cancel()
        print(f"ok {name}", flush=True)


def _give_up(nodes: tuple[School, ...]) -> None:
    """A step hangs: without its nodes it fails."""
    print(f"FAILED after {HANG_GUARD_S} s: this step hangs", flush=True)
    for node in nodes:
        node.kill()
