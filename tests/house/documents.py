"""The root documents as data: their code spans, their commands, their tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.house.tree import text_of

DOCUMENTS = (
    *("README.md", "ARCHITECTURE.md", "PROTOCOL.md"),
    *("DECISIONS.md", "SECURITY.md", "CHANGELOG.md", "ADMIN.md"),
)

_BLOCK = re.compile(r"^(?:```[\s\S]*?^```$|(?: {4}.*\n)+)", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Span:
    """A piece of code that a document names in the middle of a sentence or on a line of its own."""

    document: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}: {self.text}"


def spans(*documents: str) -> Iterator[Span]:
    """Every text in backticks outside code blocks."""
    for document in documents or DOCUMENTS:
        prose = _BLOCK.sub("", text_of(PurePosixPath(document)))
        for found in _SPAN.findall(prose):
            yield Span(document, found)


def block_lines() -> Iterator[Span]:
    """Every line of every code block: what a reader may copy into a terminal."""
    for document in DOCUMENTS:
        for block in _BLOCK.findall(text_of(PurePosixPath(document))):
            for line in block.splitlines():
                yield Span(document, line.strip().removeprefix("$ "))


def table(document: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, cells stripped, head and rule left out."""
    text = text_of(PurePosixPath(document))
    _, found, below = text.partition(f"\n{heading}\n")
    assert found, f"{document} has no heading {heading!r}"
    lines = [line for line in below.split("\n#", 1)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def code(cell: str) -> str:
    """The first code span of a table cell."""
    found = _SPAN.search(cell)
    assert found, cell
    return found[1]
