"""The constraints: what a node needs is part of what is tested, by hash, from no named place."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import PACKAGES, parsed, python_files, text_of

FILES = ("constraints.txt", "constraints-run.txt")
PROJECT = tomllib.loads(text_of(PurePosixPath("pyproject.toml")))


def pins(file: str) -> dict[str, str]:
    """Distribution name → pinned requirement with its hashes, as written in one file."""
    text = text_of(PurePosixPath(file)).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {canonicalize_name(re.split(r"[=\s]", line, maxsplit=1)[0]): line for line in lines}


def version(pin: str) -> str:
    """`aiohttp==3.14.5 --hash=…` → `3.14.5`."""
    return pin.split("==", 1)[1].split()[0]


@pytest.mark.parametrize("file", FILES)
def test_every_dependency_is_pinned_with_a_hash(file: str) -> None:
    for name, pin in pins(file).items():
        assert "==" in pin, name
        assert "--hash=sha256:" in pin, name


@pytest.mark.parametrize("file", FILES)
def test_no_line_says_where_to_download_from(file: str) -> None:
    text = text_of(PurePosixPath(file))
    assert re.findall(r"https?:|file:|--(?:extra-)?index|--find-links| @ ", text) == []


def test_what_a_node_runs_on_is_chosen_from_what_is_tested() -> None:
    tested = pins("constraints.txt")
    assert {n: p for n, p in pins("constraints-run.txt").items() if tested.get(n) != p} == {}


@pytest.mark.parametrize("file", FILES)
def test_the_pins_satisfy_the_declared_bounds(file: str) -> None:
    found = pins(file)
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    if file == "constraints.txt":
        for extra in PROJECT["project"]["optional-dependencies"].values():
            declared += extra
    for line in declared:
        wanted = Requirement(line)
        pin = found[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version(pin)), line


def test_a_node_depends_on_what_it_imports_and_on_nothing_else() -> None:
    imported = set()
    for file in python_files(*PACKAGES):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Import):
                imported |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    installed = packages_distributions()
    needed = {canonicalize_name(one) for name in imported for one in installed.get(name, ())}
    declared = {
        canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]
    }
    assert needed - {"schoolgate"} == declared
