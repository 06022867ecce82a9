"""`scripts/demo --check`, as whoever tries the product runs it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 300


def test_the_demonstration_walks_its_journeys_without_a_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demonstration", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    *steps, last = done.stdout.splitlines()
    assert last == f"{len(steps)} steps, 0 failed", done.stdout + done.stderr
    assert all(step.startswith("ok ") for step in steps)
    assert len(steps) >= 40
    assert done.returncode == 0
    assert not re.search("Traceback|Error", done.stderr)
