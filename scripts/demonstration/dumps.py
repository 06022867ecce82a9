"""What lies on the disks of nodes, searched for who the pupils are, in every writing that a leak
could take."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.demonstration import journey
from scripts.demonstration.classes import SampleClass
from scripts.demonstration.fleet import School
from scripts.seeking import find

VAULT = "vault"
SHORTEST = 8
"""What has fewer letters stands by accident in any large file."""
LARGE_BYTES = 50_000_000
"""The file of 60 MB, which no pupil brought, is not read."""


def values_of(one: SampleClass) -> list[str]:
    """All that tells of the pupils of a class and is long enough: names, as a whole and in parts,
    what they are called among their classmates, the words on their cards."""
    parts = [part for name in one.names for part in (name, *name.split())]
    words = [said for card in one.cards for said in (card.alias, card.word, card.code)]
    words += [card.word.replace(" ", "") for card in one.cards]
    return sorted({said for said in (*parts, *words) if len(said) >= SHORTEST})


def require_unknown(classes: Sequence[SampleClass], nodes: Iterable[School], known: str) -> None:
    """No node's folder tells of a pupil of another school, and none of its own beside its vault.

    `known` was released: that it is found at each school shows that the search looks.
    """
    hidden = {one.school.base: values_of(one) for one in classes}
    everybody = [value for values in hidden.values() for value in values]
    journey.require(len(everybody) > 2 * len(classes), f"too little to look for: {everybody}")
    for node in nodes:
        outside, inside = _read(node.folder)
        found = find(outside, everybody)
        others = [one for base, one in hidden.items() if base != node.base]
        found += find(inside, [value for values in others for value in values])
        journey.require(not found, f"{node.name} knows who a pupil is: {found}")
        if node.mode == "school":
            journey.require(bool(find(outside, [known])), f"{node.name} does not have {known!r}")


def _read(folder: Path) -> tuple[bytes, bytes]:
    """All that lies there, names and bytes: beside the vault, and in it."""
    outside: list[bytes] = []
    inside: list[bytes] = []
    for one in sorted(folder.rglob("*")):
        if one.is_file() and one.stat().st_size < LARGE_BYTES:
            place = inside if VAULT in one.relative_to(folder).parts else outside
            place += [str(one.relative_to(folder)).encode(), one.read_bytes()]
    return b"\n".join(outside), b"\n".join(inside)
