"""A large file: brought at one school, fetched by another through a connection that breaks."""

import hashlib
import random
import time
from pathlib import Path

from scripts.demonstration import journey
from scripts.demonstration.fleet import School
from scripts.demonstration.visitor import Visitor

SIZE = 60_000_000
NAME = "A walk along the river.txt"


def make() -> bytes:
    """A text of 60 MB; the same in every run. Nothing of it need be cleaned."""
    return random.Random(60).randbytes(SIZE // 2).hex().encode()


def bring(teacher: Visitor, space: str, octets: bytes, name: str = NAME) -> str:
    """Send a file by the form, say what it is, publish it; its address."""
    page = journey.bring_files(teacher, space, {name: octets}, "")
    return next(link for link, words in page.links if name in words)


def fetch_until_it_breaks(teacher: Visitor, address: str, here: School, there: School) -> None:
    """Ask for the file; the school that has it loses power as soon as some of it came."""
    page = journey.until(
        "the large file",
        lambda: teacher.get(address),
        lambda page: "This file is large" in page.words,
    )
    teacher.send(page, "/load")
    deadline = time.monotonic() + journey.PATIENCE_S
    while not 0 < arrived(here) < SIZE:
        if time.monotonic() > deadline:
            raise TimeoutError("nothing of the file arrives")
        time.sleep(0.001)
    there.kill()
    journey.require(arrived(here) < SIZE, "the file was there before the power went")
    page = teacher.get(address)
    journey.require("are here." in page.words, f"the file is not half here: {page.words[-400:]}")


def arrived(school: School) -> int:
    """How many bytes of a file that is still coming lie at a school."""
    return max(
        (one.stat().st_size for one in Path(school.folder).glob("blobs/part/*.part")), default=0
    )


def keep(teacher: Visitor, address: str, octets: bytes) -> None:
    """Wait until the file is whole, and compare it with what was brought."""
    page = journey.until(
        "the whole file",
        lambda: teacher.get(address),
        lambda page: any(words.startswith("Download") for _, words in page.links),
    )
    kept = teacher.download(next(link for link, words in page.links if words[:8] == "Download"))
    journey.require(
        hashlib.sha256(kept).digest() == hashlib.sha256(octets).digest(),
        f"what came is not what was brought: {len(kept)} bytes",
    )
