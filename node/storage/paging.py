"""Lists that are read page by page: from a place on, by an index, however long the list is."""

from dataclasses import dataclass
from typing import Final

PAGE: Final = 50
"""Rows of one page."""


@dataclass(frozen=True)
class Place:
    """The last row of a page: what it is sorted by, and its number, where that is alike."""

    at_ms: int
    row: int


START: Final = Place(-1, -1)
"""Before all."""
