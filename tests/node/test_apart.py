"""Programs in a process of their own: what they say, and what is left of them."""

from pathlib import Path

import pytest

from node import apart

SAYING = "import sys; sys.stdout.write('x' * int(sys.argv[2]))"
WAITING = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stderr=2)
print("begun", flush=True)
time.sleep(600)
"""


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"bytes of a stranger")
    return path


@pytest.mark.parametrize(
    ("octets", "said"), [(5, b"xxxxx"), (10_000, b"x" * 10_000), (10_001, None), (900_000, None)]
)
async def test_who_says_too_much_is_not_heard_and_leaves_nothing_open(
    source: Path, octets: int, said: bytes | None
) -> None:
    await apart.run(["-c", SAYING], source, [], ["1"], timeout_s=20)
    before = open_files()
    assert await apart.run(["-c", SAYING], source, [], [str(octets)], timeout_s=20) == said
    assert open_files() == before


async def test_who_takes_too_long_ends_with_all_that_it_started(source: Path) -> None:
    await apart.run(["-c", SAYING], source, [], ["1"], timeout_s=20)
    before = open_files()
    assert await apart.run(["-c", WAITING], source, [], [], timeout_s=1.5) is None
    assert open_files() == before
