"""The demonstration's last step reads every disk, and finds what lies there in whatever writing."""

import base64
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.demonstration import dumps
from scripts.demonstration.classes import SampleClass
from scripts.demonstration.fleet import School
from scripts.demonstration.pupils import Card

KNOWN = "I saw a flamingo"
NAMES = ("Mia Nowak", "Tomás Vasconcelos")
CARD = Card("Beaver Orion", "lama-123", "abcd efgh")


def school(folder: Path, name: str, mode: str = "school") -> School:
    """A node's folder in which what was released lies, and a vault."""
    made = School(name, "PT", "Town", "127.0.0.1", len(name), folder / name, (), mode)
    (made.folder / "vault").mkdir(parents=True)
    (made.folder / "node.sqlite").write_bytes(b"SQLite format 3\0" + KNOWN.encode())
    return made


@pytest.fixture
def nodes(tmp_path: Path) -> list[School]:
    return [school(tmp_path, "azul"), school(tmp_path, "verte"), school(tmp_path, "hub", "hub")]


@pytest.fixture
def own(nodes: list[School]) -> SampleClass:
    return SampleClass(nodes[0], "5b", [CARD], NAMES)


def test_nothing_is_found_where_nothing_lies_but_in_the_own_vault(
    nodes: list[School], own: SampleClass
) -> None:
    assert {*NAMES, "Vasconcelos", CARD.alias, CARD.word, "abcdefgh", CARD.code} == set(
        dumps.values_of(own)
    )
    (nodes[0].folder / "vault" / "vault.sqlite").write_text(CARD.alias)
    dumps.require_unknown([own], nodes, KNOWN)


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("said", [NAMES[0], "Vasconcelos", CARD.alias, "ABCDEFGH"])
@pytest.mark.parametrize("write", [str.encode, lambda one: base64.b64encode(one.encode()),
                                   lambda one: gzip.compress(one.encode())])  # fmt: skip
def test_a157_a_name_on_a_disk_is_found_wherever_and_however_it_lies(
    nodes: list[School], own: SampleClass, at: int, said: str, write: Callable[[str], bytes]
) -> None:
    (nodes[at].folder / "log").write_bytes(b"before " + write(said) + b" after")
    with pytest.raises(AssertionError, match=nodes[at].name):
        dumps.require_unknown([own], nodes, KNOWN)


def test_a157_another_schools_vault_is_searched_and_names_of_files_are(
    nodes: list[School], own: SampleClass
) -> None:
    (nodes[1].folder / "vault" / f"{NAMES[1]}.jpg").write_bytes(b"")
    with pytest.raises(AssertionError, match="verte"):
        dumps.require_unknown([own], nodes, KNOWN)


def test_a_search_that_does_not_find_what_was_released_is_none(
    nodes: list[School], own: SampleClass
) -> None:
    with pytest.raises(AssertionError, match="does not have"):
        dumps.require_unknown([own], nodes, "Gulls on the roof")
