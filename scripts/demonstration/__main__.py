"""`scripts/demo`: start hubs and schools with sample content, or `--check` the journeys."""

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from scripts.demonstration.check import check
from scripts.demonstration.classes import SampleClass
from scripts.demonstration.fleet import School
from scripts.demonstration.people import make_fleet
from scripts.demonstration.sample import fill
from scripts.demonstration.strangers import Strangers

PORT = 8420


def main() -> int:
    """Run; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="walk both journeys and stop")
    parser.add_argument("--port", type=int, default=PORT, help="port of every node's address")
    parser.add_argument("--empty", action="store_true", help="people only: nobody knows anybody")
    asked = parser.parse_args()
    if asked.check:
        return check()
    return demo(asked.port, empty=asked.empty)


def demo(port: int, *, empty: bool) -> int:
    """Two hubs and three schools until Ctrl-C."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="schoolgate-demo-") as folder:
        walk = Strangers(make_fleet(Path(folder), lambda _host: port, School))
        try:
            print("Starting two hubs and three schools; this takes some seconds.", flush=True)
            walk.start()
            filled = [] if empty or stop.is_set() else fill(walk)
            print(table(walk.fleet.nodes), flush=True)
            print(cards(filled), flush=True)
            print("\nCtrl-C stops all of them and removes their data.", flush=True)
            stop.wait()
            print("\nStopping.", flush=True)
        except (RuntimeError, LookupError, OSError, AssertionError) as error:
            if stop.is_set():
                # Ctrl-C reaches the nodes as well, also while they are being filled.
                print("\nStopped.", flush=True)
                return 0
            print(f"The demonstration could not start: {error}", file=sys.stderr)
            return 1
        finally:
            walk.stop()
    return 0


def table(nodes: tuple[School, ...]) -> str:
    """Addresses and sign-ins."""
    rows = [
        (node.base, node.mode, node.name, person.name, person.handle, person.password, person.roles)
        for node in nodes
        for person in node.people
    ]
    return _in_columns(
        [("address", "is a", "name", "person", "sign-in", "password", "role"), *rows]
    )


def cards(filled: Sequence[SampleClass]) -> str:
    """Where pupils come in, and with what; nothing where there is no class."""
    rows = [
        (f"{one.school.base}/c", one.school.name, one.name, card.alias, card.code, card.word)
        for one in filled
        for card in one.cards
    ]
    heads = ("pupils come in at", "school", "class", "alias", "class code", "secret word")
    return _in_columns([heads, *rows]) if rows else ""


def _in_columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(["", *lines])


if __name__ == "__main__":
    sys.exit(main())
