"""The road to other machines reaches no pupil's record: the imports themselves are followed."""

import ast
import tomllib
from collections.abc import Mapping
from pathlib import PurePosixPath

import pytest

from tests.house.tree import parsed, python_files, text_of

PUPILS = ("node.vault", "node.classroom")
MAY_KNOW = frozenset({"web", "cli", "app", "crew", "classroom", "vault", "__main__"})
"""The rooms of a node that may know of pupils; of these only web and cli are doors."""

Graph = Mapping[str, frozenset[str]]


def module_of(file: PurePosixPath) -> str:
    parts = [*file.parts[:-1], file.stem]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(file: PurePosixPath, known: frozenset[str]) -> frozenset[str]:
    """What a module imports, wherever in it that stands."""
    found: set[str] = set()
    for one in ast.walk(parsed(file)):
        if isinstance(one, ast.Import):
            found |= {name.name for name in one.names}
        elif isinstance(one, ast.ImportFrom) and one.module:
            named = {f"{one.module}.{name.name}" for name in one.names}
            found |= (named & known) | {one.module}
    return frozenset(found & known)


def graph() -> dict[str, frozenset[str]]:
    files = {module_of(file): file for file in python_files("node")}
    known = frozenset(files)
    return {name: imports_of(file, known) for name, file in files.items()}


def reached(roads: Graph, start: str) -> set[str]:
    """Every module that `start` reaches, through whatever."""
    found, due = set[str](), [start]
    while due:
        for one in roads.get(due.pop(), frozenset()) - found:
            found.add(one)
            due.append(one)
    return found


def test_no_module_imports_itself_through_others() -> None:
    """Else it depends on who is imported first whether a module can be imported at all."""
    roads = graph()
    assert [name for name in roads if name in reached(roads, name)] == []
    planted = roads | {"node.clock": frozenset({"node.actions.parting"})}
    assert "node.clock" in reached(planted, "node.clock")


def leaks(roads: Graph) -> list[str]:
    """The modules of other rooms that reach a pupil's record, and which."""
    return [
        f"{name} → {one}"
        for name in roads
        if name.split(".")[1:2] and name.split(".")[1] not in MAY_KNOW
        for one in reached(roads, name)
        if one.startswith(PUPILS)
    ]


def test_no_road_to_other_machines_reaches_a_pupils_record() -> None:
    roads = graph()
    assert any(one.startswith("node.vault") for one in reached(roads, "node.web.pages.held"))
    assert leaks(roads) == []


@pytest.mark.parametrize("through", ["node.vault.pupils", "node.classroom.release"])
def test_a_road_that_leads_through_something_else_is_found(through: str) -> None:
    roads = graph()
    planted = roads | {"node.actions.people": roads["node.actions.people"] | {through}}
    found = leaks(planted)
    assert any(one.startswith("node.federation.") for one in found), "through the actions"
    assert any(one.startswith("node.workers.") for one in found)


def test_the_contracts_say_the_same_without_an_exemption() -> None:
    contracts = tomllib.loads(text_of(PurePosixPath("pyproject.toml")))["tool"]["importlinter"]
    (road,) = [one for one in contracts["contracts"] if one["name"].startswith("The road to")]
    rooms = {name.split(".")[1] for name in graph() if name.count(".")}
    named = {one.removeprefix("node.") for one in road["source_modules"] if "." in one}
    assert set(road["forbidden_modules"]) == set(PUPILS)
    assert not road.get("allow_indirect_imports", False)
    below = {"limits", "events", "config", "clock", "folder", "metrics"}
    assert rooms - MAY_KNOW - below == named, "each room is on one side or the other"
