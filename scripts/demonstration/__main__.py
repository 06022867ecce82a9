"""`scripts/demo`: start two schools with sample people and content, or `--check` the journey."""

import argparse
import signal
import sys
import tempfile
import threading
from pathlib import Path

from scripts.demonstration import journey
from scripts.demonstration.check import Walk, check
from scripts.demonstration.fleet import School
from scripts.demonstration.people import make_schools

PORT = 8420


def main() -> int:
    """Run; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="walk the main journey and stop")
    parser.add_argument("--port", type=int, default=PORT, help="port of both schools' addresses")
    parser.add_argument("--empty", action="store_true", help="people only, no partners or project")
    asked = parser.parse_args()
    if asked.check:
        return check()
    return demo(asked.port, empty=asked.empty)


def demo(port: int, *, empty: bool) -> int:
    """Two schools until Ctrl-C."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="schoolgate-demo-") as folder:
        azul, vert = make_schools(Path(folder), lambda _host: port, School)
        walk = Walk(azul, vert)
        try:
            print("Starting two schools; this takes some seconds.", flush=True)
            walk.start()
            if not empty:
                fill(walk)
            print(table(walk), flush=True)
            stop.wait()
            print("\nStopping.", flush=True)
        except (RuntimeError, LookupError, TimeoutError, AssertionError) as error:
            print(f"The demonstration could not start: {error}", file=sys.stderr)
            return 1
        finally:
            walk.stop()
    return 0


def fill(walk: Walk) -> None:
    """Sample content, made the way people make it."""
    walk.approve_partners()
    walk.sign_in()
    walk.follow()
    walk.become_contacts()
    walk.write_a_message()
    walk.found_a_project()
    walk.post_here_see_there()
    walk.reply_there_see_here()
    thread = journey.start_thread(
        walk.luc, walk.space, "Which day suits you?", "Our class could call on Friday at ten."
    )
    journey.wait_for(walk.ana, thread, "Friday at ten")
    journey.reply(walk.ana, thread, "Ten in Lyon is nine in Aveiro: perfect.")
    journey.wait_for(walk.luc, thread, "perfect")


def table(walk: Walk) -> str:
    """Addresses and sign-ins."""
    rows = [
        (school.base, school.name, person.name, person.handle, person.password, person.roles)
        for school in (walk.azul, walk.vert)
        for person in school.people
    ]
    heads = ("address", "school", "person", "sign-in", "password", "role")
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [heads, *rows]
    ]
    return "\n".join(["", *lines, "", "Ctrl-C stops both schools and removes their data."])


if __name__ == "__main__":
    sys.exit(main())
