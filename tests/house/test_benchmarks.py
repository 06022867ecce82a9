"""Every benchmark of spaces runs at a tiny size, loses nothing and reports. No time is asserted."""

import json
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

SMALL = {
    "replication": ("--operations", "40", "--rounds", "1"),
    "catchup": ("--operations", "40", "--logs", "4"),
    "fanout": ("--partners", "2", "--rounds", "1"),
    "letters": ("--letters", "20", "--rounds", "1"),
    "growth": ("--operations", "20", "--steps", "2", "--rounds", "2"),
    "pages": ("--posts", "20", "--files", "4", "--members", "6", "--rounds", "2"),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_runs_and_loses_nothing(name: str) -> None:
    script = (ROOT / "scripts" / "bench" / name).read_text(encoding="utf-8")
    assert f"python -m scripts.benchmarks.{name} " in script
    command = [sys.executable, "-m", f"scripts.benchmarks.{name}", *SMALL[name]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["bench"] == name
    assert told["lost"] == 0
